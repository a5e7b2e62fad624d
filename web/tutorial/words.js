// The words of the figures. All of them live in web/locales, one file a language.

import english from '../locales/en.json' with { type: 'json' };

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
  const text = /** @type {Record<string, string>} */ (english)[key];
  if (text === undefined) throw new Error(`no words for "${key}"`);
  return text.split(/\{(\w+)\}/).map((piece, index) => (index % 2 ? values[piece] ?? '' : piece));
}
