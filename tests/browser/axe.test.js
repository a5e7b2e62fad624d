// axe in every step, theme and width.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { alive, launch, open, serve, settled } from './harness.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */ let site;

before(async () => { [browser, site] = [await launch(), await serve()]; });
after(async () => { await browser.close(); site.close(); });

/** @param {import('playwright-core').Page} page */
async function violations(page) {
  const found = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run(document, {
    resultTypes: ['violations'], rules: { 'target-size': { enabled: true } }, // of WCAG 2.2, which axe leaves out
  }));
  return found.violations.map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes.map((/** @type {any} */ node) =>
    `${node.target.flat().join(' ')} ${node.failureSummary}`).slice(0, 3).join(' | ')}`);
}

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  for (const width of [1280, 320]) {
    test(`axe finds nothing in any step, ${colorScheme}, ${width} px`, async () => {
      const { page, close } = await open(browser, site.url, { viewport: { width, height: 900 }, colorScheme });
      await alive(page);
      await page.evaluate(AXE);
      for (let step = 1; step <= 6; step++) {
        await page.locator('attention-tutorial [role=tab]').nth(step - 1).click();
        await page.locator('attention-tutorial .answers').scrollIntoViewIfNeeded();
        await page.locator('attention-tutorial td[data-cell]').nth(3).focus();
        await settled(page);
        assert.deepEqual(await violations(page), [], `step ${step}`);
        await page.locator('attention-tutorial .answers button').first().click();
        await settled(page);
        assert.deepEqual(await violations(page), [], `step ${step}, answered`);
      }
      await close();
    });
  }
}

test('axe finds nothing while numbers are edited, tokens are off, the future is masked, and an entry is refused', async () => {
  const { page, close } = await open(browser,
    `${site.url}?step=6&mask=causal&toggled=1.4&edits=queries.7.0*1_embeddings.1.1*-2&preset=weights`);
  await alive(page);
  await page.evaluate(AXE);
  await page.locator('attention-tutorial td[data-cell^="values["]').first().focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('5000');
  await page.locator('attention-tutorial .problem').waitFor();
  assert.deepEqual(await violations(page), []);
  await close();
});

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  for (const width of [1280, 320]) {
    test(`axe finds nothing where a model learns, ${colorScheme}, ${width} px`, async () => {
      const { page, close } = await open(browser, `${site.url}?learn-experiment=scale#learning`,
        { viewport: { width, height: 900 }, colorScheme });
      const figure = page.locator('attention-training');
      await page.locator('attention-training[status=ready]').waitFor();
      await page.evaluate(AXE);
      assert.deepEqual(await violations(page), [], 'before anything is pressed');
      await figure.locator('.answers button').last().click();
      await page.waitForFunction(() => /** @type {any} */ (document.querySelector('attention-training')).session.trial?.phase === 'running');
      await settled(page);
      assert.deepEqual(await violations(page), [], 'while an experiment runs');
      await page.waitForFunction(() => /** @type {any} */ (document.querySelector('attention-training')).session.trial?.phase === 'done');
      await figure.getByLabel('Adjective').fill('purple');
      await figure.getByLabel('Adjective').press('Enter');
      await figure.getByText('never met “purple”').waitFor();
      assert.deepEqual(await violations(page), [], 'after an experiment, with an unknown word');
      await close();
    });
  }
}

test('axe finds nothing where the model couldn’t be loaded', async () => {
  const { page, close } = await open(browser, 'about:blank');
  await page.route('**/transformer*.wasm', (route) => route.abort());
  await page.goto(`${site.url}#learning`);
  await page.locator('attention-training[status=failed]').waitFor();
  await page.evaluate(AXE);
  assert.deepEqual(await violations(page), []);
  await close();
});
