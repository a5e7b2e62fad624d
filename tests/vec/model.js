// What the lane-by-lane operations of vec.h mean, for one lane: from bits to bits.

const number = new Float32Array(1);
const pattern = new Uint32Array(number.buffer);

/** The float32 that 32 bits stand for. */
export function fromBits(bits) {
  pattern[0] = bits;
  return number[0];
}

/** Of a number that is rounded to float32. NaN has no bits of its own here. */
export function toBits(x) {
  if (Number.isNaN(x)) return ARITHMETIC_NAN;
  number[0] = x;
  return pattern[0];
}

/** Stands for any quiet NaN: which one an operation makes is left to the hardware. */
export const ARITHMETIC_NAN = -1;

/** Do bits agree with what a model allows: a pattern, or a list of them? */
export function allows(expected, bits) {
  if (Array.isArray(expected)) return expected.some((one) => allows(one, bits));
  return expected === ARITHMETIC_NAN ? (bits & 0x7fc00000) === 0x7fc00000 : bits === expected;
}

/** NaN with several payloads, quiet and signalling, zeros, infinities, the ends of what is normal, and 1. */
export const SPECIAL = [
  0x7fc00000, 0xffc00000, 0x7fc12345, 0xfff54321, 0x7f800001, 0xffbfffff,
  0x00000000, 0x80000000, 0x7f800000, 0xff800000,
  0x00000001, 0x80000001, 0x007fffff, 0x807fffff, 0x00800000, 0x80800000,
  0x7f7fffff, 0xff7fffff, 0x3f800000, 0xbf800000, 0x3f800001, 0x4b000001,
];

const arithmetic = (operation) => (a, b) => toBits(Math.fround(operation(fromBits(a), fromBits(b))));
const mask = (holds) => (a, b) => (holds(fromBits(a), fromBits(b)) ? 0xffffffff : 0);

/** a * b + c with one rounding. The product of two float32 is exact in double; the sum is rounded to odd there, which
 * keeps the rounding to float32 from being the second that counts (Boldo & Melquiond 2008). */
export function fusedMultiplyAdd(a, b, c) {
  const product = a * b;
  const sum = product + c;
  if (!Number.isFinite(sum)) return Math.fround(sum);
  const part = sum - product;
  const error = (product - (sum - part)) + (c - part);
  if (error === 0) return Math.fround(sum);
  const double = new Float64Array([sum]);
  const bits = new BigInt64Array(double.buffer);
  if ((bits[0] & 1n) === 0n) bits[0] += (error > 0) === (sum > 0) ? 1n : -1n;
  return Math.fround(double[0]);
}

export const roundedTwice = (a, b, c) => Math.fround(Math.fround(a * b) + c);

/** Operations by the number of their arguments. Divisions and the rest round once in double and once more to float32,
 * which is the same as once: 53 bits are more than twice 24 and two. */
export const UNARY = {
  vec_abs: (a) => (a & 0x7fffffff) >>> 0,
};

export const BINARY = {
  vec_add: arithmetic((a, b) => a + b),
  vec_sub: arithmetic((a, b) => a - b),
  vec_mul: arithmetic((a, b) => a * b),
  vec_div: arithmetic((a, b) => a / b),
  vec_max: (a, b) => (fromBits(a) < fromBits(b) ? b : a),
  vec_min: (a, b) => (fromBits(b) < fromBits(a) ? b : a),
  vec_less: mask((a, b) => a < b),
  vec_equal: mask((a, b) => a === b),
  vec_clear: (a, b) => (a & ~b) >>> 0,
  vec_or: (a, b) => (a | b) >>> 0,
};

export const TERNARY = {
  vec_select: (a, b, c) => ((a & b) | (~a & c)) >>> 0,
};
