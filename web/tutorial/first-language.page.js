// Takes the place of first-language.js in the page, whose document brings its words along: there they compress best, and
// nothing has to be waited for.

/**
 * @param {any} texts by names within names
 * @param {string} [prefix]
 * @returns {[string, string][]}
 */
const flat = (texts, prefix = '') => Object.entries(texts).flatMap(([name, text]) => {
  const key = name ? prefix && `${prefix}.` : prefix;
  return typeof text === 'string' ? [[key + name, text]] : flat(text, key + name);
});

const { texts, ...rest } = JSON.parse(/** @type {HTMLElement} */ (document.getElementById('words')).textContent ?? '');

/** @type {import('./words.js').Language} */
export const FIRST = { ...rest, texts: Object.fromEntries(flat(texts)) };
