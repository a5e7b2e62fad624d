// The core itself in Chromium, both builds, each forced: random problems against the float64 oracle.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, serve, serveSources } from './harness.js';

/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */ let sources;

before(async () => { [browser, sources] = [await launch(), await serveSources()]; });
after(async () => { await browser.close(); sources.close(); });

for (const variant of ['simd', 'relaxed']) {
  test(`${variant}: the steps to 1e-6, attention within rtol 1.3e-6 and atol 1e-5 of the oracle`, async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${sources.url}web/core/index.js`);
    const { built, steps, attention } = await page.evaluate(compare, variant);
    assert.equal(built, variant);
    assert.equal(steps.cases + attention.cases, 700);
    assert.ok(steps.worst > 0 && steps.worst <= 1, `steps: ${steps.worst} times the tolerance`);
    assert.ok(attention.worst > 0 && attention.worst <= 1, `attention: ${attention.worst} times the tolerance`);
  });
}

/**
 * Runs in the page. The largest error of each function, as a multiple of its tolerance.
 * @param {string} variant
 */
async function compare(variant) {
  const { loadAttention } = await import(/* @vite-ignore */ `${location.origin}/web/core/index.js`);
  const oracle = await import(/* @vite-ignore */ `${location.origin}/tests/oracle.js`);
  const core = await loadAttention({ variant });
  let seed = 12345;
  const random = () => { // Park and Miller's generator: the same cases each time
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };
  const upTo = (/** @type {number} */ most) => 1 + Math.floor(random() * most);
  const tensorOf = (/** @type {number} */ size) => (/** @type {number[]} */ ...dims) =>
    ({ data: Float32Array.from({ length: dims.reduce((a, b) => a * b) }, () => size * (2 * random() - 1)), dims });
  const excess = (/** @type {any} */ actual, /** @type {any} */ expected, /** @type {number[]} */ [rtol, atol]) =>
    actual.data.reduce((/** @type {number} */ worst, /** @type {number} */ number, /** @type {number} */ index) => {
      const right = expected.data[index];
      if (Object.is(number, right)) return worst;
      return Math.max(worst, Math.abs(number - right) / (atol + rtol * Math.abs(right)));
    }, 0);
  const worst = { steps: 0, attention: 0 };
  let tensor = tensorOf(0.7); // so that scores stay small, and rounding adds up to less than the tolerance
  for (let round = 0; round < 500; round++) {
    const [N, C, D, E] = [upTo(13), upTo(8), upTo(8), upTo(8)];
    const problem = {
      embeddings: tensor(N, C), queryWeight: tensor(C, D), keyWeight: tensor(C, D), valueWeight: tensor(C, E),
      queryIndex: upTo(N) - 1, attend: Uint8Array.from({ length: N }, () => Number(random() < 0.8)), scale: random() / 4,
    };
    const [actual, expected] = [core.steps(problem), oracle.steps(problem)];
    for (const name of Object.keys(expected)) {
      worst.steps = Math.max(worst.steps, excess(actual[name], expected[name], [1e-6, 1e-6]));
    }
  }
  tensor = tensorOf(2);
  for (let round = 0; round < 200; round++) {
    const [B, G, group, M, N, D, E] = [upTo(2), upTo(2), upTo(3), upTo(70), upTo(131), upTo(65), upTo(33)];
    const operands = [tensor(B, G * group, M, D), tensor(B, G, N, D), tensor(B, G, N, E)];
    const options = { causal: [false, 'upper-left', 'lower-right'][round % 3], weights: round % 2 ? 'softmax' : false };
    const [actual, expected] = [core, oracle].map((each) => each.scaledDotProductAttention(...operands, options));
    for (const name of Object.keys(expected)) {
      worst.attention = Math.max(worst.attention, excess(actual[name], expected[name], [1.3e-6, 1e-5]));
    }
  }
  const built = core.variant;
  core.dispose();
  return { built, steps: { cases: 500, worst: worst.steps }, attention: { cases: 200, worst: worst.attention } };
}
