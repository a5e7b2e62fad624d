// Half-precision numbers as their bits. Engines are only now getting a Float16Array, and what a file holds must
// not depend on the engine.

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/**
 * The nearest half-precision number, ties to even, and so infinity from 65520 on.
 * @param {number} value
 * @returns {number} its bits
 */
export function toHalf(value) {
  float[0] = value;
  const sign = (bits[0] >>> 16) & 0x8000;
  const magnitude = bits[0] & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x47800000) return sign | 0x7c00; // 65536 and more
  if (magnitude < 0x38800000) { // below 2^-14: a multiple of 2^-24, which is what the addition rounds to
    float[0] = Math.abs(value) + 0.5;
    return sign | (bits[0] - 0x3f000000);
  }
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}

/**
 * @param {number} half the bits
 * @returns {number}
 */
export function fromHalf(half) {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? (1024 + fraction) * 2 ** (exponent - 25) : fraction * 2 ** -24);
}
