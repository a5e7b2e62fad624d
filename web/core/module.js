// Finding, fetching and compiling the binary. Most of this file is about saying clearly what went wrong.

import { typeError } from './arguments.js';
import { AttentionError, describe } from './errors.js';

/** @import { Variant } from './variant.js' */

/**
 * Where the package has its binary.
 * @param {Variant} variant
 */
export function binaryUrl(variant) {
  // Spelled out, since this is the form in which bundlers find the files and take them along.
  return variant === 'relaxed'
    ? new URL('./attention.relaxed.wasm', import.meta.url)
    : new URL('./attention.simd.wasm', import.meta.url);
}

/**
 * @param {unknown} source
 * @returns {Promise<WebAssembly.Module>}
 */
export async function toModule(source) {
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
export function builtin(name) {
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
export function invalid(where, actual, cause) {
  return new AttentionError('wasm-invalid', {
    argument: 'wasm', expected: 'the binary of attention-wasm', actual,
    message: `The binary of attention-wasm was expected, but ${where} is ${actual}.`, cause,
  });
}
