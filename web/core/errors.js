/**
 * What went wrong, for programs:
 * - `type`: an argument of the wrong kind, or missing; an unknown option
 * - `dims`: a tensor whose dims don't fit its data or the other tensors
 * - `range`: a number or a word outside what is allowed
 * - `not-finite`: NaN or an infinity where numbers must be finite
 * - `disposed`: the instance, the tensor, the cache or the transformer was disposed of
 * - `snapshot`: bytes that aren't what a transformer saved, or not of one like this
 * - `out-of-memory`: more than WebAssembly or the system can give
 * - `webassembly-missing`, `webassembly-blocked`: no WebAssembly here; forbidden by a content security policy
 * - `variant-unavailable`: this engine can't run the variant asked for
 * - `wasm-not-found`, `wasm-invalid`: the binary could not be fetched; what came isn't the binary
 * - `internal`: a bug in this library
 * @typedef {'type' | 'dims' | 'range' | 'not-finite' | 'disposed' | 'snapshot' | 'out-of-memory'
 *   | 'webassembly-missing' | 'webassembly-blocked' | 'variant-unavailable' | 'wasm-not-found'
 *   | 'wasm-invalid' | 'internal'} AttentionErrorCode
 */

/** The one error that this library throws. The instance stays usable, and nothing was written. */
export class AttentionError extends Error {
  /**
   * @param {AttentionErrorCode} code
   * @param {{ argument?: string, expected?: string, actual?: string, message?: string, cause?: unknown }}
   *   details without `message`, one is made of the other three
   */
  constructor(code, { argument = '', expected = '', actual = '', message, cause }) {
    super(message ?? `${argument}: expected ${expected}, got ${actual}`, cause ? { cause } : {});
    this.name = 'AttentionError';
    /** @readonly */
    this.code = code;
    /**
     * Which argument or option was wrong, as `key` or `mask.dims`; '' when none was.
     * @readonly
     */
    this.argument = argument;
    /**
     * What it should have been, in words.
     * @readonly
     */
    this.expected = expected;
    /**
     * What it was, in words.
     * @readonly
     */
    this.actual = actual;
  }
}

/**
 * An error about an argument.
 * @param {AttentionErrorCode} code
 * @param {string} argument
 * @param {string} expected
 * @param {string} actual in words
 */
export function wrong(code, argument, expected, actual) {
  return new AttentionError(code, { argument, expected, actual });
}

const LONGEST = 60;

/**
 * Any value, in a few words, for a message.
 * @param {unknown} value
 * @returns {string}
 */
export function describe(value) {
  if (value === null || value === undefined || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'string') return shorten(JSON.stringify(value));
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object') return shorten(String(value));
  if (ArrayBuffer.isView(value)) return describeView(value);
  if (Array.isArray(value)) return describeArray(value);
  return `an object (${Object.prototype.toString.call(value).slice(8, -1)})`;
}

/** @param {ArrayBufferView} view */
function describeView(view) {
  const kind = /** @type {any} */ (view)[Symbol.toStringTag] ?? 'a view';
  return `${kind} of ${/** @type {any} */ (view).length ?? view.byteLength}`;
}

/** @param {unknown[]} array */
function describeArray(array) {
  const items = array.slice(0, 12).map((item) => (Array.isArray(item) ? '[…]' : describe(item)));
  if (array.length > items.length) items.push('…');
  return shorten(`[${items.join(', ')}]`);
}

/** @param {string} text */
function shorten(text) {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
