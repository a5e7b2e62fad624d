// Threads: workers that run the same module over the same, shared memory. Loaded only where more than one thread
// is asked for. How they divide the work is in c_src/pool.c; here they are started and ended.

import { builtin } from './module.js';

/** @import { Core } from './load.js' */
/** @import { Variant } from './variant.js' */

/**
 * What a thread is told. worker.js receives it.
 * @typedef {object} Assignment
 * @property {WebAssembly.Module} module
 * @property {WebAssembly.Memory} memory
 * @property {number} pool address
 * @property {number} thread its number, 1 or more: the caller is thread 0
 * @property {number} stack address of the end of its stack, which grows downwards
 */

/**
 * What browsers' workers and Node's have in common, and what only Node's have.
 * @typedef {object} AnyWorker
 * @property {(message: Assignment) => void} postMessage
 * @property {() => void} terminate
 * @property {() => void} [unref]
 * @property {(event: string, listener: (event: any) => void) => void} [on]
 * @property {(event: string, listener: (event: any) => void) => void} [addEventListener]
 */

const MOST = 64;
// Beyond it, memory is the limit more often than arithmetic, and half of a large machine's processors are
// second threads of the same cores.
const MOST_AUTOMATIC = 8;
const ALIGNMENT = 64; // of a pool
const STACK_BYTES = 65536; // as the linker gives the first thread
// How long to wait for workers to report, in seconds. A slow machine takes a tenth of one to start each.
const patience = (/** @type {number} */ count) => 10 + count / 2;

/**
 * How many threads to start, and why not as many as asked for. Throws an Error that says why where there can be
 * but one.
 * @param {number | 'auto'} wanted
 * @returns {{ count: number, unavailable: string | undefined }}
 */
export function planThreads(wanted) {
  if (globalThis.crossOriginIsolated === false) throw new Error(`This page is not cross-origin isolated. ${ISOLATION}`);
  if (typeof SharedArrayBuffer !== 'function') throw new Error(`There is no shared memory here. ${
    globalThis.crossOriginIsolated ? 'This browser gives none to any page.' : ISOLATION}`);
  if (wanted === 'auto') return { count: Math.min(processors(), MOST_AUTOMATIC), unavailable: undefined };
  if (wanted > MOST) return { count: MOST, unavailable: `${MOST} threads are the most.` };
  return { count: wanted, unavailable: undefined };
}

const ISOLATION = 'In a browser, threads need the page to be served with the headers Cross-Origin-Opener-Policy: ' +
  'same-origin and Cross-Origin-Embedder-Policy: require-corp.';

/** @returns {number} */
function processors() {
  return builtin('os')?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
}

/**
 * Where the package has the binary for threads.
 * @param {Variant} variant
 */
export function threadedBinaryUrl(variant) {
  // Spelled out, since this is the form in which bundlers find the files and take them along.
  return variant === 'relaxed'
    ? new URL('./attention.relaxed.threads.wasm', import.meta.url)
    : new URL('./attention.simd.threads.wasm', import.meta.url);
}

/**
 * Gives a core `count` threads. Throws an Error that says why where they can't be started.
 * @param {Core} core
 * @param {WebAssembly.Module} module its module, one built for threads
 * @param {number} count
 */
export async function startThreads(core, module, count) {
  const { pool, stacks } = makePool(core, count);
  /** @type {AnyWorker[]} */
  const workers = [];
  core.threads.stop = stopper(core, pool, workers);
  try {
    for (let thread = 1; thread < count; thread++) workers.push(createWorker());
    await Promise.all(workers.map((worker, index) => start(worker, core, patience(count), {
      module, memory: core.memory.handle, pool, thread: index + 1, stack: stacks + (index + 1) * STACK_BYTES,
    })));
  } catch (cause) {
    core.threads.stop();
    throw new Error(`A worker could not start: ${/** @type {Error} */ (cause).message}. ${START}`, { cause });
  }
  workers.forEach((worker) => worker.unref?.());
  core.pool = pool;
  core.threads.count = count;
}

/**
 * @param {Core} core
 * @param {number} count
 */
function makePool({ memory, exports }, count) {
  const { attention_pool_bytes: poolBytes, attention_pool_init: init } =
    /** @type {Required<typeof exports>} */ (exports);
  const pool = Math.ceil(memory.reserve(ALIGNMENT + poolBytes() + (count - 1) * STACK_BYTES) / ALIGNMENT) * ALIGNMENT;
  init(pool, count, Number(maySleep()));
  return { pool, stacks: pool + poolBytes() };
}

/**
 * What ends the workers. A function of its own, so that what it holds is no more than it needs: a core that was
 * disposed of lets go of its memory.
 * @param {Core} core
 * @param {number} pool
 * @param {AnyWorker[]} workers
 */
function stopper(core, pool, workers) {
  return () => {
    if (workers.length === 0) return;
    core.exports.attention_pool_stop?.(pool);
    core.pool = 0;
    workers.splice(0).forEach((worker) => worker.terminate());
  };
}

const START = 'The file worker.js of the package must be there, of the same origin, and allowed by the content ' +
  "security policy (worker-src 'self'; script-src 'wasm-unsafe-eval'). Under a page that is cross-origin isolated it " +
  'needs the header Cross-Origin-Embedder-Policy: require-corp, too.';

/** May this thread block? The main thread of a browser may not. */
function maySleep() {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1); // returns at once: the value is 0
    return true;
  } catch {
    return false;
  }
}

/** @returns {AnyWorker} */
function createWorker() {
  const node = builtin('worker_threads');
  if (node) {
    // Not in the form that bundlers look for, which is the other one's. Without execArgv it would inherit options
    // of the command line, some of which workers refuse.
    const here = import.meta.url;
    return new node.Worker(new URL('./worker.js', here), { execArgv: [], name: 'attention-wasm' });
  }
  return new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'attention-wasm' });
}

/**
 * Resolves when the worker has reported. If it ends after that, the core goes on with one thread.
 * @param {AnyWorker} worker
 * @param {Core} core
 * @param {number} seconds how long to wait for that
 * @param {Assignment} assignment
 */
function start(worker, core, seconds, assignment) {
  const on = (/** @type {string} */ event, /** @type {(event: any) => void} */ listener) =>
    (worker.on ? worker.on(event, listener) : worker.addEventListener?.(event, listener));
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`it did not report within ${seconds} s`)), 1000 * seconds);
    const ended = (/** @type {string} */ why) => {
      clearTimeout(timer);
      reject(new Error(why));
      lose(core, why);
    };
    on('message', () => {
      clearTimeout(timer);
      resolve(undefined);
    });
    on('error', (error) => ended(error?.message || 'its script could not be loaded'));
    on('exit', (code) => ended(`it exited with code ${code}`));
    worker.postMessage(assignment);
  });
}

/**
 * Without one of its workers, a core is better off with none. Nothing to do where they were stopped.
 * @param {Core} core
 * @param {string} why
 */
function lose({ pool, threads }, why) {
  if (pool === 0) return;
  threads.stop();
  threads.count = 1;
  threads.unavailable = `A worker ended: ${why}`;
}

// An instance that nobody can reach any more can't be disposed of: its workers would sleep for ever.
const forgotten = new FinalizationRegistry((/** @type {() => void} */ stop) => stop());

/**
 * Ends the threads of a core when `owner` is collected.
 * @param {object} owner
 * @param {Core} core
 */
export function stopWithout(owner, core) {
  forgotten.register(owner, core.threads.stop);
}
