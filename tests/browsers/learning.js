// The model that learns in the page: does it, and does it then tell the two sentences apart?

import assert from 'node:assert/strict';

/** @param {import('./browser.js').Browser} browser */
const modelOf = (browser) => browser.evaluate(() => {
  const { main: { step, evaluation, pictures }, active } = find('attention-training').session;
  const weight = (/** @type {any} */ { rows }, /** @type {number} */ token) => {
    const heads = rows[rows.length - 1];
    return heads.reduce((/** @type {number} */ sum, /** @type {number[]} */ row) => sum + row[token], 0) / heads.length;
  };
  // how much "it" looks at the animal where it was tired, and at the street where it was wide
  return { step, active, accuracy: evaluation?.accuracy, tired: weight(pictures[0], 1), wide: weight(pictures[1], 5) };
});

/**
 * On a page just opened: the model that is there has learned, and one that starts over learns the same.
 * @param {import('./browser.js').Browser} browser
 */
export async function assertLearns(browser) {
  await browser.waitFor(() => find('attention-training')?.status === 'ready', undefined, 20);
  const kept = await modelOf(browser);
  assert.ok(kept.accuracy >= 0.98 && kept.tired >= 0.6 && kept.wide >= 0.6, JSON.stringify(kept));

  await browser.click('attention-training >> button', 'Start over');
  await browser.waitFor(() => {
    const { step, kept } = find('attention-training').session.main;
    return step === 0 && !kept;
  });
  assert.ok((await modelOf(browser)).accuracy < 0.6);
  await browser.click('attention-training >> button', 'Train');
  await browser.waitFor(() => {
    const { main, active } = find('attention-training').session;
    return main.step >= 600 && active === '';
  }, undefined, 60);
  const learned = await modelOf(browser);
  assert.equal(learned.step, 600);
  assert.ok(learned.accuracy >= 0.98 && learned.tired >= 0.6 && learned.wide >= 0.6, JSON.stringify(learned));
  await browser.waitFor(() =>
    /^\s*After 600 steps it is right in (100|9\d).%/.test(find('attention-training >> .said').textContent));
}
