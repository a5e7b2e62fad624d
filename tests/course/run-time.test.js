// What the page of a package tells a platform: in its formats, within its limits, whatever the state.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { checkState } from '../../web/element/fields.js';
import { letter, timespan, timestamp } from '../../web/course/formats.js';
import { Platform, findApi } from '../../web/course/platform.js';
import { reckon } from '../../web/course/reckon.js';
import { LIMITS, compact, expand } from '../../web/course/suspend.js';

describe('times', () => {
  test('a length, in 1.2 and as ISO 8601', () => {
    const cases = /** @type {[number, string, string][]} */ ([
      [0, '0000:00:00.00', 'PT0H0M0.00S'],
      [1234, '0000:00:01.23', 'PT0H0M1.23S'],
      [59_999, '0000:01:00.00', 'PT0H1M0.00S'], // rounded up, and carried
      [3_661_500, '0001:01:01.50', 'PT1H1M1.50S'],
      [100 * 3_600_000, '0100:00:00.00', 'PT100H0M0.00S'],
      [1e15, '9999:59:59.99', 'PT9999H59M59.99S'],
      [-5, '0000:00:00.00', 'PT0H0M0.00S'],
      [NaN, '0000:00:00.00', 'PT0H0M0.00S'],
    ]);
    for (const [milliseconds, old, iso] of cases) {
      assert.equal(timespan('1.2', milliseconds), old);
      assert.equal(timespan('2004', milliseconds), iso);
    }
  });

  test('whatever the length, the format holds', () => {
    fc.assert(fc.property(fc.double(), (milliseconds) => {
      assert.match(timespan('1.2', milliseconds), /^\d{4}:[0-5]\d:[0-5]\d\.\d\d$/);
      assert.match(timespan('2004', milliseconds), /^PT\d{1,4}H[1-5]?\dM[1-5]?\d\.\d\dS$/);
    }));
  });

  test('a moment', () => {
    const moment = new Date(2026, 0, 2, 3, 4, 5);
    assert.equal(timestamp('1.2', moment), '03:04:05');
    assert.equal(timestamp('2004', new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678))), '2026-01-02T03:04:05.67Z');
  });

  test('24 choices have a letter each', () => {
    const letters = Array.from({ length: 24 }, (_, index) => letter(index));
    assert.equal(new Set(letters).size, 24);
    for (const each of letters) assert.match(each, /^[a-z]$/);
    assert.equal(letter(-1), '');
  });
});

const STATE = /** @type {any} */ ({
  lesson: 'animal', preset: null, step: 3, token: null, mask: 'none', divisor: null, gain: 1, shift: 0, toggled: [], edits: {},
  theme: 'auto', seen: [1, 3], answers: { 1: { choice: 'no', correct: true, expected: 'no' } },
});

/** As many changed numbers as there may be. */
const edits = (/** @type {number} */ count) => Object.fromEntries(Array.from({ length: count }, (_, index) =>
  [`embeddings[${Math.floor(index / 60)},${index % 60}]`, -12.345678901]));

/** Answers as long as a lesson may make them. */
const answers = (/** @type {number} */ length) => Object.fromEntries(Array.from({ length: 12 }, (_, index) =>
  [`q${index + 1}`, { choice: '☃'.repeat(length), correct: false, expected: '☃'.repeat(length) }]));

describe('what is kept', () => {
  test('comes back as it was, and setState() takes it', () => {
    for (const state of [STATE, { ...STATE, edits: edits(20), mask: 'causal', divisor: 3, toggled: [1], theme: 'dark', preset: 'weights' },
      { ...STATE, answers: { 2: { choice: null, correct: false, expected: '1' } }, step: 1, seen: [1] }]) {
      for (const limit of Object.values(LIMITS)) {
        const { text, whole } = compact(state, limit);
        const { lesson, ...rest } = state;
        assert.equal(whole, true);
        assert.deepEqual(expand(text), rest);
        assert.doesNotThrow(() => checkState(expand(text)));
      }
    }
  });

  test('what is usual takes no room', () => {
    assert.ok(compact(STATE, 4096).text.length < 80, compact(STATE, 4096).text);
  });

  test('numbers go before answers, and answers before the place', () => {
    const many = compact({ ...STATE, edits: edits(1500) }, LIMITS['1.2']);
    assert.equal(many.whole, false);
    assert.ok(many.text.length <= LIMITS['1.2']);
    assert.deepEqual(expand(many.text)?.edits, {});
    assert.deepEqual(expand(many.text)?.answers, STATE.answers);
    assert.equal(compact({ ...STATE, edits: edits(1500) }, LIMITS['2004']).whole, true);

    const long = compact({ ...STATE, edits: edits(1500), answers: answers(200) }, LIMITS['1.2']);
    assert.ok(long.text.length <= LIMITS['1.2']);
    assert.deepEqual(expand(long.text)?.answers, {});
    assert.deepEqual([expand(long.text)?.step, expand(long.text)?.seen], [3, [1, 3]]);
  });

  test('it always fits', () => {
    fc.assert(fc.property(fc.nat(1500), fc.nat(200), fc.constantFrom(...Object.values(LIMITS)), (count, length, limit) => {
      const { text } = compact({ ...STATE, preset: 'x'.repeat(200), edits: edits(count), answers: answers(length) }, limit);
      assert.ok(text.length <= limit);
      assert.equal(expand(text)?.step, 3);
    }), { numRuns: 50 });
  });

  test('anything else is nothing', () => {
    for (const text of ['', '{', 'null', '7', '"x"', '[]', '{}', '{"v":2}', '{"v":1,"answers":{"1":null}}']) {
      assert.equal(expand(text), undefined, text);
    }
    fc.assert(fc.property(fc.string(), (text) => { expand(text); }));
  });
});

describe('how far somebody is', () => {
  const questions = [1, 2].map((step) => ({ id: String(step), step, text: '', choices: ['a', 'b'], expected: 'a' }));
  const right = { choice: 'a', correct: true };
  const wrong = { choice: 'b', correct: false };
  const progress = (/** @type {object} */ given) => /** @type {any} */ ({ steps: 6, seen: [1], questions, answers: {}, ...given });
  const all = { step: 1, walks: true, asks: true };

  test('complete when all was seen and answered, rightly or not', () => {
    const seen = [1, 2, 3, 4, 5, 6];
    const done = reckon(progress({ seen, answers: { 1: right, 2: wrong } }), all);
    assert.deepEqual(done, { asked: 2, answered: 2, right: 1, share: 1, complete: true });
    assert.equal(reckon(progress({ seen, answers: { 1: right } }), all).complete, false);
    assert.equal(reckon(progress({ seen: [1, 2], answers: { 1: right, 2: right } }), all).complete, false);
    assert.equal(reckon(progress({ seen, questions: [] }), all).complete, true);
  });

  test('what can’t be reached isn’t asked for', () => {
    assert.equal(reckon(progress({ seen: [1, 2, 3, 4, 5, 6] }), { ...all, asks: false }).complete, true);
    assert.deepEqual(reckon(progress({ answers: { 1: right } }), { ...all, walks: false }),
      { asked: 1, answered: 1, right: 1, share: 1, complete: true });
    assert.equal(reckon(progress({}), { step: 1, walks: false, asks: true }).complete, false);
  });

  test('answers to questions that are no longer asked don’t count', () => {
    assert.deepEqual(reckon(progress({ answers: { 1: right, q7: right } }), all).right, 1);
  });
});

/** @param {Record<string, (...given: any[]) => any>} [own] */
const api = (own = {}) => ({
  LMSInitialize: () => 'true', LMSFinish: () => 'true', LMSGetValue: () => '', LMSSetValue: () => 'true',
  LMSCommit: () => 'true', LMSGetLastError: () => '0', LMSGetErrorString: () => 'Busy', ...own,
});

describe('the platform', () => {
  /** @param {any[]} windows each within the next */
  const nested = (...windows) => {
    windows.forEach((frame, index) => { frame.parent ??= windows[index + 1] ?? frame; });
    return windows[0];
  };

  test('is found here, around, and where it was opened from', () => {
    const found = api();
    assert.equal(findApi('1.2', nested({ API: found })), found);
    assert.equal(findApi('1.2', nested({}, {}, { API: found })), found);
    assert.equal(findApi('1.2', nested({ opener: nested({}, { API: found }) })), found);
    assert.equal(findApi('1.2', nested({}, { opener: nested({ API: found }) })), found);
    assert.equal(findApi('2004', nested({ API: found })), undefined);
    assert.equal(findApi('1.2', nested({ API: found }, { API: api() })), found, 'the nearest');
  });

  test('past frames of other sites, which throw', () => {
    const found = api();
    const foreign = /** @type {any} */ ({ get API() { throw new Error('SecurityError'); } });
    assert.equal(findApi('1.2', nested({}, foreign, { API: found })), found);
    assert.equal(findApi('1.2', { get parent() { throw new Error('SecurityError'); } }), undefined);
  });

  test('frames without an end are given up', () => {
    let asked = 0;
    const endless = () => ({ get parent() { asked += 1; return endless(); } });
    assert.equal(findApi('1.2', endless()), undefined);
    assert.ok(asked < 1000);
  });

  test('what lacks a method isn’t one, and another may be behind it', () => {
    const found = api();
    for (const wrong of [null, 'API', {}, { ...api(), LMSCommit: 'yes' }, () => 'true']) {
      assert.equal(findApi('1.2', nested({ API: wrong })), undefined);
      assert.equal(findApi('1.2', nested({ API: wrong }, { API: found })), found);
    }
  });

  test('what isn’t taken is offered again; what it needn’t know isn’t', () => {
    let down = true;
    const taken = /** @type {string[]} */ ([]);
    const platform = new Platform('1.2', api({
      LMSSetValue: (name) => {
        if (down || name === 'optional') return 'false';
        taken.push(name);
        return 'true';
      },
      LMSGetLastError: () => (down ? '301' : '401'),
    }));
    assert.equal(platform.start(), true);
    platform.set('a', 1);
    platform.set('optional', 2);
    platform.set('b', 3);
    assert.equal(platform.commit(), false);
    assert.equal(platform.problem, 'Busy');
    down = false;
    assert.equal(platform.commit(), true);
    assert.deepEqual(taken, ['a', 'b']);
    assert.equal(platform.commit(), true);
    assert.deepEqual(taken, ['a', 'b'], 'once is enough');
  });

  test('nothing that it gives is used but texts and numbers', () => {
    for (const wrong of [{}, null, undefined, [], () => 'x', { toString: () => 'x' }, true]) {
      const platform = new Platform('1.2', api({ LMSGetValue: () => wrong }));
      platform.start();
      assert.equal(platform.get('cmi.core.lesson_status'), '');
    }
  });

  test('one that ran already goes on running', () => {
    const running = {
      Initialize: () => 'false', Terminate: () => 'true', GetValue: () => '', SetValue: () => 'true', Commit: () => 'true',
      GetLastError: () => 103, GetErrorString: () => '',
    };
    assert.equal(new Platform('2004', running).start(), true);
    assert.equal(new Platform('2004', { ...running, GetLastError: () => 104 }).start(), false);
  });
});
