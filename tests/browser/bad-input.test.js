// What strangers and typing fingers put in: a clear message or a safe default, nothing executed, and the page lives.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { alive, launch, open, serve, settled } from './harness.js';

/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */ let site;

const ANIMAL = readFileSync(new URL('../../web/lessons/animal.json', import.meta.url), 'utf8');

/** @param {(lesson: any) => void} change */
function animal(change) {
  const lesson = JSON.parse(ANIMAL);
  change(lesson);
  return JSON.stringify(lesson);
}

const SCRIPT = '<script>hacked=1</script><img src=x onerror=hacked=1>';

const LESSONS = {
  '/own.json': animal((lesson) => { lesson.id = 'own'; lesson.title = 'My own lesson'; }),
  '/not.json': 'this is not JSON',
  '/empty.json': animal((lesson) => { lesson.tokens = []; }),
  '/many.json': animal((lesson) => { lesson.tokens = Array.from({ length: 5000 }, () => ({ text: 'word' })); }),
  '/ragged.json': animal((lesson) => { (lesson.queryWeight ?? lesson.presets[0].queryWeight)[1].pop(); }),
  '/infinite.json': ANIMAL.replace('"embeddings": [', '"embeddings": [[1e999, 0, 0, 0], '),
  '/script.json': animal((lesson) => { lesson.id = 'own'; lesson.title = SCRIPT; lesson.tokens[1].text = SCRIPT.slice(0, 40); }),
};

before(async () => { [browser, site] = [await launch(), await serve(LESSONS)]; });
after(async () => { await browser.close(); site.close(); });

for (const [address, says] of /** @type {const} */ ([
  ['/not.json', 'JSON'], ['/empty.json', 'tokens'], ['/many.json', '5000'], ['/ragged.json', 'queryWeight[1]'],
  ['/infinite.json', 'embeddings'], ['/missing.json', '404'], ['nosuch', 'nosuch'],
  ['https://example.org/lesson.json', 'lesson'],
])) {
  test(`the lesson ${address}: a message with “${says}”, and the usual lesson in its place`, async () => {
    const { page, close } = await open(browser, `${site.url}?lesson=${encodeURIComponent(address)}`);
    await alive(page);
    const message = page.locator('attention-tutorial .status');
    await message.waitFor();
    assert.ok((await message.innerText()).includes(says), await message.innerText());
    assert.equal(await page.locator('attention-tutorial th.token').nth(1).innerText(), 'animal');
    await page.locator('attention-tutorial [role=tab]').nth(2).click();
    await settled(page);
    assert.equal(await page.locator('attention-tutorial [data-cell="scores[1]"]').innerText(), '2.80');
    await close();
  });
}

test('a lesson of one’s own is shown', async () => {
  const { page, problems, close } = await open(browser, `${site.url}?lesson=/own.json`);
  await alive(page);
  assert.match(await page.locator('attention-tutorial .choices select').innerText(), /My own lesson/);
  assert.deepEqual(problems, []);
  await close();
});

test('markup in a lesson is text', async () => {
  const { page, close } = await open(browser, `${site.url}?lesson=/script.json&step=6`);
  await alive(page);
  assert.ok((await page.locator('attention-tutorial th.token').nth(1).innerText()).startsWith('<script>'));
  assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).hacked), undefined);
  await close();
});

for (const query of ['step=9', 'step=<script>hacked=1</script>', 'token=99', 'token=20', 'divisor=-1', 'edits=queries.7.0*1e99',
  'edits=keys.22.3*1', 'toggled=a', 'mask=maybe', 'theme=%00', 'preset=nosuch', '__proto__=1', 'step=%E0%A4%A']) {
  test(`?${query} leaves a page that works`, async () => {
    const { page, problems, close } = await open(browser, `${site.url}?${query}`);
    await alive(page);
    await page.locator('attention-tutorial [role=tab]').nth(2).click();
    await settled(page);
    assert.equal(await page.locator('attention-tutorial [data-cell="scores[1]"]').innerText(), '2.80');
    assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).hacked), undefined);
    assert.deepEqual(problems, []);
    await close();
  });
}

test('an unknown step is said, and step 1 shown', async () => {
  const { page, close } = await open(browser, `${site.url}?step=9`);
  await alive(page);
  assert.match(await page.locator('attention-tutorial .status').innerText(), /step/);
  assert.match(await page.locator('attention-tutorial [aria-selected=true]').innerText(), /Query/);
  await close();
});

test('an entry that is no number of the allowed range is refused with a reason, and nothing changes', async () => {
  const { page, close } = await open(browser, `${site.url}?step=2`);
  await alive(page);
  const cell = page.locator('attention-tutorial .stage [data-cell="keys[1,0]"]');
  await cell.focus();
  await page.keyboard.press('Enter');
  for (const wrong of ['5000', '-101', '1e9']) {
    await page.locator('attention-tutorial .entry').fill(wrong);
    await page.locator('attention-tutorial .problem').waitFor();
    assert.match(await page.locator('attention-tutorial .problem').innerText(), /between −100 and 100/);
    assert.equal(await cell.innerText(), '1.24');
  }
  await page.locator('attention-tutorial .entry').fill('7');
  await settled(page);
  assert.equal(await cell.innerText(), '7.00');
  assert.equal(await page.locator('attention-tutorial .problem').count(), 0);
  await close();
});
