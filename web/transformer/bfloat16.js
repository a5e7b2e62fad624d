// bfloat16, the upper half of a float32: its range, and between 2 and 3 of its 7 digits.

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/**
 * The nearest bfloat16 of so many significant bits, ties to even: infinity beyond the largest.
 * @param {number} value
 * @param {number} [significantBits] 1 to 8, the first of which isn't stored
 * @returns {number} its 16 bits
 */
export function toBfloat16(value, significantBits = 8) {
  if (Number.isNaN(value)) return 0x7fc0; // rounding up a NaN could make a number of it
  float[0] = value;
  const dropped = 24 - significantBits;
  const even = (bits[0] >>> dropped) & 1;
  return ((bits[0] + (1 << (dropped - 1)) - 1 + even) >>> dropped) << (dropped - 16);
}

/**
 * @param {number} half the 16 bits
 * @returns {number}
 */
export function fromBfloat16(half) {
  bits[0] = half << 16;
  return float[0];
}
