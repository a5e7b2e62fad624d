// The whole page as one HTML file, which asks for nothing: it opens from a disk, a mail or a stick. `--mode de` is the
// language.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { defineConfig } from 'vite';
import { inline } from './course/inline.js';
import { minifyLiterals } from './minify-literals.js';
import { inDocument, pageIn } from './pages.js';

/** @import { Plugin } from 'vite' */

const PAGE = 'index.html';
const FILE = /new URL\('\.\/([\w.]+\.(?:wasm|bin))', import\.meta\.url\)/g;
const WORKER = "new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })";

/** What is fetched elsewhere, as bytes in the code: a page on a disk may not fetch. @type {() => Plugin} */
const filesInside = () => ({
  name: 'files-inside',
  enforce: 'pre',
  transform(code, id) {
    if (!/\/web\/(core|transformer|tutorial)\/.*\.js$/.test(id)) return undefined;
    const bytes = (/** @type {string} */ name) =>
      `Uint8Array.from(atob('${readFileSync(new URL(name, `file://${id}`)).toString('base64')}'), (unit) => unit.charCodeAt(0))`;
    const changed = code
      .replace(/fetch\((new URL\('\.\/snapshot\.bin', import\.meta\.url\))\)/, 'Promise.resolve(new Response($1))')
      .replace(FILE, (_, name) => bytes(name))
      .replace(WORKER, 'new InlineWorker()');
    if (changed === code) return undefined;
    const head = changed.includes('new InlineWorker()') ? "import InlineWorker from './worker.js?worker&inline';\n" : '';
    return { code: head + changed, map: null };
  },
});

/**
 * What the page may do: run its own scripts, and nothing else; ask nobody for anything. A worker made of a blob is held
 * to the same.
 * @param {string[]} scripts
 * @param {string} styles
 */
function policy(scripts, styles) {
  const hash = (/** @type {string} */ text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return [
    "default-src 'none'", `script-src ${scripts.map(hash).join(' ')} 'wasm-unsafe-eval'`, `style-src ${hash(styles)}`,
    'worker-src blob: data:', 'img-src data: blob:', "base-uri 'none'", "form-action 'none'",
  ].join('; ');
}

/** @param {string} path */
const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');

/** @param {string} language @returns {Plugin} */
const onePage = (language) => ({
  name: 'one-page',
  enforce: 'post',
  resolveId: { order: 'pre', handler: inDocument },
  generateBundle: {
    order: 'post',
    handler(_, bundle) {
      const files = Object.values(bundle);
      const chunks = files.flatMap((file) => (file.type === 'chunk' ? [file.code] : []));
      const styles = files.flatMap((file) => (file.fileName.endsWith('.css') && file.type === 'asset' ? [String(file.source)] : []));
      if (chunks.length !== 1) throw new Error(`one script was expected, came ${chunks.length}`);
      const page = /** @type {import('rollup').OutputAsset} */ (bundle[PAGE]);
      const html = pageIn(PAGE, String(page.source), language);
      for (const name of Object.keys(bundle)) if (name !== PAGE) delete bundle[name];
      page.source = together(html, inline(chunks[0].trim()), [...styles, ...(html.includes('scripts.css') ? [read('./scripts.css')] : [])].join('\n'));
    },
  },
});

/**
 * @param {string} html
 * @param {string} script
 * @param {string} styles
 */
function together(html, script, styles) {
  const bare = html
    .replace(/<link rel="(stylesheet|modulepreload|alternate|icon)"[^>]*>\n?/g, '')
    .replace(/<script[^>]* src="[^"]*"[^>]*><\/script>\n?/g, '')
    .replace(/<nav class="languages"[\s\S]*?<\/nav>\n?/, '') // other pages stay behind
    .replace(/<a href="\.[^"]*">([\s\S]*?)<\/a>/g, '$1');
  const icon = `data:image/svg+xml,${encodeURIComponent(read('./favicon.svg'))}`;
  const head = `<meta http-equiv="content-security-policy" content="${policy([script], styles)}">
<link rel="icon" href="${icon}">
<style>${styles}</style>`;
  return bare.replace('<meta charset="utf-8">', (charset) => `${charset}\n${head}`)
    .replace('</body>', () => `<script type="module">${script}</script>\n</body>`);
}

export default defineConfig(({ mode }) => ({
  base: './',
  plugins: [filesInside(), minifyLiterals(), onePage(mode)],
  worker: { format: 'iife', plugins: () => [filesInside()] },
  publicDir: false,
  build: {
    outDir: '../build/single',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: Infinity,
    cssCodeSplit: false,
    modulePreload: false,
    rolldownOptions: { input: [`web/${PAGE}`], output: { codeSplitting: false } },
  },
}));
