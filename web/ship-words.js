// How the words of web/locales are shipped.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { names } from './tutorial/languages.js';

/** @import { Plugin } from 'vite' */

/** What only the figures of the page say. */
const PAGE = /^(learn|problems|intuition|meaning|matrix|figure)\./;

/** @param {string} code */
export const ascii = (code) =>
  code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * Other languages without their keys, which are those of the English words, in the same order.
 * @param {{ alone?: boolean }} [options] alone: without what the element doesn't say
 * @returns {Plugin}
 */
export function shipWords({ alone = false } = {}) {
  return {
    name: 'ship-words',
    enforce: 'pre',
    transform(code, id) {
      const [, language, kind] = /\/locales\/(\w\w)(\.later\.json|\.json|\.js)$/.exec(id) ?? [];
      if (!language) return undefined;
      if (kind === '.js') return alone ? { code: code.replace(/^export const later.*$/m, ''), map: null } : undefined;
      return { code: textsOf(language, code, alone), map: null };
    },
  };
}

/**
 * @param {string} language
 * @param {string} json
 * @param {boolean} alone
 */
function textsOf(language, json, alone) {
  const texts = Object.entries(JSON.parse(json)).filter(([key]) => !(alone && PAGE.test(key)));
  return JSON.stringify(language === 'en' ? Object.fromEntries(texts) : texts.map(([, text]) => text));
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
      (id.endsWith('/languages.js') ? fileURLToPath(new URL('./tutorial/languages.script.js', import.meta.url)) : undefined),
    generateBundle() {
      const read = (/** @type {string} */ name) => readFileSync(new URL(`./locales/${name}.json`, import.meta.url), 'utf8');
      for (const name of names) {
        const lessons = JSON.stringify(JSON.parse(read(`${name}.lessons`)));
        const source = `(globalThis.attentionLanguages??={}).${name}={words:${textsOf(name, read(name), true)},lessons:${lessons}};\n`;
        this.emitFile({ type: 'asset', fileName: `locales/${name}.js`, source: ascii(source) });
      }
    },
  };
}
