// The core itself in Chromium: the smoke suite that Firefox and WebKit run in tests/browsers/core.test.js.

import { after } from 'node:test';
import { smokeSuite } from '../browsers/smoke-suite.js';
import { launch } from './harness.js';

/** @type {import('playwright-core').Browser} */ let browser;

smokeSuite(async () => {
  browser = await launch();
  const page = await (await browser.newContext()).newPage();
  return { name: `Chromium ${browser.version()}`, page };
}, ['relaxed', 'threads']);

after(() => browser.close());
