// The whole figure by keyboard alone.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { alive, launch, open, serve, settled } from './harness.js';

/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */ let site;

before(async () => { [browser, site] = [await launch(), await serve()]; });
after(async () => { await browser.close(); site.close(); });

/**
 * What has the focus, through shadow roots.
 * @param {import('playwright-core').Page} page
 */
function focused(page) {
  return page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    const box = element?.getBoundingClientRect();
    return {
      tag: element?.localName, cell: /** @type {HTMLElement} */ (element)?.dataset?.cell, class: element?.className,
      text: element?.textContent?.trim().slice(0, 40), width: box?.width ?? 0, height: box?.height ?? 0,
      host: /** @type {ShadowRoot} */ (element?.getRootNode()).host?.localName,
      outer: /** @type {ShadowRoot} */ (/** @type {ShadowRoot} */ (element?.getRootNode()).host?.getRootNode())?.host?.localName,
    };
  });
}

/** @param {import('playwright-core').Page} page */
function state(page) {
  return page.evaluate(() => /** @type {any} */ (document.querySelector('attention-tutorial')).store.state);
}

/**
 * Presses Tab until something is focused; fails when the page has been walked through without meeting it.
 * @param {import('playwright-core').Page} page
 * @param {(element: any) => boolean} wanted
 */
async function tabTo(page, wanted) {
  for (let presses = 0; presses < 250; presses++) {
    await page.keyboard.press('Tab');
    const element = await focused(page);
    if (wanted(element)) return element;
  }
  return assert.fail('never reached by Tab');
}

test('steps, words, switches, presets, numbers, divisor and tools are reached and changed', async () => {
  const { page, problems, close } = await open(browser, site.url);
  await alive(page);

  await tabTo(page, ({ host, text }) => host === 'attention-tutorial' && /^1\s*Query$/.test(text));
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await settled(page);
  assert.equal((await state(page)).step, 3);
  assert.match((await focused(page)).text ?? '', /Scores/);
  await page.keyboard.press('End');
  assert.equal((await state(page)).step, 6);
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await settled(page);

  // into the stage: one tab stop, arrows move, typing edits, Escape comes back
  await tabTo(page, ({ cell, host }) => host === 'attention-tutorial' && !!cell);
  await page.keyboard.press('PageDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('End');
  const cell = String((await focused(page)).cell);
  assert.match(cell, /^values\[9,\d\]$/);
  await page.keyboard.type('3');
  assert.equal((await focused(page)).tag, 'input');
  await page.keyboard.type('.5');
  await settled(page);
  assert.equal((await state(page)).edits[cell], 3.5);
  await page.keyboard.press('ArrowUp');
  await settled(page);
  assert.equal((await state(page)).edits[cell], 3.6);

  // the slider stands before the field
  await page.keyboard.press('Shift+Tab');
  assert.equal((await focused(page)).class, 'slider');
  await page.keyboard.press('ArrowLeft');
  await settled(page);
  assert.equal((await state(page)).edits[cell], 3.55);
  await page.keyboard.press('Escape');
  assert.equal((await focused(page)).cell, cell);

  // Escape took all of it back; typed again and kept, undo takes it back
  assert.deepEqual((await state(page)).edits, {});
  await page.keyboard.type('4');
  await page.keyboard.press('Enter');
  assert.deepEqual((await state(page)).edits, { [cell]: 4 });
  await tabTo(page, ({ class: name }) => name === 'undo');
  await page.keyboard.press('Enter');
  assert.deepEqual((await state(page)).edits, {});
  assert.deepEqual(problems, []);
  await close();
});

test('Tab and arrows alone reach every number of every step', async () => {
  const { page, close } = await open(browser, site.url);
  await alive(page);
  for (let step = 1; step <= 6; step++) {
    await page.locator('attention-tutorial [role=tab]').nth(step - 1).click();
    await settled(page);
    const tables = await page.locator('attention-tutorial .work table[role=grid]').count();
    const walked = await page.evaluate(async () => {
      const root = /** @type {ShadowRoot} */ (document.querySelector('attention-tutorial')?.shadowRoot);
      const press = (/** @type {string} */ key) =>
        root.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true }));
      const missed = [];
      for (const table of root.querySelectorAll('.work table[role=grid]')) {
        const cells = /** @type {HTMLElement[]} */ ([...table.querySelectorAll('td[data-cell]')]);
        const stops = cells.filter(({ tabIndex }) => tabIndex === 0);
        if (stops.length !== 1) missed.push(`${stops.length} tab stops`);
        stops[0].focus();
        press('PageUp');
        const seen = new Set();
        for (let row = 0; row < 40; row++) {
          press('Home');
          for (let column = 0; column < 30; column++) {
            seen.add(root.activeElement);
            press('ArrowRight');
          }
          press('Home');
          press('ArrowDown');
        }
        missed.push(...cells.filter((cell) => !seen.has(cell)).map(({ dataset }) => dataset.cell));
      }
      return missed;
    });
    assert.ok(tables > 0);
    assert.deepEqual(walked, [], `step ${step}`);
  }
  await close();
});

for (const [step, kinds] of /** @type {const} */ ([
  [1, ['embeddings', 'queryWeight', 'queries']], [2, ['keyWeight', 'valueWeight', 'keys', 'values']],
])) {
  test(`by keyboard every kind of input of step ${step} is changed, and given back`, async () => {
    const { page, close } = await open(browser, `${site.url}?step=${step}`);
    await alive(page);
    for (const kind of kinds) {
      const cell = page.locator(`attention-tutorial .work td[data-cell^="${kind}["]`).last();
      const [name, before] = [await cell.getAttribute('data-cell'), await cell.innerText()];
      await cell.focus();
      await page.keyboard.type('-2.5');
      await page.keyboard.press('Enter');
      await settled(page);
      assert.equal(await cell.innerText(), '−2.50', String(name));
      await page.keyboard.press('Control+z');
      await settled(page);
      assert.equal(await cell.innerText(), before, String(name));
    }
    await close();
  });
}

test('a number is typed as people type it, and Escape takes all of it back', async () => {
  const { page, close } = await open(browser, `${site.url}?step=3`);
  await alive(page);
  const cell = page.locator('attention-tutorial .stage [data-cell="keys[1,0]"]');
  for (const [typed, shown] of [['-1.5', '−1.50'], ['.5', '0.50'], ['-.25', '−0.25'], ['2,5', '2.50'], ['07', '7.00']]) {
    await cell.focus();
    await page.keyboard.type(typed);
    await settled(page);
    assert.equal(await cell.innerText(), shown, typed);
    await page.keyboard.press('Enter');
    assert.equal((await focused(page)).cell, 'keys[1,0]');
  }
  await page.keyboard.type('9');
  await page.locator('attention-tutorial .stage [data-cell="keys[2,0]"]').hover();
  await page.keyboard.type('1');
  await settled(page);
  assert.equal(await cell.innerText(), '91.00', 'the pointer does not end an entry');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Escape');
  await settled(page);
  assert.equal(await cell.innerText(), '7.00');
  assert.equal((await focused(page)).cell, 'keys[1,0]');
  await close();
});

test('an undo reaches back over a change of lesson', async () => {
  const { page, close } = await open(browser, site.url);
  await alive(page);
  await page.evaluate(() => /** @type {any} */ (document.querySelector('attention-tutorial')).store.edit('keys[1,0]', 2));
  const lesson = page.locator('attention-tutorial .choices select');
  const shows = (/** @type {string} */ id) => page.waitForFunction((wanted) =>
    /** @type {any} */ (document.querySelector('attention-tutorial')).store.model.lesson.id === wanted, id);
  await lesson.selectOption('bank');
  await shows('bank');
  await page.getByRole('button', { name: 'Undo' }).click();
  await shows('animal');
  assert.deepEqual((await state(page)).edits, { 'keys[1,0]': 2 });
  await close();
});

test('the words of the sentence, the left-out words, the mask, the preset and the lesson', async () => {
  const { page, close } = await open(browser, site.url);
  await alive(page);
  const tutorial = page.locator('attention-tutorial');
  await tabTo(page, ({ text, outer }) => outer === 'attention-tutorial' && text.startsWith('street'));
  await page.keyboard.press('Enter');
  assert.equal((await state(page)).token, 5);

  await tutorial.locator('.choices input[type=radio]').first().focus();
  await page.keyboard.press('ArrowRight');
  await settled(page);
  assert.equal((await state(page)).preset, 'weights');

  await tutorial.locator('.switches input').first().focus();
  await page.keyboard.press('Space');
  await settled(page);
  assert.deepEqual((await state(page)).toggled, [4]);

  await tutorial.locator('.switches .mask input').focus();
  await page.keyboard.press('Space');
  await settled(page);
  assert.equal((await state(page)).mask, 'causal');

  await tutorial.locator('.choices select').focus();
  await page.keyboard.press('ArrowDown');
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector('attention-tutorial')).store.model.lesson.id === 'bank');
  await close();
});

test('the divisor by slider and by number, the experiments, and a token that falls silent', async () => {
  const { page, close } = await open(browser, `${site.url}?step=4`);
  await alive(page);
  const tutorial = page.locator('attention-tutorial');
  await tutorial.locator('.divisor-slider').focus();
  await page.keyboard.press('End');
  await settled(page);
  assert.equal((await state(page)).divisor, 16);
  await tutorial.locator('.divisor input[type=number]').fill('100');
  await page.keyboard.press('Enter');
  await settled(page);
  assert.equal((await state(page)).divisor, 100);

  await page.goto(`${site.url}?step=5`);
  await alive(page);
  await tutorial.locator('.experiments button').first().focus();
  await page.keyboard.press('Enter');
  await settled(page);
  assert.equal((await state(page)).shift, 1);

  await page.goto(`${site.url}?step=6`);
  await alive(page);
  await tutorial.locator('.silence input').nth(1).focus();
  await page.keyboard.press('Space');
  await settled(page);
  assert.deepEqual((await state(page)).toggled, [1]);
  await close();
});

test('Tab walks out of the page at its end: no trap', async () => {
  const { page, close } = await open(browser, site.url);
  await alive(page);
  await page.locator('attention-tutorial td[data-cell]').first().focus();
  let last = '';
  for (let presses = 0; presses < 250; presses++) {
    await page.keyboard.press('Tab');
    const { tag } = await focused(page);
    if (tag === 'body' || tag === 'html' || tag === undefined) { last = 'out'; break; }
  }
  assert.equal(last, 'out');
  await close();
});

test('all that can be operated is at least 24 px in both directions', async () => {
  const { page, close } = await open(browser, site.url, { viewport: { width: 360, height: 800 } });
  await alive(page);
  for (let step = 1; step <= 6; step++) {
    await page.locator('attention-tutorial [role=tab]').nth(step - 1).click();
    await settled(page);
    const small = await page.evaluate(() => {
      const root = /** @type {ShadowRoot} */ (document.querySelector('attention-tutorial')?.shadowRoot);
      return [...root.querySelectorAll('button, select, td[data-cell], label, summary, [role=tab], input[type=range]')]
        .map((element) => ({ element, box: element.getBoundingClientRect() }))
        .filter(({ box }) => box.width > 0 && (box.width < 23.9 || box.height < 23.9))
        .map(({ element, box }) => `${element.localName}.${element.className} ${box.width}×${box.height}`);
    });
    assert.deepEqual(small, [], `step ${step}`);
  }
  await close();
});

test('a model is trained, looked into, opened and asked “what if” by keyboard alone', async () => {
  const { page, problems, close } = await open(browser, `${site.url}?learn-speed=fastest#learning`);
  await page.locator('attention-training[status=ready]').waitFor();
  const model = () => page.evaluate(() => {
    const { session, settings } = /** @type {any} */ (document.querySelector('attention-training'));
    return { step: session.main.step, kept: session.main.kept, active: session.active, trial: session.trial?.phase, ...settings.state };
  });
  const training = (/** @type {RegExp} */ name) => (/** @type {any} */ { host, text, tag }) =>
    host === 'attention-training' && (name.test(text) || name.test(tag));
  await page.evaluate(() => document.querySelector('attention-training')?.scrollIntoView());

  await tabTo(page, training(/^Start over$/));
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => !(/** @type {any} */ (document.querySelector('attention-training')).session.main.kept));
  assert.match((await focused(page)).text ?? '', /Start over/);
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  assert.match((await focused(page)).text ?? '', /Train/);
  await page.keyboard.press('Space');
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector('attention-training')).session.main.step >= 600);
  await settled(page);
  assert.match((await focused(page)).text ?? '', /Train/, 'the button keeps the focus when it changes its name');

  // a group of choices is one stop; arrows choose
  await tabTo(page, ({ host, tag, class: name }) => host === 'attention-training' && tag === 'input' && name === '');
  await page.keyboard.press('ArrowLeft');
  assert.equal((await model()).speed, 'normal');
  await tabTo(page, training(/Open layer 2, head 1/));
  await tabTo(page, training(/Open layer 2, head 1/));
  await tabTo(page, training(/^input$/));
  await page.keyboard.press('ArrowLeft');
  assert.equal((await model()).layer, 1);
  await tabTo(page, training(/^input$/));
  await page.keyboard.press('ArrowRight');
  assert.equal((await model()).head, 1);

  await tabTo(page, ({ host, class: name }) => host === 'attention-training' && name === 'word');
  await page.keyboard.type('cat');
  await page.keyboard.press('Enter');
  await settled(page);
  assert.deepEqual((await model()).words, ['cat', 'river', 'flooded']);

  const open6 = await tabTo(page, training(/Open layer 1, head 1/));
  assert.ok(open6.height >= 24, `${open6.height} px`);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector('attention-tutorial')).store.state.lesson === 'learned');
  await page.waitForFunction(() => document.activeElement?.localName === 'attention-tutorial');
  assert.match((await focused(page)).text ?? '', /Query/);

  await page.evaluate(() => /** @type {any} */ (document.querySelector('attention-training')).shadowRoot.querySelector('.adjectives input').focus());
  await tabTo(page, training(/Open layer 1, head 1/));
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  assert.equal((await model()).experiment, 'layer');
  await page.keyboard.press('ArrowDown');
  assert.equal((await model()).experiment, 'causal');
  await tabTo(page, training(/^not at all$/));
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector('attention-training')).session.trial?.phase === 'done');
  assert.match((await focused(page)).text ?? '', /not at all/, 'the answer keeps the focus');
  await tabTo(page, training(/^Ask me again$/));
  await page.keyboard.press('Enter');
  await settled(page);
  assert.equal((await model()).trial, undefined);
  assert.notEqual((await focused(page)).tag, 'body', 'the button goes, and hands its focus on');
  assert.deepEqual(problems, []);
  await close();
});

test('whatever can be pressed where a model learns is at least 24 px', async () => {
  for (const width of [1280, 320]) {
    const { page, close } = await open(browser, `${site.url}?learn-experiment=scale#learning`, { viewport: { width, height: 900 } });
    await page.locator('attention-training[status=ready]').waitFor();
    await settled(page);
    const small = await page.locator('attention-training').locator('button, label, input:not([type=radio])').evaluateAll((elements) =>
      elements.map((element) => ({ box: element.getBoundingClientRect(), text: element.textContent?.trim() }))
        .filter(({ box }) => box.width < 24 || box.height < 24).map(({ box, text }) => `${text}: ${box.width} × ${box.height}`));
    assert.deepEqual(small, []);
    await close();
  }
});

for (const [width, height] of [[1280, 600], [360, 640]]) {
  test(`what has the focus is never behind the line of a chosen number, ${width} px`, async () => {
    for (const step of [3, 6]) {
      const { page, close } = await open(browser, `${site.url}?step=${step}`, { viewport: { width, height } });
      await alive(page);
      await page.locator('attention-tutorial .stage td.editable').first().focus();
      const covered = () => page.evaluate(() => {
        const root = /** @type {ShadowRoot} */ (/** @type {Element} */ (document.querySelector('attention-tutorial')).shadowRoot);
        const line = /** @type {Element} */ (root.querySelector('.inspector.busy'));
        const focus = root.activeElement;
        if (!focus) return undefined;
        const [box, over] = [focus.getBoundingClientRect(), line.getBoundingClientRect()];
        return !line.contains(focus) && box.bottom > over.top + 1 && box.top < over.bottom - 1 ? focus.outerHTML : '';
      });
      let walked = 0;
      for (let said = await covered(); said !== undefined; said = await covered(), walked++) {
        assert.equal(said, '');
        await page.keyboard.press('Tab');
      }
      assert.ok(walked > 8, `${walked} places`);
      await close();
    }
  });
}
