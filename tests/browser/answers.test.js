// Every number answers: pointed at, focused or tapped, it says what it is made of, and its sources light up.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { alive, launch, open, serve, settled } from './harness.js';

/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */ let site;

before(async () => { [browser, site] = [await launch(), await serve()]; });
after(async () => { await browser.close(); site.close(); });

/**
 * Focuses every number in turn; for each: its arithmetic, and which numbers are lit as its sources.
 * @param {import('playwright-core').Page} page
 */
function askEach(page) {
  return page.evaluate(async () => {
    const tutorial = /** @type {any} */ (document.querySelector('attention-tutorial'));
    const answers = [];
    for (const cell of [...tutorial.shadowRoot.querySelectorAll('.work td[data-cell]')]) {
      cell.focus();
      await tutorial.updateComplete;
      answers.push({
        cell: cell.dataset.cell, text: cell.textContent.trim(),
        arithmetic: tutorial.shadowRoot.querySelector('#arithmetic').textContent.replace(/\s+/g, ' ').trim(),
        described: cell.getAttribute('aria-describedby'),
        lit: [...new Set([...tutorial.shadowRoot.querySelectorAll('td.source')].map((source) => source.dataset.cell))],
      });
    }
    return answers;
  });
}

test('each number of each step spells itself out, to itself', async () => {
  const { page, problems, close } = await open(browser, `${site.url}?toggled=4&mask=causal`);
  await alive(page);
  const seen = new Set();
  for (let step = 1; step <= 6; step++) {
    await page.locator('attention-tutorial [role=tab]').nth(step - 1).click();
    await settled(page);
    for (const { cell, text, arithmetic, described, lit } of await askEach(page)) {
      const kind = String(cell).split('[')[0];
      seen.add(kind);
      assert.equal(described, 'arithmetic', cell);
      assert.ok([`= ${text}`, `≈ ${text}`].some((end) => arithmetic.includes(end)), `${cell}: ${arithmetic}`);
      if (/^(embeddings|\w+Weight)$/.test(kind)) assert.deepEqual(lit, [], cell);
    }
  }
  assert.equal(seen.size, 15);
  assert.deepEqual(problems, []);
  await close();
});

test('the sources of a score, a weight and a number of the new vector', async () => {
  const { page, close } = await open(browser, `${site.url}?step=3`);
  await alive(page);
  const ask = async (/** @type {string} */ cell) => {
    await page.locator(`attention-tutorial .stage td[data-cell="${cell}"]`).first().hover();
    await settled(page);
    return page.evaluate(() => {
      const root = /** @type {ShadowRoot} */ (document.querySelector('attention-tutorial')?.shadowRoot);
      return {
        says: root.querySelector('#arithmetic')?.textContent?.replace(/\s+/g, ' ').trim(),
        lit: [...new Set([...root.querySelectorAll('td.source')].map((source) => /** @type {HTMLElement} */ (source).dataset.cell))].sort(),
      };
    });
  };
  assert.deepEqual(await ask('scores[1]'), {
    says: 'Score of “animal” = 2.00 · 1.24 + 0.80 · 0.00 + 1.00 · 0.32 + 0.40 · 0.00 = 2.80',
    lit: ['keys[1,0]', 'keys[1,1]', 'keys[1,2]', 'keys[1,3]', 'queries[7,0]', 'queries[7,1]', 'queries[7,2]', 'queries[7,3]'],
  });
  await page.locator('attention-tutorial [role=tab]').nth(4).click();
  assert.deepEqual(await ask('weights[1]'), { says: 'Weight of “animal” = 4.06 ÷ 12.28 = 0.33', lit: ['exponentials[1]', 'sum[0]'] });
  await page.locator('attention-tutorial [role=tab]').nth(5).click();
  const { says, lit } = await ask('output[0]');
  assert.match(String(says), /^New vector of “it”, animate = 0\.01 \+ 0\.68 \+ .* ≈ 0\.65$/);
  assert.equal(lit.length, 7);
  await close();
});

test('a tap answers on a phone, and the numbers outside of the stage answer too', async () => {
  const { page, close } = await open(browser, `${site.url}?step=3`, { viewport: { width: 360, height: 800 }, hasTouch: true });
  await alive(page);
  await page.locator('attention-tutorial .stage td[data-cell="scores[1]"]').tap();
  await page.locator('attention-tutorial #arithmetic', { hasText: 'Score of “animal”' }).waitFor();
  await page.locator('attention-matrix td[data-cell="matrix[7,1]"]').tap();
  const matrix = page.locator('attention-matrix #arithmetic', { hasText: 'Weight that “it” gives to “animal”' });
  await matrix.waitFor();
  assert.match(await matrix.innerText(), /= e1\.40 ÷ \(.*\) = 0\.33/s);
  await page.locator('attention-intuition td[data-cell="weights[1]"]').tap();
  await page.locator('attention-intuition #arithmetic', { hasText: 'Weight of “animal”' }).waitFor();
  await close();
});
