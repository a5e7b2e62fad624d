import { readFileSync } from 'node:fs';
import { defineConfig } from 'vite';
import { minifyChunks } from './minify-chunks.js';
import { minifyLiterals } from './minify-literals.js';
import { pages } from './pages.js';
import { shareWorker } from './share-worker.js';
import { staticSteps } from './static-steps.js';

/**
 * The words of the six steps in the embedded page's own HTML: they read, print and are found without JavaScript.
 * @param {Buffer} html
 */
function withSteps(html) {
  const words = JSON.parse(readFileSync(new URL('./locales/en.json', import.meta.url), 'utf8'));
  return String(html).replace('<!-- steps -->', () => staticSteps(words));
}

/**
 * What other pages name, and what a frame without an origin loads. Such a frame is refused all that is asked for across
 * origins, as modules and the styles beside them are, so these are taken as they stand.
 */
const NAMED = ['embed.html', 'embed/frame.css', 'embed/frame.js', 'embed/embed.js', 'tokens.css', 'favicon.svg', 'preview.png',
  'lessons/lesson.schema.json'];

/** A lesson to start from is one with an id of its own: by that of a built-in one, it would be shown with its words. */
const toStartFrom = () =>
  readFileSync(new URL('lessons/animal.json', import.meta.url), 'utf8').replace('"id": "animal"', '"id": "my-lesson"');

const namedFiles = {
  name: 'named-files',
  /** @this {import('rollup').PluginContext} */
  generateBundle() {
    for (const path of NAMED) {
      const bytes = readFileSync(new URL(path, import.meta.url));
      const source = path.endsWith('.html') ? withSteps(bytes) : bytes;
      this.emitFile({ type: 'asset', fileName: path === 'embed/embed.js' ? 'embed.js' : path, source });
    }
    this.emitFile({ type: 'asset', fileName: 'lessons/my-lesson.json', source: toStartFrom() });
  },
};

/** What is loaded when a reader asks for it, and what the worker loads. */
const APART =
  /\/(export|core|transformer|embed|course|element|fflate)\/|\/((own|complete|learned)-lesson|trial|experiments|worker|run)\.js$|\.later\.json$/;

/** What a lazy part shares with the page would else be cut out into files of their own, which compress worse. */
const groups = [
  { name: 'core', test: /\/web\/core\/(arguments|errors|instantiate|memory|module)\.js$/, priority: 1 },
  { name: 'page', test: (/** @type {string} */ id) => !APART.test(id) },
];

/** `vite build`: the page. `vite build --mode builder`: beside it, the page on which a teacher puts an embed together. */
export default defineConfig(({ mode }) => ({
  base: './',
  plugins: [...(mode === 'builder' ? [] : [namedFiles]), minifyLiterals(), shareWorker(), pages(), minifyChunks()],
  build: {
    outDir: '../build/site',
    emptyOutDir: mode !== 'builder',
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'], // those that know light-dark()
    assetsInlineLimit: 0, // the binary is fetched as a file: inlined it would grow by a third and need a laxer CSP
    modulePreload: { polyfill: false },
    rolldownOptions: mode === 'builder' ? { input: ['web/builder.html'] }
      : { input: ['web/index.html'], output: { codeSplitting: { groups } } },
  },
}));
