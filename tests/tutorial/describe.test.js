// What the questions, answers and outcomes say is true of the picture they stand beside.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { value } from '../../web/tutorial/compute.js';
import { facts, inWords } from '../../web/tutorial/views/describe.js';
import { lesson, storeOf } from './numbers.js';

test('in every picture the winner has the largest weight, and its largest product is named', () => {
  for (const id of ['animal', 'bank', 'keys', 'umbrella']) {
    for (const { id: preset, tokens } of lesson(id).presets) {
      for (const [token] of tokens.entries()) {
        for (const mask of ['none', 'causal']) {
          const { model } = storeOf({ lesson: id, preset, token, mask });
          const { best, dimension, product, score, count, loudest } = facts(model);
          if (count === 0) continue;
          const where = `${id} ${preset} ${token} ${mask}`;
          assert.equal(value(model, `weights[${best}]`), Math.max(...model.buffers.weights.data), where);
          assert.equal(loudest, best, where);
          assert.equal(score, value(model, `scores[${best}]`));
          const d = model.dims.key.indexOf(dimension);
          assert.equal(product, value(model, `products[${best},${d}]`));
        }
      }
    }
  }
});

test('who would be the loudest does not change when it falls silent', () => {
  const { best } = facts(storeOf().model);
  const silenced = facts(storeOf({ toggled: [best] }).model);
  assert.equal(silenced.loudest, best);
  assert.notEqual(silenced.best, best);
});

test('a tie and an empty picture are known as such', () => {
  const zero = Object.fromEntries([0, 1, 2, 3].map((d) => [`queries[7,${d}]`, 0]));
  assert.equal(facts(storeOf({ edits: zero }).model).tied, true);
  assert.equal(facts(storeOf().model).tied, false);
  assert.equal(facts(storeOf({ toggled: [0, 1, 2, 3, 5, 6, 9] }).model).count, 0);
  assert.equal(facts(storeOf({ token: 0, mask: 'causal' }).model).audible, 1);
});

test('a vector in words names what is largest, and equals together', () => {
  const names = ['water', 'money', 'place'];
  assert.equal(inWords(names, [0.9, 0.1, 0]), 'mostly water (0.90)');
  assert.equal(inWords(names, [0.3, 0.65, 0]), 'mostly money (0.65), with some water (0.30)');
  assert.equal(inWords(names, [0.5, 0.5, 0.5]), 'about equally water, money and place (0.50)');
  assert.equal(inWords(names, [0, -1, -0.2]), 'nothing above zero');
});
