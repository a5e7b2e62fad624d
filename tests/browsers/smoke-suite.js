// The core's smoke suite, for any browser: each build that it can run, and the one that it chooses.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { serveSources } from '../browser/serve.js';

const PAGE = '<!doctype html><title>The core</title><script type="module" src="/tests/browsers/smoke.js"></script>';
const HIDDEN = 'There is no shared memory here. This browser gives none to any page.';
const NEAR = 1e-5; // rounding puts 1e-7 between the losses of float32 and float64

/**
 * @typedef {object} Page
 * @property {(url: string) => Promise<unknown>} goto
 * @property {(call: any, argument?: any) => Promise<any>} evaluate
 */

/**
 * Defines the tests.
 * @param {() => Promise<{ name: string, page: Page }>} open gives a page, and the browser's name with its version
 * @param {('relaxed' | 'threads')[]} least what the browser must have; of the rest, it is asked
 */
export function smokeSuite(open, least) {
  /** @type {Record<'isolated' | 'alone', Awaited<ReturnType<typeof serveSources>>>} */ let servers;
  /** @type {Awaited<ReturnType<typeof open>>} */ let browser;
  before(async () => {
    const [isolated, alone] = [true, false].map((isolated) => serveSources({ '/smoke.html': PAGE }, { isolated }));
    servers = { isolated: await isolated, alone: await alone };
    browser = await open();
  });
  after(() => Object.values(servers).forEach((server) => server.close()));

  /**
   * @param {'isolated' | 'alone'} where
   * @param {string} name a function of smoke.js
   * @param {any} [argument]
   */
  const ask = async (where, name, argument) => {
    await browser.page.goto(`${servers[where].url}smoke.html`);
    return browser.page.evaluate(async (/** @type {[string, any]} */ [name, argument]) => {
      while (!Reflect.has(globalThis, 'smoke')) await new Promise((resolve) => { setTimeout(resolve, 10); });
      return Reflect.get(globalThis, 'smoke')[name](argument);
    }, [name, argument]);
  };

  test('it chooses the fastest build that it can run', async (context) => {
    const has = await ask('isolated', 'features');
    for (const feature of least) assert.ok(has[feature], feature);
    const { variant, threads } = await ask('alone', 'chosen');
    assert.deepEqual({ variant, threads }, { variant: has.relaxed ? 'relaxed' : 'simd', threads: 1 });
    context.diagnostic(`${browser.name} chose the ${variant} build`);
  });

  for (const variant of ['simd', 'relaxed']) {
    for (const threads of [1, 2]) {
      test(`${variant}, threads: ${threads}: steps, attention, gradients, cache, merge; or a refusal`, async () => {
        const has = await ask('isolated', 'features');
        if (!has[variant]) return assert.match(await ask('alone', 'refusal', { variant }), /lacks: use variant 'simd'/);
        const { worst, ...found } = await ask('isolated', 'attention', { variant, threads });
        const refused = threads > 1 && !has.threads;
        assert.deepEqual(found, { variant, threads: refused ? 1 : threads, why: refused ? HIDDEN : '' });
        assertWithin(worst);
      });
    }

    test(`${variant}: the loss of each of ten steps of the transformer, or it is refused`, async () => {
      const has = await ask('isolated', 'features');
      if (!has[variant]) return assert.match(await ask('alone', 'refusedModel', variant), /lacks: use variant 'simd'/);
      const { losses, steps, variant: built } = await ask('alone', 'transformer', variant);
      assert.deepEqual([built, steps, losses.length], [variant, 10, 10]);
      losses.forEach((/** @type {any} */ { actual, expected }, /** @type {number} */ index) => {
        assert.ok(Math.abs(actual - expected) <= NEAR, `step ${index + 1}: ${actual}, not ${expected}`);
      });
      assert.ok(losses[9].actual < losses[0].actual);
    });
  }

  test('in a page that isn’t isolated it works with one thread, and says why', async () => {
    const { threads, why, worst } = await ask('alone', 'attention', { variant: 'auto', threads: 2 });
    assert.equal(threads, 1);
    assert.match(why, /served with the headers Cross-Origin-Opener-Policy/);
    assertWithin(worst);
  });
}

/** @param {Record<string, number>} worst errors, as multiples of their tolerance */
function assertWithin(worst) {
  assert.deepEqual(Object.keys(worst), ['steps', 'forward', 'backward', 'decode', 'merge']);
  for (const [kind, times] of Object.entries(worst)) {
    assert.ok(times > 0 && times <= 1, `${kind}: ${times} times the tolerance`);
  }
}
