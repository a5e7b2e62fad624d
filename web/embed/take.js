// What the builder page lets people take along: made here, in the browser, from the files of the site.

import { FILES, languageOf, onePage, pack, scriptsOf } from '../course/pack.js';
import { builtInIds } from '../tutorial/own-lesson.js';
import { isElsewhere } from './snippets.js';

/** @import { Choice } from './snippets.js' */
/** @import { Course } from '../course/pack.js' */

const KINDS = /** @type {Record<string, (course: Course) => { name: string, bytes: Uint8Array }>} */ ({
  page: onePage,
  scorm12: (course) => pack({ ...course, version: '1.2' }),
  scorm2004: (course) => pack({ ...course, version: '2004' }),
});

/** A file that can't be had. `why` is how the page finds its words for it. */
class Missing extends Error {
  /** @param {'elsewhere' | 'unreached'} why @param {string} name */
  constructor(why, name) {
    super(name);
    this.why = why;
  }
}

/**
 * Makes a file and saves it.
 * @param {string} kind page, scorm12 or scorm2004
 * @param {string} base where the site is
 * @param {Choice} choice
 * @returns {Promise<string>} the name of the file
 * @throws {Missing}
 */
export async function take(kind, base, choice) {
  const { name, bytes } = KINDS[kind](await courseOf(base, choice));
  save(name, bytes);
  return name;
}

/**
 * @param {string} base
 * @param {Choice} choice
 * @returns {Promise<Course>}
 */
async function courseOf(base, { lesson = 'animal', lang, ...attributes }) {
  if (isElsewhere(base, lesson)) throw new Missing('elsewhere', lesson);
  const language = languageOf(lang || document.documentElement.lang || 'en');
  const names = [...FILES, ...scriptsOf(language)];
  const [texts, own, ...bodies] = await Promise.all([
    fetched(base, 'course/texts.json').then((response) => response.json()),
    builtInIds.includes(lesson) ? undefined : fetched(base, lesson).then((response) => response.text()),
    ...names.map((name) => fetched(base, name).then(async (response) => new Uint8Array(await response.arrayBuffer()))),
  ]);
  return {
    lesson, own, attributes, lang: language, texts: texts[language] ?? texts.en,
    files: Object.fromEntries(names.map((name, index) => [name, bodies[index]])),
  };
}

/**
 * @param {string} base
 * @param {string} name
 */
async function fetched(base, name) {
  const url = new URL(name, base);
  const response = await fetch(url, { mode: 'same-origin' }).catch(() => undefined);
  if (!response) throw new Missing('unreached', url.pathname);
  if (!response.ok) throw new Error(`${url.pathname}: HTTP ${response.status}`);
  return response;
}

/**
 * @param {string} name
 * @param {Uint8Array} bytes
 */
function save(name, bytes) {
  const type = name.endsWith('.zip') ? 'application/zip' : 'text/html';
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([/** @type {BlobPart} */ (bytes)], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // a slow disk is still reading
}
