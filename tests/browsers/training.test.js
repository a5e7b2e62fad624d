// The model that learns in the page, in Firefox and WebKit: trained there, it tells the two sentences apart.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inEach, problemsOf, serveWatched, settled } from './harness.js';

/** @type {Awaited<ReturnType<typeof serveWatched>>} */ let site;
before(async () => { site = await serveWatched(); });
after(() => site.close());

/** @param {import('./browser.js').Browser} browser */
const main = (browser) => browser.evaluate(() => {
  const { main: { step, evaluation, pictures }, active } = find('attention-training').session;
  const weight = (/** @type {any} */ { rows }, /** @type {number} */ token) => {
    const heads = rows[rows.length - 1];
    return heads.reduce((/** @type {number} */ sum, /** @type {number[]} */ row) => sum + row[token], 0) / heads.length;
  };
  // how much "it" looks at the animal where it was tired, and at the street where it was wide
  return { step, active, accuracy: evaluation?.accuracy, tired: weight(pictures[0], 1), wide: weight(pictures[1], 5) };
});

inEach((browser) => {
  test('from nothing it reaches 98 %, and the pair parts', async () => {
    await browser().open(`${site.url}?learn-speed=fastest#learning`);
    await browser().waitFor(() => find('attention-training')?.status === 'ready', undefined, 20);
    const kept = await main(browser());
    assert.ok(kept.accuracy >= 0.98 && kept.tired >= 0.6 && kept.wide >= 0.6, JSON.stringify(kept));

    await browser().click('attention-training >> button', 'Start over');
    await browser().waitFor(() => {
      const { step, kept } = find('attention-training').session.main;
      return step === 0 && !kept;
    });
    assert.ok((await main(browser())).accuracy < 0.6);
    await browser().click('attention-training >> button', 'Train');
    await browser().waitFor(() => {
      const { main, active } = find('attention-training').session;
      return main.step >= 600 && active === '';
    }, undefined, 60);
    const learned = await main(browser());
    assert.equal(learned.step, 600);
    assert.ok(learned.accuracy >= 0.98 && learned.tired >= 0.6 && learned.wide >= 0.6, JSON.stringify(learned));
    await browser().waitFor(() =>
      /^\s*After 600 steps it is right in (100|9\d).%/.test(find('attention-training >> .said').textContent));
    assert.deepEqual(await problemsOf(browser()), []);
  });

  test('a guess at an experiment is answered by what was trained', async () => {
    await browser().open(`${site.url}?learn-experiment=layer#learning`);
    await browser().waitFor(() => find('attention-training')?.status === 'ready', undefined, 20);
    await browser().click('attention-training >> .answers button', 'about half');
    await browser().waitFor(() => find('attention-training').session.trial?.phase === 'done', undefined, 60);
    await settled(browser());
    const outcome = await browser().evaluate(() => find('attention-training >> .outcome').textContent.trim());
    assert.match(outcome, /^As you said. It is right in 50.%/);
    assert.deepEqual(await problemsOf(browser()), []);
  });
});
