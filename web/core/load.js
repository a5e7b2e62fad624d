// loadAttention(): which binary, with how many threads, and making an instance of it.

import { checkOptions } from './arguments.js';
import { Attention } from './attention.js';
import { describe, wrong } from './errors.js';
import { hasThreads, instantiate } from './instantiate.js';
import { ownModule, toModule } from './module.js';
import { chooseVariant } from './variant.js';
import { INTERFACE } from './version.js';

/** @import { Memory } from './memory.js' */
/** @import { Variant } from './variant.js' */

/**
 * @typedef {object} CoreExports
 * @property {(args: number) => number} attention_steps
 * @property {(args: number) => number} attention_forward
 * @property {(args: number) => number} attention_forward_workspace_bytes
 * @property {(args: number) => number} attention_backward
 * @property {(args: number) => number} attention_backward_workspace_bytes
 * @property {(args: number) => number} attention_merge
 * @property {(args: number) => number} attention_append
 * @property {() => number} attention_interface
 * @property {() => number} attention_relaxed
 * @property {{ readonly value: number }} __heap_base
 * @property {() => number} [attention_pool_bytes] this and what follows: in builds for threads
 * @property {(pool: number, threads: number, callerMaySleep: number) => void} [attention_pool_init]
 * @property {(pool: number) => void} [attention_pool_stop]
 */

/**
 * @typedef {object} Threads
 * @property {number} count 1 where the caller works alone
 * @property {string | undefined} unavailable why there are fewer than asked for
 * @property {() => void} stop ends the workers
 */

/**
 * @typedef {object} Core
 * @property {Variant} variant
 * @property {Memory} memory
 * @property {CoreExports} exports
 * @property {number} pool the address for the `pool` fields of argument structs, 0 where the caller works alone;
 *   may become 0 between calls
 * @property {Threads} threads
 */

/**
 * What `wasm` may be: an address, a response, bytes or a module. A program that is compiled without the types of
 * browsers, workers or Node has no name for some of these, so they are looked up here rather than named.
 * @typedef {string | PlatformType<'URL'> | PlatformType<'Response'> | ArrayBufferLike | ArrayBufferView
 *   | CompiledModule} Binary
 */

/**
 * @template {string} Name
 * @typedef {typeof globalThis extends Record<Name, { prototype: infer Instance }> ? Instance : never} PlatformType
 */

/**
 * A `WebAssembly.Module`. TypeScript declares it without any property: a number would do as one.
 * @typedef {typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } }
 *   ? Module & object : never} CompiledModule
 */

/**
 * @typedef {object} LoadOptions
 * @property {'auto' | Variant} [variant] 'auto', the default, takes relaxed SIMD (fused
 *   multiply-add) where the engine has it
 * @property {number | 'auto'} [threads] how many threads a call may use, the calling one included; 1 by default,
 *   64 at most, 'auto' = as many as there are processors, up to 8. In a browser the page must be cross-origin
 *   isolated. Where they can't be had it works with fewer, and `threadsUnavailable` says why
 * @property {Binary | PromiseLike<Binary>} [wasm] where the binary is, or the
 *   binary itself (or a promise of it), for bundlers, workers and policies that keep it from being fetched.
 *   Threads need one of those named `attention.*.threads.wasm`, which work with one thread as well
 */

const KNOWN = new Set(['variant', 'threads', 'wasm']);
const EXPECTED = { reports: 'attention_interface', version: INTERFACE, needed: 'attention_forward' };

/**
 * Loads the core. Each call makes an instance with a memory of its own.
 * @param {LoadOptions} [options]
 * @returns {Promise<Attention>}
 */
export async function loadAttention(options = {}) {
  checkOptions(options, KNOWN);
  const { variant = 'auto', threads = 1, wasm } = options;
  checkThreads(threads);
  const best = chooseVariant(variant);
  const given = wasm === undefined ? undefined : await toModule(await wasm);
  const wanted = variant === 'auto' ? undefined : variant;
  let unavailable;
  if (threads !== 1) {
    try {
      return await loadThreaded(threads, best, given, wanted);
    } catch (cause) {
      unavailable = /** @type {Error} */ (cause).message;
    }
  }
  const core = await createCore(given ?? await ownModule(() => binaryUrl(best)), wanted);
  core.threads.unavailable = unavailable;
  return new Attention(core);
}

/** @param {unknown} threads */
function checkThreads(threads) {
  if (threads === 'auto' || (Number.isInteger(threads) && /** @type {number} */ (threads) > 0)) return;
  throw wrong('range', 'threads', "an integer of 1 or more, or 'auto'", describe(threads));
}

/**
 * Throws where there can be but one thread.
 * @param {number | 'auto'} threads
 * @param {Variant} best
 * @param {WebAssembly.Module | undefined} given
 * @param {Variant | undefined} wanted
 */
async function loadThreaded(threads, best, given, wanted) {
  const { planThreads, startThreads, stopWithout, threadedBinaryUrl } = await import('./threads.js');
  const { count, unavailable } = planThreads(threads);
  if (given && !hasThreads(given)) {
    throw new Error(`The binary has no threads: give attention.${best}.threads.wasm as 'wasm'. ` +
      'attention-wasm/inline carries none of those.');
  }
  const module = given ?? await ownModule(() => (count > 1 ? threadedBinaryUrl : binaryUrl)(best));
  const core = await createCore(module, wanted);
  core.threads.unavailable = unavailable;
  if (count > 1) await startThreads(core, module, count);
  const attention = new Attention(core);
  if (count > 1) stopWithout(attention, core);
  return attention;
}

/**
 * Where the package has its binary.
 * @param {Variant} variant
 */
function binaryUrl(variant) {
  // Spelled out, since this is the form in which bundlers find the files and take them along.
  return variant === 'relaxed'
    ? new URL('./attention.relaxed.wasm', import.meta.url)
    : new URL('./attention.simd.wasm', import.meta.url);
}

/**
 * @param {WebAssembly.Module} module
 * @param {Variant | undefined} wanted
 * @returns {Promise<Core>}
 */
async function createCore(module, wanted) {
  const { memory, exports } = await instantiate(module, EXPECTED);
  const variant = exports.attention_relaxed() ? 'relaxed' : 'simd';
  if (wanted && wanted !== variant) {
    throw wrong('variant-unavailable', 'wasm', `the ${wanted} binary`, `the ${variant} one`);
  }
  return { variant, memory, exports, pool: 0, threads: { count: 1, unavailable: undefined, stop() {} } };
}
