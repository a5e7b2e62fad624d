// Attention as a search:    node search.js
//
// A question is compared with documents by their embeddings. That is one query against many keys: the scores are the
// similarities, and the softmax makes of them a relevance that adds up to 1. Embeddings come from a model, as those of
// transformers.js do, and have hundreds of numbers; these have four, made by hand, so that one can see what they say:
// how much a text is about animals, money, travel and rest.

import { loadAttention } from 'attention-wasm';

const documents = [
  { text: 'The cat sleeps on the sofa all day', embedding: [0.9, 0, 0, 0.8] },
  { text: 'Interest rates rose again', embedding: [0, 1, 0, 0] },
  { text: 'Kittens play with a ball of wool', embedding: [1, 0, 0, 0.1] },
  { text: 'The night train to the coast has beds', embedding: [0, 0.1, 0.9, 0.7] },
  { text: 'A hotel for dogs, from ten euros', embedding: [0.7, 0.5, 0.5, 0.4] },
];
const question = { text: 'Where does my cat sleep?', embedding: [0.8, 0, 0, 0.9] };
const DIM = 4;

/** Of length 1, so that only the direction counts: the product of two is the cosine of their angle. */
const normalize = (vector) => vector.map((x) => x / Math.hypot(...vector));

const attention = await loadAttention();

// The keys live in WebAssembly memory, so that many searches needn't copy them each time.
const key = attention.tensor([1, 1, documents.length, DIM]); // [batch, heads, keys, numbers a key]
key.data.set(documents.flatMap(({ embedding }) => normalize(embedding)));

/** The k best documents, each with its relevance. `sharpness`: how much the best takes from the others. */
function search(embedding, k, sharpness = 10) {
  const query = { data: Float32Array.from(normalize(embedding)), dims: [1, 1, 1, DIM] };
  const { weights } = attention.scaledDotProductAttention(query, key, key, { scale: sharpness, weights: 'softmax' });
  return documents.map(({ text }, n) => ({ text, relevance: weights.data[n] }))
    .sort((a, b) => b.relevance - a.relevance).slice(0, k);
}

console.log(question.text);
for (const { text, relevance } of search(question.embedding, 3)) {
  console.log(`${(100 * relevance).toFixed(1).padStart(5)} %  ${text}`);
}
attention.dispose();
