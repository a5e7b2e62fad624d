// What the builder page lets people take along is what was chosen there, and works.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { strFromU8, unzipSync } from 'fflate';
import { alive, launch, open, serve } from './harness.js';

const FOLDER = fileURLToPath(new URL('../../build/tests/taken/', import.meta.url));

/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */ let site;
before(async () => {
  const bank = JSON.parse(readFileSync(new URL('../../web/lessons/bank.json', import.meta.url), 'utf8'));
  const mine = JSON.stringify({ ...bank, id: 'mine', title: 'Mine' });
  [browser, site] = [await launch(), await serve({ '/mine.json': mine, '/wrong.json': '{"format":2}' })];
});
after(async () => { await browser.close(); site.close(); });

/**
 * @param {import('playwright-core').Page} page
 * @param {string} kind
 */
async function take(page, kind) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator(`[data-download="${kind}"]`).click()]);
  await page.locator('#taken').getByText(download.suggestedFilename()).waitFor();
  const path = `${FOLDER}${download.suggestedFilename()}`;
  await download.saveAs(path);
  return { name: download.suggestedFilename(), path };
}

test('packages and a page of a lesson, a step and a language', async () => {
  const { page, problems, close } = await open(browser, `${site.url}builder.html`);
  await page.selectOption('[name=lesson]', 'bank');
  await page.selectOption('[name=step]', '3');
  await page.selectOption('[name=lang]', 'de');
  for (const [kind, version] of [['scorm12', '1.2'], ['scorm2004', '2004']]) {
    const { name, path } = await take(page, kind);
    assert.equal(name, `attention-bank-step3-de-${kind}.zip`);
    const zip = unzipSync(new Uint8Array(readFileSync(path)));
    assert.match(strFromU8(zip['index.html']), new RegExp(`lang="de"[\\s\\S]*data-version="${version}"[\\s\\S]* lesson="bank" step="3"`));
    assert.ok(zip['locales/de.js'] && zip['imsmanifest.xml'] && zip['attention-tutorial.js'].length > 10_000);
  }
  const { name, path } = await take(page, 'page');
  assert.equal(name, 'attention-bank-step3-de.html');
  assert.deepEqual(problems, []);

  const context = await browser.newContext({ offline: true });
  const alone = await context.newPage();
  /** @type {string[]} */ const asked = [];
  context.on('request', (request) => { if (!/^(blob|data):/.test(request.url())) asked.push(request.url()); });
  await alone.goto(pathToFileURL(path).href);
  await alive(alone);
  assert.equal(asked.length, 1, asked.join());
  await alone.locator('attention-tutorial').getByText('Weiter:').first().waitFor();
  assert.equal(await alone.evaluate("document.querySelector('attention-tutorial').step"), 3);
  await context.close();
  await close();
});

test('a lesson of one’s own goes along; one that isn’t a lesson, or isn’t there, is said', async () => {
  const { page, close } = await open(browser, `${site.url}builder.html`);
  await page.selectOption('[name=lesson]', 'own');
  await page.fill('[name=address]', '/mine.json');
  const { name, path } = await take(page, 'scorm12');
  assert.match(name, /^attention-mine-[0-9a-f]{8}-scorm12\.zip$/);
  assert.match(strFromU8(unzipSync(new Uint8Array(readFileSync(path)))['lesson.js']), /"Mine"/);
  for (const [address, reason] of /** @type {[string, RegExp][]} */ ([
    ['/wrong.json', /format: expected 1, came 2/], ['/nowhere.json', /\/nowhere\.json: HTTP 404/], ['https://example.org/x.json', /x\.json.* isn’t on this site/],
  ])) {
    await page.fill('[name=address]', address);
    await page.locator('[data-download="scorm12"]').click();
    await page.locator('#taken').getByText(reason).waitFor();
  }
  await page.fill('[name=address]', '/mine.json');
  await page.route('**/mine.json', (route) => route.abort());
  await page.locator('[data-download="scorm12"]').click();
  await page.locator('#taken').getByText(/\/mine\.json.* can’t be reached\./).waitFor();
  await close();
});
