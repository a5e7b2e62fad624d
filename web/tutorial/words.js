// The words of the figures. All of them live in web/locales: a file a language, and one more for what is loaded only
// when a reader asks for it.

import english from '../locales/en.json' with { type: 'json' };

/** @type {Record<string, string>} */
const texts = { ...english };

/** @param {Record<string, string>} more */
export function addWords(more) {
  Object.assign(texts, more);
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
  const text = texts[key];
  if (text === undefined) throw new Error(`no words for "${key}"`);
  return text.split(/\{(\w+)\}/).map((piece, index) => (index % 2 ? values[piece] ?? '' : piece));
}
