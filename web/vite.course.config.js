// What packages for learning platforms are made of, besides attention-tutorial.js: course/scorm.js as a classic script,
// its style sheet, and what a package says in each language.

import { readFileSync } from 'node:fs';
import { defineConfig } from 'vite';
import { lessonIds } from './tutorial/lesson.js';
import { names } from './element/languages.js';
import { ascii } from './ship-words.js';

const SAID = /^(scorm\.|course\.|status\.lesson$)/;

/** @param {string} path */
const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

/**
 * What a package says in a language.
 * @param {string} language
 * @returns {import('./course/pack.js').Texts}
 */
export function textsIn(language) {
  const words = { ...read(`./locales/${language}.json`), ...read(`./locales/${language}.course.json`) };
  const lessons = language === 'en' ? undefined : read(`./locales/${language}.lessons.json`);
  return {
    page: read(`./locales/${language}.page.json`)['page.title'],
    lessons: Object.fromEntries(lessonIds.map((id) => [id, (lessons?.[id] ?? read(`./lessons/${id}.json`)).title])),
    words: Object.fromEntries(Object.entries(words).filter(([key]) => SAID.test(key))),
  };
}

/** @type {import('vite').Plugin} */
const resources = {
  name: 'course-resources',
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) if (file.type === 'chunk') file.code = ascii(file.code);
    const texts = Object.fromEntries(['en', ...names].map((name) => [name, textsIn(name)]));
    this.emitFile({ type: 'asset', fileName: 'texts.json', source: JSON.stringify(texts) });
    const styles = readFileSync(new URL('./course/course.css', import.meta.url));
    this.emitFile({ type: 'asset', fileName: 'course.css', source: styles });
  },
};

export default defineConfig({
  plugins: [resources],
  publicDir: false,
  build: {
    target: 'es2023',
    modulePreload: false,
    outDir: '../build/site/course',
    emptyOutDir: false,
    lib: { entry: 'course/scorm.js', formats: ['iife'], name: 'attentionScorm', fileName: () => 'scorm.js' },
  },
});
