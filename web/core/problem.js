// Reads a whole attention problem, its operands and the options that go with them: what
// scaledDotProductAttention(), its backward and decode() share. placing.js writes it to where C reads it.

import { checkChoice, checkOptions, readInteger, readNumber, readVector, typeError } from './arguments.js';
import { describe, wrong } from './errors.js';
import { checkDim, readMask, readOperand } from './inputs.js';

/** @import { Memory } from './memory.js' */
/** @import { Input, Mask } from './inputs.js' */
/** @import { BooleanTensor, Tensor } from './tensor.js' */

/**
 * What a score goes through, in this order: `scale`, `softcap`, `alibiSlopes`, `mask`. A key that any of
 * `causal`, `window`, `mask` and `keyLengths` hides takes no part: NaN or infinity in it reaches no result.
 *
 * Letters: B batch, H query heads, M query length, N key length, D head dimension. Query m of batch entry b
 * stands at key position p = m + queryOffset[b].
 * @typedef {object} ProblemOptions
 * @property {number} [scale] multiplies query · key; 1/sqrt(D) by default
 * @property {boolean | 'upper-left' | 'lower-right'} [causal] a query sees no key after p. true is 'upper-left':
 *   p = m. 'lower-right' puts the last query at the last key: p = m + N - M, or m + keyLengths[b] - M where
 *   key lengths are given
 * @property {number | Int32Array} [queryOffset] the key position of the first query, one for all or [B], from
 *   -2^30 to 2^30: p = m + queryOffset, for `causal`, `window` and `alibiSlopes`. 0 by default, or what
 *   'lower-right' implies. With a key/value cache it's the number of keys before this call's
 * @property {readonly [left: number, right: number]} [window] only the keys from p - left to p + right are seen;
 *   -1 is no limit
 * @property {Tensor | BooleanTensor} [mask] dims that broadcast to [B, H, M, N]. Uint8Array: 0 hides a key.
 *   Float32Array: is added to the scores, and -Infinity hides
 * @property {Float32Array} [alibiSlopes] [H]; slope · |p - n| is subtracted from the score of key n
 * @property {number} [softcap] c: scores become c · tanh(score / c), before the mask; 0, the default, leaves
 *   them as they are
 * @property {Float32Array} [sinks] [H]; one more logit in each row's softmax, neither scaled, capped nor masked,
 *   which takes weight and adds no value. -Infinity is none
 * @property {Int32Array} [keyLengths] [B], each from 0 to N: the keys and values behind it are padding
 */

/**
 * @typedef {object} Operands
 * @property {Input} query
 * @property {Input} key
 * @property {Input} value
 * @property {number} keyScales addresses, 0 when there are none
 * @property {number} valueScales
 * @property {boolean} halvesFinite float16 keys and values are known to hold neither infinity nor NaN
 * @property {number} capacity rows from one head of key and value to the next
 * @property {number} B
 * @property {number} H
 * @property {number} G
 * @property {number} M
 * @property {number} N
 * @property {number} D
 * @property {number} E
 */

/**
 * @typedef {object} Problem
 * @property {Operands} operands
 * @property {number} scale
 * @property {number} softcap
 * @property {number} windowLeft
 * @property {number} windowRight
 * @property {number | Int32Array} queryOffset for the whole batch, or [B]
 * @property {Int32Array | undefined} keyLengths
 * @property {Mask | undefined} mask
 * @property {Float32Array | undefined} alibiSlopes
 * @property {Float32Array | undefined} sinks
 */

const PROBLEM_OPTIONS = [
  'scale', 'causal', 'queryOffset', 'window', 'mask', 'alibiSlopes', 'softcap', 'sinks', 'keyLengths', 'weights', 'out',
];
export const FORWARD_OPTIONS = new Set(PROBLEM_OPTIONS);
// `weights` and `out` mean nothing there. They're taken so that the options of the forward call can be.
export const BACKWARD_OPTIONS = new Set([...PROBLEM_OPTIONS, 'output', 'logSumExp']);

const CAUSAL = [false, true, 'upper-left', 'lower-right'];
const FARTHEST = 2 ** 30;
const MOST = 2 ** 31 - 1;
// A smaller one has no reciprocal in float32.
const LEAST_SOFTCAP = 2 ** -126;

/**
 * @param {Memory} memory
 * @param {unknown} queryTensor
 * @param {unknown} keyTensor
 * @param {unknown} valueTensor
 * @returns {Operands}
 */
export function readOperands(memory, queryTensor, keyTensor, valueTensor) {
  const query = readOperand(memory, queryTensor, 'query', '[B, H, M, D]');
  const key = readOperand(memory, keyTensor, 'key', '[B, G, N, D]');
  const value = readOperand(memory, valueTensor, 'value', '[B, G, N, E]');
  const [B, H, M, D] = query.dims;
  const [, G, N] = key.dims;
  checkDim(key, 0, B, 'query', 'B');
  checkDim(key, 3, D, 'query', 'D');
  checkDim(value, 0, B, 'query', 'B');
  checkDim(value, 1, G, 'key', 'G');
  checkDim(value, 2, N, 'key', 'N');
  if (H !== 0 && (G === 0 || H % G !== 0)) {
    throw wrong('dims', 'key.dims[1]', `a divisor of the ${H} query heads`, `${G}`);
  }
  return {
    query, key, value, keyScales: 0, valueScales: 0, halvesFinite: false, capacity: N, B, H, G, M, N, D,
    E: value.dims[3],
  };
}

/**
 * @param {Memory} memory
 * @param {Operands} operands
 * @param {unknown} options
 * @param {ReadonlySet<string>} known
 * @param {false | 'lower-right'} causalDefault
 * @returns {Problem}
 */
export function readProblem(memory, operands, options, known, causalDefault) {
  checkOptions(options, known);
  const { B, H, M, N, D } = operands;
  const { scale, causal = causalDefault, queryOffset, window, mask, alibiSlopes, softcap, sinks, keyLengths } =
    /** @type {Record<string, unknown>} */ (options);
  checkChoice(causal, 'causal', CAUSAL);
  const sides = window === undefined ? UNLIMITED : readWindow(window);
  const lengths = keyLengths === undefined ? undefined : readEach(keyLengths, 'keyLengths', B, 0, N);
  return {
    operands,
    scale: scale === undefined ? 1 / Math.sqrt(D || 1) : readNumber(scale, 'scale'),
    softcap: softcap === undefined ? 0 : readSoftcap(softcap),
    windowLeft: sides[0],
    windowRight: causal === false ? sides[1] : 0,
    queryOffset: readOffset(queryOffset, causal === 'lower-right', lengths, operands),
    keyLengths: lengths,
    mask: mask === undefined ? undefined : readMask(memory, mask, [B, H, M, N]),
    alibiSlopes: alibiSlopes === undefined ? undefined : readVector(alibiSlopes, 'Float32Array', 'alibiSlopes', H, 'H'),
    sinks: sinks === undefined ? undefined : readVector(sinks, 'Float32Array', 'sinks', H, 'H'),
  };
}

const UNLIMITED = Object.freeze([-1, -1]);

/** @param {unknown} sides */
function readWindow(sides) {
  if (!Array.isArray(sides)) throw typeError('window', 'an array, [left, right]', sides);
  if (sides.length !== 2) throw wrong('range', 'window', 'two integers, [left, right]', describe(sides));
  return sides.map((keys, i) => {
    const name = ['window[0]', 'window[1]'][i];
    if (typeof keys !== 'number') throw typeError(name, 'a number', keys);
    if (!Number.isInteger(keys) || keys < -1) throw wrong('range', name, 'an integer of -1 or more', describe(keys));
    return Math.min(keys, MOST);
  });
}

/** @param {unknown} value */
function readSoftcap(value) {
  const softcap = readNumber(value, 'softcap');
  if (softcap !== 0 && softcap < LEAST_SOFTCAP) {
    throw wrong('range', 'softcap', '0, for none, or more than 1.2e-38', describe(value));
  }
  return softcap;
}

/**
 * @param {unknown} value
 * @param {boolean} lowerRight
 * @param {Int32Array | undefined} lengths
 * @param {Operands} operands
 */
function readOffset(value, lowerRight, lengths, { B, M, N }) {
  if (typeof value === 'number') return readInteger(value, 'queryOffset', -FARTHEST, FARTHEST);
  if (value !== undefined) return readEach(value, 'queryOffset', B, -FARTHEST, FARTHEST);
  if (!lowerRight) return 0;
  return lengths ? lengths.map((length) => length - M) : N - M;
}

/**
 * @param {unknown} value
 * @param {string} name
 * @param {number} batch
 * @param {number} least
 * @param {number} most
 */
function readEach(value, name, batch, least, most) {
  const vector = readVector(value, 'Int32Array', name, batch, 'B');
  for (let i = 0; i < batch; i++) {
    if (vector[i] < least || vector[i] > most) {
      throw wrong('range', `${name}[${i}]`, `an integer from ${least} to ${most}`, `${vector[i]}`);
    }
  }
  return vector;
}
