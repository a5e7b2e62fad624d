// Takes the indentation and the comments out of what minifiers leave alone: the templates of Lit, and the page's own
// HTML; out of lessons, what they say to those who edit them. Vite does the rest.

import { parseAst } from 'vite';

/** @import { Plugin } from 'vite' */
/** @typedef {{ type: string, start: number, end: number, [field: string]: any }} Node */

/**
 * What Vite puts around an import() to fetch the style sheets and chunks that it needs along with it. Ours need none
 * that isn't there already, so the import alone will do.
 */
const PRELOAD = '\0vite/preload-helper.js';

/** @returns {Plugin} */
export function minifyLiterals() {
  return {
    name: 'minify-literals',
    apply: 'build',
    enforce: 'pre',
    load: (id) => (id === PRELOAD ? 'export const __vitePreload = (load) => load();' : undefined),
    transform(code, id) {
      if (/\/web\/(tutorial|element)\/.*\.js$/.test(id)) return { code: minifyTemplates(code), map: null };
      if (/\/web\/lessons\/.*\.json$/.test(id)) return { code: withoutComment(code), map: null };
      return undefined;
    },
    transformIndexHtml: { order: 'post', handler: minifyHtml },
  };
}

/** @param {string} lesson */
export function withoutComment(lesson) {
  const { $schema, $comment, ...rest } = JSON.parse(lesson);
  return JSON.stringify(rest);
}

/** What each tag of a template holds. */
const MINIFY = { html: minifyMarkup, svg: minifyMarkup, css: minifyCss };

/**
 * The same module with shorter html``, svg`` and css``.
 * @param {string} code
 */
export function minifyTemplates(code) {
  /** @type {{ start: number, end: number, text: string }[]} */
  const changes = [];
  visit(/** @type {any} */ (parseAst(code)), ({ type, tag, quasi }) => {
    const minify = type === 'TaggedTemplateExpression' && /** @type {any} */ (MINIFY)[tag.name];
    if (!minify) return;
    for (const { start, end } of quasi.quasis) changes.push({ start, end, text: minify(code.slice(start, end)) });
  });
  changes.sort((a, b) => b.start - a.start);
  return changes.reduce((text, change) => text.slice(0, change.start) + change.text + text.slice(change.end), code);
}

/**
 * @param {Node} node
 * @param {(node: Node) => void} see
 */
function visit(node, see) {
  see(node);
  for (const part of Object.values(node).flat()) if (typeof part?.type === 'string') visit(part, see);
}

/**
 * A line's end and the indentation behind it are one space to a reader, and to the parser between attributes. A space
 * stays: between inline elements it can be seen. Nothing here is shown with `white-space: pre`. Quotes around a name
 * or a number say nothing.
 * @param {string} markup
 */
export function minifyMarkup(markup) {
  return markup.replace(/\s*\n\s*/g, ' ').replace(/="([\w-]+)"(?=[ >])/g, '=$1');
}

/**
 * The page is left in lines, for those who read its source. Where a list or a table goes on, its parts end by
 * themselves.
 * @param {string} html
 */
export function minifyHtml(html) {
  return html.replace(/<!--[\s\S]*?-->/g, '').replace(/\s*\n\s*/g, '\n').replace(/<\/(li|d[td]|t[dhr])>/g, '')
    .replace(/<\/p>(?=\n<(p|\/section)\b)/g, '');
}

/**
 * Comments go, and spaces where CSS gives them no meaning: not before a colon, where they choose a descendant, and
 * not around plus and minus, which calc() needs them for. What stands in quotes stays.
 * @param {string} css a style sheet, or a piece of one between two expressions
 */
export function minifyCss(css) {
  const bare = css.replace(/("[^"]*"|'[^']*')|\/\*[\s\S]*?\*\//g, '$1');
  return bare.replace(/("[^"]*"|'[^']*')|[^"']+/g, (piece, quoted) => quoted ??
    piece.replace(/\s+/g, ' ').replace(/ ?([{};,>]) ?/g, '$1').replace(/: /g, ':').replace(/;}/g, '}')
      .replace(/(?<![\d.])0(?=\.\d)/g, ''));
}
