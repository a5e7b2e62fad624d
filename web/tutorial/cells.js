// What each number on the page is made of: the one dependency table. From it come the sources that light up, the
// arithmetic that is spelled out and read aloud, the columns of the CSV and the tests.

import { cell, difference, exp, number, product, quotient, sum } from './expression.js';
import { parseCell, value } from './compute.js';
import { editableCell } from './state.js';

/**
 * rows, columns: what the indices count ('token', or one of the lesson's lists of dimension names).
 * step: the step that makes it. family: whose colour it wears. of: what it is made of; inputs have none.
 * @typedef {import('./compute.js').Model} Model
 * @typedef {import('./expression.js').Expression} Expression
 * @typedef {{ rows: string, columns?: string, step: number, family?: 'query' | 'key' | 'value',
 *   of?: (model: Model, row: number, column: number) => Expression }} Kind
 */

/** @type {Record<string, Kind>} */
export const CELLS = {
  embeddings: { rows: 'token', columns: 'embedding', step: 1 },
  queryWeight: { rows: 'embedding', columns: 'key', step: 1, family: 'query' },
  keyWeight: { rows: 'embedding', columns: 'key', step: 2, family: 'key' },
  valueWeight: { rows: 'embedding', columns: 'value', step: 2, family: 'value' },
  queries: { rows: 'token', columns: 'key', step: 1, family: 'query', of: projection('queryWeight') },
  keys: { rows: 'token', columns: 'key', step: 2, family: 'key', of: projection('keyWeight') },
  values: { rows: 'token', columns: 'value', step: 2, family: 'value', of: projection('valueWeight') },
  products: {
    rows: 'token', columns: 'key', step: 3,
    of: (model, token, d) => product(cell(`queries[${model.current},${d}]`), cell(`keys[${token},${d}]`)),
  },
  scores: {
    rows: 'token', step: 3,
    of: (model, token) => sum(range(model.headDim).map((d) =>
      product(cell(`queries[${model.current},${d}]`), cell(`keys[${token},${d}]`)))),
  },
  scaled: { rows: 'token', step: 4, of: scaled },
  exponentials: {
    rows: 'token', step: 5,
    of: (model, token) => (model.tokens[token].attended ? exp(cell(`scaled[${token}]`)) : number(0)),
  },
  sum: { rows: 'one', step: 5, of: (model) => sum(attended(model).map((token) => cell(`exponentials[${token}]`))) },
  weights: { rows: 'token', step: 5, of: weight },
  contributions: {
    rows: 'token', columns: 'value', step: 6, family: 'value',
    of: (_model, token, e) => product(cell(`weights[${token}]`), cell(`values[${token},${e}]`)),
  },
  output: {
    rows: 'value', step: 6, family: 'value',
    of: (model, e) => sum(attended(model).map((token) => cell(`contributions[${token},${e}]`))),
  },
  matrixScores: { rows: 'token', columns: 'token', step: 4, of: matrixScore },
  matrix: { rows: 'token', columns: 'token', step: 5, of: matrixWeight },
};

/**
 * What a cell is made of, or undefined where it is an input or was set by hand.
 * @param {Model} model
 * @param {string} id
 */
export function expressionOf(model, id) {
  if (Object.hasOwn(model.edits, id)) return undefined;
  const { name, indices: [row, column] } = parseCell(id);
  return CELLS[name].of?.(model, row, column);
}

/**
 * Whether the reader may change a cell.
 * @param {string} id
 */
export function isEditable(id) {
  return editableCell(id) !== undefined;
}

/**
 * The tokens that the current one attends to.
 * @param {Model} model
 */
export function attended(model) {
  return model.tokens.filter((token) => token.attended).map(({ index }) => index);
}

/** @param {string} weight */
function projection(weight) {
  return (/** @type {Model} */ model, /** @type {number} */ token, /** @type {number} */ column) =>
    sum(range(model.buffers.embeddings.dims[1]).map((j) =>
      product(cell(`embeddings[${token},${j}]`), cell(`${weight}[${j},${column}]`))));
}

/**
 * Score ÷ divisor, and the two experiments of step 5 where they are on.
 * @param {Model} model
 * @param {number} token
 * @returns {Expression}
 */
function scaled(model, token) {
  const divided = quotient(cell(`scores[${token}]`), number(model.divisor));
  const doubled = model.gain === 1 ? divided : product(divided, number(model.gain));
  return model.shift === 0 ? doubled : sum([doubled, number(model.shift)]);
}

/**
 * e^score ÷ sum. Where the exponentials are too large to be written as numbers, what the core really does: the
 * largest score is subtracted first, which changes no share.
 * @param {Model} model
 * @param {number} token
 * @returns {Expression}
 */
function weight(model, token) {
  if (!model.tokens[token].attended) return number(0);
  const total = value(model, 'sum[0]');
  if (total > 0 && Number.isFinite(total)) return quotient(cell(`exponentials[${token}]`), cell('sum[0]'));
  const list = attended(model);
  const largest = list.reduce((best, other) =>
    (value(model, `scaled[${other}]`) > value(model, `scaled[${best}]`) ? other : best));
  const lowered = (/** @type {number} */ other) =>
    exp(difference(cell(`scaled[${other}]`), cell(`scaled[${largest}]`)));
  return quotient(lowered(token), sum(list.map(lowered)));
}

/**
 * The scaled score of any token as the query: q·k ÷ divisor.
 * @param {Model} model
 * @param {number} row
 * @param {number} column
 * @returns {Expression}
 */
function matrixScore(model, row, column) {
  const score = sum(range(model.headDim).map((d) =>
    product(cell(`queries[${row},${d}]`), cell(`keys[${column},${d}]`))));
  return product(quotient(score, number(model.divisor)), number(model.gain));
}

/**
 * Its share: e^score ÷ the sum over the row.
 * @param {Model} model
 * @param {number} row
 * @param {number} column
 * @returns {Expression}
 */
function matrixWeight(model, row, column) {
  const seen = model.tokens.filter(({ on, index }) => on && !(model.causal && index > row)).map(({ index }) => index);
  if (!seen.includes(column)) return number(0);
  const power = (/** @type {number} */ token) => exp(cell(`matrixScores[${row},${token}]`));
  return quotient(power(column), sum(seen.map(power)));
}

/** @param {number} length */
function range(length) {
  return Array.from({ length }, (_, index) => index);
}
