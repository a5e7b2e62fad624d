import { readFileSync } from 'node:fs';
import { defineConfig } from 'vite';
import { minifyLiterals } from './minify-literals.js';
import { shareWorker } from './share-worker.js';
import { staticSteps } from './static-steps.js';

/** Puts the words of the six steps into the page's own HTML: they read, print and are found without JavaScript. */
const stepsInHtml = {
  name: 'steps-in-html',
  transformIndexHtml: (/** @type {string} */ html) => html.replace('<!-- steps -->', () => staticSteps(
    JSON.parse(readFileSync(new URL('./locales/en.json', import.meta.url), 'utf8')))),
};

/**
 * What other pages name, and what a frame without an origin loads. Such a frame is refused all that is asked for across
 * origins, as modules and the styles beside them are, so these are taken as they stand.
 */
const NAMED = ['embed.html', 'embed/frame.css', 'embed/frame.js', 'embed/embed.js', 'tokens.css', 'favicon.svg', 'preview.png'];

const namedFiles = {
  name: 'named-files',
  /** @this {import('rollup').PluginContext} */
  generateBundle() {
    for (const path of NAMED) {
      const bytes = readFileSync(new URL(path, import.meta.url));
      const source = path.endsWith('.html') ? stepsInHtml.transformIndexHtml(String(bytes)) : bytes;
      this.emitFile({ type: 'asset', fileName: path === 'embed/embed.js' ? 'embed.js' : path, source });
    }
  },
};

/** What is loaded when a reader asks for it, and what the worker loads. */
const APART =
  /\/(export|core|transformer)\/|\/(own-lesson|learned-lesson|trial|experiments|worker|run)\.js$|\.later\.json$/;

export default defineConfig({
  base: './',
  plugins: [stepsInHtml, namedFiles, minifyLiterals(), shareWorker()],
  build: {
    outDir: '../build/site',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0, // the binary is fetched as a file: inlined it would grow by a third and need a laxer CSP
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ['web/index.html'],
      // What a lazy part shares with the page would else be cut out into files of their own, which compress worse.
      output: { codeSplitting: { groups: [
          { name: 'core', test: /\/web\/core\/(arguments|errors|instantiate|memory|module)\.js$/, priority: 1 },
          { name: 'page', test: (id) => !APART.test(id) },
        ] } },
    },
  },
});
