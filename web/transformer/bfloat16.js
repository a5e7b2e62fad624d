// bfloat16, the upper half of a float32: its range, and between 2 and 3 of its 7 digits.

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/**
 * The nearest bfloat16, ties to even: infinity beyond the largest.
 * @param {number} value
 * @returns {number} its 16 bits
 */
export function toBfloat16(value) {
  if (Number.isNaN(value)) return 0x7fc0; // rounding up a NaN could make a number of it
  float[0] = value;
  return (bits[0] + 0x7fff + ((bits[0] >>> 16) & 1)) >>> 16;
}

/**
 * @param {number} half the 16 bits
 * @returns {number}
 */
export function fromBfloat16(half) {
  bits[0] = half << 16;
  return float[0];
}
