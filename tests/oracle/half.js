// IEEE 754 binary16 by arithmetic on numbers, not on bit patterns. Node 20 has no Float16Array.

/** The value that 16 bits stand for. */
export function fromHalf(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** To the nearest integer, a tie to the even one. */
export function roundToEven(x) {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

/** The bits of the nearest half, a tie to the even one; 65520 and beyond are infinity. */
export function toHalf(x) {
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  const size = Math.abs(x);
  if (Number.isNaN(x)) return 0x7e00;
  if (size >= 65520) return sign | 0x7c00;
  // The place value of the last bit: that of subnormals is the smallest.
  let exponent = -14;
  while (size >= 2 ** (exponent + 1)) exponent++;
  const units = roundToEven(size / 2 ** (exponent - 10));
  // 1024 units are the implicit bit, and 2048 carry into the exponent by themselves.
  return sign | (units < 1024 ? units : ((exponent + 14) << 10) + units);
}

/** A tensor of float16, as a Float16Array or as bits, with its values in float32; any other as it is. */
export function widen(tensor) {
  const { data, dims, type } = tensor;
  if (data instanceof Uint16Array && type === 'float16') return { data: Float32Array.from(data, fromHalf), dims };
  if (data[Symbol.toStringTag] === 'Float16Array') return { data: Float32Array.from(data), dims };
  return tensor;
}

/** A tensor's values rounded to float16, as bits. */
export function narrow({ data, dims }) {
  return { data: Uint16Array.from(data, toHalf), dims, type: 'float16' };
}
