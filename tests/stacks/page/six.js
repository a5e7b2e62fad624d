/**
 * Two keys that score 0 and ln 3: weights of ¼ and ¾, on the values 0 and 8. Six.
 * @param {import('attention-wasm').Attention} attention
 */
export function six(attention) {
  const tensor = (...numbers) => ({ data: Float32Array.from(numbers), dims: [1, 1, numbers.length, 1] });
  const { output } = attention.scaledDotProductAttention(tensor(1), tensor(0, Math.log(3)), tensor(0, 8));
  return output.data[0].toFixed(4);
}
