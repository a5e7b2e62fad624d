// The page in every language, and elements that speak two on one page.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { names } from '../../web/element/languages.js';
import { alive, launch, open, serve, settled } from './harness.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TWO = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Two</title><link rel="icon" href="/favicon.svg">
  <script src="/attention-tutorial.js"></script>
  <attention-tutorial id="one" lang="de" step="4"></attention-tutorial>
  <div lang="ar"><attention-tutorial id="two" lesson="bank"></attention-tutorial></div>
  <attention-tutorial id="three" lang="tlh"></attention-tutorial>`;
const NOWHERE = '<!doctype html><meta charset="utf-8"><title>No language</title><script src="/attention-tutorial.js"></script><attention-tutorial></attention-tutorial>';

/** @param {string} name */
const locale = (name) => JSON.parse(readFileSync(new URL(`../../web/locales/${name}.json`, import.meta.url), 'utf8'));

/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */ let site;

before(async () => { [browser, site] = [await launch(), await serve({ '/two.html': TWO, '/nowhere.html': NOWHERE })]; });
after(async () => { await browser.close(); site.close(); });

/**
 * The texts that can be read in the figures, without the words of the example.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<string[]>}
 */
function textsOf(page) {
  return page.evaluate(() => {
    const found = /** @type {string[]} */ ([]);
    const visit = (/** @type {Node} */ node) => {
      if (node instanceof HTMLElement) {
        if (!node.checkVisibility() || node.matches('style, svg, math, .word, em, [lang=en], th.token, th.lead, .shares, .mix')) return;
        for (const name of ['aria-label', 'title']) found.push(node.getAttribute(name) ?? '');
        if (node.shadowRoot) visit(node.shadowRoot);
      }
      if (node instanceof Text) found.push(node.data.trim());
      for (const child of node.childNodes) visit(child);
    };
    for (const host of document.querySelectorAll('*')) if (host.shadowRoot) visit(host.shadowRoot);
    return found.filter(Boolean);
  });
}

/** @param {import('playwright-core').Page} page */
const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

for (const name of names) {
  test(`${name}: the page is in its language throughout, at 360 px too, and loads no other`, async () => {
    const context = await browser.newContext({ viewport: { width: 360, height: 800 }, reducedMotion: 'reduce' });
    const page = await context.newPage();
    /** @type {string[]} */
    const [problems, asked] = [[], []];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) problems.push(message.text()); });
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${site.url}${name}/`);
    await alive(page);
    assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, getComputedStyle(document.body).direction]),
      [name === 'zh' ? 'zh-Hans' : name, name === 'ar' ? 'rtl' : 'ltr']);
    const [english, own] = [locale('en'), locale(name)];
    const foreign = new Set(Object.entries(english).filter(([key, text]) => text.length > 3 && own[key] !== text).map(([, text]) => text));
    const gloss = locale(`${name}.lessons`).animal.presets.scores.gloss;
    assert.equal(await page.locator('attention-hero .gloss').nth(1).innerText(), gloss[1]);
    for (let step = 1; step <= 6; step++) {
      await page.locator('attention-tutorial [role=tab]').nth(step - 1).click();
      await settled(page);
      assert.ok(await overflow(page) <= 0, `step ${step}: ${await overflow(page)} px too wide`);
      const texts = await textsOf(page);
      assert.ok(texts.length > 100, `${texts.length} texts`);
      const inner = new Set(Object.values(own));
      assert.deepEqual(texts.filter((text) => foreign.has(text) && !inner.has(text)), [], `step ${step}`);
    }
    assert.deepEqual(problems, []);
    assert.deepEqual(asked.filter((path) => /locales|\/\w\w\/|later/.test(path)), [`/${name}/`]);
    await context.close();
  });
}

test('the training works from a language’s folder, and its experiments are in its words', async () => {
  const { page, problems, close } = await open(browser, `${site.url}de/?learn-experiment=layer#learning`);
  await page.locator('attention-training[status=ready]').waitFor();
  const training = page.locator('attention-training');
  await training.locator('.trial .question').waitFor();
  assert.ok((await training.locator('.trial .question').innerText()).startsWith(locale('de.later')['learn.experiment.layer.question'].slice(0, 30)));
  const sentence = "the animal didn't cross the street because it was tired".split(' ').map((word) => locale('de.corpus')[word]);
  assert.deepEqual(await training.locator('.pair attention-sentence').first().locator('.gloss').allInnerTexts(), sentence);
  await training.locator('.pair button, .pair a').first().click();
  await page.locator('attention-tutorial', { hasText: locale('de.later')['learn.lesson.noteLater'].slice(0, 40) }).waitFor();
  assert.deepEqual(await page.locator('attention-tutorial attention-sentence .gloss').allInnerTexts(), sentence);
  assert.deepEqual(problems, []);
  await close();
});

test('numbers have the language’s decimal sign, and what is typed may have either', async () => {
  const { page, close } = await open(browser, `${site.url}de/`);
  await alive(page);
  const cell = page.locator('attention-tutorial td[data-cell="embeddings[1,0]"]').first();
  assert.equal((await cell.innerText()).trim(), '1,00');
  await cell.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('0,5');
  await page.keyboard.press('Enter');
  assert.equal((await cell.innerText()).trim(), '0,50');
  await page.waitForFunction(() => location.search.includes('embeddings.1.0*0.5'));
  await close();
});

test('a reader is taken to the language that the browser prefers, with what the link asks for', async () => {
  for (const [preferred, address, expected] of [
    ['de-AT', '?step=3#tutorial', 'de/?step=3#tutorial'], ['zh-TW', '', 'zh/'], ['pt-BR', '', 'pt/'],
    ['en-GB', '?step=3', '?step=3'], ['it', '', ''], ['de', '?lang=en', '?lang=en'], ['de', '?lang=ja&step=2', 'ja/?step=2'],
  ]) {
    const { page, close } = await open(browser, site.url + address, { locale: preferred });
    await alive(page);
    const { pathname, search, hash } = new URL(page.url());
    assert.equal(pathname.slice(1) + search + hash, expected, `${preferred}: ${address}`);
    await close();
  }
});

test('the page leads to each language, with all that was chosen, and back to English for a reader who prefers another', async () => {
  const { page, problems, close } = await open(browser, `${site.url}de/?step=3`, { locale: 'de' });
  for (const [lang, folder, stays] of [['ar', '/ar/', null], ['en', '/', 'en'], ['zh-Hans', '/zh/', null], ['en', '/', 'en']]) {
    await alive(page);
    await page.locator('attention-tutorial label.mask').click();
    const chosen = await page.locator('attention-tutorial label.mask input').isChecked();
    await page.waitForURL((url) => url.searchParams.has('mask') === chosen);
    await page.locator(`.languages a[lang=${lang}]`).click();
    await page.waitForURL((url) => url.pathname === folder);
    await alive(page);
    assert.equal(await page.evaluate(() => document.documentElement.lang), lang);
    const { searchParams } = new URL(page.url());
    assert.deepEqual([searchParams.get('lang'), searchParams.get('step')], [stays, '3']);
    assert.equal(await page.locator('attention-tutorial label.mask input').isChecked(), chosen);
    assert.equal(await page.locator('attention-tutorial [role=tab][aria-selected=true]').getAttribute('data-step'), '3');
  }
  assert.deepEqual(problems, []);
  assert.equal(await page.evaluate(() => localStorage.length + document.cookie.length), 0, 'nothing is kept');
  await close();
});

test('elements on one page speak two languages, each loaded once; one of an unknown language speaks as the browser prefers', async () => {
  const { page, problems, close } = await open(browser, `${site.url}two.html`, { locale: 'fr' });
  const title = (/** @type {string} */ id) => page.locator(`#${id} #title`).innerText();
  await page.locator('#three #title').waitFor();
  assert.equal(await title('one'), locale('de')['step.4.title'].replace(/<[^>]*>/g, ''));
  assert.equal(await title('two'), locale('ar')['step.1.title']);
  assert.equal(await title('three'), locale('fr')['step.1.title']);
  const directions = await page.evaluate(() => ['one', 'two'].map((id) => getComputedStyle(/** @type {Element} */ (document.getElementById(id))).direction));
  assert.deepEqual(directions, ['ltr', 'rtl']);
  assert.equal(await page.locator('#two attention-sentence').evaluate((element) => getComputedStyle(element).direction), 'ltr');
  const loaded = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname).filter((path) => path.includes('locales')));
  assert.deepEqual(loaded.sort(), ['/locales/ar.js', '/locales/de.js', '/locales/fr.js']);
  await page.evaluate(() => { /** @type {HTMLElement} */ (document.getElementById('one')).lang = 'en'; });
  await page.waitForFunction((text) => document.getElementById('one')?.shadowRoot?.querySelector('#title')?.textContent === text, 'Divide by √dk');
  assert.deepEqual(problems, []);
  await close();
});

test('where nothing says the language, it is the browser’s, and the element says which', async () => {
  const { page, close } = await open(browser, `${site.url}nowhere.html`, { locale: 'ja' });
  await page.locator('attention-tutorial #title').waitFor();
  assert.equal(await page.locator('attention-tutorial #title').innerText(), locale('ja')['step.1.title']);
  assert.equal(await page.locator('attention-tutorial').getAttribute('lang'), 'ja');
  await close();
});

test('a language that does not come is English, and the reason is on the console', async () => {
  const context = await browser.newContext({ locale: 'de' });
  const page = await context.newPage();
  /** @type {string[]} */
  const warnings = [];
  page.on('console', (message) => { if (message.type() === 'warning') warnings.push(message.text()); });
  await page.route('**/locales/*', (route) => route.abort());
  await page.goto(`${site.url}nowhere.html`);
  await page.locator('attention-tutorial #title').waitFor();
  assert.equal(await page.locator('attention-tutorial #title').innerText(), 'Ask a question');
  assert.match(warnings.join(), /locales\/de\.js didn’t come/);
  await context.close();
});

for (const name of ['ar', 'ja']) {
  for (const width of [1280, 360]) {
    test(`${name}: axe finds nothing in any step, ${width} px`, async () => {
      const { page, close } = await open(browser, `${site.url}${name}/`, { viewport: { width, height: 900 } });
      await alive(page);
      await page.evaluate(AXE);
      for (let step = 1; step <= 6; step++) {
        await page.locator('attention-tutorial [role=tab]').nth(step - 1).click();
        await settled(page);
        const found = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run(document, {
          resultTypes: ['violations'], rules: { 'target-size': { enabled: true } },
        }));
        assert.deepEqual(found.violations.map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes[0].failureSummary} ${nodes[0].target}`), [], `step ${step}`);
      }
      await close();
    });
  }
}
