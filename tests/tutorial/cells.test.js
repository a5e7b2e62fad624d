// The dependency table: what a number says it is made of is what it is made of.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CELLS, expressionOf, isEditable } from '../../web/tutorial/cells.js';
import { closestDivisor, compute, distance, value } from '../../web/tutorial/compute.js';
import { csv } from '../../web/tutorial/export/csv.js';
import { evaluate, sources } from '../../web/tutorial/expression.js';
import { attention, cellsOf, lesson, storeOf } from './numbers.js';

const PICTURES = [
  {}, { preset: 'weights' }, { mask: 'causal' }, { toggled: [1, 4, 7, 9] }, { token: 2, mask: 'causal' },
  { divisor: 0.25, gain: 2, shift: 3 }, { divisor: 0.01, gain: 8 }, { lesson: 'bank', preset: 'money' }, { lesson: 'keys' },
  { lesson: 'umbrella', token: 0, mask: 'causal' }, { toggled: [0, 1, 2, 3, 5, 6, 9] },
  { edits: { 'queries[7,0]': -1.5, 'keys[1,2]': 40, 'embeddings[9,0]': -3, 'valueWeight[0,1]': 7 } },
];

/**
 * The largest number that rounding a cell can have met on the way. Steps round a score once, its sum being of doubles;
 * the kernel behind the whole matrix adds float32 products, and where they cancel their rounding stays.
 */
function magnitude(model, cell, expression, expected) {
  if (!cell.startsWith('matrixScores')) return Math.abs(expected);
  return evaluate(expression, (source) => Math.abs(value(model, source)));
}

for (const picture of PICTURES) {
  test(`every cell is what its expression evaluates to: ${JSON.stringify(picture)}`, () => {
    const { model } = storeOf(picture);
    for (const cell of cellsOf(model)) {
      const expression = expressionOf(model, cell);
      if (!expression) continue;
      const expected = evaluate(expression, (source) => value(model, source));
      const actual = value(model, cell);
      if (Math.abs(expected) > 3.4e38) assert.equal(actual, Infinity, cell);
      else if (!cell.startsWith('matrix') || Number.isFinite(expected)) {
        const tolerance = 1e-6 * Math.max(1, magnitude(model, cell, expression, expected));
        assert.ok(Math.abs(actual - expected) <= tolerance, `${cell}: ${actual}, not ${expected}`);
      }
    }
  });
}

test('a change of an input reaches exactly the cells that are made of it', () => {
  const before = storeOf({ toggled: [4] }).model;
  for (const input of ['embeddings[1,0]', 'embeddings[7,3]', 'queryWeight[3,1]', 'keyWeight[0,0]', 'valueWeight[2,2]',
    'queries[7,0]', 'keys[5,1]', 'values[9,3]']) {
    const after = storeOf({ toggled: [4], edits: { [input]: value(before, input) + 1.5 } }).model;
    const downstream = reachedFrom(after, input);
    for (const cell of cellsOf(before)) {
      if (cell === input) continue;
      const changed = value(before, cell) !== value(after, cell);
      assert.ok(!changed || downstream.has(cell), `${input} changed ${cell}, which doesn't list it`);
    }
    assert.ok([...downstream].some((cell) => value(before, cell) !== value(after, cell)), `${input} changed nothing`);
  }
});

/**
 * @param {import('../../web/tutorial/compute.js').Model} model
 * @param {string} input
 */
function reachedFrom(model, input) {
  /** @type {Map<string, boolean>} */
  const known = new Map();
  const reaches = (/** @type {string} */ cell) => {
    if (cell === input) return true;
    const found = known.get(cell);
    if (found !== undefined) return found;
    const expression = expressionOf(model, cell);
    const result = expression ? sources(expression).some(reaches) : false;
    known.set(cell, result);
    return result;
  };
  return new Set(cellsOf(model).filter(reaches));
}

test('inputs and projected vectors are editable, and every buffer has an entry in the table', () => {
  const { model } = storeOf();
  assert.deepEqual(Object.keys(CELLS).sort(), Object.keys(model.buffers).sort());
  for (const cell of cellsOf(model)) {
    assert.equal(isEditable(cell), /^(embeddings|\w+Weight|queries|keys|values)\[/.test(cell), cell);
  }
});

test('a hidden or silent token gets no weight, and the rest still adds up to 1', () => {
  const { model } = storeOf({ mask: 'causal', toggled: [1] });
  assert.equal(value(model, 'weights[9]'), 0);
  assert.equal(value(model, 'weights[1]'), 0);
  assert.ok(Math.abs(model.buffers.weights.data.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-6);
});

test('with nobody left to attend to, all is zero', () => {
  const { model } = storeOf({ toggled: [0, 1, 2, 3, 5, 6, 9] });
  assert.ok(model.buffers.weights.data.every((weight) => weight === 0));
  assert.ok(model.buffers.output.data.every((number) => number === 0));
});

test('the row of the current token in the whole matrix is its weights', () => {
  for (const picture of PICTURES) {
    const { model } = storeOf(picture);
    for (const [index, weight] of model.buffers.weights.data.entries()) {
      assert.ok(Math.abs(value(model, `matrix[${model.current},${index}]`) - weight) < 2e-6, JSON.stringify(picture));
    }
  }
});

test('a query edited by hand stays when its embedding changes, and follows again when given back', () => {
  const store = storeOf();
  store.edit('queries[7,0]', 9);
  store.edit('embeddings[7,0]', 2);
  assert.equal(value(store.model, 'queries[7,0]'), 9);
  store.restore((cell) => cell === 'queries[7,0]');
  const expected = evaluate(/** @type {any} */ (expressionOf(store.model, 'queries[7,0]')), (cell) => value(store.model, cell));
  assert.ok(Math.abs(value(store.model, 'queries[7,0]') - expected) < 1e-6);
  assert.notEqual(expected, value(storeOf().model, 'queries[7,0]'));
});

test('the second preset is the article’s weights, and the divisor of the first comes closest where the search says', () => {
  assert.ok(/** @type {number} */ (distance(storeOf({ preset: 'weights' }).model)) < 1e-6);
  const { model } = storeOf();
  const closest = /** @type {{ divisor: number, distance: number }} */ (closestDivisor(attention, model));
  for (const factor of [0.8, 0.95, 1.05, 1.25]) {
    const other = storeOf({ divisor: closest.divisor * factor }).model;
    assert.ok(/** @type {number} */ (distance(other)) >= closest.distance);
  }
  assert.equal(closestDivisor(attention, storeOf({ token: 2 }).model), null);
  assert.equal(closestDivisor(attention, storeOf({ lesson: 'bank' }).model), null);
});

test('edits that a lesson has no place for are left out and counted', () => {
  const model = compute(attention, lesson('bank'), { ...storeOf().state, lesson: 'bank', edits: { 'keys[23,0]': 1, 'keys[0,0]': 1 } });
  assert.deepEqual(Object.keys(model.edits), ['keys[0,0]']);
  assert.equal(model.ignored, 1);
});

test('the CSV holds every number in full precision, and no cell that a spreadsheet would run', () => {
  const { model } = storeOf();
  model.tokens[0].text = '=HYPERLINK("x")';
  const lines = csv(model).trimEnd().split('\r\n');
  assert.equal(lines[0], 'cell,row,column,value');
  assert.equal(lines.length, 1 + cellsOf(model).length);
  assert.ok(lines.includes(`scores[1],animal,,${value(model, 'scores[1]')}`));
  assert.ok(!lines.some((line) => /(^|,)"?=/.test(line)));
});
