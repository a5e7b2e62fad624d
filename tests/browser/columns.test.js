// An element in whatever lays out the page around it: it takes the room there is, and no more.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, open, serve } from './harness.js';

const LAYOUTS = ['display: block', 'display: grid', 'display: flex; flex-direction: column; align-items: center'];
const page = (/** @type {string} */ style) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>A column</title>
  <link rel="icon" href="data:,"><script src="/attention-tutorial.js"></script>
  <body style="${style}"><main style="max-width: 100%"><attention-tutorial></attention-tutorial></main>`;

/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */ let site;
before(async () => {
  browser = await launch();
  site = await serve(Object.fromEntries(LAYOUTS.map((style, index) => [`/${index}.html`, page(style)])), { policy: '' });
});
after(async () => { await browser.close(); site.close(); });

for (const [index, style] of LAYOUTS.entries()) {
  test(`nothing makes a narrow page scroll sideways: ${style}`, async () => {
    const { page, problems, close } = await open(browser, `${site.url}${index}.html`, { viewport: { width: 360, height: 800 } });
    await page.locator('attention-tutorial td[data-cell]').first().waitFor();
    const { x, width } = await page.locator('attention-tutorial').evaluate((element) => element.getBoundingClientRect());
    assert.ok(x >= 0 && width >= 300 && x + width <= 360, `${x}, ${width}`);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    assert.deepEqual(problems, []);
    await close();
  });
}
