// Finding, compiling and instantiating the binary. Most of this file is about saying clearly what went wrong.

import { checkOptions, typeError } from './arguments.js';
import { Attention } from './attention.js';
import { AttentionError, describe, wrong } from './errors.js';
import { Memory } from './memory.js';
import { INTERFACE } from './version.js';

/** @typedef {'simd' | 'relaxed'} Variant */

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
 * @property {WebAssembly.Global} __heap_base
 */

/**
 * `pool` is the address of the threads' attention_pool, 0 without threads.
 * @typedef {{ variant: Variant, memory: Memory, exports: CoreExports, pool: number }} Core
 */

/**
 * @typedef {object} LoadOptions
 * @property {'auto' | Variant} [variant] 'auto', the default, takes relaxed SIMD (fused
 *   multiply-add) where the engine has it
 * @property {number | 'auto'} [threads] 1 by default
 * @property {URL | string | Response | BufferSource | WebAssembly.Module} [wasm] where the binary is, or the
 *   binary itself (or a promise of it), for bundlers, workers and policies that keep it from being fetched
 */

const KNOWN = new Set(['variant', 'threads', 'wasm']);

// A module of one function whose body is i32.const 0, i32x4.splat (thrice for relaxed), the opcode in
// question, drop. An engine that doesn't know an opcode refuses the whole module.
const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0];
const VECTOR = [0x41, 0, 0xfd, 0x11];
const RELAXED_MADD = [0xfd, 0x85, 0x02];
const SIMD_PROBE = new Uint8Array([...HEADER, 0x0a, 9, 1, 7, 0, ...VECTOR, 0x1a, 0x0b]);
const RELAXED_PROBE = new Uint8Array([
  ...HEADER, 0x0a, 20, 1, 18, 0, ...VECTOR, ...VECTOR, ...VECTOR, ...RELAXED_MADD, 0x1a, 0x0b,
]);

/**
 * Loads the core. Each call makes an instance with a memory of its own.
 * @param {LoadOptions} [options]
 * @returns {Promise<Attention>}
 */
export async function loadAttention(options = {}) {
  checkOptions(options, KNOWN);
  const threadsUnavailable = checkThreads(options.threads);
  const { variant = 'auto', wasm } = options;
  const best = chooseVariant(variant);
  const core = await instantiate(await toModule(wasm === undefined ? defaultUrl(best) : await wasm));
  if (variant !== 'auto' && variant !== core.variant) {
    throw wrong('variant-unavailable', 'wasm', `the ${variant} binary`, `the ${core.variant} one`);
  }
  return new Attention(core, threadsUnavailable);
}

/**
 * @param {unknown} threads
 * @returns {string | undefined} why there is but one
 */
function checkThreads(threads = 1) {
  if (threads === 1) return undefined;
  if (threads !== 'auto' && !(Number.isInteger(threads) && /** @type {number} */ (threads) > 0)) {
    throw wrong('range', 'threads', "an integer of 1 or more, or 'auto'", describe(threads));
  }
  return 'This version has no threads yet: it runs with 1.';
}

/**
 * @param {unknown} wanted
 * @returns {Variant}
 */
function chooseVariant(wanted) {
  if (wanted !== 'auto' && wanted !== 'simd' && wanted !== 'relaxed') {
    throw wrong('range', 'variant', "'auto', 'simd' or 'relaxed'", describe(wanted));
  }
  if (typeof WebAssembly !== 'object') {
    throw new AttentionError('webassembly-missing', {
      message: 'WebAssembly is missing here. Some hardened browser modes turn it off: allow it for this ' +
        'site, or use another browser.',
    });
  }
  const relaxed = WebAssembly.validate(RELAXED_PROBE);
  if (wanted === 'relaxed' && !relaxed) {
    throw unavailable('relaxed', 'relaxed SIMD', "use variant 'simd' or 'auto'");
  }
  if (!WebAssembly.validate(SIMD_PROBE)) throw unavailable('simd', 'SIMD', 'update the browser or Node');
  return relaxed && wanted !== 'simd' ? 'relaxed' : 'simd';
}

/**
 * @param {Variant} variant
 * @param {string} feature
 * @param {string} remedy
 */
function unavailable(variant, feature, remedy) {
  return new AttentionError('variant-unavailable', {
    argument: 'variant', expected: `an engine with WebAssembly ${feature}`, actual: 'one without',
    message: `The ${variant} variant needs WebAssembly ${feature}, which this engine lacks: ${remedy}.`,
  });
}

/** @param {Variant} variant */
function defaultUrl(variant) {
  // Spelled out, since this is the form in which bundlers find the files and take them along.
  return variant === 'relaxed'
    ? new URL('./attention.relaxed.wasm', import.meta.url)
    : new URL('./attention.simd.wasm', import.meta.url);
}

/**
 * @param {unknown} source
 * @returns {Promise<WebAssembly.Module>}
 */
async function toModule(source) {
  const kind = Object.prototype.toString.call(source).slice(8, -1);
  if (kind === 'WebAssembly.Module') return /** @type {WebAssembly.Module} */ (source);
  if (kind === 'Response') return compileResponse(/** @type {Response} */ (source));
  if (kind === 'URL' || kind === 'String') return fetchModule(toUrl(/** @type {URL | string} */ (source)));
  // slice(): shared memory can't be compiled from, and must not change meanwhile.
  if (kind === 'ArrayBuffer' || kind === 'SharedArrayBuffer') {
    return compileBytes(new Uint8Array(/** @type {ArrayBuffer} */ (source)).slice(), 'the data given');
  }
  if (ArrayBuffer.isView(source)) {
    const { buffer, byteOffset, byteLength } = source;
    return compileBytes(new Uint8Array(buffer, byteOffset, byteLength).slice(), 'the data given');
  }
  throw typeError('wasm', 'a URL, a Response, an ArrayBuffer or view, or a WebAssembly.Module', source);
}

/**
 * @param {URL | string} source
 * @returns {URL}
 */
function toUrl(source) {
  const base = /** @type {any} */ (globalThis).location?.href ?? builtin('url')?.pathToFileURL('./').href;
  try {
    return new URL(source, base);
  } catch {
    throw new AttentionError('type', { argument: 'wasm', expected: 'a URL', actual: describe(source) });
  }
}

/**
 * A module of Node's own, undefined elsewhere. An `import` of it would have bundlers for browsers complain.
 * @param {string} name
 */
function builtin(name) {
  return /** @type {any} */ (globalThis).process?.getBuiltinModule?.(`node:${name}`);
}

/** @param {URL} url */
async function fetchModule(url) {
  const fs = url.protocol === 'file:' ? builtin('fs') : undefined;
  try {
    if (fs) return await compileBytes(await fs.promises.readFile(url), url.href);
    return await compileResponse(await fetch(url), url.href);
  } catch (cause) {
    if (cause instanceof AttentionError) throw cause;
    const hint = url.protocol === 'file:'
      ? 'Build it with ./build.sh; or, in a browser, serve the page over http.'
      : 'The server may be out of reach, or a policy (CSP connect-src, CORS) forbids it.';
    const what = /** @type {Error} */ (cause).message;
    throw notFound(url.href, what, `${hint} The bytes can also be passed as 'wasm'.`, cause);
  }
}

/**
 * @param {string} where
 * @param {string} what
 * @param {string} hint
 * @param {unknown} [cause]
 */
function notFound(where, what, hint, cause) {
  return new AttentionError('wasm-not-found', {
    argument: 'wasm', expected: `the binary at ${where}`, actual: what,
    message: `The WebAssembly binary could not be loaded from ${where}: ${what}. ${hint}`, cause,
  });
}

/**
 * @param {Response} response
 * @returns {Promise<WebAssembly.Module>}
 */
async function compileResponse(response, where = response.url || 'the Response given') {
  if (!response.ok) {
    throw notFound(where, `HTTP status ${response.status}`,
      "Serve the .wasm files of the package there, or say where they are with 'wasm'.");
  }
  const type = response.headers.get('content-type')?.split(';')[0].trim();
  if (type === 'application/wasm' && typeof WebAssembly.compileStreaming === 'function') {
    try {
      return await WebAssembly.compileStreaming(response.clone());
    } catch {
      // The bytes tell more about what is wrong.
    }
  }
  return compileBytes(new Uint8Array(await response.arrayBuffer()), where);
}

/**
 * @param {Uint8Array} bytes
 * @param {string} where
 * @returns {Promise<WebAssembly.Module>}
 */
async function compileBytes(bytes, where) {
  try {
    return await WebAssembly.compile(/** @type {BufferSource} */ (bytes));
  } catch (cause) {
    if (await isBlocked()) {
      throw new AttentionError('webassembly-blocked', {
        message: 'A content security policy forbids WebAssembly here. ' +
          "Add 'wasm-unsafe-eval' to its script-src; 'unsafe-eval' isn't needed.",
        cause,
      });
    }
    throw invalid(where, diagnose(bytes), cause);
  }
}

/** Does even the empty module fail to compile? */
async function isBlocked() {
  try {
    await WebAssembly.compile(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
    return false;
  } catch {
    return true;
  }
}

/** @param {Uint8Array} bytes */
function diagnose(bytes) {
  const start = new TextDecoder().decode(bytes.subarray(0, 200)).trimStart();
  if (bytes.length === 0) return 'nothing (0 bytes)';
  if (start.startsWith('<')) return 'an HTML page, as servers send for unknown paths: check the path';
  if (start.startsWith('version https://git-lfs')) return 'a Git LFS pointer, not the file';
  if (!start.startsWith('\0asm')) return `${bytes.length} bytes that are no WebAssembly`;
  return `WebAssembly that does not compile here (${bytes.length} bytes): cut off, damaged, or the relaxed ` +
    'binary in an engine without relaxed SIMD';
}

/**
 * @param {string} where
 * @param {string} actual
 * @param {unknown} [cause]
 */
function invalid(where, actual, cause) {
  return new AttentionError('wasm-invalid', {
    argument: 'wasm', expected: 'the binary of attention-wasm', actual,
    message: `The binary of attention-wasm was expected, but ${where} is ${actual}.`, cause,
  });
}

/**
 * @param {WebAssembly.Module} module
 * @returns {Promise<Core>}
 */
async function instantiate(module) {
  const memory = new Memory();
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
  memory.open(exports.__heap_base.value);
  return { variant: exports.attention_relaxed() ? 'relaxed' : 'simd', memory, exports, pool: 0 };
}
