// What each number of the tutorial must be, and whether those on a page are: against the buffers of the core (to the
// bit) and against the float64 oracle run here on the same inputs (to 1e-6).

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { format } from '../../web/tutorial/format.js';
import { steps as oracleSteps } from '../oracle.js';
import { numbersOf } from './harness.js';

/** A page of any browser. @typedef {{ evaluate: (call: any, argument?: any) => Promise<any> }} Page */

const LESSON = JSON.parse(readFileSync(new URL('../../web/lessons/animal.json', import.meta.url), 'utf8'));
/** The figure whose numbers the prose names: always those of the lesson as it comes. */
const FIXED = 'attention-intuition';

/**
 * The lesson's inputs as float32, edited, with no help from the page's own code.
 * @param {string} preset
 * @param {Record<string, number>} edits
 */
function inputsOf(preset, edits) {
  const parts = { ...LESSON, ...LESSON.presets.find((/** @type {any} */ { id }) => id === preset) };
  const names = ['embeddings', 'queryWeight', 'keyWeight', 'valueWeight'];
  const tensors = Object.fromEntries(names.map((name) => [name, {
    data: Float32Array.from(parts[name].flat()), dims: [parts[name].length, parts[name][0].length],
  }]));
  put(tensors, edits);
  return { parts, tensors };
}

/**
 * @param {Record<string, { data: any, dims: number[] }>} tensors
 * @param {Record<string, number>} edits
 */
function put(tensors, edits) {
  for (const [cell, value] of Object.entries(edits)) {
    const [, name, row, column] = /** @type {RegExpExecArray} */ (/^(\w+)\[(\d+),(\d+)\]$/.exec(cell));
    if (tensors[name]) tensors[name].data[Number(row) * tensors[name].dims[1] + Number(column)] = value;
  }
}

/**
 * What each cell must show, from float64: the six steps for the current token, the weights for every other.
 * @param {string} preset
 * @param {string} mask
 * @param {Record<string, number>} edits
 * @param {number[]} [shown] tokens switched in
 */
export function expected(preset, mask, edits, shown = []) {
  const { parts, tensors } = inputsOf(preset, edits);
  const N = parts.tokens.length;
  const attendFor = (/** @type {number} */ query) => Uint8Array.from(parts.tokens, (token, index) =>
    Number((!token.optional || shown.includes(index)) && !(mask === 'causal' && index > query)));
  const run = (/** @type {number} */ queryIndex) => {
    const attend = attendFor(queryIndex);
    const { queries, keys, values } = oracleSteps({ ...tensors, queryIndex, attend });
    put({ queries, keys, values }, edits);
    return oracleSteps({ queries, keys, values, queryIndex, attend });
  };
  const matrix = new Float64Array(N * N);
  for (let query = 0; query < N; query++) matrix.set(run(query).weights.data, query * N);
  return { ...tensors, ...run(parts.current), matrix: { data: matrix, dims: [N, N] } };
}

/**
 * @param {Record<string, { data: any, dims: number[] }>} tensors
 * @param {string} cell
 */
function at(tensors, cell) {
  const pattern = /^(\w+)\[(\d+)(?:,(\d+))?\]$/;
  const [, name, row, column] = /** @type {RegExpExecArray} */ (pattern.exec(cell));
  const { data, dims } = tensors[name];
  return column === undefined ? data[Number(row)] : data[Number(row) * dims[dims.length - 1] + Number(column)];
}

/** @param {Record<string, number>} edits */
export function editsInUrl(edits) {
  return Object.entries(edits).map(([cell, value]) =>
    `${cell.replace(/[[,]/g, '.').replace(']', '')}*${value}`).join('_');
}

/**
 * The buffers that the core left in an element of a page.
 * @param {Page} page
 * @param {string} name
 */
function buffersOf(page, name) {
  return page.evaluate((/** @type {string} */ selector) => {
    const { buffers } = /** @type {any} */ (document.querySelector(selector)).store.model;
    return Object.fromEntries(Object.entries(buffers).map(([name, tensor]) => {
      const { data, dims } = /** @type {{ data: Float32Array, dims: number[] }} */ (tensor);
      return [name, { data: [...data], dims }];
    }));
  }, name);
}

/**
 * Asserts that each number on the page is the core's, to the bit, and the oracle's, to 1e-6, and written as such.
 * @param {Page} page
 * @param {{ own: ReturnType<typeof expected>, fixed?: ReturnType<typeof expected> }} right `fixed` where there is prose
 * @param {string} where
 * @returns {Promise<Record<'own' | 'fixed', string[]>>} whose numbers there were: names of tensors
 */
export async function assertNumbers(page, right, where) {
  const core = {
    own: await buffersOf(page, 'attention-tutorial'),
    ...(right.fixed && { fixed: await buffersOf(page, FIXED) }),
  };
  const numbers = await numbersOf(page);
  const kinds = { own: new Set(), fixed: new Set() };
  assert.ok(numbers.length > (right.fixed ? 60 : 20), `${numbers.length} numbers in ${where}`);
  for (const { host, cell, value, text } of numbers) {
    const picture = host === FIXED ? 'fixed' : 'own';
    const which = `${where}: ${cell} in ${host}`;
    kinds[picture].add(cell.split('[')[0]);
    assert.equal(Number(value), at(core[picture], cell), `${which} is the buffer's`);
    assert.equal(text, format(Number(value)), `text of ${which}`);
    const number = at(right[picture], cell);
    assert.ok(Math.abs(Number(value) - number) <= 1e-6 * Math.max(1, Math.abs(number)),
      `${which} is ${value}, not ${number}`);
  }
  return { own: [...kinds.own], fixed: [...kinds.fixed] };
}
