// Packages in the run-time that learning platforms use: what a student does arrives, a second visit goes on where the
// first ended, and a platform that is missing, broken or hostile takes nothing away from the lesson.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { unzipSync } from 'fflate';
import { FILES, pack, scriptsOf } from '../../web/course/pack.js';
import { launch, open, serve } from './harness.js';

/** @import { Version } from '../../web/course/platform.js' */

const root = new URL('../../', import.meta.url);
const read = (/** @type {string} */ path) => new Uint8Array(readFileSync(new URL(path, root)));
const english = JSON.parse(readFileSync(new URL('build/site/course/texts.json', root), 'utf8')).en;
const { words } = english;
const VERSIONS = /** @type {Version[]} */ (['1.2', '2004']);
const STEPS = 6;

/** What an own lesson may be at its worst and still be a lesson: texts that would like to be more. */
const HOSTILE = {
  ...JSON.parse(readFileSync(new URL('web/lessons/bank.json', root), 'utf8')),
  id: 'hostile',
  title: '</title></script><script>window.top.hacked = 1</script>\u2028<img src=x onerror="window.top.hacked = 2">',
  questions: [{
    step: 2, ask: '<img src=x onerror="window.top.hacked = 3">', answer: 1,
    choices: ['"><svg onload="window.top.hacked = 4">', '</script><script>window.top.hacked = 5</script>'],
  }],
};

/**
 * The files of a package, as served from /package/.
 * @param {Version} version
 * @param {object} [course]
 */
function unpacked(version, course = {}) {
  const names = [...FILES, ...scriptsOf('de')];
  const files = Object.fromEntries(names.map((name) => [name, read(`build/site/${name}`)]));
  const { bytes } = pack({ version, lesson: 'animal', lang: 'en', texts: english, files, ...course });
  return Object.fromEntries(Object.entries(unzipSync(bytes)).map(([name, body]) => [`/package/${name}`, body]));
}

/** The page of a learning platform. It keeps what it was told in the tab, as a platform keeps it in its database. */
const platformScript = (/** @type {Version} */ version) => `
  const twelve = ${version === '1.2'};
  const Api = twelve ? Scorm12API : Scorm2004API;
  const api = new Api({ autocommit: false, logLevel: 5 });
  window[twelve ? 'API' : 'API_1484_11'] = api;
  const kept = sessionStorage.getItem('kept');
  window.received = JSON.parse(sessionStorage.getItem('received') ?? '{}');
  window.calls = [];
  window.codes = [];
  const names = twelve ? ['LMSInitialize', 'LMSSetValue', 'LMSCommit', 'LMSFinish'] : ['Initialize', 'SetValue', 'Commit', 'Terminate'];
  for (const name of names) {
    const original = api[name].bind(api);
    api[name] = (...given) => {
      const answer = original(...given);
      const code = String(twelve ? api.LMSGetLastError() : api.GetLastError());
      calls.push(name);
      if (String(answer) !== 'true') codes.push([name, ...given, code].join(' '));
      if (name === names[1]) received[given[0]] = given[1];
      if (name === names[3] || name === names[2]) {
        sessionStorage.setItem('received', JSON.stringify(received));
        sessionStorage.setItem('kept', JSON.stringify(api.cmi));
      }
      return answer;
    };
  }
  if (kept) api.loadFromJSON(JSON.parse(kept), 'cmi');
`;

const host = (/** @type {string} */ scripts) => `<!doctype html><html lang="en"><title>Course</title><link rel="icon" href="/favicon.svg">
<body>${scripts}<iframe src="/package/index.html" title="Lesson" width="1100" height="900"></iframe>`;

/** @type {import('playwright-core').Browser} */ let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/**
 * @param {Version} version
 * @param {{ course?: object, script?: string, again?: boolean }} [options] `script`: a platform in place of the usual
 */
async function launchCourse(version, { course, script } = {}) {
  const library = `node_modules/scorm-again/dist/scorm${version.replace('.', '')}.min.js`;
  const site = await serve(/** @type {any} */ ({
    ...unpacked(version, course), '/library.js': read(library), '/platform.js': script ?? platformScript(version),
    '/host.html': host(`${script === undefined ? '<script src="/library.js"></script>' : ''}<script src="/platform.js"></script>`),
  }));
  const { page, problems, close } = await open(browser, `${site.url}host.html`);
  const frame = page.frameLocator('iframe');
  await frame.locator('attention-tutorial td[data-cell]').first().waitFor();
  return { page, problems, frame, line: frame.locator('.platform'), close: async () => { await close(); site.close(); } };
}

/** @param {import('playwright-core').Page} page */
const received = (page) => page.evaluate(() => /** @type {any} */ (window).received);

/** @param {import('playwright-core').Page} page @param {string} expression */
const within = (page, expression) => page.frames()[1].evaluate(expression);

/**
 * @param {import('playwright-core').FrameLocator} frame
 * @param {number} step
 */
const goTo = (frame, step) => frame.locator('[role=tab]').nth(step - 1).click();

/** Chooses what the lesson holds for right, or something else. @param {import('playwright-core').Page} page @param {boolean} right */
async function answerHere(page, right) {
  const choice = await within(page, `(() => {
    const tutorial = document.querySelector('attention-tutorial');
    const { choices, expected } = tutorial.progress.questions.find(({ step }) => step === tutorial.step);
    return choices.findIndex((text) => (text === expected) === ${right});
  })()`);
  await page.frameLocator('iframe').locator('.question .answers button').nth(Number(choice)).click();
  await page.frameLocator('iframe').locator('.question .again').waitFor();
}

/** @param {import('playwright-core').Page} page @param {(values: Record<string, string>) => boolean} holds */
async function until(page, holds) {
  for (let tries = 0; tries < 100; tries++) {
    const values = await received(page);
    if (holds(values)) return values;
    await page.waitForTimeout(50);
  }
  return assert.fail(JSON.stringify(await received(page), null, 1));
}

for (const version of VERSIONS) {
  const twelve = version === '1.2';
  const name = (/** @type {string} */ element) => (twelve ? `cmi.core.lesson_${element}` : `cmi.${element}`);
  const status = twelve ? name('status') : 'cmi.completion_status';
  const score = twelve ? 'cmi.core.score' : 'cmi.score';
  const response = twelve ? 'student_response' : 'learner_response';

  describe(`SCORM ${version}`, () => {
    test('a student answers everything: status, score, answers and place arrive', async () => {
      const { page, problems, frame, line, close } = await launchCourse(version);
      let values = await until(page, (all) => status in all);
      assert.equal(values[status], 'incomplete');
      assert.equal(values[name('location')], '1');
      assert.equal(`${score}.raw` in values, false, 'nothing is scored before anything was answered');
      for (let step = 1; step <= STEPS; step++) {
        await goTo(frame, step);
        await answerHere(page, step !== 2);
      }
      values = await until(page, (all) => ['passed', 'completed'].includes(all[status]));
      assert.equal(values[status], twelve ? 'passed' : 'completed');
      assert.equal(values[`${score}.raw`], '83');
      assert.deepEqual([values[`${score}.min`], values[`${score}.max`]], ['0', '100']);
      if (!twelve) {
        assert.equal(values['cmi.score.scaled'], '0.8333');
        assert.equal(values['cmi.success_status'], 'passed');
        assert.equal(values['cmi.progress_measure'], '1');
      }
      for (let i = 0; i < STEPS; i++) {
        const interaction = `cmi.interactions.${i}`;
        const right = values[`${interaction}.correct_responses.0.pattern`];
        assert.equal(values[`${interaction}.id`], `animal-${i + 1}`);
        assert.equal(values[`${interaction}.type`], 'choice');
        assert.match(values[`${interaction}.${response}`], /^[a-z]$/);
        assert.equal(values[`${interaction}.${response}`] === right, i !== 1);
        assert.equal(values[`${interaction}.result`], i !== 1 ? 'correct' : twelve ? 'wrong' : 'incorrect');
        assert.match(values[`${interaction}.latency`], twelve ? /^0000:00:0\d\.\d\d$/ : /^PT0H0M\d\.\d\dS$/);
      }
      assert.deepEqual(await page.evaluate('codes'), [], 'the platform refused nothing');
      await line.getByText(words['scorm.complete']).waitFor();
      assert.deepEqual(problems, []);

      await page.evaluate("document.querySelector('iframe').remove()");
      const calls = /** @type {string[]} */ (await page.evaluate('calls'));
      assert.match(String(calls.at(-1)), /Finish|Terminate/);
      assert.equal((await received(page))[twelve ? 'cmi.core.exit' : 'cmi.exit'], 'suspend');
      await close();
    });

    test('a second visit goes on where the first ended', async () => {
      const { page, problems, frame, line, close } = await launchCourse(version);
      await answerHere(page, true);
      await goTo(frame, 3);
      await answerHere(page, false);
      await within(page, `document.querySelector('attention-tutorial').setState({
        edits: { 'keys[1,0]': 2.5, 'queries[7,1]': -1 }, mask: 'causal', divisor: 3, theme: 'dark' })`);
      const state = () => within(page, "document.querySelector('attention-tutorial').getState()");
      const before = await state();
      await page.evaluate("document.querySelector('iframe').remove()");
      await page.reload();
      await line.getByText(words['scorm.resumed'].replace('{step}', '3')).waitFor();
      assert.deepEqual(await state(), before);
      await frame.locator('.question .again').waitFor(); // the answer is still there
      await goTo(frame, 4);
      await answerHere(page, true);
      const values = await until(page, (all) => 'cmi.interactions.2.id' in all);
      assert.equal(values['cmi.interactions.2.id'], 'animal-4', 'counted on from the first visit');
      assert.equal(values[`${score}.raw`], '33');
      assert.deepEqual(problems, []);
      await close();
    });

    test('what was changed in the platform’s keeping is not believed', async () => {
      for (const kept of ['{', '[]', '{"v":1,"step":99}', '{"v":1,"step":"3","edits":{"keys[1,0]":"<b>"}}', '{"v":2}',
        '{"v":1,"step":2,"answers":{"2":7}}', '{"v":1,"step":2,"__proto__":{"x":1}}']) {
        const script = `const values = { 'cmi.suspend_data': ${JSON.stringify(kept)}, 'cmi.interactions._count': '-7x' };
          ${fakeApi(twelve, '(name) => values[name] ?? ""')}`;
        const { page, problems, close } = await launchCourse(version, { script });
        await until(page, (all) => all[status] === 'incomplete');
        assert.equal(await within(page, "document.querySelector('attention-tutorial').step"), 1, kept);
        assert.deepEqual(problems, []);
        await close();
      }
    });

    test('a lesson without questions completes by being seen', async () => {
      const course = { own: { ...HOSTILE, id: 'plain', title: 'Plain', questions: [] } };
      const { page, frame, close } = await launchCourse(version, { course });
      for (let step = 2; step <= STEPS; step++) await goTo(frame, step);
      const values = await until(page, (all) => all[status] === 'completed');
      assert.equal(`${score}.raw` in values, false);
      assert.equal('cmi.success_status' in values, false);
      await close();
    });

    test('so does one step, where there is no way to another', async () => {
      const course = { attributes: { step: '4', controls: 'inspector' } };
      const { page, close } = await launchCourse(version, { course });
      const values = await until(page, (all) => all[status] === 'completed');
      assert.equal(values[name('location')], '4');
      await close();
    });

    test('few right answers: failed, until they are given again', async () => {
      const course = { own: { ...HOSTILE, id: 'two', title: 'Two' } };
      const { page, frame, close } = await launchCourse(version, { course });
      const success = twelve ? status : 'cmi.success_status';
      for (let step = 1; step <= STEPS; step++) await goTo(frame, step);
      await goTo(frame, 2);
      await answerHere(page, false);
      await until(page, (all) => all[success] === 'failed' && all[`${score}.raw`] === '0');
      await frame.locator('.question .again').click();
      await answerHere(page, true);
      await until(page, (all) => all[success] === 'passed' && all[`${score}.raw`] === '100');
      await close();
    });

    test('a hostile lesson is text', async () => {
      const { page, problems, frame, close } = await launchCourse(version, { course: { own: HOSTILE } });
      await until(page, (all) => all[status] === 'incomplete');
      await goTo(frame, 2);
      assert.equal(await frame.locator('.question .ask').textContent(), HOSTILE.questions[0].ask);
      await answerHere(page, true);
      await until(page, (all) => 'cmi.interactions.0.id' in all);
      assert.equal(await page.evaluate('window.hacked'), undefined);
      assert.deepEqual(problems, []);
      await close();
    });

    test('without a platform, or with what isn’t one, the lesson works and says so', async () => {
      const api = twelve ? 'API' : 'API_1484_11';
      for (const script of [
        '', `window.${api} = null`, `window.${api} = 'LMSInitialize'`, `window.${api} = {}`, `window.${api} = () => 'true'`,
        `Object.defineProperty(window, '${api}', { get() { throw new Error('no') } })`,
        fakeApi(twelve, '() => { throw new Error("broken") }', '() => { throw new Error("broken") }'),
        fakeApi(twelve, '() => ""', '() => "false"'),
        fakeApi(twelve, '() => ""', '() => ({ toString() { window.hacked = 1; return "true"; } })'),
        `window.${api} = new Proxy({}, { get() { throw new Error('trap') } })`,
      ]) {
        const { page, problems, frame, line, close } = await launchCourse(version, { script });
        await line.getByText(words['scorm.unavailable']).waitFor();
        await goTo(frame, 2);
        await answerHere(page, true);
        assert.equal(await page.evaluate('window.hacked'), undefined, script);
        assert.deepEqual(problems, [], script);
        await close();
      }
    });

    test('a platform that takes nothing for a while is said once, and gets everything later', async () => {
      const script = `${fakeApi(twelve, '() => ""', '() => "true"', '(name) => String(!window.down)')} window.down = true;`;
      const { page, problems, frame, line, close } = await launchCourse(version, { script });
      await line.getByText(words['scorm.lost'].replace('{reason}', 'Busy <b>now</b>')).waitFor();
      await answerHere(page, true);
      await goTo(frame, 2);
      await page.evaluate('window.received = {}; window.down = false');
      await answerHere(page, true);
      const values = await until(page, (all) => 'cmi.interactions.1.id' in all);
      assert.equal(values['cmi.interactions.0.id'], 'animal-1');
      assert.equal(values[name('location')], '2');
      await line.waitFor({ state: 'hidden' });
      assert.deepEqual(problems, []);
      await close();
    });
  });
}

/**
 * A platform that answers as it is told.
 * @param {boolean} twelve
 * @param {string} get
 * @param {string} [initialize]
 * @param {string} [taken]
 */
function fakeApi(twelve, get, initialize = '() => "true"', taken = '() => "true"') {
  const prefix = twelve ? 'LMS' : '';
  return `window.received = {}; window.${twelve ? 'API' : 'API_1484_11'} = {
    ${prefix}Initialize: ${initialize}, ${twelve ? 'LMSFinish' : 'Terminate'}: () => 'true',
    ${prefix}GetValue: ${get}, ${prefix}SetValue: (name, value) => {
      const answer = (${taken})(name);
      if (answer === 'true') received[name] = value;
      return answer;
    },
    ${prefix}Commit: () => (${taken})(''), ${prefix}GetLastError: () => 301, ${prefix}GetErrorString: () => 'Busy <b>now</b>',
    ${prefix}GetDiagnostic: () => '',
  };`;
}

test('in German the package speaks German', async () => {
  const texts = JSON.parse(readFileSync(new URL('build/site/course/texts.json', root), 'utf8')).de;
  const { page, problems, frame, line, close } = await launchCourse('1.2', { course: { lang: 'de-AT', texts }, script: '' });
  await line.getByText(texts.words['scorm.unavailable']).waitFor();
  await frame.getByText('Weiter:').first().waitFor();
  assert.equal(await within(page, 'document.documentElement.lang'), 'de');
  assert.deepEqual(problems, []);
  await close();
});
