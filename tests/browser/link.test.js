// A link reproduces the picture.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { alive, launch, numbersOf, open, serve, settled } from './harness.js';

/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */ let site;

before(async () => { [browser, site] = [await launch(), await serve()]; });
after(async () => { await browser.close(); site.close(); });

const PICTURE = '?step=6&preset=weights&token=9&toggled=4.7&mask=causal&divisor=1.5&edits=values.1.0*-1.25_queryWeight.3.0*0.5';

test('a link opens the same numbers in another window', async () => {
  const first = await open(browser, site.url);
  await alive(first.page);
  await first.page.evaluate(() => {
    const { store } = /** @type {any} */ (document.querySelector('attention-tutorial'));
    store.set({ preset: 'weights', token: 9, mask: 'causal', divisor: 1.5, step: 6 });
    store.toggle(7);
    store.toggle(4);
    store.edit('values[1,0]', -1.25);
    store.edit('queryWeight[3,0]', 0.5);
  });
  const parts = (/** @type {string} */ search) => new URLSearchParams(search).toString().split('&').sort().join('&');
  await first.page.waitForURL(({ search }) => parts(search) === parts(PICTURE));
  const second = await open(browser, first.page.url());
  await alive(second.page);
  assert.deepEqual(await numbersOf(second.page), await numbersOf(first.page));
  await first.close();
  await second.close();
});

test('links in the prose go to a step without loading the page again, and Back comes back', async () => {
  const { page, close } = await open(browser, site.url);
  await alive(page);
  await page.evaluate(() => { /** @type {any} */ (globalThis).sameDocument = true; });
  await page.locator('main a[href*="step=5"]').first().click();
  await settled(page);
  assert.equal(await page.locator('attention-tutorial [aria-selected=true]').innerText().then((text) => text.replace(/\s+/g, ' ')), '5 Softmax');
  await page.goBack();
  await settled(page);
  assert.match(await page.locator('attention-tutorial [aria-selected=true]').innerText(), /Query/);
  assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).sameDocument), true);
  await close();
});

test('Back after a link takes the reader back, and edits made since can be had again', async () => {
  const { page, close } = await open(browser, site.url);
  await alive(page);
  await page.locator('main a[href*="step=3"]').first().click();
  await page.locator('attention-tutorial .stage [data-cell="keys[1,0]"]').focus();
  await page.keyboard.type('-1.5');
  await page.keyboard.press('Enter');
  await page.goBack();
  await settled(page);
  await page.getByRole('button', { name: 'Undo' }).click();
  await settled(page);
  await page.locator('attention-tutorial [role=tab]').nth(2).click();
  assert.equal(await page.locator('attention-tutorial .stage [data-cell="keys[1,0]"]').innerText(), '−1.50');
  await close();
});

test('the link to the article’s weights gives exactly those, whatever was set before', async () => {
  const { page, close } = await open(browser, `${site.url}?step=4&divisor=1.11&token=1&gain=2&toggled=6&edits=keys.1.0*3`);
  await alive(page);
  await page.locator('main a[href*="preset=weights"]').first().click();
  await settled(page);
  await page.locator('attention-tutorial [role=tab]').nth(4).click();
  assert.equal(await page.locator('attention-tutorial .stage [data-cell="weights[1]"]').innerText(), '0.52');
  await close();
});

test('Copy link copies the address of the picture', async () => {
  const { page, close } = await open(browser, `${site.url}?step=2`, { permissions: ['clipboard-read', 'clipboard-write'] });
  await alive(page);
  await page.evaluate(() => /** @type {any} */ (document.querySelector('attention-tutorial')).store.edit('keys[1,0]', 2));
  await page.getByRole('button', { name: 'Copy link' }).click();
  await page.getByText('The link is copied').waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /\?step=2&edits=keys\.1\.0\*2/);
  await close();
});

test('the theme of the link rules over that of the system', async () => {
  const { page, close } = await open(browser, `${site.url}?theme=dark`, { colorScheme: 'light' });
  await alive(page);
  const [red] = await page.evaluate(() => (getComputedStyle(document.documentElement).backgroundColor.match(/\d+/g) ?? []).map(Number));
  assert.ok(red < 60, `background ${red}`);
  await close();
});
