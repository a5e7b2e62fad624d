// What attributes, properties and setState() are given: read, or refused with a reason.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIELDS, GROUPS, changesTo, checkState, fromText, fromValue, groupsOf, toText } from '../../web/element/fields.js';
import { initialState } from '../../web/tutorial/state.js';

const changed = {
  lesson: 'bank', preset: 'weights', step: 4, token: 2, mask: 'causal', divisor: 1.25, gain: 2, shift: -3, toggled: [1, 4],
  edits: { 'keys[1,0]': -2.5, 'embeddings[0,3]': 0 }, theme: 'dark',
};

test('every field comes back from its attribute, and needs none at the start', () => {
  assert.deepEqual(Object.keys(changed), FIELDS);
  for (const name of FIELDS) {
    const text = toText(name, changed[name]);
    assert.equal(typeof text, 'string', name);
    assert.deepEqual(fromText(name, text), changed[name], name);
    assert.equal(toText(name, initialState()[name]), null, name);
    for (const none of [null, '']) assert.deepEqual(fromText(name, none), initialState()[name], name);
  }
});

test('every field takes its own value, a copy of it, and no other kind', () => {
  for (const name of FIELDS) {
    const copy = fromValue(name, changed[name]);
    assert.deepEqual(copy, changed[name], name);
    if (Object(copy) === copy) assert.notEqual(copy, changed[name], name);
    for (const odd of [undefined, true, Symbol('s'), 1n, () => 1, NaN, Infinity, [cyclic()], cyclic(), ['a'], [1.5],
      { 'keys[1,0]': '2' }, { 'scores[1]': 2 }, { 'keys[1,0]': 101 }, JSON.parse('{"__proto__": 1}')]) {
      assert.equal(fromValue(name, odd), undefined, `${name} ${String(Object(odd) === odd ? typeof odd : String(odd))}`);
    }
  }
  for (const name of ['preset', 'token', 'divisor']) assert.equal(fromValue(name, null), null);
  for (const name of ['lesson', 'step', 'toggled', 'edits']) assert.equal(fromValue(name, null), undefined);
  assert.equal(fromValue('step', '3'), undefined);
  assert.equal(fromValue('preset', 3), undefined);
});

function cyclic() {
  const object = {};
  object.step = object;
  return object;
}

test('a state is taken whole or in part', () => {
  const answers = { 2: { choice: '1', correct: true, expected: '1' }, q12: { choice: null, correct: false, expected: '0' } };
  assert.deepEqual(checkState({ ...changed, seen: [3, 1], answers }), { state: changed, seen: [1, 3], answers });
  assert.deepEqual(checkState({ step: 2, token: undefined }), { state: { step: 2 }, seen: undefined, answers: undefined });
  assert.deepEqual(checkState({}).state, {});
});

const answer = { choice: '1', correct: true, expected: '1' };
const huge = 'x'.repeat(1e6);
const refused = [
  [null, /^the state: expected an object, came nothing/], ['step=3', /^the state: expected an object, came "step=3"/],
  [[], /^the state: .*a list of 0/], [7, /^the state/],
  [{ page: 1 }, /^the state: expected only lesson, .*answers, came "page"/], [{ [huge]: 1 }, /^the state: expected only/],
  [JSON.parse('{"__proto__": {"step": 2}}'), /^the state: expected only/], [{ constructor: 1 }, /^the state: expected only/],
  [{ step: 7 }, /^step: expected a whole number from 1 to 6, came 7$/], [{ step: '3' }, /^step: .*came "3"$/],
  [{ step: null }, /^step: .*came nothing$/], [{ step: cyclic() }, /^step: .*came an object$/],
  [{ lesson: huge }, /^lesson: .*came "x{40}"…$/], [{ lesson: ['animal'] }, /^lesson: .*a list of 1/],
  [{ divisor: 0 }, /^divisor: expected a number from 0.01 to 1000, or null, came 0$/],
  [{ toggled: Array(1e6).fill(1) }, /^toggled: .*came a list of 1000000$/], [{ toggled: [24] }, /^toggled/],
  [{ toggled: { length: 1, 0: 1 } }, /^toggled: .*an object/],
  [{ edits: Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`keys[${i % 99},${i % 98}]`, 1])) }, /^edits/],
  [{ edits: [1] }, /^edits: .*cells such as "keys\[1,0\]"/], [{ theme: '<b>' }, /^theme: expected "auto", "light" or "dark"/],
  [{ seen: [0] }, /^seen/], [{ seen: 6 }, /^seen: .*came 6/], [{ seen: cyclic() }, /^seen/],
  [{ answers: { 7: answer } }, /^answers/], [{ answers: { q13: answer } }, /^answers/], [{ answers: { q01: answer } }, /^answers/],
  [{ answers: { 2: { ...answer, correct: 'yes' } } }, /^answers/], [{ answers: { 2: { ...answer, choice: huge } } }, /^answers/],
  [{ answers: { 2: null } }, /^answers/], [{ answers: [answer] }, /^answers: .*a list of 1/],
];

test('a bad state is refused, by the name of its field', () => {
  for (const [given, reason] of refused) {
    assert.throws(() => checkState(given), (error) => {
      assert.ok(error instanceof TypeError, String(error));
      assert.match(error.message, reason);
      return error.message.length < 400;
    });
  }
});

test('another lesson, or another version, starts afresh; the step, the mask and the theme stay', () => {
  const now = { ...initialState(), ...changed };
  const fresh = { preset: null, token: null, divisor: null, gain: 1, shift: 0, toggled: [], edits: {} };
  assert.deepEqual(changesTo(now, { lesson: 'keys' }), { ...fresh, lesson: 'keys' });
  assert.deepEqual(changesTo(now, { preset: 'scores', token: 5 }), { ...fresh, preset: 'scores', token: 5 });
  assert.deepEqual(changesTo(now, { lesson: 'bank', step: 4, toggled: [1, 4] }), {});
  assert.deepEqual(changesTo(now, { lesson: 'bank', gain: 4 }), { gain: 4 });
});

test('a list of controls names groups; what isn\'t one is told', () => {
  assert.deepEqual(groupsOf(null), { shown: undefined, unknown: [] });
  for (const none of ['', 'none', ' , ']) assert.deepEqual(groupsOf(none), { shown: new Set(), unknown: [] });
  assert.deepEqual(groupsOf(' Stepper, mask'), { shown: new Set(['stepper', 'mask']), unknown: [] });
  assert.deepEqual(groupsOf(['walk', 'undo']), { shown: new Set(['walk', 'undo']), unknown: [] });
  assert.deepEqual(groupsOf('mask,<img src=x>,constructor'), { shown: new Set(['mask']), unknown: ['<img src=x>', 'constructor'] });
  assert.deepEqual(groupsOf(GROUPS.join()).unknown, []);
  assert.ok(groupsOf('x'.repeat(1e6)).unknown[0].length === 40);
});
