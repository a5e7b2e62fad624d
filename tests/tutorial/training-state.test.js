// The state of the part that trains, in the address.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { STATE, initialState, readState, writeState } from '../../web/tutorial/state.js';
import { EXPERIMENTS as SETTINGS } from '../../web/tutorial/training/experiments.js';
import { EXPERIMENTS, FORM, PREFIX, QUERY, SPEEDS, TRAINING, sentenceOf } from '../../web/tutorial/training/state.js';

const word = fc.constantFrom('animal', 'street', 'tired', 'didn’t', 'Übung');
const words = fc.tuple(word, word, word).map((list) => [...list]);
const place = { layer: fc.integer({ min: 1, max: 8 }), head: fc.integer({ min: 1, max: 16 }), words };
const model = { seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }), step: fc.integer({ min: 0, max: 1e6 }) };
const anyState = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  speed: fc.constantFrom(...Object.keys(SPEEDS)),
  layer: fc.integer({ min: 0, max: 8 }),
  head: fc.integer({ min: 0, max: 16 }),
  words,
  token: fc.integer({ min: 0, max: FORM.length - 1 }),
  experiment: fc.constantFrom('', ...EXPERIMENTS),
  opened: fc.option(fc.oneof(fc.record(place, { noNullPrototype: true }),
    fc.record({ ...place, ...model }, { noNullPrototype: true }))),
}, { noNullPrototype: true });

test('the experiments have the same names wherever they are named', () => {
  assert.deepEqual(SETTINGS.map(({ id }) => id), EXPERIMENTS);
});

test('a link reproduces any state', () => {
  fc.assert(fc.property(anyState, (state) => {
    const { state: read, ignored } = readState(writeState(state, '', TRAINING, PREFIX), TRAINING, PREFIX);
    assert.deepEqual(read, state);
    assert.deepEqual(ignored, []);
  }));
});

test('the two tables keep out of each other’s way', () => {
  const mine = { ...initialState(TRAINING), seed: 7, layer: 1 };
  const theirs = { ...initialState(), step: 4, token: 2 };
  const both = writeState(mine, writeState(theirs), TRAINING, PREFIX);
  assert.equal(writeState(theirs, writeState(mine, '', TRAINING, PREFIX)).length, both.length);
  assert.deepEqual(readState(both).state, theirs);
  assert.deepEqual(readState(both, TRAINING, PREFIX).state, mine);
  assert.equal(writeState(initialState(TRAINING), both, TRAINING, PREFIX), '?step=4&token=2');
  for (const name of Object.keys(STATE)) assert.ok(!name.startsWith(PREFIX), name);
});

test('what a link gets wrong is reported, and keeps its initial value', () => {
  for (const search of [
    'seed=-1', 'seed=1.5', 'seed=4294967296', 'speed=ludicrous', 'layer=0', 'layer=9', 'head=17', 'token=10',
    'words=dog.river', 'words=dog.river.<b>', 'words=a b.c.d', 'experiment=none', 'opened=1', 'opened=1.1.a.b',
    'opened=0.1.a.b.c', 'opened=1.1.a.b.c.7', 'opened=1.1.a.b.c.7.x',
  ]) {
    const { state, ignored } = readState(`?${PREFIX}${search}`, TRAINING, PREFIX);
    assert.equal(ignored.length, 1, search);
    assert.deepEqual(state, initialState(TRAINING), search);
  }
});

test('any text at all is read without harm', () => {
  fc.assert(fc.property(fc.constantFrom(...Object.keys(TRAINING)), fc.string(), (name, value) => {
    const { state } = readState(`?${PREFIX}${name}=${encodeURIComponent(value)}`, TRAINING, PREFIX);
    assert.deepEqual(Object.keys(state), Object.keys(TRAINING));
  }));
});

test('a sentence of three words', () => {
  const { tokens, query } = sentenceOf(['dog', 'river', 'icy']);
  assert.equal(tokens.join(' '), "the dog didn't cross the river because it was icy");
  assert.equal(tokens[query], 'it');
  assert.equal(query, QUERY);
});
