// The page as a whole: it comes alive, asks nothing of other origins, reads without JavaScript and WebAssembly.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { alive, launch, numbersOf, open, serve } from './harness.js';

/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */ let site;

before(async () => { [browser, site] = [await launch(), await serve()]; });
after(async () => { await browser.close(); site.close(); });

test('it comes alive under a strict policy, without errors and without a request to another origin', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  /** @type {string[]} */
  const [elsewhere, problems] = [[], []];
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'data:' && protocol !== 'blob:' && `${origin}/` !== site.url) elsewhere.push(request.url());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => { if (message.type() === 'error') problems.push(message.text()); });
  await page.goto(site.url);
  await alive(page);
  await page.mouse.wheel(0, 20_000);
  await page.waitForTimeout(300);
  assert.deepEqual(elsewhere, []);
  assert.deepEqual(problems, []);
  assert.ok((await numbersOf(page)).length > 100);
  await context.close();
});

test('of the core, the page loads the binary of the six steps alone', async () => {
  const { page, close } = await open(browser, site.url);
  await alive(page);
  const binaries = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name)
    .filter((name) => name.endsWith('.wasm')));
  assert.equal(binaries.length, 1);
  assert.match(binaries[0], /attention\.steps-[^/]*\.wasm$/);
  await close();
});

test('without JavaScript the prose and the six steps read', async () => {
  const { page, close } = await open(browser, site.url, { javaScriptEnabled: false });
  const text = await page.locator('main').innerText();
  for (const words of ['Ask a question', 'Turn scores into shares of 1', 'dot product', 'Bahdanau']) assert.ok(text.includes(words), words);
  assert.ok(text.length > 8000, `${text.length} characters`);
  await close();
});

test('without WebAssembly the figures say what to do, and the six steps stand there as text', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(() => { Reflect.deleteProperty(globalThis, 'WebAssembly'); });
  await page.goto(site.url);
  const tutorial = page.locator('attention-tutorial');
  await tutorial.locator('[role=status]', { hasText: 'WebAssembly' }).waitFor();
  assert.match(await tutorial.locator('[role=status]').innerText(), /allow it for this site/);
  assert.ok(await tutorial.getByText('Turn scores into shares of 1').isVisible());
  await context.close();
});

test('while the core loads, the figures say so', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  /** @type {(value?: unknown) => void} */
  let release = () => {};
  const held = new Promise((resolve) => { release = resolve; });
  await page.route('**/*.wasm', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(site.url);
  await page.locator('attention-tutorial [role=status]', { hasText: 'Loading a few' }).waitFor();
  await page.locator('attention-hero [role=status]', { hasText: 'loading' }).waitFor();
  release();
  await alive(page);
  assert.equal(await page.locator('attention-tutorial [role=status]', { hasText: 'Loading' }).count(), 0);
  await context.close();
});

test('a binary that cannot be fetched is a message, not a blank', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route('**/*.wasm', (route) => route.fulfill({ status: 404, body: 'gone' }));
  await page.goto(site.url);
  const status = page.locator('attention-tutorial [role=status]', { hasText: '404' });
  await status.waitFor();
  assert.ok(await page.locator('attention-tutorial').getByText('Turn scores into shares of 1').isVisible());
  await context.close();
});

test('the bar of shares stays in its frame, however small the shares', async () => {
  for (const [width, query] of /** @type {const} */ ([
    [1280, 'divisor=0.25'], [360, 'divisor=0.25'], [360, 'lesson=umbrella&divisor=0.25'], [1280, 'lesson=umbrella&divisor=0.25'],
  ])) {
    const { page, close } = await open(browser, `${site.url}?step=5&${query}`, { viewport: { width, height: 800 } });
    await alive(page);
    const beyond = await page.locator('attention-tutorial .shares').evaluate((bar) =>
      Math.max(...[...bar.children].map((part) => part.getBoundingClientRect().right)) - bar.getBoundingClientRect().right);
    assert.ok(beyond <= 0, `${query}, ${width} px: ${beyond} px`);
    await close();
  }
});

for (const width of [320, 360, 768, 1024, 1280, 1920]) {
  test(`nothing makes the page scroll sideways at ${width} px, in any step`, async () => {
    const { page, close } = await open(browser, site.url, { viewport: { width, height: 800 } });
    await alive(page);
    for (let step = 1; step <= 6; step++) {
      await page.locator(`attention-tutorial [role=tab] >> nth=${step - 1}`).click();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(overflow <= 0, `step ${step}: ${overflow} px`);
    }
    const training = page.locator('attention-training');
    await training.scrollIntoViewIfNeeded();
    await page.locator('attention-training[status=ready]').waitFor();
    for (const label of await training.locator('.segments label').all()) {
      await label.click();
      await training.locator('.answers button').first().click();
      await training.locator('.trial svg').first().waitFor();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(overflow <= 0, `${await label.innerText()}: ${overflow} px`);
    }
    await close();
  });
}
