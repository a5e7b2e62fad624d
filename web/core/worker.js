// A thread of an instance: the script of a worker, in browsers and in Node. It imports nothing, so that it works
// as it is where a bundler only copies it.

/** @import { Assignment } from './threads.js' */

const scope = /** @type {any} */ (globalThis);
const port = scope.process?.getBuiltinModule?.('node:worker_threads')?.parentPort ?? scope;

port.onmessage = (/** @type {{ data: Assignment }} */ { data: { module, memory, pool, thread, stack } }) => {
  port.onmessage = null; // so that Node's worker ends with the loop below
  const exports = /** @type {any} */ (new WebAssembly.Instance(module, { env: { memory } }).exports);
  exports.__stack_pointer.value = stack;
  port.postMessage('ready');
  try {
    exports.attention_worker(pool, thread);
  } catch (error) {
    exports.attention_worker_failed(pool);
    throw error;
  }
};
