// Fetching and compiling a binary. Most of this file is about saying clearly what went wrong.

import { typeError } from './arguments.js';
import { AttentionError, describe } from './errors.js';

/** Throws where there is no WebAssembly at all. */
export function needWebAssembly() {
  if (typeof WebAssembly === 'object') return;
  throw new AttentionError('webassembly-missing', {
    message: 'WebAssembly is missing here, as in hardened modes: allow it for this site, or use another browser.',
  });
}

/**
 * @param {unknown} source
 * @param {boolean} [own] is it where the package has it? Anything else may have been mistyped
 * @returns {Promise<WebAssembly.Module>}
 */
export async function toModule(source, own) {
  const kind = Object.prototype.toString.call(source).slice(8, -1);
  if (kind === 'WebAssembly.Module') return /** @type {WebAssembly.Module} */ (source);
  if (kind === 'Response') return compileResponse(/** @type {Response} */ (source));
  if (kind === 'URL' || kind === 'String') return fetchModule(toUrl(/** @type {URL | string} */ (source)), own);
  if (kind.endsWith('ArrayBuffer') || ArrayBuffer.isView(source)) {
    const { buffer = source, byteOffset, byteLength } = /** @type {Partial<Uint8Array<ArrayBuffer>>} */ (source);
    // slice(): shared memory can't be compiled from, and must not change meanwhile.
    const bytes = new Uint8Array(/** @type {ArrayBuffer} */ (buffer), byteOffset, byteLength).slice();
    return compileBytes(bytes, 'the data given');
  }
  throw typeError('wasm', 'a URL, a Response, an ArrayBuffer or view, or a WebAssembly.Module', source);
}

/**
 * The package's own binary.
 * @param {() => URL} find throws where a script doesn't know its address: a classic one, or in workerd
 */
export async function ownModule(find) {
  return toModule(await got(async () => find(), 'where this script is', IN_WORKERD), true);
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

/** @param {string} hint */
const remedy = (hint) => `${hint}, or pass the binary as 'wasm'; attention-wasm/inline has the core's inside.`;
const PUT_THERE = "Put the package's .wasm files there";
const REACH = 'Check the server, the CSP (connect-src) and CORS';
const IN_WORKERD = 'In workerd, pass a WebAssembly.Module';

/**
 * @param {URL} url
 * @param {boolean} [own]
 */
async function fetchModule(url, own) {
  const { protocol, href } = url;
  // What bundlers inline is decoded here: a policy that allows the script seldom allows to fetch such a URL.
  const inside = protocol === 'data:' ? href.split(';base64,')[1] : undefined;
  if (inside) {
    const decode = async () => Uint8Array.from(atob(inside), (letter) => letter.charCodeAt(0));
    return compileBytes(await got(decode, 'base64', PUT_THERE), 'base64');
  }
  const onDisk = protocol === 'file:';
  const fs = onDisk && builtin('fs');
  if (!fs) return compileResponse(await got(() => fetch(url), href, onDisk ? 'Serve the page over http' : REACH), href);
  const hint = own ? "Keep it out of the server's bundle (Next.js: serverExternalPackages)" : 'Check the path';
  return compileBytes(await got(() => fs.promises.readFile(url), href, hint), href);
}

/**
 * @template Content
 * @param {() => Promise<Content>} get
 * @param {string} where
 * @param {string} hint
 * @returns {Promise<Content>}
 */
async function got(get, where, hint) {
  try {
    return await get();
  } catch (cause) {
    throw notFound(where, /** @type {Error} */ (cause).message, hint, cause);
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
    message: `The binary of attention-wasm could not be loaded from ${where}: ${what}. ${remedy(hint)}`, cause,
  });
}

/**
 * @param {Response} response
 * @returns {Promise<WebAssembly.Module>}
 */
async function compileResponse(response, where = response.url || 'the Response given') {
  if (!response.ok) throw notFound(where, `HTTP status ${response.status}`, PUT_THERE);
  try {
    return await WebAssembly.compileStreaming(response.clone());
  } catch {
    // Not called application/wasm, which does no harm; or the bytes tell more about what is wrong.
  }
  return compileBytes(new Uint8Array(await got(() => response.arrayBuffer(), where, REACH)), where);
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
        message: "A content security policy forbids WebAssembly here. Add 'wasm-unsafe-eval' to its script-src. " +
          `${IN_WORKERD}.`,
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
  if (start.startsWith('<')) return 'an HTML page, as servers send for unknown paths';
  if (!start.startsWith('\0asm')) return `${bytes.length} bytes that are no WebAssembly: “${start.slice(0, 60)}”`;
  return `WebAssembly that does not compile here (${bytes.length} bytes): cut off, damaged, or not for this engine`;
}

/**
 * @param {string} where
 * @param {string} actual
 * @param {unknown} [cause]
 */
export function invalid(where, actual, cause) {
  const hint = where.includes('://') ? ` ${remedy(PUT_THERE)}` : '';
  return new AttentionError('wasm-invalid', {
    argument: 'wasm', expected: 'the binary of attention-wasm', actual,
    message: `The binary of attention-wasm was expected, but ${where} is ${actual}.${hint}`, cause,
  });
}
