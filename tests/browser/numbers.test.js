// Every number of the tutorial and its companions, in every step × preset × mask × three edits, against the
// buffers of the core (to the bit) and against the float64 oracle run here on the same inputs (to 1e-6).
// Those of <attention-intuition>, which the prose names, are always those of the lesson as it comes.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { format } from '../../web/tutorial/format.js';
import { steps as oracleSteps } from '../oracle.js';
import { alive, launch, numbersOf, open, serve, settled } from './harness.js';

/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */ let site;

before(async () => { [browser, site] = [await launch(), await serve()]; });
after(async () => { await browser.close(); site.close(); });

const LESSON = JSON.parse(readFileSync(new URL('../../web/lessons/animal.json', import.meta.url), 'utf8'));
const EDITS = [
  {}, { 'embeddings[7,0]': 1.5, 'keyWeight[1,1]': -2 }, { 'queries[7,2]': -3.25, 'values[9,0]': 4 },
];
const FIXED = 'attention-intuition';

/**
 * The lesson's inputs as float32, edited, with no help from the page's own code.
 * @param {string} preset
 * @param {Record<string, number>} edits
 */
function inputsOf(preset, edits) {
  const parts = { ...LESSON, ...LESSON.presets.find((/** @type {any} */ { id }) => id === preset) };
  const names = ['embeddings', 'queryWeight', 'keyWeight', 'valueWeight'];
  const tensors = Object.fromEntries(names.map((name) => [name, {
    data: Float32Array.from(parts[name].flat()), dims: [parts[name].length, parts[name][0].length],
  }]));
  put(tensors, edits);
  return { parts, tensors };
}

/**
 * @param {Record<string, { data: any, dims: number[] }>} tensors
 * @param {Record<string, number>} edits
 */
function put(tensors, edits) {
  for (const [cell, value] of Object.entries(edits)) {
    const [, name, row, column] = /** @type {RegExpExecArray} */ (/^(\w+)\[(\d+),(\d+)\]$/.exec(cell));
    if (tensors[name]) tensors[name].data[Number(row) * tensors[name].dims[1] + Number(column)] = value;
  }
}

/**
 * What each cell must show, from float64: the six steps for the current token, the weights for every other.
 * @param {string} preset
 * @param {string} mask
 * @param {Record<string, number>} edits
 * @param {number[]} [shown] tokens switched in
 */
function expected(preset, mask, edits, shown = []) {
  const { parts, tensors } = inputsOf(preset, edits);
  const N = parts.tokens.length;
  const attendFor = (/** @type {number} */ query) => Uint8Array.from(parts.tokens, (token, index) =>
    Number((!token.optional || shown.includes(index)) && !(mask === 'causal' && index > query)));
  const run = (/** @type {number} */ queryIndex) => {
    const attend = attendFor(queryIndex);
    const { queries, keys, values } = oracleSteps({ ...tensors, queryIndex, attend });
    put({ queries, keys, values }, edits);
    return oracleSteps({ queries, keys, values, queryIndex, attend });
  };
  const matrix = new Float64Array(N * N);
  for (let query = 0; query < N; query++) matrix.set(run(query).weights.data, query * N);
  return { ...tensors, ...run(parts.current), matrix: { data: matrix, dims: [N, N] } };
}

/**
 * @param {Record<string, { data: any, dims: number[] }>} tensors
 * @param {string} cell
 */
function at(tensors, cell) {
  const pattern = /^(\w+)\[(\d+)(?:,(\d+))?\]$/;
  const [, name, row, column] = /** @type {RegExpExecArray} */ (pattern.exec(cell));
  const { data, dims } = tensors[name];
  return column === undefined ? data[Number(row)] : data[Number(row) * dims[dims.length - 1] + Number(column)];
}

/** @param {Record<string, number>} edits */
function editsInUrl(edits) {
  return Object.entries(edits).map(([cell, value]) =>
    `${cell.replace(/[[,]/g, '.').replace(']', '')}*${value}`).join('_');
}

/**
 * The buffers that the core left in an element of the page.
 * @param {import('playwright-core').Page} page
 * @param {string} name
 */
function buffersOf(page, name) {
  return page.evaluate((selector) => {
    const { buffers } = /** @type {any} */ (document.querySelector(selector)).store.model;
    return Object.fromEntries(Object.entries(buffers).map(([name, tensor]) => {
      const { data, dims } = /** @type {{ data: Float32Array, dims: number[] }} */ (tensor);
      return [name, { data: [...data], dims }];
    }));
  }, name);
}

for (const width of [1280, 360]) {
  for (const preset of ['scores', 'weights']) {
    for (const mask of ['none', 'causal']) {
      test(`every number, preset ${preset}, mask ${mask}, ${width} px`, async () => {
        for (const edits of EDITS) {
          const right = { own: expected(preset, mask, edits), fixed: expected('scores', 'none', {}) };
          const kinds = { own: new Set(), fixed: new Set() };
          const query = new URLSearchParams({ preset, mask, edits: editsInUrl(edits) });
          if (!Object.keys(edits).length) query.delete('edits');
          const viewport = { width, height: 900 };
          const { page, problems, close } = await open(browser, `${site.url}?${query}`, { viewport });
          await alive(page);
          await page.locator(`${FIXED} td[data-cell]`).first().waitFor();
          for (let step = 1; step <= 6; step++) {
            await page.locator('attention-tutorial [role=tab]').nth(step - 1).click();
            await settled(page);
            const core = {
              own: await buffersOf(page, 'attention-tutorial'), fixed: await buffersOf(page, FIXED),
            };
            const numbers = await numbersOf(page);
            assert.ok(numbers.length > 60, `${numbers.length} numbers in step ${step}`);
            for (const { host, cell, value, text } of numbers) {
              const picture = host === FIXED ? 'fixed' : 'own';
              const where = `step ${step}: ${cell} in ${host}`;
              kinds[picture].add(cell.split('[')[0]);
              assert.equal(Number(value), at(core[picture], cell), `${where} is the buffer's`);
              assert.equal(text, format(Number(value)), `text of ${where}`);
              const number = at(right[picture], cell);
              assert.ok(Math.abs(Number(value) - number) <= 1e-6 * Math.max(1, Math.abs(number)),
                `${where} is ${value}, not ${number}`);
            }
          }
          assert.deepEqual([...kinds.own].sort(), Object.keys(right.own).sort());
          assert.deepEqual([...kinds.fixed].sort(), ['output', 'scores', 'weights']);
          assert.deepEqual(problems, []);
          await close();
        }
      });
    }
  }
}

test('the first preset’s scores are the article’s, and so are the second’s weights, to 1e-6', async () => {
  const words = [0, 1, 2, 3, 5, 6, 9];
  for (const [preset, cell, figures] of /** @type {const} */ ([
    ['scores', 'scores', [0.1, 2.8, 0.2, 0.1, 1.1, 0.3, 1.5]],
    ['weights', 'weights', [0.03, 0.52, 0.04, 0.03, 0.14, 0.05, 0.19]],
  ])) {
    const { page, close } = await open(browser, `${site.url}?preset=${preset}&step=5`);
    await alive(page);
    const shown = new Map((await numbersOf(page)).filter(({ host }) => host === 'attention-tutorial')
      .map((number) => [number.cell, Number(number.value)]));
    for (const [place, index] of words.entries()) {
      const number = /** @type {number} */ (shown.get(`${cell}[${index}]`));
      assert.ok(Math.abs(number - figures[place]) <= 1e-6, `${cell}[${index}]`);
    }
    await close();
  }
});

test('an edit reaches every number that follows from it within one frame', async () => {
  const { page, close } = await open(browser, `${site.url}?step=3`);
  await alive(page);
  const [late, score] = await page.evaluate(async () => {
    const tutorial = /** @type {any} */ (document.querySelector('attention-tutorial'));
    const cell = () => tutorial.shadowRoot.querySelector('.stage [data-cell="scores[1]"]').textContent.trim();
    const slider = tutorial.shadowRoot.querySelector('.sliders input');
    await new Promise(requestAnimationFrame);
    let frames = 0;
    slider.value = '3';
    slider.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
    while (cell() === '2.80' && frames < 60) {
      await new Promise(requestAnimationFrame);
      frames++;
    }
    return [frames, cell()];
  });
  assert.ok(late <= 1, `${late} frames`);
  assert.equal(score, '4.04');
  await close();
});
