// Attention with a key/value cache in a generation loop:    node generate.js
//
// The loop is that of transformers.js: forward() takes the new tokens and the past keys and values, and gives logits;
// the best token is fed in next. The model is tiny and random (two layers, four heads that share two key/value heads),
// so it babbles; what counts is that it babbles the same with the cache as when all is computed anew for each token.

import { loadAttention } from 'attention-wasm';

const [LAYERS, HEADS, GROUPS, DIM, VOCABULARY, STEPS] = [2, 4, 2, 16, 50, 24];
const WIDTH = HEADS * DIM;
let seed = 1;
const random = () => (seed = seed * 16807 % 2147483647) / 2147483647 - 0.5;
const matrix = (rows) => Array.from({ length: rows }, () => Float32Array.from({ length: WIDTH }, random));
const [embeddings, unembeddings] = [matrix(VOCABULARY), matrix(VOCABULARY)];
const layers = Array.from({ length: LAYERS },
  () => ({ query: matrix(WIDTH), key: matrix(GROUPS * DIM), value: matrix(GROUPS * DIM), out: matrix(WIDTH) }));

const multiply = (weights, x) => weights.map((row) => row.reduce((sum, weight, i) => sum + weight * x[i], 0));
const normalize = (x) => x.map((number) => number * Math.sqrt(WIDTH) / Math.hypot(...x));
/** Where number i of token m is in [1, heads, tokens, DIM], the order that attention takes. */
const place = (i, m, tokens) => (Math.floor(i / DIM) * tokens + m) * DIM + i % DIM;

function toHeads(rows) {
  const data = new Float32Array(rows.length * rows[0].length);
  rows.forEach((row, m) => row.forEach((x, i) => { data[place(i, m, rows.length)] = x; }));
  return { data, dims: [1, rows[0].length / DIM, rows.length, DIM] };
}

const attention = await loadAttention();

/** The logits after the last token. With caches (one a layer), `ids` are the new tokens alone; without, all of them. */
function forward(ids, caches) {
  let rows = ids.map((id) => [...embeddings[id]]);
  layers.forEach((layer, index) => {
    const [query, key, value] = ['query', 'key', 'value']
      .map((name) => toHeads(rows.map((row) => multiply(layer[name], normalize(row)))));
    caches?.[index].append(key, value);
    const { output: { data } } = caches
      ? attention.decode(query, caches[index]) // the new queries against all keys so far
      : attention.scaledDotProductAttention(query, key, value, { causal: true });
    const mixed = rows.map((row, m) => row.map((_, i) => data[place(i, m, rows.length)]));
    rows = rows.map((row, m) => multiply(layer.out, mixed[m]).map((x, i) => row[i] + x));
  });
  return multiply(unembeddings, normalize(rows.at(-1)));
}
const best = (logits) => logits.indexOf(Math.max(...logits));
const prompt = [3, 14, 15];
const caches = layers.map(() => attention.createKeyValueCache(
  { batch: 1, heads: GROUPS, headDim: DIM, valueDim: DIM, capacity: prompt.length + STEPS, type: 'float32' }));
const cached = [...prompt];
let fresh = prompt; // the whole prompt first, then a token at a time
for (; cached.length < prompt.length + STEPS; fresh = cached.slice(-1)) cached.push(best(forward(fresh, caches)));
const anew = [...prompt];
while (anew.length < cached.length) anew.push(best(forward(anew)));

console.log(`with the cache:  ${cached.join(' ')}\ncomputed anew:   ${anew.join(' ')}`);
console.log(`the same: ${cached.join() === anew.join()}; keys in the cache: ${caches[0].length}`);
attention.dispose();
