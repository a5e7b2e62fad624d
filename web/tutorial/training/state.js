// All that a reader can set in the part of the page that trains a model, as one table; see ../state.js.

import { oneOf, within } from '../state.js';

export const PREFIX = 'learn-';

export const SEEDS = 2 ** 32 - 1; // the largest
export const SPEEDS = { slow: 10, normal: 60, fastest: 1e9 }; // steps a second, at most

/** The sentence in which the reader chooses words; the others have the same form. */
export const FORM = ['the', 0, "didn't", 'cross', 'the', 1, 'because', 'it', 'was', 2];
export const QUERY = FORM.indexOf('it');

/** Their names here; experiments.js, which is loaded when one is chosen, says what they are. */
export const EXPERIMENTS = ['layer', 'causal', 'scale', 'token', 'rate'];

const WORD = /^[\p{L}'’-]{1,24}$/u;

/** @type {import('../state.js').Table} */
export const TRAINING = {
  seed: { initial: 106, read: within(0, SEEDS, true), write: String },
  speed: { initial: 'normal', read: oneOf(...Object.keys(SPEEDS)), write: String },
  layer: { initial: 0, read: within(1, 8, true), write: String }, // 0 = the last
  head: { initial: 0, read: within(1, 16, true), write: String }, // 0 = the mean of all
  words: { initial: ['dog', 'river', 'flooded'], read: readWords, write: (list) => list.join('.') },
  token: { initial: QUERY, read: within(0, FORM.length - 1, true), write: String },
  experiment: { initial: '', read: oneOf(...EXPERIMENTS), write: String },
  // What the six steps show: layer, head and the three words; and the model it is from, where that isn't the one that
  // comes with the page: its seed and how many steps it had made.
  opened: { initial: null, read: readOpened, write: writeOpened },
};

/** @typedef {{ layer: number, head: number, words: string[], seed?: number, step?: number }} Opened */

/**
 * @param {string[]} words two nouns and an adjective
 */
export function sentenceOf(words) {
  const tokens = FORM.map((word) => (typeof word === 'number' ? words[word] : word));
  return { tokens, query: QUERY };
}

/** @param {string} value such as "dog.river.flooded" */
function readWords(value) {
  const list = value.split('.');
  return list.length === 3 && list.every((word) => WORD.test(word)) ? list : undefined;
}

/** @param {string} value such as "2.1.dog.river.flooded" or "2.1.dog.river.flooded.7.600" */
function readOpened(value) {
  const [layer, head, one, other, adjective, seed, step] = value.split('.');
  const words = readWords([one, other, adjective].join('.'));
  const place = { layer: within(1, 8, true)(layer), head: within(1, 16, true)(head ?? '') };
  if (!words || place.layer === undefined || place.head === undefined) return undefined;
  if (seed === undefined) return { ...place, words };
  const model = { seed: within(0, SEEDS, true)(seed), step: within(0, 1e6, true)(step ?? '') };
  return model.seed === undefined || model.step === undefined ? undefined : { ...place, words, ...model };
}

/** @param {Opened | ''} opened */
function writeOpened(opened) {
  if (!opened) return '';
  const { layer, head, words, seed, step } = opened;
  return [layer, head, ...words, ...(seed === undefined ? [] : [seed, step])].join('.');
}
