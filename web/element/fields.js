// Values of the state as they come from outside: texts of attributes, and what scripts hand in. Whatever it is, it is
// checked and copied before it is used.

import { describe } from '../tutorial/complete-lesson.js';
import { LIMIT, STATE, STEPS, editableCell, initialState } from '../tutorial/state.js';

/** @import { Answer } from '../tutorial/questions.js' */
/** @typedef {Record<string, any>} Values by the names of fields */

export const FIELDS = Object.keys(STATE);
export const GROUPS = [
  'lesson', 'preset', 'words', 'mask', 'stepper', 'walk', 'question', 'practice', 'edit', 'inspector', 'undo', 'link',
  'save', 'theme',
];

const MANY = 1500; // the numbers of a lesson; more than any has
const TOKENS = 24;
const WORDS = 200; // characters
const QUESTION = /^([1-6]|q([1-9]|1[0-2]))$/;
const table = /** @type {import('../tutorial/state.js').Table} */ (STATE);

const EXPECTED = /** @type {Record<string, string>} */ ({
  lesson: 'the name of a lesson, or the address of one',
  preset: 'the name of a version of the lesson, or null',
  step: `a whole number from 1 to ${STEPS}`,
  token: `a whole number from 0 to ${TOKENS - 1}, or null`,
  mask: '"none" or "causal"',
  divisor: 'a number from 0.01 to 1000, or null',
  gain: 'a number from 0.125 to 8',
  shift: 'a number from -10 to 10',
  toggled: `a list of at most ${TOKENS} whole numbers from 0 to ${TOKENS - 1}`,
  edits: `an object of numbers from -${LIMIT} to ${LIMIT}, by cells such as "keys[1,0]"`,
  theme: '"auto", "light" or "dark"',
  seen: `a list of whole numbers from 1 to ${STEPS}`,
  answers: 'an object of { choice, correct, expected }, by questions such as "2" or "q1"',
});

/**
 * @param {string} name of a field
 * @param {string | null} text of an attribute
 * @returns {any} undefined: not understood
 */
export function fromText(name, text) {
  return text === null || text === '' ? table[name].initial : table[name].read(text);
}

/**
 * The text of an attribute, or null where there need be none.
 * @param {string} name
 * @param {any} value of the state
 */
export function toText(name, value) {
  const { initial, write } = table[name];
  const text = write(value ?? '');
  return text === write(initial ?? '') ? null : text;
}

/**
 * @param {string} name of a field
 * @param {unknown} value
 * @returns {any} a copy, or undefined: not understood
 */
export function fromValue(name, value) {
  if (name === 'toggled') return tokens(value, 0, TOKENS - 1);
  if (name === 'edits') return record(value, MANY, (cell, number) => (editableCell(cell) && isWithin(number) ? number : undefined));
  const { initial, read } = table[name];
  if (value === null && initial === null) return null;
  const numeric = typeof initial === 'number' || name === 'token' || name === 'divisor';
  return typeof value === (numeric ? 'number' : 'string') ? read(String(value)) : undefined;
}

/** @param {unknown} number */
const isWithin = (number) => typeof number === 'number' && Math.abs(number) <= LIMIT;

/**
 * @param {unknown} value
 * @param {number} least
 * @param {number} most
 */
function tokens(value, least, most) {
  if (!Array.isArray(value) || value.length > TOKENS) return undefined;
  const fits = (/** @type {unknown} */ each) => Number.isInteger(each) && Number(each) >= least && Number(each) <= most;
  return value.every(fits) ? [...new Set(value)].sort((a, b) => a - b) : undefined;
}

/**
 * @param {unknown} value
 * @param {number} most
 * @param {(name: string, value: any) => any} read undefined: not understood
 */
function record(value, most, read) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value);
  if (entries.length > most) return undefined;
  const copy = entries.map(([name, each]) => [name, read(name, each)]);
  return copy.some(([, each]) => each === undefined) ? undefined : Object.fromEntries(copy);
}

/**
 * @param {string} id
 * @param {any} answer
 * @returns {Answer | undefined}
 */
function readAnswer(id, answer) {
  if (!QUESTION.test(id) || Object(answer) !== answer) return undefined;
  const { choice, correct, expected } = answer;
  const isText = (/** @type {unknown} */ value) => typeof value === 'string' && value.length <= WORDS;
  return (choice === null || isText(choice)) && typeof correct === 'boolean' && isText(expected)
    ? { choice, correct, expected } : undefined;
}

/**
 * What setState() is given, checked.
 * @param {unknown} given fields that are undefined count as absent
 * @returns {{ state: Values, seen?: number[], answers?: Record<string, Answer> }} a copy
 * @throws {TypeError}
 */
export function checkState(given) {
  if (Object(given) !== given || Array.isArray(given)) refuse('the state', 'an object', given);
  const read = /** @type {Values} */ ({});
  for (const name of Object.keys(/** @type {object} */ (given))) {
    const value = /** @type {any} */ (given)[name];
    if (!Object.hasOwn(EXPECTED, name)) refuse('the state', `only ${Object.keys(EXPECTED).join(', ')}`, name);
    if (value === undefined) continue;
    read[name] = name === 'seen' ? tokens(value, 1, STEPS)
      : name === 'answers' ? record(value, STEPS + 12, readAnswer) : fromValue(name, value);
    if (read[name] === undefined) refuse(name, EXPECTED[name], value);
  }
  const { seen, answers, ...state } = read;
  return { state, seen, answers };
}

/** @param {string} field @param {string} expected @param {unknown} value @returns {never} */
function refuse(field, expected, value) {
  throw new TypeError(`${field}: expected ${expected}, came ${describe(value)}`);
}

/** @param {string} name */
export function expectedOf(name) {
  return EXPECTED[name];
}

/**
 * What is asked for and differs from what is; another lesson, or another version of it, starts afresh.
 * @param {Values} now
 * @param {Values} asked
 */
export function changesTo(now, asked) {
  const differs = (/** @type {string} */ name) =>
    Object.hasOwn(asked, name) && JSON.stringify(asked[name]) !== JSON.stringify(now[name]);
  const { lesson, step, mask, theme, ...fresh } = initialState();
  if (differs('lesson') || differs('preset')) return { ...fresh, ...asked };
  return Object.fromEntries(Object.entries(asked).filter(([name]) => differs(name)));
}

/**
 * The groups of controls that a list names.
 * @param {string | null | undefined} list null: all
 * @returns {{ shown: Set<string> | undefined, unknown: string[] }}
 */
export function groupsOf(list) {
  if (list === null || list === undefined) return { shown: undefined, unknown: [] };
  const names = String(list).slice(0, 1000).split(',').map((name) => name.trim().toLowerCase())
    .filter((name) => name && name !== 'none');
  const [known, unknown] = [true, false].map((is) => names.filter((name) => GROUPS.includes(name) === is));
  return { shown: new Set(known), unknown: unknown.map((name) => name.slice(0, 40)) };
}
