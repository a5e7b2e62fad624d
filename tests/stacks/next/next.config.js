import { join } from 'node:path';

export default {
  // Node loads it by itself then, and finds its files.
  serverExternalPackages: ['attention-wasm'],
  // Where the tools of the tests are: outside of this folder, which Next would else take for the whole.
  turbopack: { root: join(import.meta.dirname, '../..') },
};
