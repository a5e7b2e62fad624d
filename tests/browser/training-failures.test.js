// What can go wrong while a model learns: a clear sentence, a page that lives, and the last good model.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { alive, launch, open, serve, settled } from './harness.js';

/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */ let site;

before(async () => { [browser, site] = [await launch(), await serve()]; });
after(async () => { await browser.close(); site.close(); });

/**
 * A page before it has loaded anything.
 * @param {(page: import('playwright-core').Page) => Promise<unknown>} prepare
 */
async function learning(prepare = async () => {}) {
  const opened = await open(browser, 'about:blank');
  await prepare(opened.page);
  await opened.page.goto(`${site.url}?learn-speed=slow#learning`);
  return { ...opened, figure: opened.page.locator('attention-training') };
}

/** @param {import('playwright-core').Page} page */
async function trains(page) {
  const figure = page.locator('attention-training');
  await figure.locator('.toggle').click();
  await page.waitForFunction(() => {
    const { main, active } = /** @type {any} */ (document.querySelector('attention-training')).session;
    return active === 'main' && main.losses.length >= 6;
  });
}

/** @param {import('playwright-core').Page} page */
function stepOf(page) {
  return page.evaluate(() => /** @type {any} */ (document.querySelector('attention-training')).session.main.step);
}

/** The six steps are alive whatever has happened below. @param {import('playwright-core').Page} page */
async function pageLives(page) {
  await alive(page);
  await page.locator('attention-tutorial [role=tab]').nth(4).click();
  await settled(page);
  assert.match(await page.locator('attention-tutorial [aria-selected=true]').innerText(), /Softmax/);
}

for (const [name, body] of /** @type {[string, (route: import('playwright-core').Route) => Promise<void>][]} */ ([
  ['is missing', (route) => route.fulfill({ status: 404, body: 'gone' })],
  ['can’t be fetched', (route) => route.abort()],
  ['has a flipped bit', async (route) => {
    const bytes = await (await route.fetch()).body();
    bytes[bytes.length >> 1] ^= 4;
    await route.fulfill({ body: bytes });
  }],
  ['is cut short', async (route) => route.fulfill({ body: (await (await route.fetch()).body()).subarray(0, 900) })],
  ['is a page of HTML', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><p>Hello' })],
])) {
  test(`a snapshot that ${name} is named, and a model can still be trained`, async () => {
    const { page, figure, close } = await learning((page) => page.route('**/snapshot*.bin', body));
    await figure.locator('.said', { hasText: 'can’t be used' }).waitFor();
    assert.match(await figure.locator('.said').innerText(), /can’t be used: .{8,}\. So here is one that has learned nothing yet/);
    await trains(page);
    await pageLives(page);
    await close();
  });
}

for (const [name, kill] of /** @type {[string, (worker: import('playwright-core').Worker) => Promise<unknown>][]} */ ([
  ['throws', (worker) => worker.evaluate(() => { setTimeout(() => { throw new Error('out of luck'); }); })],
  ['ends without a word', (worker) => worker.evaluate(() => { globalThis.close(); })],
  ['hangs', (worker) => worker.evaluate(() => { setTimeout(() => { for (;;); }, 10); })],
])) {
  test(`a worker that ${name} is followed by another with the last good model`, async () => {
    const { page, figure, close } = await learning();
    await page.locator('attention-training[status=ready]').waitFor();
    await figure.locator('.restart').click();
    await figure.locator('label', { hasText: 'normal' }).click();
    await figure.locator('.toggle').click();
    await page.waitForFunction(() => /** @type {any} */ (document.querySelector('attention-training')).session.main.step > 45 &&
      !(/** @type {any} */ (document.querySelector('attention-training')).session.main.kept));
    await kill(page.workers()[0]);
    await figure.locator('.said', { hasText: 'was interrupted' }).waitFor({ timeout: 12_000 });
    const kept = await stepOf(page);
    assert.ok(kept >= 40 && kept % 20 === 0, `step ${kept}`);
    assert.match(await figure.locator('.said').innerText(), new RegExp(`back as it was after ${kept} steps`));
    await figure.locator('.toggle').click();
    await page.waitForFunction((from) =>
      /** @type {any} */ (document.querySelector('attention-training')).session.main.step > from, kept);
    await pageLives(page);
    await close();
  });
}

test('a worker that is lost during an experiment leaves the reader’s model as it was', async () => {
  const { page, figure, close } = await learning();
  await page.locator('attention-training[status=ready]').waitFor();
  await figure.locator('.segments label').first().click();
  await figure.locator('.answers button').first().click();
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector('attention-training')).session.active === 'trial');
  await page.workers()[0].evaluate(() => { setTimeout(() => { throw new Error('out of luck'); }); });
  await figure.locator('.said', { hasText: 'out of luck' }).waitFor();
  assert.equal(await stepOf(page), 600);
  assert.equal(await figure.locator('.trial svg').count(), 0);
  await figure.locator('.answers button').first().click();
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector('attention-training')).session.trial?.phase === 'done');
  await close();
});

test('without WebAssembly in the worker, or without the binary, the text stands and the reason is said', async () => {
  for (const prepare of [
    (/** @type {import('playwright-core').Page} */ page) => page.route('**/transformer*.wasm', (route) => route.fulfill({ status: 404, body: 'gone' })),
    (/** @type {import('playwright-core').Page} */ page) => page.route('**/worker*.js', (route) => route.fulfill({ status: 404, body: 'gone' })),
    (/** @type {import('playwright-core').Page} */ page) => page.addInitScript(() => { Reflect.deleteProperty(globalThis, 'Worker'); }),
  ]) {
    const { page, figure, close } = await learning(prepare);
    await page.locator('attention-training[status=failed]').waitFor();
    assert.match(await figure.locator('[role=status]').innerText(), /Nothing can learn here: .{4,}/);
    assert.ok(await figure.getByText('With one layer, or if each word may only look back').isVisible());
    await pageLives(page);
    await close();
  }
});

test('what failed for a moment can be tried again', async () => {
  const { page, figure, close } = await learning((page) => page.route('**/transformer*.wasm', (route) => route.abort(), { times: 2 }));
  await page.locator('attention-training[status=failed]').waitFor();
  await page.unroute('**/transformer*.wasm');
  await figure.getByRole('button', { name: 'Try again' }).click();
  await page.locator('attention-training[status=ready]').waitFor();
  assert.match(await figure.locator('.said').innerText(), /already learned/);
  await close();
});

test('a loss that is no number is explained, and the model before it can be used', async () => {
  const { page, figure, problems, close } = await learning();
  await page.locator('attention-training[status=ready]').waitFor();
  await page.evaluate(async () => {
    const { session } = /** @type {any} */ (document.querySelector('attention-training'));
    await session.client.make('main', { seed: 1, learningRate: 1000 });
    session.models.set('main', { ...session.main, kept: false, step: 0, losses: [] });
  });
  await figure.locator('label', { hasText: 'fastest' }).click();
  await figure.locator('.toggle').click();
  await figure.locator('.said', { hasText: 'no longer a number' }).waitFor();
  assert.match(await figure.locator('.said').innerText(), /After 1\d steps/);
  await figure.locator('.restart').click();
  await figure.locator('.said', { hasText: 'random now' }).waitFor();
  await trains(page);
  assert.deepEqual(problems, []);
  await close();
});

test('an experiment that can’t be loaded is said, and the model goes on', async () => {
  const { page, figure, close } = await learning((page) => page.route('**/trial-*.js', (route) => route.abort()));
  await page.locator('attention-training[status=ready]').waitFor();
  await figure.locator('.experiments label').first().click();
  await figure.getByText(/The experiment couldn’t begin: .{4,}/).waitFor();
  await figure.getByRole('button', { name: 'One step' }).click();
  await figure.getByText('After 601 steps').waitFor();
  await pageLives(page);
  await close();
});

test('without JavaScript the section reads', async () => {
  const { page, close } = await open(browser, site.url, { javaScriptEnabled: false });
  const text = await page.locator('section[aria-labelledby=training]').innerText();
  for (const words of ['gradient', '75 words', 'After 600 steps', 'one layer', 'look back', '√dk', 'no longer a number']) {
    assert.ok(text.replace(/\s+/g, ' ').includes(words), words);
  }
  await close();
});
