// What the written steps say of the lesson is what the core computes for it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { VALUES, staticSteps } from '../../web/static-steps.js';
import { storeOf } from './numbers.js';

const words = JSON.parse(readFileSync(new URL('../../web/locales/en.json', import.meta.url), 'utf8'));

test('the facts in the written steps are those of the lesson', () => {
  const { model } = storeOf();
  assert.deepEqual(VALUES, {
    token: `<i>${model.tokens[model.current].text}</i>`,
    count: String(model.headDim), root: String(Math.sqrt(model.headDim)),
  });
});

test('all six steps are written out, and nothing is left to fill in', () => {
  const html = staticSteps(words);
  assert.equal(html.match(/<section>/g)?.length, 6);
  assert.doesNotMatch(html, /[{}]/);
});
