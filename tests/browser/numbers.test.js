// Every number of the tutorial and its companions, in every step × preset × mask × three edits, against the
// buffers of the core (to the bit) and against the float64 oracle run here on the same inputs (to 1e-6).
// Those of <attention-intuition>, which the prose names, are always those of the lesson as it comes.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { alive, launch, numbersOf, open, serve, settled } from './harness.js';
import { assertNumbers, editsInUrl, expected } from './right-numbers.js';

/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */ let site;

before(async () => { [browser, site] = [await launch(), await serve()]; });
after(async () => { await browser.close(); site.close(); });

const EDITS = [
  {}, { 'embeddings[7,0]': 1.5, 'keyWeight[1,1]': -2 }, { 'queries[7,2]': -3.25, 'values[9,0]': 4 },
];

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
          await page.locator('attention-intuition td[data-cell]').first().waitFor();
          for (let step = 1; step <= 6; step++) {
            await page.locator('attention-tutorial [role=tab]').nth(step - 1).click();
            await settled(page);
            const found = await assertNumbers(page, right, `step ${step}`);
            found.own.forEach((name) => kinds.own.add(name));
            found.fixed.forEach((name) => kinds.fixed.add(name));
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
