// The page in every language: web/index.html is a template whose {{keys}} are texts of web/locales/XX.page.json. English
// stands at the root, each other language in a folder of its own.

import { readFileSync } from 'node:fs';
import { mathematics } from './mathematics.js';
import { staticSteps } from './static-steps.js';
import { COMMA } from './tutorial/format.js';
import { names } from './tutorial/languages.js';

/** @import { Plugin } from 'vite' */

/** Each in its own words. */
const NAMES = /** @type {Record<string, string>} */ ({
  en: 'English', de: 'Deutsch', es: 'Español', fr: 'Français', pt: 'Português', zh: '中文', ja: '日本語',
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

/**
 * The page in a language.
 * @param {string} template
 * @param {string} language
 * @param {string} [words] the file with what its figures say
 */
export function pageIn(template, language, words) {
  const tag = TAGS[language] ?? language;
  const texts = locale(`${language}.page`);
  const parts = /** @type {Record<string, string>} */ ({
    ...texts,
    tag,
    dir: language === 'ar' ? 'rtl' : 'ltr',
    head: head(language, words),
    languages: Object.keys(NAMES).map((each) => (each === language ? `<b>${NAMES[each]}</b>`
      : `<a href="${hrefOf(each, language)}${each === 'en' ? '?lang=en' : ''}" lang="${TAGS[each] ?? each}">${NAMES[each]}</a>`)).join('\n'),
    gloss: texts['masthead.gloss'] && `<p class="gloss">${texts['masthead.gloss']}</p>`,
    steps: staticSteps(locale(language)),
  });
  const placed = language === 'en' ? template : template.replace(/(href|src)="\.\//g, '$1="../');
  return numbersIn(placed, language).replace(/\{\{([\w.-]+)\}\}/g, (_, key) => {
    if (parts[key] === undefined) throw new Error(`${language}: no words for "${key}"`);
    return parts[key].replace(/\{(\w+)\}/g, (placeholder, name) => mathematics[name] ?? placeholder);
  });
}

/**
 * The other languages' addresses; at the root, what takes readers to their own; elsewhere, the figures' words early.
 * @param {string} language
 * @param {string} [words]
 */
function head(language, words) {
  const alternates = Object.keys(NAMES).map((each) =>
    `<link rel="alternate" hreflang="${TAGS[each] ?? each}" href="${hrefOf(each, language)}">`);
  if (language === 'en') return [...alternates, `<script src="./${CHOOSER}"></script>`].join('\n');
  const own = ['ar', 'ja', 'zh'].includes(language) ? ['<link rel="stylesheet" href="../scripts.css">'] : [];
  return [...alternates, ...own, ...(words ? [`<link rel="modulepreload" href="../${words}">`] : [])].join('\n');
}

/**
 * The numbers of the template's tables.
 * @param {string} template
 * @param {string} language
 */
function numbersIn(template, language) {
  return COMMA.includes(language) ? template.replace(/(<td>\d+)\.(?=\d)/g, '$1,') : template;
}

/** @returns {Plugin} */
export function pages() {
  return {
    name: 'pages',
    enforce: 'post',
    configureServer(server) {
      server.middlewares.use(async (request, response, next) => {
        const [, language] = /^\/(?:(\w\w)\/)?(?:index\.html)?(?:\?|$)/.exec(request.url ?? '') ?? [, 'none'];
        if (language && !names.includes(language)) return next();
        const template = readFileSync(new URL('./index.html', import.meta.url), 'utf8');
        const html = await server.transformIndexHtml(request.url ?? '/', pageIn(template, language ?? 'en'));
        response.setHeader('content-type', 'text/html').end(html);
      });
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const page = /** @type {import('rollup').OutputAsset} */ (bundle['index.html']);
        const template = String(page.source);
        const chunks = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? [file] : []));
        for (const language of names) {
          const words = chunks.find(({ moduleIds }) => moduleIds.some((id) => id.endsWith(`/locales/${language}.js`)));
          this.emitFile({
            type: 'asset', fileName: `${language}/index.html`, source: pageIn(template, language, words?.fileName),
          });
        }
        page.source = pageIn(template, 'en');
        for (const fileName of [CHOOSER, 'scripts.css']) {
          this.emitFile({ type: 'asset', fileName, source: readFileSync(new URL(`./${fileName}`, import.meta.url)) });
        }
      },
    },
  };
}

/**
 * Ships the words of other languages without their keys, which are those of the English ones, in the same order.
 * @returns {Plugin}
 */
export function withoutKeys() {
  return {
    name: 'without-keys',
    enforce: 'pre',
    transform(code, id) {
      const [, language] = /\/locales\/(\w\w)(?:\.later)?\.json$/.exec(id) ?? [];
      if (!language || language === 'en') return undefined;
      return { code: JSON.stringify(Object.values(JSON.parse(code))), map: null };
    },
  };
}
