// Checks of what callers pass, tensors aside (inputs.js). Each throws an AttentionError that names the argument,
// what was expected and what came; none of them writes anything.

import { describe, wrong } from './errors.js';

/** @import { Float16Data } from './tensor.js' */

/**
 * @param {string} argument
 * @param {string} expected
 * @param {unknown} actual
 */
export function typeError(argument, expected, actual) {
  return wrong('type', argument, expected, describe(actual));
}

/**
 * The options object, holding no name but those known.
 * @param {unknown} options
 * @param {ReadonlySet<string>} known
 */
export function checkOptions(options, known) {
  if (typeof options !== 'object' || options === null) throw typeError('options', 'an object', options);
  for (const name in options) {
    if (known.has(name)) continue;
    throw wrong('type', name, `one of the options ${[...known].join(', ')}`, 'an unknown option');
  }
}

/**
 * A number that is finite as a float32 too.
 * @param {unknown} value
 * @param {string} name
 * @returns {number}
 */
export function readNumber(value, name) {
  if (typeof value !== 'number') throw typeError(name, 'a number', value);
  if (!Number.isFinite(Math.fround(value))) {
    throw wrong('not-finite', name, 'a finite float32', describe(value));
  }
  return value;
}

/**
 * @param {unknown} value
 * @param {string} name
 * @param {number} least
 * @param {number} most
 * @returns {number}
 */
export function readInteger(value, name, least, most) {
  if (typeof value !== 'number') throw typeError(name, 'a number', value);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw wrong('range', name, `an integer from ${least} to ${most}`, describe(value));
  }
  return value;
}

/**
 * @param {unknown} value
 * @param {string} name
 * @param {readonly unknown[]} allowed
 */
export function checkChoice(value, name, allowed) {
  if (!allowed.includes(value)) {
    throw wrong('range', name, `one of ${allowed.map(describe).join(', ')}`, describe(value));
  }
}

/**
 * A vector of the kind that an option of one number a head or a batch takes: a copy, so that what was checked
 * stays, and growing the memory can't detach it.
 * @template {'Float32Array' | 'Int32Array'} Kind
 * @param {unknown} value
 * @param {Kind} kind
 * @param {string} name
 * @param {number} length
 * @param {string} letter
 * @returns {Kind extends 'Float32Array' ? Float32Array : Int32Array}
 */
export function readVector(value, kind, name, length, letter) {
  if (!isArrayOf(value, kind)) throw typeError(name, `${article(kind)} of ${length} (${letter})`, value);
  const vector = /** @type {any} */ (value);
  if (vector.length !== length) throw wrong('dims', name, `${length} elements (${letter})`, `${vector.length}`);
  return vector.slice();
}

/** @param {string} noun */
const article = (noun) => (/^[AEIOU]/.test(noun) ? `an ${noun}` : `a ${noun}`);

/**
 * @template {'Float32Array' | 'Int32Array' | 'Uint8Array' | 'Uint16Array' | 'Float16Array'} Kind
 * @param {unknown} data
 * @param {Kind} kind
 * @returns {data is { Float32Array: Float32Array, Int32Array: Int32Array, Uint8Array: Uint8Array,
 *   Uint16Array: Uint16Array, Float16Array: Float16Data }[Kind]}
 */
export function isArrayOf(data, kind) {
  // By tag and not by instanceof: a tensor may come from another realm (an iframe, a test runner's context).
  return ArrayBuffer.isView(data) && /** @type {any} */ (data)[Symbol.toStringTag] === kind;
}
