// Where the words of the other languages come from: each is a chunk of its own, loaded when it is chosen. A build that
// can't have chunks puts another module in the place of this one.

/**
 * `words`: texts by key, or only the texts, in the order of the English keys. `lessons`: what is said of the built-in
 * ones, by their ids.
 * @typedef {object} Words
 * @property {Record<string, string> | string[]} words
 * @property {Record<string, import('../tutorial/words.js').LessonWords>} lessons
 */

/** @type {Record<string, () => Promise<Words>>} */
const MODULES = {
  ar: () => import('../locales/ar.js'),
  de: () => import('../locales/de.js'),
  es: () => import('../locales/es.js'),
  fr: () => import('../locales/fr.js'),
  ja: () => import('../locales/ja.js'),
  pt: () => import('../locales/pt.js'),
  zh: () => import('../locales/zh.js'),
};

export const names = Object.keys(MODULES);

/** @param {string} name */
export function loadWords(name) {
  return MODULES[name]();
}
