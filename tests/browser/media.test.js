// On paper, in colours that the system dictates, in a frame of another page: no number and no bar is lost.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { alive, launch, open, serve, settled } from './harness.js';

/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */ let site;

before(async () => { [browser, site] = [await launch(), await serve()]; });
after(async () => { await browser.close(); site.close(); });

const FIGURES = ['attention-intuition', 'attention-matrix', 'attention-meaning', 'attention-problems'];

/**
 * Waits until the page, with all of its figures, is alive.
 * @param {import('playwright-core').Page} page
 */
async function complete(page) {
  await alive(page);
  for (const name of FIGURES) await page.locator(`${name}[status=ready]`).waitFor({ state: 'attached' });
  await settled(page);
}

/**
 * What is computed for the elements that a selector finds through the shadow root of its first name.
 * @param {import('playwright-core').Page} page
 * @param {string} host
 * @param {string} selector
 * @param {string} property
 */
function computed(page, host, selector, property) {
  return page.locator(host).locator(selector).evaluateAll((elements, property) =>
    elements.map((element) => getComputedStyle(element).getPropertyValue(property)), property);
}

/** @param {import('playwright-core').Page} page */
function systemColours(page) {
  return page.evaluate(() => ['CanvasText', 'Canvas', 'Highlight'].map((name) => {
    const sample = document.body.appendChild(document.createElement('i'));
    sample.style.cssText = `forced-color-adjust: none; color: ${name}`;
    const { color } = getComputedStyle(sample);
    sample.remove();
    return color;
  }));
}

/** @param {string} colour such as rgb(1, 2, 3) */
function lightness(colour) {
  const [red, green, blue] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return (red + green + blue) / 3 / 255;
}

const BARS = /** @type {const} */ ([
  ['attention-tutorial', '.stage .bar .fill'], ['attention-tutorial', '.shares span'],
  ['attention-tutorial', '.resting i'], ['attention-tutorial', '.stage td[data-cell]'],
  ['attention-intuition', '.share i'], ['attention-intuition', '.signed i'],
  ['attention-intuition', '.mix span'], ['attention-matrix', 'td[data-cell]'],
  ['attention-matrix', '.legend span'], ['attention-meaning', '.signed i'],
]);

for (const theme of ['dark', 'light']) {
  test(`on paper the theme ${theme} is light, and tints and bars are printed`, async () => {
    const address = `${site.url}?theme=${theme}&step=5`;
    const { page, problems, close } = await open(browser, address, { colorScheme: 'dark' });
    await complete(page);
    await page.emulateMedia({ media: 'print' });
    await settled(page);
    for (const [host, selector] of /** @type {const} */ ([
      ['main', 'section > p'], ['attention-tutorial', '.stage td[data-cell]'],
      ['attention-tutorial', '.line'], ['attention-matrix', 'td[data-cell]'],
      ['attention-meaning', '.number'], ['attention-hero', '.word'],
    ])) {
      const colours = await computed(page, host, selector, 'color');
      assert.ok(colours.length > 0, `${host} ${selector}`);
      for (const colour of colours) assert.ok(lightness(colour) < 0.45, `${host} ${selector}: ${colour}`);
    }
    for (const [host, selector] of BARS) {
      const adjust = await computed(page, host, selector, 'print-color-adjust');
      assert.ok(adjust.length > 0, `${host} ${selector}`);
      assert.deepEqual([...new Set(adjust)], ['exact'], `${host} ${selector}`);
    }
    assert.deepEqual(problems, []);
    await close();
  });
}

test('on paper the words of the six steps stand as prose, and what asks for a screen is gone', async () => {
  const { page, close } = await open(browser, `${site.url}?step=5`);
  await complete(page);
  await page.emulateMedia({ media: 'print' });
  await settled(page);
  const prose = page.locator('main > section > p').first();
  const steps = page.locator('css:light=attention-tutorial > section');
  assert.equal(await steps.count(), 6);
  for (const step of await steps.all()) {
    assert.ok(await step.isVisible());
    const [one, other] = [await step.boundingBox(), await prose.boundingBox()];
    assert.ok(one && other);
    assert.deepEqual([one.x, one.width].map(Math.round), [other.x, other.width].map(Math.round));
  }
  const look = (/** @type {Element} */ element) => {
    const { fontFamily, fontSize, lineHeight } = getComputedStyle(element);
    return { fontFamily, fontSize, lineHeight };
  };
  assert.deepEqual(await steps.first().locator('p').first().evaluate(look), await prose.evaluate(look));
  const tutorial = page.locator('attention-tutorial');
  const parts = ['stepper', 'walk', 'choices', 'switches', 'inspector', 'tools', 'controls', 'question'];
  for (const part of parts) {
    const visible = tutorial.locator(`.${part}`).filter({ visible: true });
    assert.equal(await visible.count(), 0, part);
  }
  assert.ok(await tutorial.locator('.stage').isVisible());
  await close();
});

test('it prints to PDF, with all four problems answered', async () => {
  const { page, problems, close } = await open(browser, site.url);
  await complete(page);
  const pdf = await page.pdf({ format: 'A4' });
  assert.ok(pdf.toString('latin1').startsWith('%PDF'));
  assert.equal(await page.locator('attention-problems .answer a').count(), 4);
  assert.deepEqual(problems, []);
  await close();
});

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`in forced colours, ${colorScheme}, bars are seen and numbers remain`, async () => {
    const { page, problems, close } = await open(browser, `${site.url}?step=5`,
      { forcedColors: 'active', colorScheme });
    await complete(page);
    const [ink, paper, highlight] = await systemColours(page);
    assert.notEqual(ink, paper);
    for (const [host, selector] of /** @type {const} */ ([
      ['attention-tutorial', '.stage .bar .fill'], ['attention-intuition', '.share i'],
      ['attention-intuition', '.signed i'], ['attention-meaning', '.signed:not(.hollow) i'],
    ])) {
      const colours = await computed(page, host, selector, 'background-color');
      assert.deepEqual([...new Set(colours)], [ink], `${host} ${selector}`);
      for (const element of await page.locator(host).locator(selector).all()) {
        const box = await element.boundingBox();
        assert.ok(box && box.width > 0.5 && box.height > 0.5, `${host} ${selector}`);
      }
    }
    const arcs = await computed(page, 'attention-hero', 'path', 'stroke');
    assert.deepEqual([...new Set(arcs)], [ink]);
    const shares = await computed(page, 'attention-tutorial', '.shares span + span', 'border-left-color');
    assert.deepEqual([...new Set(shares)], [ink]);
    const tabs = await computed(page, 'attention-tutorial', '.stepper a', 'border-bottom-color');
    assert.deepEqual(tabs.map((colour) => colour === highlight), [false, false, false, false, true, false]);
    for (const host of ['attention-tutorial', 'attention-matrix']) {
      const numbers = await computed(page, host, 'td[data-cell]', 'color');
      assert.ok(numbers.length > 20 && numbers.every((colour) => colour === ink), host);
    }
    assert.deepEqual(problems, []);
    await close();
  });
}

test('where a model learns: on paper sentences, curves and numbers stay, and what asks for a screen is gone', async () => {
  const { page, problems, close } = await open(browser, `${site.url}?theme=dark#learning`);
  await page.locator('attention-training[status=ready]').waitFor();
  const training = page.locator('attention-training');
  await training.locator('button.step').click(); // before the first step there is no curve
  await training.locator('svg[role=img]').first().waitFor();
  await page.emulateMedia({ media: 'print' });
  await settled(page);
  for (const part of ['button:not(.word)', 'input', '.experiments']) {
    assert.equal(await training.locator(part).filter({ visible: true }).count(), 0, part);
  }
  assert.equal(await training.locator('svg[role=img]').filter({ visible: true }).count(), 2);
  assert.equal(await training.locator('attention-sentence').filter({ visible: true }).count(), 3);
  for (const colour of await computed(page, 'attention-training', '.number', 'color')) assert.ok(lightness(colour) < 0.45);
  assert.deepEqual(problems, []);
  await close();
});

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`where a model learns: in forced colours, ${colorScheme}, curves and the pressed answer are seen`, async () => {
    const { page, problems, close } = await open(browser, `${site.url}?learn-experiment=rate#learning`,
      { forcedColors: 'active', colorScheme });
    await page.locator('attention-training[status=ready]').waitFor();
    await page.locator('attention-training .answers button').first().click();
    await page.locator('attention-training .trial svg').first().waitFor();
    const [ink, paper, highlight] = await systemColours(page);
    const lines = await computed(page, 'attention-training', 'svg .line', 'stroke');
    assert.ok(lines.length >= 4);
    assert.deepEqual([...new Set(lines)], [ink]);
    const hairlines = await computed(page, 'attention-training', 'svg .hairline', 'stroke');
    assert.ok(hairlines.length > 0 && !hairlines.includes(paper));
    assert.deepEqual(await computed(page, 'attention-training', '.answers button[aria-pressed=true]', 'border-top-color'), [highlight]);
    assert.deepEqual(problems, []);
    await close();
  });
}

test('with reduced motion arcs don’t glide while a model learns, and otherwise they do', async () => {
  for (const reducedMotion of /** @type {const} */ (['reduce', 'no-preference'])) {
    const { page, close } = await open(browser, `${site.url}#learning`, { reducedMotion });
    await page.locator('attention-training[status=ready]').waitFor();
    await page.waitForTimeout(1200);
    const shapes = await page.evaluate(async () => {
      const training = /** @type {any} */ (document.querySelector('attention-training'));
      const path = () => [...training.shadowRoot.querySelector('attention-sentence').shadowRoot.querySelectorAll('path')]
        .map((element) => element.getAttribute('stroke-width')).join();
      await training.session.restart(3);
      const seen = new Set();
      const start = performance.now();
      for (let frames = 0; frames < 20 || performance.now() - start < 400; frames++) {
        seen.add(path());
        await new Promise((resolve) => { requestAnimationFrame(resolve); });
      }
      return seen.size;
    });
    assert.ok(reducedMotion === 'reduce' ? shapes <= 2 : shapes > 4, `${reducedMotion}: ${shapes} shapes`);
    await close();
  }
});

for (const width of [1100, 700, 340]) {
  test(`the embedded figure uses the whole frame of ${width} px`, async () => {
    for (const step of [1, 6]) {
      const { page, problems, close } = await open(browser, `${site.url}embed.html?step=${step}`,
        { viewport: { width, height: 600 } });
      await alive(page);
      const box = await page.locator('attention-tutorial').boundingBox();
      assert.ok(box && box.width >= 0.94 * width && box.y <= 20, JSON.stringify(box));
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${overflow} px`);
      for (const heading of await page.locator('h1, main > h2').all()) {
        const size = await heading.boundingBox();
        assert.ok(size && size.width <= 1 && size.height <= 1, JSON.stringify(size));
      }
      assert.deepEqual(problems, []);
      await close();
    }
  });
}
