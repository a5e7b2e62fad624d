// embed.html in frames of other sites: alive under the strictest policy and without an origin, as high as it needs to be by
// three protocols, and deaf to everyone but the page around it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, open, serve } from './harness.js';

/** @typedef {import('playwright-core').Page} Page */

/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */ let site;

before(async () => { [browser, site] = [await launch(), await serve()]; });
after(async () => { await browser.close(); site.close(); });

/**
 * A page of another origin around frames of ours, without any policy of its own.
 * @param {string} body
 * @param {object} [options]
 */
async function around(body, options) {
  const host = await serve({ '/host.html': `<!doctype html><meta charset="utf-8"><title>A course</title><link rel="icon" href="data:,">${body}` }, { policy: '' });
  const opened = await open(browser, `${host.url}host.html`, options);
  return { ...opened, close: async () => { await opened.close(); host.close(); } };
}

const frameOf = (/** @type {string} */ query = '', more = '') => `<iframe src="${site.url}embed.html${query}" ${more}></iframe>`;
const hostScript = () => `<script src="${site.url}embed.js"></script>`;

/**
 * @param {Page} page
 * @param {number} [index]
 */
async function aliveIn(page, index = 0) {
  const frame = page.frames()[index + 1];
  await frame.locator('attention-tutorial td[data-cell]').first().waitFor();
  return frame;
}

/** @param {import('playwright-core').Frame} frame */
const selected = (frame) => frame.locator('[role=tab][aria-selected=true]').getAttribute('id');

/** How high the figure is, a frame from now. @param {import('playwright-core').Frame} frame */
const heightIn = (frame) => frame.evaluate(() => new Promise((resolve) => {
  requestAnimationFrame(() => setTimeout(() => {
    resolve(Math.ceil(/** @type {Element} */ (document.querySelector('main')).getBoundingClientRect().height));
  }));
}));

test('two frames, one of them sandboxed, and an element on one page of another site', async () => {
  const { page, problems, close } = await around(`
    ${frameOf('?lesson=bank&step=3', 'sandbox="allow-scripts" width="900"')}
    ${frameOf('?step=5&theme=dark', 'width="500"')}
    <script src="${site.url}attention-tutorial.js"></script><attention-tutorial lesson="keys" step="6"></attention-tutorial>
    ${hostScript()}`);
  const [sandboxed, plain] = [await aliveIn(page, 0), await aliveIn(page, 1)];
  assert.equal(await sandboxed.evaluate(() => origin), 'null');
  const number = (/** @type {import('playwright-core').Frame | Page} */ where, /** @type {string} */ cell) =>
    where.locator(`attention-tutorial td[data-cell="${cell}"]`).first().innerText();
  assert.match(await number(sandboxed, 'scores[7]'), /^4\.91$/);
  assert.match(await number(plain, 'weights[1]'), /0\.33/);
  await page.locator('attention-tutorial td[data-cell="output[0]"]').first().waitFor();
  assert.equal(await plain.evaluate(() => getComputedStyle(document.documentElement).colorScheme), 'dark');
  for (const frame of [sandboxed, plain]) {
    await frame.locator('attention-tutorial [role=tab]').nth(1).click();
    await frame.locator('.question .answers button').first().click();
    assert.equal(await selected(frame), 'tab-2');
  }
  assert.deepEqual(problems, []);
  await close();
});

/** What the page around does in each protocol, to the frame that speaks to it. */
const PROTOCOLS = /** @type {Record<string, string>} */ ({
  ours: '',
  // As H5P's resizer: it lets the frame shrink first, then sets what the frame asks for.
  H5P: `const frame = document.querySelector('iframe');
    addEventListener('message', ({ source, data }) => {
      if (source !== frame.contentWindow || data.context !== 'h5p') return;
      heard.push(data.action);
      const respond = (action) => source.postMessage({ context: 'h5p', action }, '*');
      if (data.action === 'hello') { frame.style.width = '100%'; addEventListener('resize', () => respond('resize')); respond('hello'); }
      if (data.action === 'prepareResize' && (frame.clientHeight !== data.scrollHeight || data.scrollHeight !== data.clientHeight)) {
        frame.style.height = data.clientHeight + 'px';
        respond('resizePrepared');
      }
      if (data.action === 'resize') frame.style.height = data.scrollHeight + 'px';
    });`,
  Canvas: `const frame = document.querySelector('iframe');
    addEventListener('message', ({ source, data }) => {
      if (source === frame.contentWindow && data.subject === 'lti.frameResize') { heard.push('lti'); frame.style.height = data.height + 'px'; }
    });`,
});

describe('heights', () => {
  for (const [name, protocol] of Object.entries(PROTOCOLS)) {
    test(`${name}: right within a frame, whatever changes it`, async () => {
      const script = name === 'ours' ? hostScript() : `<script>const heard = []; ${protocol}</script>`;
      const { page, problems, close } = await around(`<body style="margin: 0"><div style="width: 100%">${
        frameOf('?step=2', 'style="width: 100%; border: 0" height="200"')}</div>${script}`, { viewport: { width: 1200, height: 900 } });
      const frame = await aliveIn(page);
      const given = () => page.locator('iframe').evaluate((element) => element.clientHeight);
      const heights = [];
      const fits = async (/** @type {string} */ what) => {
        const wanted = await heightIn(frame);
        await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => resolve(undefined)); }));
        assert.equal(await given(), wanted, what);
        assert.ok(await frame.evaluate(() => document.documentElement.scrollHeight <= innerHeight), `${what}: nothing to scroll`);
        heights.push(wanted);
      };
      await fits('loaded');
      for (const width of [360, 700, 1200]) {
        await page.setViewportSize({ width, height: 900 });
        await heightIn(frame); // the frame learns of its new width
        await fits(`${width} px wide`);
      }
      for (const step of [5, 6, 1]) {
        await frame.locator('attention-tutorial [role=tab]').nth(step - 1).click();
        await fits(`step ${step}`);
      }
      await frame.locator('.question .answers button').first().click();
      await fits('answered');
      await frame.evaluate(async () => {
        // A font that comes late and is much wider than those that stood in for it.
        const font = new FontFace('Charter', 'local("Liberation Mono"), local("DejaVu Sans Mono"), local("Noto Sans")');
        document.fonts.add(await font.load());
      });
      await frame.evaluate(() => document.fonts.ready);
      await heightIn(frame);
      await fits('another font');
      assert.ok(new Set(heights).size > 3, `they differ: ${heights}`);
      if (name === 'H5P') {
        const heard = await page.evaluate('heard');
        for (const action of ['hello', 'prepareResize', 'resize']) assert.ok(heard.includes(action), action);
      }
      assert.deepEqual(problems, []);
      await close();
    });
  }

  test('a fixed height scrolls inside, and the wheel is left to the page', async () => {
    const { page, close } = await around(`<body>${frameOf('', 'width="800" height="2000"')}<p style="height: 3000px">more</p>`);
    const frame = await aliveIn(page);
    await page.mouse.move(300, 300);
    await page.mouse.wheel(0, 400);
    await page.waitForFunction(() => scrollY > 100);
    await page.evaluate(() => { scrollTo(0, 0); /** @type {any} */ (document.querySelector('iframe')).height = 300; });
    await page.mouse.wheel(0, 200);
    await frame.waitForFunction(() => scrollY > 50);
    assert.ok(await frame.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await close();
  });
});

describe('messages', () => {
  test('the page around hears of changes, asks for heights, and sets the state', async () => {
    const { page, close } = await around(`<script>const heard = []; addEventListener('message', ({ data }) => heard.push(data));</script>
      ${frameOf('?lesson=bank')}`);
    const frame = await aliveIn(page);
    const tell = (/** @type {object} */ message) => page.evaluate((given) =>
      /** @type {any} */ (document.querySelector('iframe')).contentWindow.postMessage(given, '*'), message);
    const heard = (/** @type {string} */ type) => page.evaluate((wanted) =>
      /** @type {any} */ (globalThis).eval('heard').filter((/** @type {any} */ data) => data.type === `attention-wasm/${wanted}`), type);
    await tell({ type: 'attention-wasm/set', version: 1, state: { step: 4 } });
    await frame.locator('[role=tab][aria-selected=true]', { hasText: 'Scale' }).waitFor();
    await page.waitForFunction(() => /** @type {any} */ (globalThis).eval('heard').some((/** @type {any} */ { type, version, detail }) =>
      type === 'attention-wasm/change' && version === 1 && detail.type === 'step' && detail.state.step === 4));
    const before = (await heard('resize')).length;
    await tell({ type: 'attention-wasm/hello', version: 1 });
    await page.waitForFunction((count) => /** @type {any} */ (globalThis).eval('heard').filter((/** @type {any} */ { type }) =>
      type === 'attention-wasm/resize').length > count, before);
    await tell({ type: 'attention-wasm/set', version: 1, state: { step: 7 } });
    await page.waitForFunction(() => /** @type {any} */ (globalThis).eval('heard').some((/** @type {any} */ { type }) => type === 'attention-wasm/refused'));
    const [{ message }] = await heard('refused');
    assert.match(message, /^step: expected .*, came 7$/);
    assert.equal(await selected(frame), 'tab-4');
    await close();
  });

  test('nobody else is listened to, and nothing odd is taken', async () => {
    const { page, problems, close } = await around(`${frameOf('?lesson=bank')}
      <iframe id="stranger" srcdoc="<p>A stranger</p>"></iframe>${hostScript()}`);
    const frame = await aliveIn(page);
    const stranger = /** @type {import('playwright-core').Frame} */ (page.frames().find((each) => each !== frame && each !== page.mainFrame()));
    await stranger.evaluate(() => {
      const target = parent.frames[0];
      for (const state of [{ step: 6 }, { theme: 'dark' }]) target.postMessage({ type: 'attention-wasm/set', version: 1, state }, '*');
      target.postMessage({ context: 'h5p', action: 'ready' }, '*');
      for (const height of [1, 5000, -1, NaN, 1e9, '12']) parent.postMessage({ type: 'attention-wasm/resize', version: 1, height }, '*');
    });
    const cyclic = `const cyclic = { type: 'attention-wasm/set', version: 1 }; cyclic.state = cyclic;`;
    await page.evaluate(`${cyclic} for (const message of [null, 0, 'x', [], {}, cyclic, { type: 'attention-wasm/set' },
      { type: 'attention-wasm/set', version: 2, state: { step: 6 } }, { type: 'attention-wasm/set', version: 1, state: null },
      { type: 'attention-wasm/set', version: 1, state: { lesson: '<img src=x onerror=alert(1)>', constructor: 1 } },
      { context: 'h5p' }, { context: 'h5p', action: '__proto__' }]) document.querySelector('iframe').contentWindow.postMessage(message, '*')`);
    await heightIn(frame);
    assert.equal(await selected(frame), 'tab-1');
    assert.equal(await page.locator('#stranger').evaluate((element) => element.style.height), '');
    assert.equal(await page.locator('iframe').first().evaluate((element) => element.clientHeight), await heightIn(frame));
    assert.deepEqual(problems, []);
    await close();
  });

  test('the language is that of the address, or else what the browser prefers', async () => {
    for (const [query, wanted, name] of [['', 'de', 'Skalieren'], ['?lang=fr', 'fr', 'Échelle'], ['?lang=tlh', 'de', 'Skalieren']]) {
      const { page, problems, close } = await open(browser, `${site.url}embed.html${query}`, { locale: 'de-CH' });
      await page.locator('attention-tutorial [role=tab]', { hasText: name }).waitFor();
      await page.waitForFunction((lang) => document.documentElement.lang === lang, wanted);
      assert.deepEqual(problems, []);
      await close();
    }
  });

  test('the address gives attributes of the element, and only those', async () => {
    const { page, problems, close } = await open(browser,
      `${site.url}embed.html?lesson=keys&step=9&controls=stepper,bogus&onclick=alert(1)&style=color:red&id=x&mirror-url=&unheard=of`);
    await page.locator('attention-tutorial td[data-cell]').first().waitFor();
    const names = await page.locator('attention-tutorial').evaluate((element) => element.getAttributeNames());
    for (const name of ['onclick', 'style', 'id', 'mirror-url', 'unheard']) assert.ok(!names.includes(name), name);
    const said = await page.locator('attention-tutorial .status').first().innerText();
    assert.match(said, /step=9/);
    assert.match(said, /bogus/);
    assert.equal(await page.locator('attention-tutorial .tools button').count(), 0);
    await page.locator('attention-tutorial [role=tab]').nth(2).click();
    assert.match(page.url(), /step=9/); // an embed's address is not its own to write
    assert.deepEqual(problems, []);
    await close();
  });
});
