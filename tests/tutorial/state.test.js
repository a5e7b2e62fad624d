import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { STATE, editableCell, initialState, readState, writeState } from '../../web/tutorial/state.js';

const number = fc.double({ min: -100, max: 100, noNaN: true }).map((value) => value || 0);
const anyState = fc.record({
  lesson: fc.constantFrom('animal', 'bank', '/course/own lesson.json?x=1&y=2'),
  preset: fc.constantFrom(null, 'scores', 'weights'),
  step: fc.integer({ min: 1, max: 6 }),
  token: fc.option(fc.integer({ min: 0, max: 23 })),
  mask: fc.constantFrom('none', 'causal'),
  divisor: fc.option(fc.double({ min: 0.01, max: 1000, noNaN: true })),
  gain: fc.constantFrom(1, 2, 4, 8),
  shift: fc.integer({ min: -10, max: 10 }),
  toggled: fc.uniqueArray(fc.integer({ min: 0, max: 23 })),
  edits: fc.dictionary(fc.constantFrom('queries[7,0]', 'keys[1,3]', 'embeddings[0,0]', 'valueWeight[3,2]'), number),
  theme: fc.constantFrom('auto', 'light', 'dark'),
}, { noNullPrototype: true });

test('a link reproduces any state', () => {
  fc.assert(fc.property(anyState, (state) => {
    const { state: read, ignored } = readState(writeState(state));
    assert.deepEqual({ ...read, edits: { ...read.edits } }, { ...state, edits: { ...state.edits } });
    assert.deepEqual(ignored, []);
  }));
});

test('the state at the start needs no query, and other parameters of the page are kept', () => {
  assert.equal(writeState(initialState()), '');
  assert.equal(writeState({ ...initialState(), step: 4 }, '?utm=x&step=2'), '?utm=x&step=4');
});

test('what a link gets wrong is reported, and keeps its initial value', () => {
  for (const [search, name] of [
    ['step=9', 'step'], ['step=0', 'step'], ['step=two', 'step'], ['step=2.5', 'step'], ['step=', 'step'],
    ['token=-1', 'token'], ['mask=yes', 'mask'], ['divisor=0', 'divisor'], ['divisor=NaN', 'divisor'],
    ['divisor=1e9', 'divisor'], ['gain=0', 'gain'], ['toggled=1.x', 'toggled'], ['theme=pink', 'theme'],
    ['edits=queries.7.0*1e99', 'edits'], ['edits=scores.1*3', 'edits'], ['edits=__proto__.1.1*3', 'edits'],
    ['edits=queries.7.0', 'edits'], ['edits=queries.7*1', 'edits'], ['lesson=', 'lesson'],
  ]) {
    const { state, ignored } = readState(`?${search}`);
    assert.deepEqual(ignored.map((each) => each.name), [name], search);
    assert.deepEqual(state, initialState(), search);
  }
});

test('any query string at all is read without harm', () => {
  fc.assert(fc.property(fc.constantFrom(...Object.keys(STATE)), fc.string(), (name, value) => {
    const { state } = readState(`?${name}=${encodeURIComponent(value)}`);
    assert.deepEqual(Object.keys(state), Object.keys(STATE));
  }));
});

test('inputs, and vectors that are projected from them, can be edited; results can not', () => {
  assert.deepEqual(editableCell('keys[1,0]'), { name: 'keys', row: 1, column: 0 });
  for (const cell of ['scores[1]', 'weights[1]', 'output[0]', 'keys[1]', 'keys[1,0]x', 'constructor[0,0]']) {
    assert.equal(editableCell(cell), undefined, cell);
  }
});
