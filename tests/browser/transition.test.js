// A change of step as motion: it plays, ends, can be skipped, leaves nothing behind, and stays away where it is unwanted.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { alive, launch, numbersOf, open, serve, settled } from './harness.js';

/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */ let site;

before(async () => { [browser, site] = [await launch(), await serve()]; });
after(async () => { await browser.close(); site.close(); });

/** @param {import('playwright-core').Page} page */
function moving(page) {
  return page.evaluate(() => {
    const root = /** @type {ShadowRoot} */ (document.querySelector('attention-tutorial')?.shadowRoot);
    const animations = root.getAnimations().filter((animation) => animation.constructor.name === 'Animation');
    return { ghosts: root.querySelectorAll('.ghost').length, animations: animations.length };
  });
}

/**
 * Lets the motion jump to its end.
 * @param {import('playwright-core').Page} page
 */
function finish(page) {
  return page.evaluate(() => {
    const root = /** @type {ShadowRoot} */ (document.querySelector('attention-tutorial')?.shadowRoot);
    for (const animation of root.getAnimations()) animation.finish();
  });
}

for (const width of [1280, 360]) {
  test(`each step plays, ends and leaves the picture that a reader without motion sees, ${width} px`, async () => {
    const still = await open(browser, site.url, { viewport: { width, height: 900 } });
    const lively = await open(browser, site.url, { viewport: { width, height: 900 }, reducedMotion: 'no-preference' });
    await alive(still.page);
    await alive(lively.page);
    for (let step = 1; step <= 6; step++) {
      for (const { page } of [still, lively]) await page.locator('attention-tutorial [role=tab]').nth(step - 1).click();
      if (step === 1) await lively.page.getByRole('button', { name: 'Play this step' }).click();
      await settled(lively.page);
      const { ghosts } = await moving(lively.page);
      assert.ok(ghosts > 0 || (step === 2 && width === 360), `step ${step} moves nothing`);
      await finish(lively.page);
      await lively.page.waitForFunction(() =>
        document.querySelector('attention-tutorial')?.shadowRoot?.querySelectorAll('.ghost').length === 0);
      assert.deepEqual(await numbersOf(lively.page), await numbersOf(still.page), `step ${step}`);
      assert.deepEqual(await moving(still.page), { ghosts: 0, animations: 0 });
    }
    assert.deepEqual(lively.problems, []);
    await still.close();
    await lively.close();
  });
}

test('Skip, Escape and a press on the picture end the motion at once', async () => {
  const { page, close } = await open(browser, site.url, { reducedMotion: 'no-preference' });
  await alive(page);
  for (const skip of [
    () => page.getByRole('button', { name: 'Skip' }).click(),
    () => page.locator('attention-tutorial .stage td[data-cell]').first().press('Escape'),
    () => page.locator('attention-tutorial .picture').click({ position: { x: 5, y: 5 } }),
  ]) {
    await page.locator('attention-tutorial [role=tab]').nth(1).click();
    await page.locator('attention-tutorial [role=tab]').nth(2).click();
    await settled(page);
    assert.ok((await moving(page)).ghosts > 0);
    await skip();
    await settled(page);
    assert.equal((await moving(page)).ghosts, 0);
  }
  await close();
});

test('a reader who hurries through the steps leaves no ghost behind', async () => {
  const { page, problems, close } = await open(browser, site.url, { reducedMotion: 'no-preference' });
  await alive(page);
  for (const step of [2, 3, 4, 5, 6, 5, 3, 4]) {
    await page.locator('attention-tutorial [role=tab]').nth(step - 1).click();
    await page.waitForTimeout(120);
  }
  await finish(page);
  await page.waitForFunction(() =>
    document.querySelector('attention-tutorial')?.shadowRoot?.querySelectorAll('.ghost').length === 0);
  assert.deepEqual(problems, []);
  await close();
});

test('a swipe turns the step, a scroll does not', async () => {
  const { page, close } = await open(browser, site.url, { viewport: { width: 360, height: 800 }, hasTouch: true });
  await alive(page);
  const picture = page.locator('attention-tutorial .picture');
  await picture.evaluate((element) => element.scrollIntoView({ block: 'start', behavior: 'instant' }));
  const fingers = await page.context().newCDPSession(page);
  const swipe = async (/** @type {number} */ dx, /** @type {number} */ dy) => {
    const box = /** @type {{ x: number, y: number }} */ (await picture.boundingBox());
    const point = (/** @type {number} */ part) => [{ x: 180 + dx * part, y: Math.max(box.y, 0) + 150 + dy * part }];
    await fingers.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: point(0) });
    for (const part of [0.25, 0.5, 0.75, 1]) {
      await fingers.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: point(part) });
    }
    await fingers.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await settled(page);
  };
  const step = () => page.evaluate(() => /** @type {any} */ (document.querySelector('attention-tutorial')).store.state.step);
  await swipe(-120, 10);
  assert.equal(await step(), 2);
  await swipe(120, -10);
  assert.equal(await step(), 1);
  await swipe(120, 0);
  assert.equal(await step(), 1);
  await swipe(-80, 200);
  assert.equal(await step(), 1);
  await close();
});
