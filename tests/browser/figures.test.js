// The figures of the prose: their numbers against the float64 oracle (to 1e-6), on the lesson that each
// names; and that nothing the reader does on the page makes the prose untrue.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { format, percent } from '../../web/tutorial/format.js';
import { steps } from '../oracle.js';
import { alive, launch, numbersOf, open, serve, settled } from './harness.js';

/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */ let site;

before(async () => { [browser, site] = [await launch(), await serve()]; });
after(async () => { await browser.close(); site.close(); });

const FIGURES = ['hero', 'problems', 'intuition', 'matrix', 'meaning'].map((name) => `attention-${name}`);

/**
 * The page, once all of its figures have drawn themselves.
 * @param {string} [search]
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
async function figures(search = '', options = {}) {
  const opened = await open(browser, `${site.url}${search}`, options);
  await alive(opened.page);
  for (const name of FIGURES) await opened.page.locator(`${name}[status=ready]`).waitFor();
  await settled(opened.page);
  return opened;
}

/**
 * The six steps of a preset in float64, and the words of its tokens.
 * @param {string} source such as "bank/river"
 * @param {number} [token] the one that asks, where not the lesson's
 */
function oracle(source, token) {
  const [id, presetId] = source.split('/');
  const lesson = JSON.parse(readFileSync(new URL(`../../web/lessons/${id}.json`, import.meta.url), 'utf8'));
  const preset = { ...lesson, ...lesson.presets.find((/** @type {any} */ preset) => preset.id === presetId) };
  const names = ['embeddings', 'queryWeight', 'keyWeight', 'valueWeight'];
  const tensors = Object.fromEntries(names.map((name) => [name, {
    data: Float64Array.from(preset[name].flat()), dims: [preset[name].length, preset[name][0].length],
  }]));
  const attend = Uint8Array.from(preset.tokens, (/** @type {any} */ { optional }) => (optional ? 0 : 1));
  const queryIndex = token ?? preset.current;
  return {
    ...tensors, ...steps({ ...tensors, queryIndex, attend }), queryIndex,
    words: preset.tokens.map((/** @type {any} */ { text }) => text),
  };
}

/**
 * Every number in an element, through all shadow roots, that says which number of which lesson it is.
 * @param {import('playwright-core').Page} page
 * @param {string} selector
 * @returns {Promise<{ source: string, value: number, text: string }[]>}
 */
function sourcedIn(page, selector) {
  return page.evaluate((selector) => {
    const found = /** @type {any[]} */ ([]);
    const visit = (/** @type {ShadowRoot} */ root) => {
      for (const element of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll('*'))) {
        if (element.shadowRoot) visit(element.shadowRoot);
        const { source, value } = element.dataset ?? {};
        if (source) found.push({ source, value: Number(value), text: (element.textContent ?? '').trim() });
      }
    };
    visit(/** @type {ShadowRoot} */ (document.querySelector(selector)?.shadowRoot));
    return found;
  }, selector);
}

/**
 * Holds numbers to the oracle; returns how many of each lesson and kind there were.
 * @param {{ source: string, value: number, text: string }[]} numbers
 * @param {number} [token]
 */
function hold(numbers, token) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const { source, value, text } of numbers) {
    const [, preset, name, row, column] = /** @type {RegExpExecArray} */ (
      /^(\S+) (\w+)\[(\d+)(?:,(\d+))?\]$/.exec(source));
    const { data, dims } = /** @type {any} */ (oracle(preset, token))[name];
    const right = column === undefined ? data[Number(row)] : data[Number(row) * dims[1] + Number(column)];
    assert.ok(Math.abs(value - right) <= 1e-6, `${source} is ${value}, not ${right}`);
    assert.equal(text, name === 'weights' ? percent(value) : format(value), source);
    counts[`${preset} ${name}`] = (counts[`${preset} ${name}`] ?? 0) + 1;
  }
  return counts;
}

/**
 * The line in words, from float64: "it gives 33 % of its attention to animal, 17 % to tired."
 * @param {string} source
 * @param {number} count
 * @param {number} [token]
 */
function lineOf(source, count, token) {
  const { words, weights, queryIndex } = oracle(source, token);
  const best = [...weights.data.keys()].sort((a, b) => weights.data[b] - weights.data[a]).slice(0, count);
  const [first, ...others] = best.map((index) => [percent(weights.data[index]), words[index]]);
  return `${words[queryIndex]} gives ${first[0]} of its attention to ${first[1]}${
    others.map(([share, word]) => `, ${share} to ${word}`).join('')}.`;
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} selector
 */
async function textOf(page, selector) {
  const texts = await page.locator(selector).allTextContents();
  return texts.map((text) => text.replace(/[^\S\u202f]+/g, ' ').trim());
}

test('one word in two sentences: every number, before and after', async () => {
  const { page, problems, close } = await figures();
  const numbers = await sourcedIn(page, 'attention-meaning');
  assert.deepEqual(hold(numbers), {
    'bank/river weights': 8, 'bank/river embeddings': 4, 'bank/river output': 4,
    'bank/money weights': 6, 'bank/money embeddings': 4, 'bank/money output': 4,
  });
  const lines = [lineOf('bank/river', 2), lineOf('bank/money', 2)];
  assert.deepEqual(await textOf(page, 'attention-meaning .line'), lines);
  assert.deepEqual(problems, []);
  await close();
});

test('four problems: every share after a guess and none before, and a line that says the same', async () => {
  const sources = ['bank/river', 'animal/scores', 'keys/keys', 'umbrella/umbrella'];
  const { page, problems, close } = await figures();
  assert.deepEqual(await sourcedIn(page, 'attention-problems'), []);
  const guess = page.locator('attention-problems li:nth-child(2)').getByRole('button', { name: 'street' });
  await guess.click();
  const shows = page.locator('attention-problems .actions button');
  while (await shows.count()) await shows.first().click();
  await settled(page);
  assert.deepEqual(hold(await sourcedIn(page, 'attention-problems')), {
    'bank/river weights': 8, 'animal/scores weights': 7, 'keys/keys weights': 11,
    'umbrella/umbrella weights': 13,
  });
  const answers = await textOf(page, 'attention-problems .answer > p:first-child');
  sources.forEach((source, index) => assert.ok(answers[index].includes(lineOf(source, 2)), answers[index]));
  const { weights, words } = oracle('animal/scores');
  const share = percent(weights.data[words.indexOf('street')]);
  assert.ok(answers[1].startsWith(`Your guess, street, gets ${share}.`), answers[1]);
  assert.deepEqual(problems, []);
  await close();
});

test('a word tapped in the first sentence asks there and nowhere else, and there is a way back', async () => {
  for (const width of [1280, 360]) {
    const { page, problems, close } = await figures('', { viewport: { width, height: 900 } });
    const hero = page.locator('attention-hero');
    const [back, before] = [hero.locator('.back'), await numbersOf(page)];
    const height = (await hero.boundingBox())?.height;
    assert.deepEqual(hold(await sourcedIn(page, 'attention-hero')), { 'animal/scores weights': 7 });
    assert.equal(await back.isVisible(), false);

    await hero.getByRole('button', { name: 'tired' }).click();
    await settled(page);
    hold(await sourcedIn(page, 'attention-hero'), 9);
    assert.deepEqual(await textOf(page, 'attention-hero .line'), [lineOf('animal/scores', 3, 9)]);
    assert.deepEqual(await numbersOf(page), before);
    assert.equal((await hero.boundingBox())?.height, height);

    assert.equal(await back.innerText(), 'Back to it');
    const { width: wide = 0, height: high = 0 } = await back.boundingBox() ?? {};
    assert.ok(wide >= 24 && high >= 24, `${wide} × ${high}`);
    await back.focus();
    await page.keyboard.press('Enter');
    await settled(page);
    hold(await sourcedIn(page, 'attention-hero'));
    assert.equal(await back.isVisible(), false);
    const focused = () => document.querySelector('attention-hero')?.shadowRoot
      ?.querySelector('attention-sentence')?.shadowRoot?.activeElement?.querySelector('.text')?.textContent;
    assert.equal(await page.evaluate(focused), 'it');
    assert.equal((await hero.boundingBox())?.height, height);
    assert.deepEqual(problems, []);
    await close();
  }
});

for (const search of [
  '?lesson=umbrella', '?preset=weights&token=9&divisor=0.1', '?edits=keys.1.0*-50&toggled=1',
]) {
  test(`what the prose says of its figures stays true at ${search}`, async () => {
    const { page, close } = await figures(search);
    assert.deepEqual(hold(await sourcedIn(page, 'attention-hero')), { 'animal/scores weights': 7 });
    const shown = new Map((await numbersOf(page)).filter(({ host }) => host === 'attention-intuition')
      .map(({ cell, text }) => [cell, text]));
    for (const [cell, text] of [['scores[1]', '2.80'], ['scores[5]', '1.10'], ['weights[1]', '0.33'],
      ['output[0]', '0.65'], ['output[1]', '0.13'], ['output[2]', '0.32'], ['output[3]', '0.05']]) {
      assert.equal(shown.get(cell), text, cell);
    }
    const score = page.locator('attention-intuition td[data-cell="scores[1]"]');
    await score.focus();
    assert.match(await page.locator('attention-intuition #arithmetic').innerText(), /animal.*[=≈] 2\.80$/s);
    await close();
  });
}

for (const [search, line, shares] of /** @type {const} */ ([
  ['?divisor=0.25', 'it gives 99 % of its attention to animal, 1 % to tired, < 1 % to street.',
    ['99 %', '1 %']],
  ['?divisor=0.2', 'it gives > 99 % of its attention to animal, < 1 % to tired.', ['> 99 %']],
  ['?lesson=bank&divisor=0.1', 'bank gives 100 % of its attention to river.', ['100 %']],
])) {
  test(`what gets next to nothing is neither listed nor said to get nothing: ${search}`, async () => {
    const { page, close } = await figures(search);
    const plain = (/** @type {string[]} */ texts) => texts.map((text) => text.replaceAll('\u202f', ' '));
    assert.deepEqual(plain(await textOf(page, 'attention-tutorial .line')), [line]);
    assert.deepEqual(plain(await textOf(page, 'attention-tutorial attention-sentence .share')), shares);
    await close();
  });
}

test('the tables without JavaScript say what the figures say', async () => {
  const { page, close } = await open(browser, site.url, { javaScriptEnabled: false });
  const { words, scores, weights, output } = oracle('animal/scores');
  const rows = await page.locator('attention-intuition tbody tr').allInnerTexts();
  assert.equal(rows.length, 7);
  for (const row of rows) {
    const [word, score, weight] = row.split(/\s+/);
    const index = words.indexOf(word.replace('’', '\''));
    assert.deepEqual([score, weight], [format(scores.data[index]), format(weights.data[index])], word);
  }
  const text = await page.locator('attention-intuition p').innerText();
  assert.deepEqual(text.match(/\d\.\d+/g), Array.from(output.data, format));

  const compared = await page.locator('#numbers ~ .formula tbody tr').allInnerTexts();
  assert.equal(compared.length, 7);
  for (const row of compared) {
    const [word, its, , halved, whole] = row.split(/\s+/);
    const index = words.indexOf(word.replace('’', '\''));
    const one = scores.data.map(Math.exp).filter((_, other) => weights.data[other] > 0);
    const undivided = Math.exp(scores.data[index]) / one.reduce((sum, part) => sum + part, 0);
    assert.equal(Number(its).toFixed(6), scores.data[index].toFixed(6), word);
    assert.deepEqual([halved, whole], [format(weights.data[index]), format(undivided)], word);
  }
  await close();
});

for (const [name, width, search] of /** @type {const} */ ([
  ['attention-intuition', 1280, ''], ['attention-intuition', 360, ''],
  ['attention-matrix', 1280, ''], ['attention-matrix', 360, ''],
  ['attention-matrix', 360, '?toggled=4.7&mask=causal'], ['attention-matrix', 360, '?lesson=umbrella'],
  ['attention-matrix', 360, '?toggled=0.1.4&edits=keys.5.1*-30'],
])) {
  test(`numbers of ${name} answer at ${width} px ${search}, and nothing below them moves`, async () => {
    const { page, problems, close } = await figures(search, { viewport: { width, height: 900 } });
    const answers = await page.evaluate(async (name) => {
      const figure = /** @type {any} */ (document.querySelector(name));
      const found = [{ cell: '', text: '', says: '', described: 'arithmetic', height: figure.offsetHeight }];
      for (const cell of figure.shadowRoot.querySelectorAll('td[data-cell]')) {
        cell.focus();
        await figure.updateComplete;
        found.push({
          cell: cell.dataset.cell, text: cell.textContent.trim(), height: figure.offsetHeight,
          says: figure.shadowRoot.querySelector('#arithmetic').textContent.replace(/\s+/g, ' ').trim(),
          described: cell.getAttribute('aria-describedby'),
        });
      }
      return found;
    }, name);
    assert.ok(answers.length > 15, `${answers.length} numbers`);
    for (const { cell, text, says, described, height } of answers) {
      assert.ok(says.includes(text), `${cell}: ${says}`);
      assert.equal(described, 'arithmetic', cell);
      assert.equal(height, answers[0].height, `${cell}: ${says}`);
    }
    assert.deepEqual(problems, []);
    await close();
  });
}

test('the numbers outside of the stage answer to a finger and to the keys', async () => {
  const { page, close } = await figures('', { viewport: { width: 360, height: 800 }, hasTouch: true });
  for (const [name, cell, below] of [
    ['matrix', 'matrix[7,1]', 'matrix[8,1]'], ['intuition', 'scores[1]', 'scores[2]'],
  ]) {
    const figure = page.locator(`attention-${name}`);
    const asked = () => figure.locator('td.asked').getAttribute('data-cell');
    await figure.locator(`td[data-cell="${cell}"]`).tap();
    await settled(page);
    assert.equal(await asked(), cell);
    await page.keyboard.press('ArrowDown');
    await settled(page);
    assert.equal(await asked(), below);
    const stops = await figure.locator('table[role=grid] td[tabindex="0"]').count();
    assert.equal(stops, await figure.locator('table[role=grid]').count());
  }
  await close();
});
