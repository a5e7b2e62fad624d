// What is kept from one visit to the next, in the few characters that a platform keeps. It may have been changed there.

/** @import { TutorialSnapshot } from '../element/tutorial.js' */

const VERSION = 1;
export const LIMITS = { '1.2': 4096, '2004': 64_000 };
const USUAL = /** @type {Record<string, any>} */ ({
  preset: null, step: 1, token: null, mask: 'none', divisor: null, gain: 1, shift: 0, toggled: [], edits: {}, theme: 'auto',
  seen: [], answers: {},
});

/** @param {Record<string, any>} state */
const write = (state) => JSON.stringify({ v: VERSION, ...state });

/** @param {any} value */
const text = (value) => JSON.stringify(value);

/**
 * A state as text of at most `limit` characters. Where all is too much, the numbers that the reader has changed are left
 * out first, then the answers: their results have been reported one by one.
 * @param {TutorialSnapshot} state
 * @param {number} limit
 * @returns {{ text: string, whole: boolean }}
 */
export function compact({ lesson, ...state }, limit) {
  const answers = Object.fromEntries(Object.entries(state.answers).map(([id, { choice, correct, expected }]) =>
    [id, [choice, Number(correct), expected]]));
  const changed = Object.entries({ ...state, answers }).filter(([name, value]) => text(value) !== text(USUAL[name]));
  const kept = Object.fromEntries(changed);
  const left = ['edits', 'answers'].filter((name) => write(kept).length > limit && delete kept[name]);
  return { text: write(kept), whole: left.length === 0 };
}

/**
 * What compact() wrote, as setState() takes it; undefined: nothing that could be read.
 * @param {string} kept
 * @returns {Partial<TutorialSnapshot> | undefined}
 */
export function expand(kept) {
  try {
    const { v, answers = {}, ...state } = JSON.parse(kept);
    if (v !== VERSION) return undefined;
    const read = Object.entries(answers).map(([id, [choice, correct, expected]]) =>
      [id, { choice, correct: correct === 1, expected }]);
    return { ...USUAL, ...state, answers: Object.fromEntries(read) };
  } catch {
    return undefined;
  }
}
