import { readFileSync } from 'node:fs';
import { defineConfig } from 'vite';
import { minifyLiterals } from './minify-literals.js';
import { staticSteps } from './static-steps.js';

/** Puts the words of the six steps into the page's own HTML: they read, print and are found without JavaScript. */
const stepsInHtml = {
  name: 'steps-in-html',
  transformIndexHtml: (/** @type {string} */ html) => html.replace('<!-- steps -->', () => staticSteps(
    JSON.parse(readFileSync(new URL('./locales/en.json', import.meta.url), 'utf8')))),
};

/** Makes the worker a chunk of the page, so that the two share what both need: Vite would pack that a second time. */
const workerAsChunk = {
  name: 'worker-as-chunk',
  apply: /** @type {const} */ ('build'),
  enforce: /** @type {const} */ ('pre'),
  /** @this {any} @param {string} code @param {string} id */
  transform(code, id) {
    if (!id.endsWith('/training/client.js')) return undefined;
    const worker = this.emitFile({ type: 'chunk', id: id.replace(/client\.js$/, 'worker.js') });
    const address = `import.meta.ROLLUP_FILE_URL_${worker}`;
    return { code: code.replace("new URL('./worker.js', import.meta.url)", address), map: null };
  },
};

export default defineConfig({
  base: './',
  plugins: [stepsInHtml, minifyLiterals(), workerAsChunk],
  build: {
    outDir: '../build/site',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0, // the binary is fetched as a file: inlined it would grow by a third and need a laxer CSP
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ['web/index.html', 'web/embed.html'] },
  },
});
