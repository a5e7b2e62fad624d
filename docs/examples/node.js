// Attention in a Node script:    node node.js
//
// Four words, each with a query, a key and a value of two numbers. Every word asks all words up to itself (causal), and
// gets a mix of their values.

import { loadAttention } from 'attention-wasm';

const attention = await loadAttention(); // fetches and compiles the WebAssembly, once
console.log(`the ${attention.variant} build`);

/** A tensor is data and dims: [batch, heads, words, numbers a word]. */
const words = (...numbers) => ({ data: Float32Array.from(numbers), dims: [1, 1, numbers.length / 2, 2] });

const query = words(1, 0, /**/ 0, 1, /**/ 1, 1, /**/ 2, 0);
const key = words(1, 0, /**/ 0, 1, /**/ 1, 1, /**/ 0, 2);
const value = words(10, 0, /**/ 0, 10, /**/ 5, 5, /**/ 0, 0);

const options = { causal: true, weights: 'softmax' };
const { output, weights } = attention.scaledDotProductAttention(query, key, value, options);

for (let word = 0; word < 4; word++) {
  const row = (data, length) => Array.from(data.subarray(word * length, (word + 1) * length), (x) => x.toFixed(2));
  console.log(`word ${word}: weights ${row(weights.data, 4).join(' ')}, gets ${row(output.data, 2).join(' ')}`);
}

attention.dispose(); // gives the memory back
