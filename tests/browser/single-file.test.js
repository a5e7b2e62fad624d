// The whole page as one file, opened from a disk with nothing else there: everything in it works, and it asks for nothing.

import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { pathToFileURL, fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { singleFile } from '../../web/course/single-file.js';
import { alive, launch, settled } from './harness.js';

const OUT = fileURLToPath(new URL('../../build/tests/single/', import.meta.url));

/** @type {import('playwright-core').Browser} */ let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/**
 * Opens a file with the network off; what it asks for and what goes wrong are collected.
 * @param {string} path
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
async function openFile(path, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', offline: true, acceptDownloads: true, ...options,
  });
  const page = await context.newPage();
  const problems = /** @type {string[]} */ ([]);
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) problems.push(message.text()); });
  const url = pathToFileURL(path).href;
  context.on('request', (request) => {
    if (request.url() !== url && !/^(blob|data):/.test(request.url())) problems.push(`asked for ${request.url()}`);
  });
  await page.goto(url);
  await alive(page);
  return { page, problems, close: () => context.close() };
}

test('in English: six steps, training, figures and what is saved', async (t) => {
  const path = await singleFile('en', `${OUT}attention.html`);
  t.diagnostic(`${statSync(path).size} bytes, ${gzipSync(readFileSync(path), { level: 9 }).length} gzipped`);
  const { page, problems, close } = await openFile(path);
  const tutorial = page.locator('attention-tutorial');
  for (let step = 1; step <= 6; step++) {
    await tutorial.locator('[role=tab]').nth(step - 1).click();
    await settled(page);
    assert.ok(await tutorial.locator('.stage td[data-cell]').count() > 0, `step ${step} shows numbers`);
  }
  assert.match(await tutorial.locator('.line').innerText(), /33\s%.*animal/s);

  for (const kind of ['SVG', 'CSV', 'PNG']) {
    const [download] = await Promise.all([page.waitForEvent('download'), tutorial.getByRole('button', { name: kind }).click()]);
    assert.ok(statSync(await download.path()).size > 500, kind);
  }

  const training = page.locator('attention-training');
  await training.scrollIntoViewIfNeeded();
  await training.getByText('already learned, for').waitFor();
  await training.getByRole('button', { name: 'Start over' }).click();
  await training.getByText('numbers are random now').waitFor();
  await training.getByRole('button', { name: 'Train' }).click();
  await training.getByText('Pause').waitFor();
  const step = () => training.evaluate((element) => Number(/Step ([\d,]+)/.exec(element.shadowRoot?.textContent ?? '')?.[1].replace(',', '') ?? 0));
  for (let tries = 0; tries < 200 && (await step()) < 30; tries++) await page.waitForTimeout(50);
  assert.ok(await step() >= 30, `it learned for ${await step()} steps`);
  assert.deepEqual(problems, []);
  await close();
});

test('it fits a telephone', async () => {
  const { page, problems, close } = await openFile(`${OUT}attention.html`, { viewport: { width: 360, height: 740 } });
  const { scrollWidth, innerWidth } = await page.evaluate(() => ({ scrollWidth: document.documentElement.scrollWidth, innerWidth }));
  assert.ok(scrollWidth <= innerWidth, `${scrollWidth} of ${innerWidth} px`);
  assert.deepEqual(problems, []);
  await close();
});

test('links lead to a place within it, or to the web', async () => {
  const { page, close } = await openFile(`${OUT}attention.html`);
  const broken = await page.evaluate(() => [...document.links].filter((link) => {
    const { protocol, hash } = new URL(link.href);
    return protocol !== 'https:' && !(/^[?#]/.test(link.getAttribute('href') ?? '') && document.querySelector(hash));
  }).map((link) => link.outerHTML));
  assert.deepEqual(broken, []);
  await close();
});

test('in German it speaks German', async () => {
  const path = await singleFile('de', `${OUT}attention.de.html`);
  const { page, problems, close } = await openFile(path);
  assert.equal(await page.evaluate('document.documentElement.lang'), 'de');
  await page.locator('attention-tutorial').getByText('Weiter:').first().waitFor();
  await page.locator('attention-training').scrollIntoViewIfNeeded();
  await page.locator('attention-training').getByText('Dieses Modell hat schon gelernt,').waitFor();
  assert.deepEqual(problems, []);
  await close();
});
