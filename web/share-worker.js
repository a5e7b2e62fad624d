// Builds the training worker together with the page, so that what both use of the core is one file that is loaded
// once. Vite by itself would give the worker a copy of its own.

import { fileURLToPath } from 'node:url';

/** @import { Plugin } from 'vite' */

const CLIENT = /\/web\/tutorial\/training\/client\.js$/;
const WORKER = "new URL('./worker.js', import.meta.url)";

/** @returns {Plugin} */
export function shareWorker() {
  return {
    name: 'share-worker',
    apply: 'build',
    enforce: 'pre',
    transform(code, id) {
      if (!CLIENT.test(id)) return undefined;
      if (!code.includes(WORKER)) throw new Error(`${id} makes no worker by ${WORKER}`);
      const chunk = this.emitFile({
        type: 'chunk', id: fileURLToPath(new URL('./tutorial/training/worker.js', import.meta.url)), name: 'worker',
      });
      return { code: code.replace(WORKER, `import.meta.ROLLUP_FILE_URL_${chunk}`), map: null };
    },
  };
}
