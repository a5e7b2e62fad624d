// The page on which a teacher puts an embed together: what is copied is what is shown.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import axe from 'axe-core';
import { parseLesson } from '../../web/tutorial/own-lesson.js';
import { launch, open, serve } from './harness.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */ let site;

before(async () => { [browser, site] = [await launch(), await serve()]; });
after(async () => { await browser.close(); site.close(); });

/** @param {import('playwright-core').Page} page */
const snippet = (page) => page.locator('#snippet').innerText();

/** @param {import('playwright-core').Page} page */
async function figure(page) {
  const frame = page.frameLocator('#frame');
  await frame.locator('attention-tutorial td[data-cell]').first().waitFor();
  return frame;
}

test('what is chosen is shown, and is what the lines say', async () => {
  const { page, problems, close } = await open(browser, `${site.url}builder.html`, { permissions: ['clipboard-read', 'clipboard-write'] });
  await figure(page);
  assert.match(await snippet(page), new RegExp(`^<iframe src="${site.url}embed\\.html" `));
  await page.locator('[name=lesson]').selectOption('bank money');
  await page.locator('[name=step]').selectOption('3');
  await page.locator('[name=theme]').selectOption('dark');
  for (const group of ['save', 'link', 'theme', 'undo']) await page.locator(`[value=${group}]`).uncheck();
  const query = 'lesson=bank&amp;preset=money&amp;step=3&amp;theme=dark&amp;controls=lesson%2Cpreset%2Cwords%2Cmask%2Cstepper%2Cwalk%2Cquestion%2Cpractice%2Cedit%2Cinspector';
  assert.ok((await snippet(page)).includes(`src="${site.url}embed.html?${query}"`), await snippet(page));
  // The frame is there before the last choice is in it, and is loaded anew.
  await page.waitForFunction((address) => /** @type {any} */ (document.querySelector('#frame')).contentWindow.location.href === address,
    `${site.url}embed.html?${query.replaceAll('&amp;', '&')}`);
  const frame = await figure(page);
  await frame.locator('attention-tutorial [role=tab][aria-selected=true]', { hasText: 'Scores' }).waitFor();
  assert.equal(await frame.locator('attention-tutorial .tools button').count(), 0);
  await page.locator('[value=element]').check();
  assert.match(await snippet(page), /<attention-tutorial lesson="bank" preset="money" step="3" theme="dark" controls="lesson,[\w,]+"><\/attention-tutorial>$/);
  await page.locator('[value=markdown]').check();
  assert.ok((await snippet(page)).endsWith(`(${site.url}?lesson=bank&preset=money&step=3&theme=dark#tutorial)`), await snippet(page));
  await page.locator('#copy-button').click();
  await page.locator('#said', { hasText: 'Copied.' }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await snippet(page));
  assert.deepEqual(problems, []);
  await close();
});

/**
 * Waits until the frame is exactly as high as what is in it.
 * @param {import('playwright-core').Page} page
 */
function fits(page) {
  return page.waitForFunction(() => {
    const frame = /** @type {HTMLIFrameElement} */ (document.querySelector('#frame'));
    const main = frame.contentDocument?.querySelector('main');
    return main && Math.abs(frame.clientHeight - main.getBoundingClientRect().height) < 1;
  });
}

test('the frame is as high as what it shows, on a wide page, in a column and on a phone', async () => {
  const { page, problems, close } = await open(browser, `${site.url}builder.html`);
  await figure(page);
  await fits(page);
  const frame = page.locator('#frame');
  const heights = [];
  for (const [value, width] of /** @type {const} */ ([['page', 1100], ['column', 680], ['phone', 360]])) {
    await page.locator(`[name=width][value=${value}]`).check();
    await fits(page);
    heights.push((await frame.boundingBox())?.height);
    assert.equal((await frame.boundingBox())?.width, width);
  }
  assert.equal(new Set(heights).size, 3, String(heights));
  await page.locator('[value=question]').uncheck(); // loaded anew, and lower
  await page.waitForFunction((address) => /** @type {any} */ (document.querySelector('#frame')).contentDocument?.URL.includes(address), 'controls=');
  await figure(page);
  await fits(page);
  assert.notEqual((await frame.boundingBox())?.height, heights[2]);
  assert.deepEqual(problems, []);
  await close();
});

test('a lesson of one’s own, in the page of another language', async () => {
  const { page, problems, close } = await open(browser, `${site.url}de/builder.html`);
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
  await page.locator('[name=lesson]').selectOption('own');
  await page.locator('[name=address]').fill('/lektion.json"><script>alert(1)</script>');
  const text = await snippet(page);
  assert.ok(text.includes(`src="${site.url}embed.html?lesson=%2Flektion.json%22%3E%3Cscript%3E`), text);
  await page.locator('[value=element]').check();
  assert.ok(!(await snippet(page)).includes('"><script>alert'));
  await page.locator('[name=lang]').selectOption('ja');
  assert.ok((await snippet(page)).includes('lang="ja"'));
  await figure(page);
  assert.deepEqual(problems.filter((problem) => !problem.includes('404')), []); // there is no such lesson
  await close();
});

test('the field says what an own lesson’s address has to be, and what is wrong with it, before anything is copied', async () => {
  const { page, close } = await open(browser, `${site.url}builder.html`);
  const [note, field] = [page.locator('#address-note'), page.locator('[name=address]')];
  const copied = () => page.locator('#said').innerText();
  const host = new URL(site.url).host;
  await page.locator('[name=lesson]').selectOption('own');
  assert.match(await note.innerText(), /Enter an address\. Until then, “.*A pronoun: it.*” is shown/);
  for (const button of ['#copy-button', '[data-download=page]']) {
    await page.locator('[name=step]').focus();
    await page.locator(button).click();
    assert.ok(await field.evaluate((element) => element === document.activeElement), button);
    assert.equal(await copied(), '');
  }
  await field.fill('/lessons/my-lesson.json');
  assert.match(await note.innerText(), new RegExp(`on this site, .*${host}`));
  assert.equal(await field.getAttribute('aria-invalid'), 'false');
  await field.fill('https://example.org/x.json');
  assert.match(await note.innerText(), /example\.org\/x\.json.* isn’t on this site/);
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  await page.locator('#copy-button').click();
  assert.equal(await copied(), '');
  await page.locator('[value=element]').check(); // which may lie on a page of that site
  assert.match(await note.innerText(), /the site of the page that you put the line into/);
  await page.locator('#copy-button').click();
  await page.waitForFunction(() => document.querySelector('#said')?.textContent !== '');
  const linked = await Promise.all((await page.locator('.links a').all()).map(async (link) =>
    (await page.request.get(new URL(String(await link.getAttribute('href')), page.url()).href)).json()));
  assert.equal(parseLesson(linked[0]).id, 'my-lesson');
  assert.equal(linked[1].title, 'A lesson');
  await close();
});

test('the figure is called, and speaks, in the language chosen; without one, a line is in that of the page', async () => {
  const { page, close } = await open(browser, `${site.url}de/builder.html`, { locale: 'fr-FR' });
  await figure(page);
  assert.match(await snippet(page), / title="Aufmerksamkeit in sechs Schritten"/);
  const spoken = () => page.evaluate(() => /** @type {any} */ (document.querySelector('#frame')).contentDocument.documentElement.lang);
  assert.equal(await spoken(), 'fr'); // as that of each reader
  for (const [lang, title] of [['ar', 'الانتباه في ست خطوات'], ['zh-Hans', '六步看懂注意力'], ['en', 'Attention in six steps']]) {
    await page.locator('[name=lang]').selectOption(lang);
    await page.locator('[name=kind][value=frame]').check();
    assert.ok((await snippet(page)).includes(` title="${title}"`), await snippet(page));
    await page.locator('[value=markdown]').check();
    assert.ok((await snippet(page)).startsWith(`[![${title}](`), await snippet(page));
    await page.waitForFunction((name) => /** @type {any} */ (document.querySelector('#frame')).contentDocument?.documentElement?.lang === name, lang.slice(0, 2));
  }
  await close();
});

test('it leads back to the tutorial in its own language', async () => {
  for (const [path, home] of [['builder.html', '?lang=en'], ['ja/builder.html', 'ja/']]) {
    const { page, close } = await open(browser, site.url + path, { locale: 'de-DE' });
    await page.locator('.back a').click();
    await page.waitForURL(site.url + home);
    await close();
  }
});

test('it is operable and legible: axe, 360 px, light and dark', async () => {
  for (const [path, width, colorScheme] of /** @type {const} */ ([['builder.html', 1280, 'light'], ['ar/builder.html', 360, 'dark'], ['ja/builder.html', 360, 'light']])) {
    const { page, close } = await open(browser, site.url + path, { viewport: { width, height: 800 }, colorScheme });
    await figure(page);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), path);
    await page.locator('[name=lesson]').selectOption('own');
    await page.locator('[name=address]').fill(`https://example.org/${'a-long-address-of-a-lesson-'.repeat(4)}.json`);
    await page.locator('[data-download=page]').click(); // is refused, with the address
    await page.waitForFunction(() => document.querySelector('#taken')?.textContent !== '');
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${path} with an own lesson`);
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] }));
    assert.deepEqual(violations.map((/** @type {any} */ { id, nodes }) => [id, nodes[0].html]), [], path);
    await close();
  }
});

test('npm run oembed answers for a site that hosts it, and links to the answers', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'attention-oembed-'));
  t.after(() => rm(folder, { recursive: true }));
  await cp(`${ROOT}build/site`, folder, { recursive: true });
  const run = (/** @type {string[]} */ ...args) => promisify(execFile)(process.execPath, [`${ROOT}web/embed/oembed.js`, ...args]);
  for (const times of ['once', 'again']) await run('https://example.org/attention', folder).then(({ stdout }) => assert.match(stdout, /4 answers/, times));
  const answer = JSON.parse(await readFile(join(folder, 'oembed/bank.json'), 'utf8'));
  assert.equal(answer.type, 'rich');
  assert.match(answer.html, /src="https:\/\/example\.org\/attention\/embed\.html\?lesson=bank"/);
  for (const page of ['index.html', 'de/index.html']) {
    const html = await readFile(join(folder, page), 'utf8');
    assert.equal(html.split('application/json+oembed').length, 2, page);
    assert.match(html, /href="https:\/\/example\.org\/attention\/oembed\/animal\.json"/);
  }
  await assert.rejects(run('nowhere', folder), ({ stderr, code }) => code === 1 && /that was “nowhere”/.test(stderr));
});
