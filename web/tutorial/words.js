// The words of the figures. All of them live in web/locales: a file a language, and one more for what is loaded only
// when a reader asks for it. English is always there: it is what is said where another language has not come.

import english from '../locales/en.json' with { type: 'json' };

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
 * @property {import('./languages.js').Words['later']} [later]
 */

/** @type {Language} */
export const ENGLISH = { name: 'en', texts: { ...english }, lessons: {} };

let spoken = ENGLISH;

/** The language that is spoken now. */
export function language() {
  return spoken;
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
 * A language from its files.
 * @param {string} name
 * @param {import('./languages.js').Words} files
 * @returns {Language}
 */
export function languageOf(name, { words, lessons, later }) {
  return { name, lessons, later, texts: keyed(english, words) };
}

/**
 * Adds the words of a part that is loaded when it is asked for.
 * @param {Record<string, string>} more in English
 * @param {Language} [language]
 */
export async function addWords(more, { later, texts } = ENGLISH) {
  Object.assign(ENGLISH.texts, more);
  const loaded = await later?.().catch((error) => console.warn(error)); // what has not come is said in English
  if (loaded) Object.assign(texts, keyed(more, loaded.default));
}

/**
 * The files of all languages have the same order, so that what is shipped can leave out the keys.
 * @param {Record<string, string>} english
 * @param {import('./languages.js').Texts} texts
 */
function keyed(english, texts) {
  const translated = Object.values(texts);
  return Object.fromEntries(Object.keys(english).map((key, index) => [key, translated[index]]));
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
  const text = spoken.texts[key] ?? ENGLISH.texts[key];
  if (text === undefined) throw new Error(`no words for "${key}"`);
  return text.split(/\{(\w+)\}/).map((piece, index) => (index % 2 ? values[piece] ?? '' : piece));
}
