// The tutorial in Firefox and WebKit: every number of each step, edits, keys, themes, a narrow screen, what is saved.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertNumbers, expected } from '../browser/right-numbers.js';
import { inEach, problemsOf, serveWatched, settled } from './harness.js';

/** @type {Awaited<ReturnType<typeof serveWatched>>} */ let site;
before(async () => { site = await serveWatched(); });
after(() => site.close());

const TAB = 'attention-tutorial >> [role=tab]';

/**
 * @param {import('./browser.js').Browser} browser
 * @param {string} [query]
 * @param {{ width?: number, height?: number }} [viewport]
 */
async function openTutorial(browser, query = '', viewport) {
  await browser.open(site.url + query, viewport);
  for (const name of ['attention-tutorial', 'attention-intuition']) {
    await browser.waitFor((name) => find(`${name} >> td[data-cell]`), name);
  }
  await settled(browser);
}

/** @param {import('./browser.js').Browser} browser */
const stateOf = (browser) => browser.evaluate(() => find('attention-tutorial').store.state);

/**
 * The text of an element.
 * @param {import('./browser.js').Browser} browser
 * @param {string} path
 */
const textOf = (browser, path) => browser.evaluate((path) => find(path).textContent.trim(), path);

inEach((browser) => {
  for (const [query, preset, mask, edits] of /** @type {const} */ ([
    ['?preset=scores', 'scores', 'none', {}],
    ['?preset=weights&mask=causal&edits=queries.7.2*-3.25_values.9.0*4', 'weights', 'causal',
      { 'queries[7,2]': -3.25, 'values[9,0]': 4 }],
  ])) {
    test(`every number of each step is the core’s and the oracle’s: ${query}`, async () => {
      const right = { own: expected(preset, mask, edits), fixed: expected('scores', 'none', {}) };
      await openTutorial(browser(), query);
      const kinds = new Set();
      for (let step = 1; step <= 6; step++) {
        await browser().click(TAB, step - 1);
        await settled(browser());
        assert.equal((await stateOf(browser())).step, step);
        for (const kind of (await assertNumbers(browser(), right, `step ${step}`)).own) kinds.add(kind);
      }
      assert.deepEqual([...kinds].sort(), Object.keys(right.own).sort());
      assert.deepEqual(await problemsOf(browser()), []);
    });
  }

  test('an edit by slider reaches every number that follows from it', async () => {
    await openTutorial(browser(), '?step=3');
    const score = 'attention-tutorial >> .stage [data-cell="scores[1]"]';
    assert.equal(await textOf(browser(), score), '2.80');
    const slider = 'attention-tutorial >> .sliders input';
    await browser().evaluate((slider) => find(slider).focus(), slider);
    await browser().press('End');
    await settled(browser());
    const edited = Number(await browser().evaluate((slider) => find(slider).value, slider));
    assert.ok(edited > 2, `${edited}`);
    assert.notEqual(await textOf(browser(), score), '2.80');
    const own = expected('scores', 'none', { 'queries[7,0]': edited });
    const right = { own, fixed: expected('scores', 'none', {}) };
    for (let step = 3; step <= 6; step++) {
      await browser().click(TAB, step - 1);
      await settled(browser());
      await assertNumbers(browser(), right, `step ${step}`);
    }
    await browser().click('attention-tutorial >> button', 'Undo');
    await browser().click(TAB, 2);
    await settled(browser());
    assert.equal(await textOf(browser(), score), '2.80');
    assert.deepEqual(await problemsOf(browser()), []);
  });

  test('an edit by typing a number is taken, and is in the address', async () => {
    await openTutorial(browser(), '?step=3');
    await browser().click('attention-tutorial >> .stage [data-cell="keys[1,0]"]');
    await settled(browser());
    await browser().press('-', '3', 'Enter');
    await settled(browser());
    assert.deepEqual((await stateOf(browser())).edits, { 'keys[1,0]': -3 });
    await browser().waitFor(() => new URLSearchParams(location.search).get('edits') === 'keys.1.0*-3');
    assert.equal(await textOf(browser(), 'attention-tutorial >> .stage [data-cell="keys[1,0]"]'), '−3.00');
    assert.deepEqual(await problemsOf(browser()), []);
  });

  test('steps and numbers are walked with the keys', async () => {
    await openTutorial(browser());
    const focused = () => browser().evaluate(() => {
      let element = /** @type {any} */ (document.activeElement);
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      return { role: element.getAttribute('role'), cell: element.dataset.cell, text: element.textContent.trim() };
    });
    await browser().evaluate((path) => find(path).focus(), TAB);
    await browser().press('ArrowRight', 'ArrowRight');
    await settled(browser());
    assert.match((await focused()).text, /^3\s*Scores$/);
    assert.equal((await stateOf(browser())).step, 3);
    await browser().press('End');
    await settled(browser());
    assert.equal((await stateOf(browser())).step, 6);
    for (let presses = 0; presses < 40 && !(await focused()).cell; presses++) await browser().press('Tab');
    const first = (await focused()).cell;
    assert.ok(first, 'Tab never reached a number');
    await browser().press('ArrowRight');
    await settled(browser());
    const { cell, text } = await focused();
    assert.notEqual(cell, first);
    assert.ok((await textOf(browser(), 'attention-tutorial >> .inspector')).includes(text));
    assert.deepEqual(await problemsOf(browser()), []);
  });

  test('a question is answered, and the page says that it was wrong or right', async () => {
    await openTutorial(browser(), '?step=5');
    const status = 'attention-tutorial >> .question [role=status]';
    await browser().click('attention-tutorial >> .question button', 'Adding 1');
    await settled(browser());
    assert.match(await textOf(browser(), status), /^Not quite\./);
    await browser().click('attention-tutorial >> .question button.again');
    await browser().click('attention-tutorial >> .question button', 'Doubling');
    await settled(browser());
    assert.match(await textOf(browser(), status), /^That’s right\./);
    assert.deepEqual(await problemsOf(browser()), []);
  });

  test('the theme is chosen, and changes the page', async () => {
    await openTutorial(browser());
    const paper = () => browser().evaluate(() => getComputedStyle(find('attention-tutorial >> .stage')).color);
    const light = await paper();
    await openTutorial(browser(), '?theme=dark');
    const dark = await paper();
    assert.notEqual(dark, light);
    const brightness = (/** @type {string} */ colour) =>
      Math.max(...(colour.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number));
    assert.ok(brightness(dark) > brightness(light), `${light}, ${dark}`);
    assert.deepEqual(await problemsOf(browser()), []);
  });

  test('at 360 px nothing makes the page scroll sideways, in any step or in the part that learns', async () => {
    await openTutorial(browser(), '', { width: 360, height: 800 });
    const beyond = () => browser().evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth - clientWidth;
    });
    for (let step = 1; step <= 6; step++) {
      await browser().click(TAB, step - 1);
      await settled(browser());
      assert.ok(await beyond() <= 0, `step ${step}: ${await beyond()} px`);
    }
    await browser().evaluate(() => find('attention-training').scrollIntoView());
    await browser().waitFor(() => find('attention-training').status === 'ready');
    await settled(browser());
    assert.ok(await beyond() <= 0, `${await beyond()} px`);
    assert.deepEqual(await problemsOf(browser()), []);
  });

  test('lines are drawn under what can be pressed, and legends stand before their choices', async () => {
    await openTutorial(browser(), '?step=2');
    const lines = await browser().evaluate(() => Object.fromEntries([
      'attention-hero >> attention-sentence >> .current .text',
      'attention-hero >> attention-sentence >> .quiet .text',
      'attention-problems >> .actions button',
      'attention-matrix >> .current th button',
      'attention-tutorial >> .number.editable > span:last-child',
    ].map((path) => {
      const { textDecorationLine, textDecorationColor } = getComputedStyle(find(path));
      return [path, `${textDecorationLine}${/, 0\)$|transparent/.test(textDecorationColor) ? ' unseen' : ''}`];
    })));
    assert.deepEqual(new Set(Object.values(lines)), new Set(['underline']), JSON.stringify(lines));
    const [above, below] = await browser().evaluate(() => {
      const range = document.createRange();
      range.selectNodeContents(find('attention-tutorial >> fieldset.segments legend'));
      const choice = find('attention-tutorial >> fieldset.segments label');
      return [range.getBoundingClientRect().bottom, choice.getBoundingClientRect().top];
    });
    assert.ok(above > below, 'the legend stands above its choices');
  });

  test('in formulas, scripts are smaller than what they stand at', async () => {
    await openTutorial(browser());
    const sizes = await browser().evaluate(() => [document, find('attention-tutorial').renderRoot].map((root) =>
      [...root.querySelectorAll(':is(msub, msup, munder) > :nth-child(2)')].map((script) => {
        const [own, base] = [script, script.parentElement].map((each) => parseFloat(getComputedStyle(each).fontSize));
        return own / base;
      })));
    assert.ok(sizes.every((found) => found.length > 1), JSON.stringify(sizes));
    for (const ratio of sizes.flat()) assert.ok(ratio > 0.6 && ratio < 0.85, JSON.stringify(sizes));
  });

  test('SVG and CSV are saved, with the numbers that are shown', async () => {
    await openTutorial(browser(), '?step=5');
    const svg = await browser().saved(() => browser().click('attention-tutorial >> button', 'SVG'));
    assert.match(svg.name, /\.svg$/);
    const text = svg.bytes.toString('utf8');
    assert.match(text, /^<svg/);
    for (const number of ['0.33', '0.09', '0.14', '0.17', '12.28']) assert.ok(text.includes(`>${number}<`), number);
    const csv = await browser().saved(() => browser().click('attention-tutorial >> button', 'CSV'));
    assert.match(csv.bytes.toString('utf8'), /^cell,row/);
    assert.deepEqual(await problemsOf(browser()), []);
  });

  test('one that is embedded shows its numbers', async () => {
    await browser().open(`${site.url}embed.html`);
    await browser().waitFor(() => find('attention-tutorial >> td[data-cell]'));
    assert.deepEqual(await problemsOf(browser()), []);
  });
});
