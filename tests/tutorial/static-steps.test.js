// What the written steps say of the lesson is what the core computes for it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { format } from '../../web/tutorial/format.js';
import { facts } from '../../web/tutorial/views/describe.js';
import { VALUES, staticSteps } from '../../web/static-steps.js';
import { storeOf } from './numbers.js';

const words = JSON.parse(readFileSync(new URL('../../web/locales/en.json', import.meta.url), 'utf8'));

test('the facts in the written steps are those of the lesson', () => {
  const { model } = storeOf();
  const { best, loudest, other, dimension, product, score } = facts(model);
  const name = (/** @type {number} */ index) => `<i>${model.tokens[index].text}</i>`;
  assert.deepEqual(VALUES, {
    token: name(model.current), first: name(model.preset.current), best: name(best), loudest: name(loudest),
    other: name(/** @type {number} */ (other)),
    count: String(model.headDim), root: String(Math.sqrt(model.headDim)),
    dimension, product: format(product), score: format(score),
  });
});

test('all six steps are written out, and nothing is left to fill in', () => {
  const html = staticSteps(words);
  assert.equal(html.match(/<section>/g)?.length, 6);
  assert.doesNotMatch(html, /[{}]/);
});
