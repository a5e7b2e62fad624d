// <attention-tutorial> on pages that aren't ours, from the classic script: its attributes, methods and events, and that
// neither the page nor what is handed in can break it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { alive, launch, open, serve, serveSources, settled } from './harness.js';

const HOSTILE = `html { font-size: 40px; direction: rtl; } * { all: unset; }
  * { color: red !important; letter-spacing: 0.3em !important; text-transform: uppercase; font: 700 3em/4 cursive !important; }
  * { --ink: hotpink; --paper: yellow; --sans: cursive; --unit: 60px; } button, td { background: red !important; display: none; }`;
const ELEMENT = '<attention-tutorial></attention-tutorial>';
const BROKEN = '<attention-tutorial step="9" mask="yes" preset="none" controls="mask,dance" onshow="x" unknown="1"></attention-tutorial>';

/** @param {string} body @param {string} [head] */
const pageOf = (body, head = '') => `<!doctype html><meta charset="utf-8"><title>A page</title>${head}
  <script src="/attention-tutorial.js" defer></script><h1>A page</h1>${body}`;

/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */ let site;

before(async () => {
  browser = await launch();
  site = await serve({
    '/plain.html': pageOf(ELEMENT),
    '/hostile.html': pageOf(ELEMENT, '<link rel="stylesheet" href="/hostile.css">'),
    '/hostile.css': HOSTILE,
    '/flex.html': pageOf(`<div id="row">${ELEMENT}</div>`, '<link rel="stylesheet" href="/flex.css">'),
    '/flex.css': '#row { display: flex; } attention-tutorial[hidden] { display: none; }',
    '/three.html': pageOf(`${ELEMENT}<attention-tutorial lesson="bank" step="5"></attention-tutorial>${ELEMENT}`),
    '/set.html': pageOf('<attention-tutorial toggled="4" preset="weights" lesson="animal" step="5" theme="dark" mask="causal"'
      + ' edits="keys.1.0*2"></attention-tutorial>'),
    '/broken.html': pageOf(BROKEN),
    '/lesson.json': await readFile(new URL('../../web/lessons/animal.json', import.meta.url), 'utf8'),
    '/favicon.ico': '',
    '/early.html': '<!doctype html><title>A page</title>' + ELEMENT,
  });
});
after(async () => { await browser.close(); site.close(); });

/**
 * A page with the element alive. `run` gives a function of the page the element as its first argument.
 * @param {string} path
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
async function visit(path, options) {
  const { page, problems, close } = await open(browser, new URL(path, site.url).href, options);
  await alive(page);
  const element = page.locator('attention-tutorial').first();
  const run = (/** @type {(element: any, given: any) => any} */ inPage, /** @type {any} */ given) => element.evaluate(inPage, given);
  return { page, problems, close, run, element, settled: () => settled(page) };
}

/** Everything that a reader could use, by its group. */
const CONTROLS = /** @type {Record<string, string>} */ ({
  lesson: '.choices > label select', preset: '.choices fieldset', words: '.switches fieldset', mask: '.switches .mask',
  stepper: '[role=tablist]', walk: '.walk', question: '.question', practice: '.controls', edit: '.editable',
  inspector: '.inspector', undo: '.undo', save: '[aria-label$=SVG]', theme: 'select.theme',
});

describe('attributes and properties', () => {
  test('attributes say what is shown, in whatever order they stand', async () => {
    const { run, element, problems, close } = await visit('set.html');
    assert.deepEqual(await run((it) => [it.lesson, it.preset, it.step, it.theme, it.mask, it.toggled, it.edits]),
      ['animal', 'weights', 5, 'dark', 'causal', [4], { 'keys[1,0]': 2 }]);
    assert.equal(await element.locator('[role=tab]').nth(4).getAttribute('aria-selected'), 'true');
    assert.equal(await element.locator('.mask input').isChecked(), true);
    assert.match(await run((it) => getComputedStyle(it.shadowRoot.firstElementChild).colorScheme), /dark/);
    assert.deepEqual(problems, []);
    await close();
  });

  test('they follow the reader, properties and methods; and lead them', async () => {
    const { run, element, settled: done, close } = await visit('plain.html');
    const attributes = () => run((it) => Object.fromEntries([...it.attributes].filter(({ name }) => name !== 'lang').map(({ name, value }) => [name, value])));
    await element.locator('.walk .next').click();
    await element.locator('.mask input').check();
    await done();
    assert.deepEqual(await attributes(), { step: '2', mask: 'causal', 'data-theme': 'auto' });
    await run((it) => { it.token = 1; it.divisor = '1.5'; it.toggled = [8, 4]; it.edits = { 'keys[1,0]': -2.5 }; it.step = '4'; it.controls = 'mask'; });
    assert.deepEqual(await run((it) => [it.token, it.divisor, it.toggled, it.step]), [1, 1.5, [4, 8], 4], 'at once');
    await done();
    assert.deepEqual(await attributes(), {
      step: '4', mask: 'causal', token: '1', divisor: '1.5', toggled: '4.8', edits: 'keys.1.0*-2.5', controls: 'mask', 'data-theme': 'auto',
    });
    await run((it) => { for (const name of it.getAttributeNames()) it.removeAttribute(name); it.setAttribute('step', '3'); });
    await done();
    assert.deepEqual(await run((it) => [it.step, it.mask, it.token, it.divisor, it.toggled, it.edits, it.controls]),
      [3, 'none', null, null, [], {}, null]);
    assert.equal(await element.locator('[role=tab]').nth(2).getAttribute('aria-selected'), 'true');
    await close();
  });

  test('another lesson starts afresh, and what belongs to it may be said in the same breath', async () => {
    const { run, settled: done, close } = await visit('set.html');
    await run((it) => { it.preset = 'money'; it.token = 0; it.lesson = 'bank'; });
    await done();
    assert.deepEqual(await run((it) => [it.lesson, it.preset, it.token, it.toggled, it.edits, it.step, it.mask, it.getAttribute('edits')]),
      ['bank', 'money', 0, [], {}, 5, 'causal', null]);
    await close();
  });

  test('what can\'t be understood is replaced by the usual, and said', async () => {
    const warnings = /** @type {string[]} */ ([]);
    const context = await browser.newContext();
    const page = await context.newPage();
    page.on('console', (message) => { if (message.type() === 'warning') warnings.push(message.text()); });
    await page.goto(new URL('broken.html', site.url).href);
    await page.locator('attention-tutorial .mask').waitFor();
    const element = page.locator('attention-tutorial');
    assert.deepEqual(await element.evaluate((/** @type {any} */ it) => [it.step, it.mask]), [1, 'none']);
    const said = await element.locator('.status').innerText();
    for (const part of ['step=9', 'mask=yes', 'preset=none', 'no controls called dance']) assert.ok(said.includes(part), said);
    assert.doesNotMatch(said, /unknown|onshow/);
    assert.equal(await element.locator('.mask').count() + await element.locator('[role=tablist]').count(), 1);
    assert.ok(warnings.some((text) => /step: expected a whole number from 1 to 6/.test(text)), warnings.join());
    assert.ok(warnings.some((text) => /controls called dance/.test(text)), warnings.join());
    await element.evaluate((/** @type {any} */ it) => {
      it.step = 2; it.mask = null; it.preset = null; it.controls = 'mask'; it.edits = new Proxy({}, { ownKeys: () => ['a'] }); it.toggled = it;
    });
    await settled(page);
    assert.match(await element.locator('.status').innerText(), /^Not known here: toggled=…\. /);
    await context.close();
  });

  test('each group of controls can be shown alone, and "none" shows none', async () => {
    const { run, element, settled: done, problems, close } = await visit('plain.html');
    const shown = async () => {
      await done();
      const counts = await Promise.all(Object.entries(CONTROLS).map(async ([group, selector]) =>
        (await element.locator(selector).count() ? group : '')));
      return counts.filter(Boolean);
    };
    assert.deepEqual(await shown(), Object.keys(CONTROLS));
    for (const group of Object.keys(CONTROLS)) {
      await run((it, controls) => { it.controls = controls; }, group);
      assert.deepEqual(await shown(), [group]);
    }
    for (const none of ['none', '']) {
      await run((it, controls) => { it.setAttribute('controls', controls); }, none);
      assert.deepEqual(await shown(), []);
      assert.equal(await element.locator('button:not(.word), input, select').count(), 0);
    }
    await element.locator('th.label a').first().dispatchEvent('click');
    assert.equal(await run((it) => it.step), 1, 'without any means to walk, nobody leaves the step');
    await run((it) => { it.controls = 'link'; it.addressed = true; });
    assert.equal(await element.locator('button', { hasText: 'Copy' }).count(), 1);
    await run((it) => it.removeAttribute('controls'));
    assert.deepEqual(await shown(), Object.keys(CONTROLS));
    assert.deepEqual(problems, []);
    await close();
  });

  test('properties set before the script came are taken up; a move within the page changes nothing', async () => {
    const { page, close } = await open(browser, new URL('early.html', site.url).href);
    await page.evaluate(() => { Object.assign(/** @type {any} */ (document.querySelector('attention-tutorial')), { step: 4, lesson: 'keys' }); });
    await page.addScriptTag({ url: '/attention-tutorial.js' });
    await alive(page);
    const element = page.locator('attention-tutorial');
    assert.deepEqual(await element.evaluate((/** @type {any} */ it) => [it.step, it.lesson, it.getAttribute('step')]), [4, 'keys', '4']);
    await element.evaluate((/** @type {any} */ it) => {
      const box = document.body.appendChild(document.createElement('div'));
      it.goTo(5);
      box.append(it);
      it.goTo(6);
    });
    await settled(page);
    assert.equal(await element.locator('[role=tab]').nth(5).getAttribute('aria-selected'), 'true');
    assert.equal(await element.evaluate((/** @type {any} */ it) => it.lesson), 'keys');
    await close();
  });
});

describe('events and state', () => {
  test('each change is told, with the whole state', async () => {
    const { page, run, element, settled: done, close } = await visit('plain.html');
    await page.evaluate(() => {
      /** @type {any} */ (globalThis).told = [];
      document.addEventListener('attention-change', (/** @type {any} */ { detail, composed }) =>
        /** @type {any} */ (globalThis).told.push({ ...detail, composed, plain: JSON.stringify(detail.state) === JSON.stringify(JSON.parse(JSON.stringify(detail.state))) }));
    });
    const told = async () => {
      await done();
      return page.evaluate(() => /** @type {any} */ (globalThis).told.splice(0));
    };
    await element.locator('.walk .next').click();
    const [step, ...more] = await told();
    assert.deepEqual([more, step.type, step.step, step.state.step, step.state.seen, step.composed, step.plain], [[], 'step', 2, 2, [1, 2], true, true]);
    await element.locator('.question button', { hasText: 'street' }).click();
    const [answer] = await told();
    assert.deepEqual([answer.type, answer.question, answer.step, answer.choice, answer.expected, answer.correct],
      ['answer', '2', 2, 'street', 'animal', false]);
    assert.deepEqual(answer.state.answers, { 2: { choice: '5', correct: false, expected: '1' } });
    await element.locator('.mask input').check();
    assert.deepEqual((await told()).map((/** @type {any} */ { type, state }) => [type, state.mask]), [['edit', 'causal']]);
    await element.locator('select.theme').selectOption('dark');
    assert.deepEqual((await told()).map((/** @type {any} */ { type, theme }) => [type, theme]), [['theme', 'dark']]);
    await run((it) => { it.lesson = 'bank'; });
    assert.deepEqual((await told()).map((/** @type {any} */ { type, state }) => [type, state.lesson, state.answers]), [['edit', 'bank', {}]]);
    await close();
  });

  test('ready comes once, as a promise and as an event', async () => {
    const { page, close } = await open(browser, new URL('early.html', site.url).href);
    await page.evaluate(() => {
      /** @type {any} */ (globalThis).types = [];
      document.addEventListener('attention-change', (/** @type {any} */ { detail }) => /** @type {any} */ (globalThis).types.push(detail.type));
    });
    await page.addScriptTag({ url: '/attention-tutorial.js' });
    const cells = await page.evaluate(async () => {
      const it = /** @type {any} */ (document.querySelector('attention-tutorial'));
      await it.ready;
      return it.shadowRoot.querySelectorAll('td[data-cell]').length;
    });
    assert.ok(cells > 50, String(cells));
    assert.deepEqual(await page.evaluate(() => /** @type {any} */ (globalThis).types), ['ready']);
    await close();
  });

  test('a state put into another element shows the same, with what was seen and answered', async () => {
    const { page, run, element, settled: done, problems, close } = await visit('three.html');
    await element.locator('.question button', { hasText: 'No' }).click();
    await run((it) => { it.goTo(4); it.divisor = 1.2; it.edits = { 'values[1,2]': 3 }; it.preset = 'weights'; });
    await done();
    const texts = await page.evaluate(async () => {
      const [one, two] = /** @type {any} */ (document.querySelectorAll('attention-tutorial'));
      two.setState(JSON.parse(JSON.stringify(one.getState())));
      await two.updateComplete;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return [one, two].map((each) => [each.shadowRoot.querySelector('.work').textContent, JSON.stringify(each.getState())]);
    });
    assert.deepEqual(texts[0], texts[1]);
    assert.match(texts[0][1], /"seen":\[1,4\],"answers":\{"1":\{"choice":"no","correct":true/);
    assert.deepEqual(problems, []);
    await close();
  });

  test('a bad state is refused, and changes nothing', async () => {
    const { run, problems, close } = await visit('set.html');
    const results = await run((it) => {
      const before = JSON.stringify(it.getState());
      const cyclic = /** @type {any} */ ({ step: 2 });
      cyclic.edits = cyclic;
      const deep = JSON.parse('['.repeat(20000) + ']'.repeat(20000));
      return [null, { step: 9 }, { step: 2, theme: '<img src=x onerror=alert(1)>' }, cyclic, { toggled: deep }, { answers: { 2: deep } }, { html: 1 }]
        .map((state) => {
          try {
            it.setState(state);
            return 'nothing thrown';
          } catch (error) {
            return `${error instanceof TypeError} ${/** @type {Error} */ (error).message.slice(0, 60)} ${JSON.stringify(it.getState()) === before}`;
          }
        });
    });
    const fields = ['the state', 'step', 'theme', 'edits', 'toggled', 'answers', 'the state'];
    results.forEach((/** @type {string} */ said, /** @type {number} */ index) =>
      assert.match(said, new RegExp(`^true ${fields[index]}: expected .* true$`)));
    await assert.rejects(run((it) => it.goTo(0)), /step: expected a whole number from 1 to 6, came 0/);
    assert.deepEqual(problems, []);
    await close();
  });

  test('progress is that of the lesson, and each lesson keeps its own', async () => {
    const { run, element, settled: done, close } = await visit('plain.html');
    const progress = () => run((it) => it.progress);
    const first = await progress();
    assert.deepEqual([first.steps, first.seen, first.right, first.complete, first.answers], [6, [1], 0, false, {}]);
    assert.deepEqual(first.questions[1], {
      id: '2', step: 2, text: 'Whose key answers the query best?', expected: 'animal',
      choices: ['The', 'animal', 'didn\'t', 'cross', 'street', 'because', 'tired'],
    });
    for (const { step, expected } of first.questions) {
      await run((it, to) => it.goTo(to), step);
      await element.locator('.answers button', { hasText: step === 6 ? 'Just show me' : new RegExp(`^${expected.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`) }).click();
      await done();
    }
    const last = await progress();
    assert.deepEqual([last.seen, last.right, last.complete], [[1, 2, 3, 4, 5, 6], 5, true]);
    assert.deepEqual([last.answers[2], last.answers[6]], [{ choice: 'animal', correct: true }, { choice: null, correct: false }]);
    await run((it) => { it.lesson = 'bank'; });
    await done();
    assert.deepEqual(await progress().then(({ seen, right, complete }) => [seen, right, complete]), [[6], 0, false]);
    await run((it) => { it.lesson = 'animal'; });
    await done();
    assert.equal((await progress()).complete, true);
    await close();
  });
});

describe('lessons handed in', () => {
  const hostile = '<img src=x onerror="document.title=\'bad\'">';

  test('is announced by its title and summary, asks in plain letters, and stays in the list', async () => {
    const { run, element, settled: done, problems, close } = await visit('plain.html');
    assert.equal(await element.locator('h2').count(), 0, 'those of the tutorial are introduced by its page');
    await run(async (it) => {
      const lesson = await (await fetch('/lesson.json')).json();
      Object.assign(lesson, { id: 'mine', title: 'A lesson of mine', summary: 'What is it that is tired?' });
      lesson.questions = [{ step: 1, ask: 'Which?', choices: ['this one', 'that one'], answer: 1 }];
      await it.setLesson(lesson);
    });
    await done();
    assert.equal(await element.locator('h2').innerText(), 'A lesson of mine');
    assert.match(await element.locator('h2 + p').innerText(), /What is it that is tired\?/);
    assert.equal(await element.locator('.answers .word').count(), 0);

    const select = element.locator('.choices > label select');
    const chosen = () => select.evaluate((it) => /** @type {HTMLSelectElement} */ (it).selectedOptions[0].label);
    for (const [value, title] of [['bank', 'Two meanings: bank'], ['mine', 'A lesson of mine'], ['bank', 'Two meanings: bank']]) {
      await select.selectOption(value);
      await done();
      assert.equal(await run((it) => it.lesson), value);
      assert.equal(await chosen(), title);
    }
    for (const [button, title] of [['undo', 'A lesson of mine'], ['undo', 'Two meanings: bank'], ['redo', 'A lesson of mine']]) {
      await element.locator(`button.${button}`).click();
      await done();
      assert.equal(await chosen(), title);
      assert.equal(await element.locator('h2').count(), Number(title === 'A lesson of mine'));
    }
    assert.deepEqual(problems, []);
    await close();
  });

  /** @param {any} it @param {string} text */
  const own = async (it, text) => {
    const lesson = await (await fetch('/lesson.json')).json();
    lesson.id = 'mine';
    lesson.title = lesson.presets[0].note = lesson.tokens[0].text = text;
    lesson.questions = [{ step: 1, ask: text, choices: [text, 'b'], answer: 1, why: text }];
    await it.setLesson(lesson);
    return it.getState();
  };

  test('is shown, asks its own questions, and everything in it is text', async () => {
    const { page, run, element, settled: done, problems, close } = await visit('plain.html');
    const state = await run(own, hostile.slice(0, 40));
    assert.equal(state.lesson, 'mine');
    await element.locator('.answers button').first().click();
    await done();
    const question = await element.locator('.question').innerText();
    assert.match(question, /Not quite\. It is: b\./);
    assert.ok(question.includes('<img src=x'), question);
    assert.equal(await element.locator('.question img, attention-sentence img').count(), 0);
    assert.deepEqual(await run((it) => it.progress.questions.map((/** @type {any} */ { id, step, expected }) => [id, step, expected])), [['q1', 1, 'b']]);
    await run((it) => { it.lesson = 'animal'; });
    await done();
    await run((it) => it.setState({ lesson: 'mine', step: 1, answers: { q1: { choice: '1', correct: true, expected: '1' } } }));
    await done();
    assert.match(await element.locator('.question').innerText(), /That’s right\./);
    assert.equal(await page.title(), 'A page');
    assert.deepEqual(problems, []);
    await close();
  });

  test('is refused with a reason when it is none, and what was shown stays', async () => {
    const { run, problems, close } = await visit('set.html');
    const before = await run((it) => JSON.stringify(it.getState()));
    const said = await run(async (it) => {
      const cyclic = /** @type {any} */ ({ format: 1 });
      cyclic.presets = [cyclic];
      cyclic.self = cyclic;
      const attempts = [undefined, 'no JSON', '{"format": 2}', cyclic, 'x'.repeat(300000), JSON.parse('['.repeat(20000) + ']'.repeat(20000))];
      const messages = [];
      for (const each of attempts) {
        messages.push(await it.setLesson(each).then(() => 'taken', (/** @type {Error} */ error) => `${error.name} ${error.message}`.slice(0, 80)));
      }
      return messages;
    });
    for (const message of said) assert.match(message, /^LessonError (lesson|format|self): expected /);
    assert.equal(await run((it) => JSON.stringify(it.getState())), before);
    assert.deepEqual(problems, []);
    await close();
  });
});

describe('on the pages of others', () => {
  test('several share one core', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.addInitScript(() => {
      const { compile, compileStreaming } = WebAssembly;
      Object.assign(globalThis, { compiled: 0 });
      const count = (/** @type {Function} */ make) => (/** @type {any[]} */ ...given) => {
        /** @type {any} */ (globalThis).compiled += 1;
        return make.apply(WebAssembly, given);
      };
      Object.assign(WebAssembly, { compile: count(compile), compileStreaming: count(compileStreaming) });
    });
    await page.goto(new URL('three.html', site.url).href);
    await page.evaluate(() => Promise.all([...document.querySelectorAll('attention-tutorial')].map((/** @type {any} */ it) => it.ready)));
    assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).compiled), 1);
    const steps = await page.locator('attention-tutorial').evaluateAll((all) => all.map((/** @type {any} */ it) => [it.lesson, it.step]));
    assert.deepEqual(steps, [['animal', 1], ['bank', 5], ['animal', 1]]);
    const repeated = await page.locator('attention-tutorial').evaluateAll((all) => all.map((it) => {
      const ids = [.../** @type {ShadowRoot} */ (it.shadowRoot).querySelectorAll('[id]')].map(({ id }) => id);
      return ids.length - new Set(ids).size;
    }));
    assert.deepEqual(repeated, [0, 0, 0]);
    await context.close();
  });

  /** How the figure looks: where everything is within it, in which colours and letters. */
  const looks = (/** @type {any} */ it) => {
    const frame = it.shadowRoot.firstElementChild;
    const origin = frame.getBoundingClientRect();
    return [frame, ...it.shadowRoot.querySelectorAll('button, select, h3, p, td[data-cell], .stepper a')].map((each) => {
      const { x, y, width, height } = each.getBoundingClientRect();
      const { color, backgroundColor, fontFamily, fontSize, fontWeight, letterSpacing, textTransform, display } = getComputedStyle(each);
      return [each.localName, ...[x - origin.x, y - origin.y, width, height].map((number) => Math.round(number * 4) / 4),
        color, backgroundColor, fontFamily, fontSize, fontWeight, letterSpacing, textTransform, display].join(' ');
    });
  };

  for (const width of [1280, 360]) {
    test(`a page's style sheet changes nothing in it (${width} px)`, async () => {
      const drawn = [];
      for (const path of ['plain.html', 'hostile.html']) {
        const { page, run, settled: done, problems, close } = await visit(path, { viewport: { width, height: 900 } });
        await page.evaluate((room) => {
          const it = /** @type {HTMLElement} */ (document.querySelector('attention-tutorial'));
          const box = document.createElement('div');
          box.style.cssText = `display: block !important; width: ${room}px`;
          it.replaceWith(box);
          box.append(it);
        }, width - 40);
        await run((it) => it.goTo(2));
        await done();
        drawn.push(await run(looks));
        assert.deepEqual(problems, []);
        await close();
      }
      assert.ok(drawn[0].length > 100);
      assert.deepEqual(drawn[1], drawn[0]);
    });
  }

  test('in a row that asks how wide it wants to be, it takes its room, and can be hidden', async () => {
    const { run, close } = await visit('flex.html', { viewport: { width: 1280, height: 900 } });
    assert.ok(await run((it) => it.offsetWidth > 700));
    await run((it) => { it.hidden = true; });
    assert.equal(await run((it) => it.offsetWidth), 0);
    await close();
    const narrow = await visit('flex.html', { viewport: { width: 360, height: 900 } });
    assert.ok(await narrow.run((it) => it.offsetWidth <= 360));
    assert.ok(await narrow.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await narrow.close();
  });

  test('it is light or dark as its page is, or as it was told', async () => {
    const { page, run, settled: done, close } = await visit('plain.html', { colorScheme: 'dark' });
    const paper = () => run((it) => getComputedStyle(it.shadowRoot.firstElementChild).backgroundColor);
    const [light, dark] = ['rgb(255, 254, 252)', 'rgb(21, 23, 27)'];
    assert.equal(await paper(), light, 'a page that says nothing is light');
    await page.evaluate(() => { document.documentElement.style.colorScheme = 'light dark'; });
    assert.equal(await paper(), dark);
    await run((it) => { it.theme = 'light'; });
    await done();
    assert.equal(await paper(), light);
    await close();
  });

  test('from a disk, by one classic script', async () => {
    const folder = await mkdtemp(`${tmpdir()}/attention-`);
    const script = pathToFileURL(fileURLToPath(new URL('../../build/site/attention-tutorial.js', import.meta.url)));
    await writeFile(`${folder}/page.html`, `<!doctype html><title>A page</title><script src="${script}"></script>${ELEMENT}`);
    const { page, problems, close } = await open(browser, String(pathToFileURL(`${folder}/page.html`)));
    await alive(page);
    assert.equal(await page.locator('attention-tutorial').evaluate((/** @type {any} */ it) => it.progress.questions.length), 6);
    const saved = page.waitForEvent('download');
    await page.locator('attention-tutorial button[aria-label$=CSV]').click();
    assert.match((await saved).suggestedFilename(), /\.csv$/);
    assert.deepEqual(problems, []);
    await close();
    await rm(folder, { recursive: true });
  });
});

describe('the module of the npm package', () => {
  test('registers nothing by itself, then what it is told, under any name', async () => {
    const sources = await serveSources({ '/favicon.ico': '', '/page.html': '<!doctype html><title>A page</title><attention-tutorial></attention-tutorial><my-figure step="2"></my-figure>' });
    const { page, problems, close } = await open(browser, `${sources.url}page.html`);
    const found = await page.evaluate(async () => {
      const module = await import(/** @type {any} */ ('/build/element/tutorial.js'));
      const before = customElements.get('attention-tutorial');
      module.defineAttentionTutorial();
      module.defineAttentionTutorial();
      module.defineAttentionTutorial('my-figure');
      const figures = /** @type {any[]} */ ([...document.querySelectorAll('attention-tutorial, my-figure')]);
      await Promise.all(figures.map((each) => each.ready));
      return [Object.keys(module).sort(), before === undefined, figures.map((each) => [each instanceof module.AttentionTutorial, each.step])];
    });
    assert.deepEqual(found, [['AttentionTutorial', 'defineAttentionTutorial'], true, [[true, 1], [true, 2]]]);
    assert.deepEqual(problems, []);
    await close();
    sources.close();
  });

  test('in Node it does nothing, and throws nothing', async () => {
    const { AttentionTutorial, defineAttentionTutorial } = await import('attention-wasm/tutorial');
    assert.equal(typeof AttentionTutorial, 'function');
    assert.equal(defineAttentionTutorial(), undefined);
  });
});
