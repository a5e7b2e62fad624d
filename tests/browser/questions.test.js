// A step's question: what was chosen stays in sight beside the verdict, until the reader asks for the question again.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { alive, launch, open, serve } from './harness.js';

/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */ let site;
before(async () => { [browser, site] = [await launch(), await serve()]; });
after(async () => { await browser.close(); site.close(); });

test('a question shows what was chosen and what is right, keeps the focus, and is asked again', async () => {
  const { page, problems, close } = await open(browser, `${site.url}?step=2`);
  await alive(page);
  const asked = page.locator('attention-tutorial .question');
  const choices = () => asked.evaluate((question) => Array.from(question.querySelectorAll('.answers button:not(.plain)'),
    (button) => `${getComputedStyle(button, '::before').content === '"✓ "' ? '✓ ' : ''}${button.textContent}${button.ariaPressed === 'true' ? ' chosen' : ''}${/** @type {any} */ (button).disabled ? ' fixed' : ''}`));
  const focused = () => page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.textContent);
  const all = ['The', 'animal', "didn't", 'cross', 'street', 'because', 'tired'];
  const marked = (/** @type {string} */ word) => (word === 'animal' ? '✓ animal' : word);
  assert.deepEqual(await choices(), all);

  await asked.locator('button', { hasText: 'street' }).focus();
  await page.keyboard.press('Enter');
  await asked.locator('.again').waitFor();
  assert.deepEqual(await choices(), all.map((word) => (word === 'street' ? 'street chosen fixed' : `${marked(word)} fixed`)));
  assert.match(await asked.locator('[role=status]').innerText(), /animal/);
  assert.equal(await focused(), 'Ask me again');

  await page.keyboard.press('Enter');
  assert.deepEqual(await choices(), all);
  assert.equal(await focused(), 'The');
  assert.equal(await asked.locator('[role=status]').innerText(), '');

  await asked.locator('button', { hasText: 'animal' }).click();
  assert.ok((await choices()).includes('✓ animal chosen fixed'));
  await asked.locator('.again').click();
  await asked.locator('button', { hasText: 'Just show me' }).click();
  assert.deepEqual(await choices(), all.map((word) => `${marked(word)} fixed`), 'nothing was chosen');
  assert.match(await asked.locator('[role=status]').innerText(), /animal/);
  assert.deepEqual(problems, []);
  await close();
});

test('an answer speaks of controls only where they are', async () => {
  for (const step of [3, 6]) {
    for (const controls of ['stepper,question', 'practice,question']) {
      const { page, problems, close } = await open(browser, `${site.url}embed.html?step=${step}&controls=${controls}`);
      await alive(page);
      const question = page.locator('attention-tutorial .question');
      await question.locator('button', { hasText: 'Just show me' }).click();
      const said = await question.locator('[role=status]').innerText();
      assert.ok(said.length > 40, said);
      assert.equal(/in the list above|Change that number/.test(said), controls.includes('practice'), said);
      assert.deepEqual(problems, []);
      await close();
    }
  }
});

test('an answer counts after the numbers have changed; what was chosen is named while it can be', async () => {
  const { page, problems, close } = await open(browser, `${site.url}embed.html?step=2`);
  await alive(page);
  const tutorial = page.locator('attention-tutorial');
  const told = () => tutorial.evaluate((/** @type {any} */ it) => it.progress.answers['2']);
  await tutorial.locator('.question button', { hasText: 'animal' }).click();
  assert.deepEqual(await told(), { choice: 'animal', correct: true });
  await tutorial.evaluate((/** @type {any} */ it) => { it.toggled = [1]; });
  await tutorial.locator('.question button', { hasText: 'Just show me' }).waitFor();
  assert.deepEqual(await told(), { correct: true }, 'animal is no longer among the choices');
  assert.equal(await tutorial.evaluate((/** @type {any} */ it) => it.progress.right), 1);
  assert.deepEqual(problems, []);
  await close();
});
