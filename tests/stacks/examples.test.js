// docs/examples/, each run where the packed package is installed, and what it prints compared with the oracle.

import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { scaledDotProductAttention } from '../oracle.js';
import { openBuilt, project, root, run } from './stack.js';

/** @type {string} */ let folder;

before(async () => {
  folder = await project('examples', []);
  await cp(join(root, 'docs/examples'), folder, { recursive: true });
});

/** @param {string} name */
const lines = async (name) => (await run(process.execPath, [name], { cwd: folder })).trim().split('\n');

/** The softmax of scores, in float64. @param {number[]} scores */
function softmax(scores) {
  const powers = scores.map((score) => Math.exp(score));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

test('node.js: weights and outputs as the oracle has them', async () => {
  const words = (...numbers) => ({ data: Float32Array.from(numbers), dims: [1, 1, 4, 2] });
  const [query, key, value] =
    [words(1, 0, 0, 1, 1, 1, 2, 0), words(1, 0, 0, 1, 1, 1, 0, 2), words(10, 0, 0, 10, 5, 5, 0, 0)];
  const { output, weights } = scaledDotProductAttention(query, key, value, { causal: true, weights: 'softmax' });
  const [build, ...rows] = await lines('node.js');
  assert.match(build, /^the (simd|relaxed) build$/);
  const row = (data, word, length) =>
    Array.from(data.slice(word * length, (word + 1) * length), (x) => x.toFixed(2)).join(' ');
  assert.deepEqual(rows, [0, 1, 2, 3].map((word) =>
    `word ${word}: weights ${row(weights.data, word, 4)}, gets ${row(output.data, word, 2)}`));
});

test('search.js: the relevance is the softmax of ten times the cosine', async () => {
  const [question, ...found] = await lines('search.js');
  assert.equal(question, 'Where does my cat sleep?');
  const unit = (vector) => vector.map((x) => x / Math.hypot(...vector));
  const asked = unit([0.8, 0, 0, 0.9]);
  const documents = { cat: [0.9, 0, 0, 0.8], rates: [0, 1, 0, 0], kittens: [1, 0, 0, 0.1], train: [0, 0.1, 0.9, 0.7],
    hotel: [0.7, 0.5, 0.5, 0.4] };
  const scores = Object.values(documents).map((each) => 10 * unit(each).reduce((sum, x, i) => sum + x * asked[i], 0));
  const shares = softmax(scores);
  const expected = Object.keys(documents).map((name, n) => ({ name, relevance: shares[n] }))
    .sort((a, b) => b.relevance - a.relevance).slice(0, 3);
  const percent = ({ relevance }) => (100 * relevance).toFixed(1);
  assert.deepEqual(found.map((line) => line.trim().split(' ')[0]), expected.map(percent));
  assert.deepEqual(expected.map(({ name }) => name), ['cat', 'kittens', 'hotel']);
  [/cat sleeps/, /Kittens/, /hotel/].forEach((pattern, n) => assert.match(found[n], pattern));
});

test('generate.js: the cache gives the tokens of a full recomputation', async () => {
  const [cached, anew, verdict] = await lines('generate.js');
  const tokens = cached.match(/\d+/g) ?? [];
  assert.equal(tokens.length, 27);
  assert.ok(new Set(tokens).size > 10, cached);
  assert.deepEqual(anew.match(/\d+/g), tokens);
  assert.equal(verdict, 'the same: true; keys in the cache: 26');
});

test('browser.html: the weights follow the slider, without a bundler', async (t) => {
  const { page, problems } = await openBuilt(t, folder, 'browser.html');
  await page.waitForFunction(() => document.querySelector('li')?.textContent);
  for (const query of [3, 0.4]) {
    await page.locator('input').fill(String(query));
    const weights = softmax([0, 1, 2, 3, 4].map((n) => 2 * query * n - n * n));
    const expected = weights.map((weight) => `${(100 * weight).toFixed(1)} %`);
    assert.deepEqual(await page.locator('li').allInnerTexts(), expected);
  }
  assert.deepEqual(problems, []);
});
