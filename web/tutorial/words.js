// The words of the figures. All of them live in web/locales: a file a language, and one more for what is loaded only
// when a reader asks for it.

import { FIRST } from './first-language.js';

/**
 * What a language says of a lesson; `dimensions` by their English names, `presets` by their ids.
 * @typedef {object} LessonWords
 * @property {string} title
 * @property {string} summary
 * @property {Record<string, string>} dimensions
 * @property {Record<string, { name: string, note: string, sentence: string, gloss: string[] }>} presets
 *
 * @typedef {object} Language
 * @property {string} name of its files in web/locales
 * @property {Record<string, string>} texts
 * @property {Record<string, LessonWords>} lessons
 */

let spoken = FIRST;

/** The language that is spoken now. */
export function language() {
  return spoken;
}

/**
 * A word of the sentences that the model learns from, in the language that is spoken; none in English.
 * @param {string} word
 * @returns {string | undefined}
 */
export function glossOf(word) {
  return spoken.texts[`learn.gloss.${word}`];
}

/**
 * Does work that asks for words, in a language. The work is synchronous: what it awaits is no longer in it.
 * @template T
 * @param {Language} language
 * @param {() => T} work
 */
export function speak(language, work) {
  const before = spoken;
  spoken = language;
  try {
    return work();
  } finally {
    spoken = before;
  }
}

/**
 * Adds the words of a part that is loaded when it is asked for; a page in another language has brought its own.
 * @param {Record<string, string>} more in English
 */
export function addWords(more) {
  FIRST.texts = { ...more, ...FIRST.texts };
}

/**
 * The text of a key, its {placeholders} filled in.
 * @param {string} key
 * @param {Record<string, unknown>} [values]
 * @returns {string}
 */
export function words(key, values = {}) {
  return pieces(key, values).join('');
}

/**
 * The same, in pieces: for a template in which a placeholder is filled by markup.
 * @param {string} key
 * @param {Record<string, unknown>} [values]
 * @returns {unknown[]}
 */
export function pieces(key, values = {}) {
  const text = spoken.texts[key] ?? FIRST.texts[key];
  if (text === undefined) throw new Error(`no words for "${key}"`);
  return text.split(/\{(\w+)\}/).map((piece, index) => (index % 2 ? values[piece] ?? '' : piece));
}
