// How the words of web/locales are shipped with the element. (Those of the page are in its document: pages.js.)

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { names } from './element/languages.js';

/** @import { Plugin } from 'vite' */

/** What only the figures of the page say. */
const PAGE = /^(learn|problems|intuition|meaning|matrix|figure)\./;

/** @param {string} code */
export const ascii = (code) =>
  code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** @param {string} name */
const locale = (name) => JSON.parse(readFileSync(new URL(`./locales/${name}.json`, import.meta.url), 'utf8'));

/**
 * What the element says; in other languages without keys, which are those of the English words, in the same order.
 * @param {string} language
 */
function textsOf(language) {
  const keys = Object.keys(locale('en')).filter((key) => !PAGE.test(key));
  const texts = locale(language);
  return JSON.stringify(language === 'en' ? Object.fromEntries(keys.map((key) => [key, texts[key]])) : keys.map((key) => texts[key]));
}

/** @returns {Plugin} */
export function shipWords() {
  return {
    name: 'ship-words',
    enforce: 'pre',
    transform(_, id) {
      const [, language] = /\/locales\/(\w\w)\.json$/.exec(id) ?? [];
      return language ? { code: textsOf(language), map: null } : undefined;
    },
  };
}

/**
 * Where there are no modules: the languages as classic scripts, which languages.script.js asks for.
 * @returns {Plugin}
 */
export function languageScripts() {
  return {
    name: 'language-scripts',
    enforce: 'pre',
    resolveId: (id) =>
      (id.endsWith('/languages.js') ? fileURLToPath(new URL('./element/languages.script.js', import.meta.url)) : undefined),
    generateBundle() {
      for (const name of names) {
        const lessons = JSON.stringify(locale(`${name}.lessons`));
        const source = `(globalThis.attentionLanguages??={}).${name}={words:${textsOf(name)},lessons:${lessons}};\n`;
        this.emitFile({ type: 'asset', fileName: `locales/${name}.js`, source: ascii(source) });
      }
    },
  };
}
