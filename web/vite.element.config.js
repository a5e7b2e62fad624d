// <attention-tutorial> alone, with all that it needs inside. `vite build --mode npm`: the ES module of the npm package.
// `--mode script`: a classic script, which runs from a disk, from another site and in a frame without an origin, where
// modules are refused.

import { readFileSync } from 'node:fs';
import { defineConfig } from 'vite';
import { minifyLiterals } from './minify-literals.js';
import { ownUnits } from './own-units.js';
import { ascii, languageScripts, shipWords } from './ship-words.js';

const BINARY = /new URL\('\.\/attention\.steps\.wasm', import\.meta\.url\)/;

/** The six steps take a kilobyte: inside, no server, bundler or policy can lose them. */
const binaryInside = {
  name: 'binary-inside',
  transform(/** @type {string} */ code, /** @type {string} */ id) {
    if (!id.endsWith('/core/load-steps.js')) return undefined;
    if (!BINARY.test(code)) throw new Error(`${id} loads no binary by ${BINARY}`);
    const bytes = readFileSync(new URL('./core/attention.steps.wasm', import.meta.url)).toString('base64');
    return { code: code.replace(BINARY, `Uint8Array.from(atob('${bytes}'), (byte) => byte.charCodeAt(0))`), map: null };
  },
};

/** A classic script is read in the encoding of the page that names it, whatever that is. */
const asciiOnly = {
  name: 'ascii-only',
  generateBundle(/** @type {unknown} */ _, /** @type {Record<string, any>} */ bundle) {
    for (const file of Object.values(bundle)) if (file.code) file.code = ascii(file.code);
  },
};

export default defineConfig(({ mode }) => ({
  plugins: [
    binaryInside, shipWords(), ownUnits(), minifyLiterals(),
    ...(mode === 'npm' ? [] : [languageScripts(), asciiOnly]),
  ],
  publicDir: false,
  build: {
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'], // those that know light-dark()
    modulePreload: false,
    ...(mode === 'npm'
      ? {
        outDir: '../build/element',
        emptyOutDir: true,
        lib: { entry: 'element/alone.js', formats: ['es'], fileName: () => 'tutorial.js' },
      }
      : {
        outDir: '../build/site',
        emptyOutDir: false,
        lib: { entry: 'element/classic.js', formats: ['iife'], name: 'attentionTutorial', fileName: () => 'attention-tutorial.js' },
      }),
  },
}));
