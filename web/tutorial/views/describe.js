// What the numbers say, in words: for the inspector, the steps’ answers and screen readers.

import { CELLS, attended } from '../cells.js';
import { parseCell } from '../compute.js';
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
 * The tokens with the largest score and the next, and the product that contributes most to it.
 * @param {import('../compute.js').Model} model
 */
export function winner(model) {
  const { scores, products } = model.buffers;
  const rivals = attended(model).filter((index) => index !== model.current)
    .sort((a, b) => scores.data[b] - scores.data[a]);
  const [best = model.current, second = best] = rivals;
  const row = Array.from(products.data.subarray(best * model.headDim, (best + 1) * model.headDim));
  const dimension = row.indexOf(Math.max(...row));
  return { best, second, dimension: model.dims.key[dimension], product: row[dimension], score: scores.data[best] };
}
