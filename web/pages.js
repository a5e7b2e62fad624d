// The pages in every language: web/index.html and web/builder.html are templates, whose {{keys}} are texts of web/locales.
// English stands at the root, each other language in a folder of its own.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { minify } from 'terser';
import { mathematics } from './mathematics.js';
import { minifyCss } from './minify-literals.js';
import { completeLesson } from './tutorial/complete-lesson.js';
import { builtInIds } from './tutorial/own-lesson.js';
import { staticSteps } from './static-steps.js';
import { COMMA } from './tutorial/format.js';
import { names } from './element/languages.js';

/** @import { Plugin } from 'vite' */

/** Each in its own words. */
const NAMES = /** @type {Record<string, string>} */ ({
  en: 'English', de: 'Deutsch', es: 'Español', fr: 'Français', pt: 'Português', zh: '中文', ja: '日本語', ar: 'العربية',
});
const TAGS = /** @type {Record<string, string>} BCP 47, where it isn't the name */ ({ zh: 'zh-Hans' });
const CHOOSER = 'choose-language.js';

/** @param {string} file */
function locale(file) {
  return JSON.parse(readFileSync(new URL(`./locales/${file}.json`, import.meta.url), 'utf8'));
}

/**
 * @param {string} language
 * @param {string} from the language of the page that leads there
 */
function hrefOf(language, from) {
  return `${from === 'en' ? './' : '../'}${language === 'en' ? '' : `${language}/`}`;
}

/** What each page says: the files of a language. */
const PAGES = /** @type {Record<string, string[]>} */ ({
  'index.html': ['.page'],
  'builder.html': ['', '.builder'],
});

/**
 * A page in a language.
 * @param {string} page
 * @param {string} template
 * @param {string} language
 */
export function pageIn(page, template, language) {
  const tag = TAGS[language] ?? language;
  const texts = Object.assign({}, ...PAGES[page].map((kind) => locale(language + kind)));
  const parts = /** @type {Record<string, string>} */ ({
    ...texts,
    tag,
    base: language === 'en' ? './' : '../',
    dir: language === 'ar' ? 'rtl' : 'ltr',
    head: head(language),
    words: words(language),
    languages: Object.keys(NAMES).map((each) => (each === language ? `<b>${NAMES[each]}</b>`
      : `<a href="${hrefOf(each, language)}${each === 'en' ? '?lang=en' : ''}" lang="${TAGS[each] ?? each}">${NAMES[each]}</a>`)).join('\n'),
    choices: choices(),
    home: `${hrefOf(language, language)}${language === 'en' ? '?lang=en' : ''}`,
    gloss: texts['masthead.gloss'] && `<p class="gloss">${texts['masthead.gloss']}</p>`,
    steps: staticSteps(locale(language)),
  });
  const placed = language === 'en' ? template : template.replace(/(href|src)="\.\//g, '$1="../');
  return numbersIn(placed, language).replace(/\{\{([\w.-]+)\}\}/g, (_, key) => {
    if (parts[key] === undefined) throw new Error(`${language}: no words for "${key}"`);
    return key === 'words' ? parts[key] : parts[key].replace(/\{(\w+)\}/g, (placeholder, name) => mathematics[name] ?? placeholder);
  });
}

/** The languages to choose from for an embed, each with what it calls the figure. */
function choices() {
  return Object.entries(NAMES).map(([each, name]) => {
    const tag = TAGS[each] ?? each;
    return `<option value="${tag}" lang="${tag}" data-title="${locale(`${each}.builder`)['builder.figure']}">${name}</option>`;
  }).join('\n          ');
}

/** What only the element says where it stands alone: it may be told which controls to show, and no model is there to learn. */
const ELSEWHERE = ['status.controls', 'status.noProvider'];

/**
 * What the figures of a page say, as data within it.
 * @param {string} language
 */
function words(language) {
  const english = language === 'en';
  const all = { ...locale(language), ...(english ? {} : { ...locale(`${language}.later`), ...glosses(language) }) };
  const texts = Object.fromEntries(Object.entries(all).filter(([key]) => !ELSEWHERE.includes(key)));
  const said = english ? {} : locale(`${language}.lessons`);
  const lessons = Object.fromEntries(builtInIds.map((id) => [id, lessonIn(completeLesson(lessonFile(id)), said[id])]));
  const json = JSON.stringify({ name: language, texts: nested(texts), lessons: {}, builtIn: lessons });
  return `<script type="application/json" id="words">${json}</script>`;
}

/**
 * The words that the model learns from.
 * @param {string} language
 */
function glosses(language) {
  return Object.fromEntries(Object.entries(locale(`${language}.corpus`)).map(([word, gloss]) => [`learn.gloss.${word}`, gloss]));
}

/**
 * Keys with a common beginning under one name; first-language.page.js undoes it.
 * @param {Record<string, string>} texts
 */
function nested(texts) {
  /** @type {Record<string, any>} */
  const whole = {};
  for (const [key, text] of Object.entries(texts)) {
    const names = key.split('.');
    const last = /** @type {string} */ (names.pop());
    let at = whole;
    for (const name of names) {
      if (typeof at[name] === 'string') at[name] = { '': at[name] }; // "a" beside "a.b"
      at = at[name] ??= {};
    }
    if (typeof at[last] === 'object') at[last][''] = text;
    else at[last] = text;
  }
  return whole;
}

/** @param {string} id */
function lessonFile(id) {
  return JSON.parse(readFileSync(new URL(`./lessons/${id}.json`, import.meta.url), 'utf8'));
}

/**
 * What the page shows of a lesson, said in its language.
 * @param {import('./tutorial/lesson.js').Lesson} lesson
 * @param {import('./tutorial/words.js').LessonWords | undefined} said
 */
function lessonIn({ format, language, summary, dimensions, presets, ...lesson }, said) {
  const shorter = presets.map((preset) => ({ ...preset, tokens: preset.tokens.map(({ text, optional }) => ({ text, ...(optional && { optional }) })) }));
  if (!said) return { ...lesson, dimensions, presets: shorter };
  const named = Object.entries(dimensions).map(([kind, list]) => [kind, list.map((name) => said.dimensions[name])]);
  return {
    ...lesson, title: said.title, dimensions: Object.fromEntries(named),
    presets: shorter.map((preset) => {
      const { name, note, gloss } = said.presets[preset.id];
      return { ...preset, name, note, tokens: preset.tokens.map((token, index) => ({ ...token, gloss: gloss[index] })) };
    }),
  };
}

/**
 * The other languages' addresses; at the root, what takes readers to their own.
 * @param {string} language
 */
function head(language) {
  const alternates = Object.keys(NAMES).map((each) =>
    `<link rel="alternate" hreflang="${TAGS[each] ?? each}" href="${hrefOf(each, language)}">`);
  if (language === 'en') return [...alternates, `<script src="./${CHOOSER}"></script>`].join('\n');
  const own = ['ar', 'ja', 'zh'].includes(language) ? ['<link rel="stylesheet" href="../scripts.css">'] : [];
  return [...alternates, ...own].join('\n');
}

/**
 * The numbers of the template's tables.
 * @param {string} template
 * @param {string} language
 */
function numbersIn(template, language) {
  return COMMA.includes(language) ? template.replace(/(<td>\d+)\.(?=\d)/g, '$1,') : template;
}

/**
 * What the page has in its document rather than in its script.
 * @param {string} id of a module
 */
export function inDocument(id) {
  const [, name] = /\/(first-language|built-in|translated)\.js$/.exec(id) ?? [];
  return name && fileURLToPath(new URL(`./tutorial/${name}.page.js`, import.meta.url));
}

/** @returns {Plugin} */
export function pages() {
  return {
    name: 'pages',
    enforce: 'pre',
    resolveId: inDocument,
    configureServer(server) {
      server.middlewares.use(async (request, response, next) => {
        const [asked, language = 'en', page = 'index.html'] =
          /^\/(?:(\w\w)\/)?(index\.html|builder\.html)?(?=\?|$)/.exec(request.url ?? '') ?? [];
        if (asked === undefined || (language !== 'en' && !names.includes(language))) return next();
        const template = readFileSync(new URL(page, import.meta.url), 'utf8');
        const html = await server.transformIndexHtml(asked, pageIn(page, template, language));
        response.setHeader('content-type', 'text/html').end(html);
      });
    },
    generateBundle: {
      order: 'post',
      async handler(_, bundle) {
        for (const page of Object.keys(PAGES).filter((each) => bundle[each])) {
          const english = /** @type {import('rollup').OutputAsset} */ (bundle[page]);
          const template = String(english.source);
          for (const language of names) {
            this.emitFile({ type: 'asset', fileName: `${language}/${page}`, source: pageIn(page, template, language) });
          }
          english.source = pageIn(page, template, 'en');
        }
        const read = (/** @type {string} */ name) => readFileSync(new URL(`./${name}`, import.meta.url), 'utf8');
        this.emitFile({ type: 'asset', fileName: CHOOSER, source: (await minify(read(CHOOSER), { toplevel: true })).code ?? '' });
        this.emitFile({ type: 'asset', fileName: 'scripts.css', source: minifyCss(read('scripts.css')) });
      },
    },
  };
}
