// VitePress and Docusaurus, from the packed package: they render each page without a document first.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { assertShows, install, run, tool, visit, write } from './recipe.js';

before(install);

/**
 * The element stands in the HTML that was generated, and is alive where scripts run; light or dark as the site is.
 * @param {import('node:test').TestContext} t
 * @param {string} built
 * @param {string} toggle the site's own switch between light and dark
 */
async function assertGenerated(t, built, toggle) {
  assert.match(await readFile(join(built, 'index.html'), 'utf8'), /<attention-tutorial lesson="bank" step="3"/);
  const { page, problems } = await visit(t, built);
  await assertShows(page);
  const paper = () => page.locator('attention-tutorial [part=frame]').evaluate((frame) => getComputedStyle(frame).backgroundColor);
  const light = await paper();
  await page.locator(toggle).first().click();
  await page.waitForFunction((was) => {
    const frame = document.querySelector('attention-tutorial')?.shadowRoot?.querySelector('[part=frame]');
    return frame && getComputedStyle(frame).backgroundColor !== was;
  }, light);
  assert.deepEqual([light, await paper()], ['rgb(255, 254, 252)', 'rgb(21, 23, 27)']);
  assert.deepEqual(problems, []);
}

test('VitePress', async (t) => {
  const folder = await write('VitePress');
  await run(process.execPath, [join(tool.resolve('vitepress/package.json'), '../bin/vitepress.js'), 'build', 'docs'], { cwd: folder });
  await assertGenerated(t, join(folder, 'docs/.vitepress/dist'), '.VPSwitchAppearance');
});

test('Docusaurus', async (t) => {
  const folder = await write('Docusaurus');
  const environment = { ...process.env, DOCUSAURUS_NO_TELEMETRY: '1', BROWSERSLIST_IGNORE_OLD_DATA: '1' };
  await run(process.execPath, [tool.resolve('@docusaurus/core/bin/docusaurus.mjs'), 'build', '--no-minify'],
    { cwd: folder, env: environment });
  await assertGenerated(t, join(folder, 'build'), 'button[class*=toggleButton]');
});
