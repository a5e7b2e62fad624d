// Gives TensorFlow.js its gradients. Its build for Node leaves them out, and its modules for bundlers, which have them,
// can't be imported by Node as they are (their imports lack extensions): so these are bundled into build/bench/. They
// find the library's registry and engine through globals, as they're meant to.

import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const outDir = path('../../build/bench/tfjs');

export async function registerGradients() {
  const bundle = `${outDir}/gradients.mjs`;
  if (!existsSync(bundle)) {
    const entry = path('../node_modules/@tensorflow/tfjs-core/dist/register_all_gradients.js');
    await build({
      configFile: false, logLevel: 'error', publicDir: false,
      build: { outDir, minify: false, lib: { entry, formats: ['es'], fileName: () => 'gradients.mjs' } },
    });
  }
  await import(pathToFileURL(bundle).href);
}
