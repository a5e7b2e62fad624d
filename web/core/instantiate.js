// From a compiled module to an instance with a memory of its own, whichever of the binaries it is.

import { Memory } from './memory.js';
import { invalid } from './module.js';
import { INTERFACE } from './version.js';

/** @import { CoreExports } from './load.js' */

/**
 * `needed` tells a binary that has less in it than the caller wants from those that have it all.
 * @param {WebAssembly.Module} module
 * @param {keyof CoreExports} needed
 * @returns {Promise<{ memory: Memory, exports: CoreExports }>}
 */
export async function instantiate(module, needed) {
  const memory = new Memory({ shared: hasThreads(module) });
  let exports;
  try {
    const instance = await WebAssembly.instantiate(module, { env: { memory: memory.handle } });
    exports = /** @type {CoreExports} */ (/** @type {unknown} */ (instance.exports));
  } catch (cause) {
    throw invalid('the module', 'some other one', cause);
  }
  if (typeof exports.attention_interface !== 'function') throw invalid('the module', 'some other one');
  const version = exports.attention_interface();
  if (version !== INTERFACE) {
    throw invalid('the module', `of another version (interface ${version}, not ${INTERFACE})`);
  }
  if (typeof exports[needed] !== 'function') throw invalid('the module', `one that lacks ${needed}`);
  memory.open(exports.__heap_base.value);
  return { memory, exports };
}

/**
 * Is this a build for threads? They import a memory that is shared.
 * @param {WebAssembly.Module} module
 */
export function hasThreads(module) {
  return WebAssembly.Module.exports(module).some(({ name }) => name === 'attention_worker');
}
