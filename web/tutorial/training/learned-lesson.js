// A head of the model as a lesson for the six steps: its own numbers, not a likeness of them.

import { words } from '../words.js';

export { default as texts } from '../../locales/en.later.json' with { type: 'json' };

/**
 * @typedef {{ data: Float32Array, dims: number[] }} Tensor
 * @param {{ tokens: string[], query: number }} sentence
 * @param {{ inputs: Tensor, query: Tensor, key: Tensor, value: Tensor }} vectors of the layer
 * @param {{ layer: number, head: number, heads: number }} place counted from 1
 * @returns {any} of the format of web/lessons/lesson.schema.json
 */
export function learnedLesson({ tokens, query }, vectors, { layer, head, heads }) {
  const dim = vectors.inputs.dims[1];
  const size = dim / heads;
  const columns = (/** @type {Tensor} */ table) =>
    rows(table).map((row) => row.slice((head - 1) * size, head * size));
  const place = { layer, head };
  return {
    format: 1, id: 'learned', language: 'en',
    title: words('learn.lesson.title', place),
    summary: words('learn.lesson.summary', place),
    dimensions: { embedding: numbered(dim), key: numbered(size), value: numbered(size) },
    tokens: tokens.map((text) => ({ text })),
    current: query,
    embeddings: rows(vectors.inputs),
    queryWeight: columns(vectors.query),
    keyWeight: columns(vectors.key),
    valueWeight: columns(vectors.value),
    presets: [{
      id: 'learned', name: words('learn.lesson.name', place),
      note: words(layer > 1 ? 'learn.lesson.noteLater' : 'learn.lesson.noteFirst'),
    }],
  };
}

/** @param {Tensor} tensor */
function rows({ data, dims: [count, width] }) {
  return Array.from({ length: count }, (_, row) => Array.from(data.subarray(row * width, (row + 1) * width), Number));
}

/** @param {number} count */
function numbered(count) {
  return Array.from({ length: count }, (_, index) => String(index + 1));
}
