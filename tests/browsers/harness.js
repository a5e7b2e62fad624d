// What these suites share: both browsers, and the built site with something in its pages that keeps what goes wrong.

import { readFileSync } from 'node:fs';
import { after, before, describe } from 'node:test';
import { serve } from '../browser/serve.js';
import { launchFirefox } from './firefox.js';
import { launchWebKit } from './webkit.js';

export { numbersOf, settled } from '../browser/harness.js';

/**
 * Defines tests; within these, the browser is there.
 * @typedef {(browser: () => import('./browser.js').Browser) => void} Suite
 */

/**
 * @param {string} name
 * @param {(look?: any) => Promise<import('./browser.js').Browser>} launch
 * @returns {(suite: Suite, look?: import('./browser.js').Look) => void}
 */
const within = (name, launch) => (suite, look) => {
  describe(look ? `${name}, ${Object.keys(look).join(', ')}` : name, () => {
    /** @type {import('./browser.js').Browser} */ let browser;
    before(async () => { browser = await launch(look); });
    after(() => browser?.close());
    suite(() => browser);
  });
};

export const inFirefox = within('Firefox', launchFirefox);
export const inWebKit = within('WebKit', launchWebKit);

/** @param {Suite} suite */
export function inEach(suite) {
  for (const inOne of [inFirefox, inWebKit]) inOne(suite);
}

const read = (/** @type {string} */ path) => readFileSync(new URL(path, import.meta.url), 'utf8');

/** The built site, its pages watched. */
export function serveWatched() {
  const watched = (/** @type {string} */ page) =>
    read(`../../build/site/${page}`).replace(/<head>/i, '$&<script src="/watch.js"></script>');
  const pages = Object.fromEntries(['index.html', 'embed.html'].map((page) => [`/${page}`, watched(page)]));
  return serve({ ...pages, '/watch.js': read('watch.js') });
}

/**
 * What has gone wrong in a page of serveWatched() since it was opened.
 * @param {import('./browser.js').Browser} browser
 * @returns {Promise<string[]>}
 */
export async function problemsOf(browser) {
  const seen = await browser.evaluate(() => Reflect.get(globalThis, 'problems'));
  return [...seen, ...browser.logged];
}
