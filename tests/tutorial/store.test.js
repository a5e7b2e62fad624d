import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storeOf } from './numbers.js';

test('undo takes back one change at a time, redo brings it again', () => {
  const store = storeOf();
  store.set({ mask: 'causal' });
  store.edit('queries[7,0]', 1);
  store.set({ divisor: 4 });
  store.undo();
  assert.equal(store.state.divisor, null);
  store.undo();
  assert.deepEqual(store.state.edits, {});
  store.redo();
  assert.deepEqual(store.state.edits, { 'queries[7,0]': 1 });
  store.undo();
  store.undo();
  assert.equal(store.state.mask, 'none');
  assert.equal(store.canUndo, false);
});

test('one drag of a slider is one undo', () => {
  const store = storeOf();
  for (let number = 0; number < 50; number++) store.edit('queries[7,0]', number / 10);
  store.undo();
  assert.deepEqual(store.state.edits, {});
  assert.equal(store.canUndo, false);
});

test('a change that is taken back within its group leaves nothing to undo', () => {
  const store = storeOf();
  store.edit('queries[7,0]', 1);
  store.set({ edits: {} }, { group: 'queries[7,0]' });
  assert.equal(store.canUndo, false);
  store.edit('queries[7,0]', 2);
  assert.equal(store.canUndo, true);
});

test('undo leaves the step and the theme where the reader is', () => {
  const store = storeOf();
  store.edit('keys[1,0]', 3);
  store.set({ step: 5 });
  store.set({ theme: 'dark' });
  store.undo();
  assert.deepEqual([store.state.step, store.state.theme, store.state.edits], [5, 'dark', {}]);
});

test('starting over can be undone', () => {
  const store = storeOf();
  store.edit('keys[1,0]', 3);
  store.set({ step: 3, token: 2 });
  store.reset();
  assert.equal(store.changed, false);
  assert.equal(store.state.step, 3);
  store.undo();
  assert.deepEqual(store.state.edits, { 'keys[1,0]': 3 });
  assert.equal(store.state.token, 2);
});

test('a change after an undo forgets what could have been redone', () => {
  const store = storeOf();
  store.set({ mask: 'causal' });
  store.undo();
  store.set({ divisor: 3 });
  assert.equal(store.canRedo, false);
});

test('subscribers hear each change until they leave', () => {
  const store = storeOf();
  let heard = 0;
  const leave = store.subscribe(() => { heard++; });
  store.toggle(1);
  store.toggle(1);
  assert.deepEqual(store.state.toggled, []);
  leave();
  store.toggle(1);
  assert.equal(heard, 2);
});
