// What leaves the page as a file is what it shows: every number, none on top of another, nothing executable.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { COLOURS, FAMILIES } from '../../web/tutorial/export/svg-shapes.js';
import { alive, launch, open, serve, settled } from './harness.js';

/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */ let site;

const SCRIPT = '<script>hacked=1</script>';

/** @param {(lesson: any) => void} change */
function animal(change) {
  const lesson = JSON.parse(readFileSync(new URL('../../web/lessons/animal.json', import.meta.url), 'utf8'));
  lesson.id = 'own';
  change(lesson);
  return JSON.stringify(lesson);
}

const LESSONS = {
  '/script.json': animal((lesson) => {
    lesson.title = `${SCRIPT}"'&]]>`;
    lesson.tokens[1].text = SCRIPT;
    lesson.tokens[2].text = '"onload="hacked=1';
    lesson.tokens[3].text = '\u0000\u001b\ud800\uffff x'; // XML has no way to write these
    lesson.dimensions.key[0] = '<img src=x onerror=a=1>';
  }),
  '/crowd.json': animal((lesson) => {
    const many = (/** @type {any[]} */ list) =>
      Array.from({ length: 24 }, (_, place) => list[place % list.length]);
    const texts = ['internationalisations', 'Donaudampfschifffahrtsgesellschaft', 'a'];
    lesson.tokens = many(texts.map((text) => ({ text })));
    lesson.dimensions.value = ['W'.repeat(24), 'b', 'c', 'd'];
    lesson.presets = [{ ...lesson.presets[0], embeddings: many(lesson.presets[0].embeddings) }];
    delete lesson.reference;
  }),
};

before(async () => { [browser, site] = [await launch(), await serve(LESSONS)]; });
after(async () => { await browser.close(); site.close(); });

/**
 * @param {import('playwright-core').Page} page
 * @param {'SVG' | 'PNG' | 'CSV'} kind
 */
async function saved(page, kind) {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: `Save ${kind}` }).click(),
  ]);
  return readFile(await download.path());
}

/**
 * The picture, parsed and laid out: its texts with the boxes that they take, and what could be executed.
 * @param {import('playwright-core').Page} page
 */
async function picture(page) {
  const source = (await saved(page, 'SVG')).toString('utf8');
  return page.evaluate((text) => {
    const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
    const svg = document.body.appendChild(
      /** @type {SVGSVGElement} */ (document.importNode(/** @type {any} */ (parsed).rootElement, true)));
    const box = (/** @type {SVGGraphicsElement} */ element) => {
      const { x, y, width, height } = element.getBBox();
      return { left: x, top: y, right: x + width, bottom: y + height };
    };
    const found = {
      broken: parsed.querySelector('parsererror')?.textContent,
      title: svg.querySelector('title')?.textContent,
      size: { width: svg.viewBox.baseVal.width, height: svg.viewBox.baseVal.height },
      tabular: getComputedStyle(/** @type {Element} */ (svg.querySelector('text'))).fontVariantNumeric,
      texts: [...svg.querySelectorAll('text')].map((text) => ({ text: text.textContent, ...box(text) })),
      faint: svg.querySelectorAll('[fill-opacity="0.4"]').length,
      hollow: svg.querySelectorAll(`rect[fill="none"][stroke-width="1.5"]`).length,
      names: [...new Set([...svg.querySelectorAll('*')].map(({ localName }) => localName))].sort(),
      handlers: [...svg.querySelectorAll('*')].flatMap((element) => element.getAttributeNames())
        .filter((name) => name.startsWith('on') || name.includes('href')),
    };
    svg.remove();
    return found;
  }, source);
}

/** @typedef {Awaited<ReturnType<typeof picture>>} Picture */

/** @param {Picture} picture */
function overlaps({ texts }) {
  const slack = 0.5; // px: boxes may touch
  return texts.flatMap((one, index) => texts.slice(index + 1)
    .filter((other) => one.left + slack < other.right && other.left + slack < one.right
      && one.top + slack < other.bottom && other.top + slack < one.bottom)
    .map((other) => `“${one.text}” and “${other.text}”`));
}

/** @param {Picture} picture */
function outside({ texts, size: { width, height } }) {
  return texts.filter(({ left, right, top, bottom }) =>
    left < 0 || top < 0 || right > width || bottom > height).map(({ text }) => text);
}

/**
 * The numbers of the groups that the page has open.
 * @param {import('playwright-core').Page} page
 */
async function openNumbers(page) {
  const open = page.locator('attention-tutorial .group:is(.lit, .room, .preview)');
  const cells = open.locator('td[data-cell], td.hollow');
  return (await cells.allInnerTexts()).map((text) => text.trim()).filter(Boolean);
}

for (const [name, begins] of /** @type {const} */ ([
  ['SVG', '<svg'], ['PNG', '\x89PNG'], ['CSV', 'cell,row'],
])) {
  test(`the figure is saved as ${name}`, async () => {
    const { page, problems, close } = await open(browser, `${site.url}?step=5`);
    await alive(page);
    const bytes = await saved(page, name);
    assert.ok(bytes.toString('latin1').startsWith(begins));
    assert.ok(bytes.length > 1500, `${bytes.length} bytes`);
    assert.deepEqual(problems, []);
    await close();
  });
}

for (const address of ['', 'preset=weights&mask=causal&toggled=7',
  'lesson=bank&edits=keys.1.0*-50_queries.4.0*9', 'lesson=umbrella', 'lesson=/crowd.json']) {
  test(`the SVG has each number of each step, none over another: ${address || 'as it comes'}`, async () => {
    const { page, problems, close } = await open(browser, `${site.url}?${address}`);
    await alive(page);
    for (let step = 1; step <= 6; step++) {
      await page.locator('attention-tutorial [role=tab]').nth(step - 1).click();
      await settled(page);
      const shown = await openNumbers(page);
      const svg = await picture(page);
      assert.equal(svg.broken, undefined);
      assert.match(svg.title ?? '', new RegExp(`^Step ${step} of 6, \\w+\\. \\S`));
      assert.equal(svg.tabular, 'tabular-nums');
      const left = svg.texts.map(({ text }) => text);
      assert.ok(shown.length > 20, `${shown.length} numbers`);
      for (const number of shown) {
        const place = left.indexOf(number);
        assert.ok(place >= 0, `step ${step}: ${number} is missing`);
        left.splice(place, 1);
      }
      assert.deepEqual(overlaps(svg), [], `step ${step}`);
      assert.deepEqual(outside(svg), [], `step ${step}`);
    }
    assert.deepEqual(problems, []);
    await close();
  });
}

test('what leaves at the sides has heads, and step 4 has the bars to come', async () => {
  /** @type {Record<string, string[]>} */
  const heads = { 1: ['query'], 2: ['query'], 3: ['query'], 4: [], 5: ['sum'], 6: ['new', 'before'] };
  for (const [step, expected] of Object.entries(heads)) {
    const { page, close } = await open(browser, `${site.url}?step=${step}`);
    await alive(page);
    const { texts, faint, hollow } = await picture(page);
    const all = Object.values(heads).flat();
    const found = texts.map(({ text }) => text).filter((text) => all.includes(text));
    assert.deepEqual(found, expected, `step ${step}`);
    assert.equal(faint, step === '4' ? 7 : 0, `step ${step}: faint bars`);
    // seven figures of the article from step 3 on, seven marks over the bars from step 4 on
    const marks = Number(step) < 3 ? 0 : step === '3' ? 7 : 14;
    assert.equal(hollow, marks, `step ${step}: hollow marks`);
    await close();
  }
});

test('a token that is markup is text, and one that XML cannot hold breaks nothing', async () => {
  for (const step of [1, 3, 5, 6]) {
    const { page, problems, close } = await open(browser, `${site.url}?lesson=/script.json&step=${step}`);
    await alive(page);
    const { broken, names, handlers, texts, title } = await picture(page);
    assert.equal(broken, undefined);
    assert.ok(title?.includes(SCRIPT));
    assert.ok(texts.some(({ text }) => text === SCRIPT));
    const harmless = ['defs', 'path', 'pattern', 'rect', 'svg', 'text', 'title'];
    assert.deepEqual(names.filter((name) => !harmless.includes(name)), []);
    assert.deepEqual(handlers, []);
    assert.ok((await saved(page, 'PNG')).toString('latin1').startsWith('\x89PNG'));
    assert.equal(await page.evaluate(() => 'hacked' in globalThis), false);
    assert.deepEqual(problems, []);
    await close();
  }
});

test('the colours are the page’s light ones', () => {
  const css = readFileSync(new URL('../../web/tokens.css', import.meta.url), 'utf8');
  const light = (/** @type {string} */ name) => new RegExp(`--${name}: light-dark\\((#\\w+),`).exec(css)?.[1];
  const { paper, ink, soft, hairline, outline, weight } = COLOURS;
  assert.deepEqual([paper, ink, soft, hairline, outline, weight],
    ['paper', 'ink', 'ink-soft', 'hairline', 'outline', 'weight'].map(light));
  for (const family of /** @type {const} */ (['query', 'key', 'value'])) {
    assert.deepEqual(FAMILIES[family], { hue: light(family), digits: light(`${family}-text`) });
  }
});
