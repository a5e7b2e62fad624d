// Puts packages and pages together from the files of the built site. It knows no file system and no network: `npm run
// scorm` calls it in Node, the builder page in a browser.

import { strToU8, zipSync } from 'fflate';
import { GROUPS } from '../element/fields.js';
import { parseLesson } from '../tutorial/own-lesson.js';
import { inline } from './inline.js';
import { escaped, manifest } from './manifest.js';
import { nameOf } from './name.js';

/** @import { Version } from './platform.js' */

/**
 * @typedef {object} Course
 * @property {string} lesson the name of a built-in one, or where the own one came from
 * @property {unknown} [own] a lesson file, or its text
 * @property {Record<string, string>} [attributes] of <attention-tutorial>: step, preset, controls, theme …
 * @property {string} lang BCP 47
 * @property {Texts} texts
 * @property {Record<string, Uint8Array>} files of the site, by name: those of FILES, and the language's
 *
 * @typedef {object} Texts what a package says in its language; from course/texts.json of the site
 * @property {string} page what it is called
 * @property {Record<string, string>} lessons titles
 * @property {Record<string, string>} words
 */

export const PASS = 0.6; // the share of right answers to pass with, where the platform has no mark of its own
export const FILES = ['attention-tutorial.js', 'course/scorm.js', 'course/course.css', 'tokens.css'];
const KEPT = ['lesson', 'link']; // a package is of one lesson, and no address leads into it
const MADE = new Date(1980, 0, 1); // the earliest that a zip knows: the same files make the same bytes
const TAGS = /** @type {Record<string, string>} */ ({ zh: 'zh-Hans' });
const RIGHT_TO_LEFT = ['ar'];

/** The name of a language's files. @param {string} lang */
export const languageOf = (lang) => lang.toLowerCase().split('-')[0];

/** The script with a language's words, if it isn't English. @param {string} lang */
export const scriptsOf = (lang) => (languageOf(lang) === 'en' ? [] : [`locales/${languageOf(lang)}.js`]);

/**
 * A lesson as a script. As text within it, nothing ends the script, or a line of it.
 * @param {unknown} own
 */
export function lessonScript(own) {
  const json = JSON.stringify(typeof own === 'string' ? JSON.parse(own.replace(/^\ufeff/, '')) : own);
  const safe = json.replace(/[<>&]|[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `globalThis.attentionLesson = ${safe};\n`;
}

/** @param {Course} course */
function describe({ lesson, own, attributes = {}, lang, texts }) {
  const parsed = own === undefined ? undefined : parseLesson(own);
  const title = parsed?.title ?? texts.lessons[lesson];
  if (title === undefined) throw new Error(`there is no lesson “${lesson}”`);
  const name = languageOf(lang);
  return {
    id: parsed?.id ?? lesson, title,
    language: TAGS[name] ?? name, direction: RIGHT_TO_LEFT.includes(name) ? 'rtl' : 'ltr',
    attributes: /** @type {Record<string, string>} */ ({ ...(parsed ? {} : { lesson }), ...attributes }),
  };
}

/** @param {Record<string, string>} attributes */
const written = (attributes) => Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(value)}"`).join('');

/**
 * @param {Course} course
 * @param {{ head: string, body: string }} parts
 */
function html(course, { head, body }) {
  const { title, language, direction, attributes } = describe(course);
  const { page } = course.texts;
  return `<!doctype html>
<html${written({ lang: language, dir: direction, ...(attributes.theme ? { 'data-theme': attributes.theme } : {}) })}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}: ${escaped(page)}</title>
${head}
</head>
<body>
${body}
</body>
</html>
`;
}

/**
 * A package for a learning platform, as the bytes of a zip.
 * @param {Course & { version: Version, pass?: number }} course
 * @returns {{ name: string, bytes: Uint8Array }}
 * @throws {import('../tutorial/own-lesson.js').LessonError} where the own lesson isn't one
 */
export function pack(course) {
  const { version, pass = PASS, own, lang, files, texts: { words } } = course;
  const { id: lesson, title, language, attributes } = describe(course);
  const scripts = [...scriptsOf(lang), ...(own === undefined ? [] : ['lesson.js']), 'attention-tutorial.js', 'course/scorm.js'];
  const said = {
    resumed: words['scorm.resumed'], unavailable: words['scorm.unavailable'], lost: words['scorm.lost'],
    complete: words['scorm.complete'], kept: words['course.kept'], lesson: words['status.lesson'],
  };
  const asked = (attributes.controls ?? GROUPS.join(',')).split(',').map((name) => name.trim());
  const controls = asked.filter((name) => !KEPT.includes(name)).join(',') || 'none';
  const id = `${nameOf({
    id: lesson, own, lang: languageOf(lang), pass: pass === PASS ? undefined : pass,
    attributes: { ...course.attributes, ...(attributes.controls === undefined ? {} : { controls }) },
  })}-scorm${version.replace('.', '')}`;
  const page = html(course, {
    head: [
      ...['tokens.css', 'course/course.css'].map((href) => `<link rel="stylesheet" href="${href}">`),
      ...scripts.map((src) => `<script src="${src}" defer></script>`),
    ].join('\n'),
    body: `<main${written({ 'data-version': version, 'data-pass': String(pass) })}>
<h1 class="unseen">${escaped(title)}</h1>
<p class="platform" role="status" hidden${written(Object.fromEntries(Object.entries(said).map(([key, text]) => [`data-${key}`, text])))}></p>
<attention-tutorial id="tutorial"${written({ ...attributes, controls, lang: language })}></attention-tutorial>
<noscript><p>${escaped(words['course.noscript'])}</p></noscript>
</main>`,
  });
  const names = [...FILES, ...scriptsOf(lang)];
  const contents = /** @type {Record<string, Uint8Array>} */ ({
    'index.html': strToU8(page),
    ...(own === undefined ? {} : { 'lesson.js': strToU8(lessonScript(own)) }),
    ...Object.fromEntries(names.map((name) => [name, needed(files, name)])),
  });
  const zipped = {
    'imsmanifest.xml': strToU8(manifest({ version, id, title, files: Object.keys(contents) })), ...contents,
  };
  return { name: `${id}.zip`, bytes: zipSync(zipped, { level: 9, mtime: MADE }) };
}

/**
 * The figure as one HTML file.
 * @param {Course} course
 * @returns {{ name: string, bytes: Uint8Array }}
 */
export function onePage(course) {
  const { own, lang, files, texts: { words } } = course;
  const { id, title, language, attributes } = describe(course);
  const text = (/** @type {string} */ name) => new TextDecoder().decode(needed(files, name));
  const scripts = [...scriptsOf(lang), 'attention-tutorial.js'].map(text);
  if (own !== undefined) {
    scripts.push(lessonScript(own), 'document.querySelector("attention-tutorial").setLesson(attentionLesson);');
  }
  const page = html(course, {
    head: ['tokens.css', 'course/course.css'].map((name) => `<style>${text(name)}</style>`).join('\n'),
    body: `<main>
<h1 class="unseen">${escaped(title)}</h1>
<attention-tutorial id="tutorial"${written({ ...attributes, lang: language })}></attention-tutorial>
<noscript><p>${escaped(words['course.noscript'])}</p></noscript>
</main>
${scripts.map((code) => `<script>${inline(code)}</script>`).join('\n')}`,
  });
  return { name: `${nameOf({ id, own, lang: languageOf(lang), attributes: course.attributes })}.html`, bytes: strToU8(page) };
}

/**
 * @param {Record<string, Uint8Array>} files
 * @param {string} name
 */
function needed(files, name) {
  if (!files[name]) throw new Error(`${name} is missing`);
  return files[name];
}
