// What the numbers say, in words: for the inspector, the steps’ answers and screen readers.

import { CELLS, attended } from '../cells.js';
import { parseCell } from '../compute.js';
import { format } from '../format.js';
import { words } from '../words.js';

/**
 * The name of a cell, in words.
 * @param {import('../compute.js').Model} model
 * @param {string} id
 */
export function cellName(model, id) {
  const { name, indices: [row, column] } = parseCell(id);
  const { rows, columns } = CELLS[name];
  const label = (/** @type {string | undefined} */ kind, /** @type {number} */ index) =>
    (kind === 'token' ? model.tokens[index].text : (/** @type {any} */ (model.dims))[kind ?? '']?.[index] ?? '');
  const token = columns === 'token' ? model.tokens[column].text : label(rows, row);
  return words(`cell.${name}`, {
    token, row: label(rows, row), column: label(columns, column), current: model.tokens[model.current].text,
  });
}

/**
 * What the steps' questions and answers speak of, in the picture that the reader sees.
 * @param {import('../compute.js').Model} model
 */
export function facts(model) {
  const { scores, products } = model.buffers;
  const largest = (/** @type {number[]} */ tokens) =>
    tokens.reduce((best, token) => (scores.data[token] > scores.data[best] ? token : best), tokens[0]);
  const list = attended(model);
  const best = list.length ? largest(list) : model.current;
  const row = Array.from(products.data.subarray(best * model.headDim, (best + 1) * model.headDim));
  const dimension = row.indexOf(Math.max(...row));
  const audible = model.tokens.filter(({ shown, index }) => shown && !(model.causal && index > model.current));
  return {
    count: list.length,
    audible: audible.length,
    tied: list.filter((token) => Math.abs(scores.data[token] - scores.data[best]) < 1e-6).length > 1,
    flat: list.every((token) => Math.abs(scores.data[token] - scores.data[best]) < 1e-6),
    best,
    dimension: model.dims.key[dimension],
    // whether one product alone is the largest, and not all there is
    decides: row.length > 1 && row.every((each, d) => d === dimension || row[dimension] - each > 1e-6),
    product: row[dimension],
    score: scores.data[best],
    // who would win if everyone spoke: a question about silencing must not change when it is tried
    loudest: largest(audible.map(({ index }) => index)) ?? model.current,
    other: unlike(model, model.preset.current),
  };
}

/**
 * A token with another embedding than a given one, and so another query. The second in score: the first is spoken
 * of enough.
 * @param {import('../compute.js').Model} model
 * @param {number} token
 */
function unlike({ preset, tokens, buffers, headDim }, token) {
  const query = (/** @type {number} */ index) =>
    buffers.queries.data.subarray(index * headDim, (index + 1) * headDim).join();
  const own = preset.embeddings[token].join();
  const others = tokens.filter(({ shown, index }) =>
    shown && preset.embeddings[index].join() !== own && query(index) !== query(token))
    .map(({ index }) => index).sort((a, b) => buffers.scores.data[b] - buffers.scores.data[a]);
  return others[1] ?? others[0];
}

/**
 * A vector by its largest numbers: "mostly animate (0.65), with some state (0.32)", or "about equally water, money
 * and place (0.50)".
 * @param {string[]} names
 * @param {ArrayLike<number>} vector
 */
export function inWords(names, vector) {
  const ranked = names.map((name, index) => ({ name, number: vector[index] })).sort((a, b) => b.number - a.number);
  const [first, second] = ranked;
  if (!(first.number > 0)) return words('vector.none');
  const equals = ranked.filter(({ number }) => number > 0.9 * first.number).map(({ name }) => name);
  const number = format(first.number);
  if (equals.length > 1) {
    const list = `${equals.slice(0, -1).join(words('list.comma'))}${words('vector.last')}${equals[equals.length - 1]}`;
    return words('vector.equally', { list, number });
  }
  const most = words('vector.mostly', { name: first.name, number });
  if (!second || second.number < first.number / 4) return most;
  return words('vector.and', { most, name: second.name, number: format(second.number) });
}
