// The questions of the steps: the tutorial's own, whose right answers follow from the numbers shown, or those that a lesson
// brings along.

import { facts } from './views/describe.js';
import { words } from './words.js';

/**
 * @typedef {object} Choice
 * @property {string} id what is remembered of an answer
 * @property {string} [key] of its words
 * @property {string} [text] a token, the name of a dimension, or a lesson's own words
 *
 * @typedef {object} Question
 * @property {string} id that of its step, or "q1", "q2" … for a lesson's own
 * @property {number} step
 * @property {Choice[]} choices
 * @property {string} expected the id of the right choice
 * @property {{ ask: string, why?: string }} [own] a lesson's words; the tutorial's are found by the step
 *
 * @typedef {{ choice: string | null, correct: boolean, expected: string }} Answer `choice` is null where the reader asked
 *   to be told
 */

const FIXED = /** @type {Record<number, [choices: string[], expected: string]>} */ ({
  4: [['one', 'equal', 'same'], 'equal'],
  5: [['add', 'double', 'both', 'neither'], 'double'],
  6: [['same', 'larger', 'self'], 'larger'],
});

/**
 * The questions that a step asks of the picture.
 * @param {import('./compute.js').Model} model
 * @param {number} step
 * @returns {Question[]}
 */
export function questionsOf(model, step) {
  const own = model.lesson.questions;
  if (!own) return hasAnswer(step, facts(model)) ? [builtIn(model, step)].filter(({ choices }) => choices.length > 1) : [];
  return own.flatMap(({ step: at, ask, choices, answer, why }, index) => (at !== step ? [] : [{
    id: `q${index + 1}`, step, own: { ask, why }, expected: String(answer),
    choices: choices.map((text, number) => ({ id: String(number), text })),
  }]));
}

/**
 * Not every picture has a winner, or another token to compare with: then a question would have no true answer.
 * @param {number} step
 * @param {ReturnType<typeof facts>} facts
 */
function hasAnswer(step, { count, audible, tied, flat, other, product, decides }) {
  if (step === 1) return other !== undefined;
  if (step === 6) return audible > 1;
  if (step === 3 && !(decides && product > 0)) return false;
  return count > 1 && !(step === 5 ? flat : tied);
}

/**
 * @param {import('./compute.js').Model} model
 * @param {number} step
 * @returns {Question}
 */
function builtIn(model, step) {
  const { best, dimension } = facts(model);
  const { key } = model.lesson.dimensions; // the same in all languages
  const question = (/** @type {Choice[]} */ choices, /** @type {string} */ expected) =>
    ({ id: String(step), step, choices, expected });
  if (step === 1) return question(['yes', 'no'].map((id) => ({ id, key: `question.${id}` })), 'no');
  if (step === 2) {
    // A word that stands there twice is one choice: nobody could tell which of the two a button means.
    const first = (/** @type {string} */ text) => asked.findIndex((token) => token.text === text);
    const asked = model.tokens.filter(({ attended }) => attended);
    const choices = asked.filter(({ text }, place) => first(text) === place);
    return question(choices.map(({ index, text }) => ({ id: String(index), text })),
      String(asked[first(model.tokens[best].text)].index));
  }
  if (step === 3) {
    return question(model.dims.key.map((text, index) => ({ id: key[index], text })), key[model.dims.key.indexOf(dimension)]);
  }
  const [choices, expected] = FIXED[step];
  return question(choices.map((id) => ({ id, key: `question.${step}.${id}` })), expected);
}

/** @param {Choice | undefined} choice */
export function textOf(choice) {
  return choice ? choice.text ?? words(choice.key ?? '') : null;
}
