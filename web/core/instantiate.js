// From a compiled module to an instance with a memory of its own, whichever of the binaries it is.

import { Memory } from './memory.js';
import { invalid } from './module.js';

/**
 * What a binary must be: it reports `version` by the function `reports`, and has the function `needed`, which tells
 * one that has less in it than the caller wants from those that have it all.
 * @typedef {{ reports: string, version: number, needed: string }} Expected
 */

/**
 * @template Exports
 * @param {WebAssembly.Module} module
 * @param {Expected} expected
 * @returns {Promise<{ memory: Memory, exports: Exports }>}
 */
export async function instantiate(module, { reports, version, needed }) {
  const memory = new Memory({ shared: hasThreads(module) });
  let exports;
  try {
    const instance = await WebAssembly.instantiate(module, { env: { memory: memory.handle } });
    exports = /** @type {Record<string, any>} */ (instance.exports);
  } catch (cause) {
    throw invalid('the module', 'some other one', cause);
  }
  if (typeof exports[reports] !== 'function') throw invalid('the module', 'some other one');
  const actual = exports[reports]();
  if (actual !== version) throw invalid('the module', `of another version (interface ${actual}, not ${version})`);
  if (typeof exports[needed] !== 'function') throw invalid('the module', `one that lacks ${needed}`);
  memory.open(exports.__heap_base.value);
  return { memory, exports: /** @type {Exports} */ (exports) };
}

/**
 * Is this a build for threads? They import a memory that is shared.
 * @param {WebAssembly.Module} module
 */
export function hasThreads(module) {
  return WebAssembly.Module.exports(module).some(({ name }) => name === 'attention_worker');
}
