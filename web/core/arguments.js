// Checks of what callers pass. Each throws an AttentionError that names the argument, what was expected and
// what came; none of them writes anything.

import { AttentionError, describe, wrong } from './errors.js';

/** @import { Memory } from './memory.js' */

/**
 * A checked tensor. `address` is where its data lies in the instance's memory, or 0 when it has to be copied
 * there. It's found before anything is allocated: growing the memory would detach `data`.
 * @template {Float32Array | Uint8Array} [Data=Float32Array]
 * @typedef {{ name: string, data: Data, dims: readonly number[], address: number }} Input
 */

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
 * @param {ReadonlySet<string>} [later] names that the contract has and this version doesn't
 */
export function checkOptions(options, known, later) {
  if (typeof options !== 'object' || options === null) throw typeError('options', 'an object', options);
  for (const name in options) {
    if (known.has(name)) continue;
    if (!later?.has(name)) {
      throw wrong('type', name, `one of the options ${[...known].join(', ')}`, 'an unknown option');
    }
    const value = /** @type {Record<string, unknown>} */ (options)[name];
    if (value !== undefined) throw notSupported(`The option '${name}'`, name);
  }
}

/**
 * @param {string} what
 * @param {string} argument
 */
export function notSupported(what, argument) {
  return new AttentionError('not-supported', {
    argument, expected: 'it left out', actual: 'it given', message: `${what} is not supported yet.`,
  });
}

/**
 * @template {'Float32Array' | 'Uint8Array'} Kind
 * @param {unknown} data
 * @param {Kind} kind
 * @returns {data is Kind extends 'Float32Array' ? Float32Array : Uint8Array}
 */
export function isArrayOf(data, kind) {
  // By tag and not by instanceof: a tensor may come from another realm (an iframe, a test runner's context).
  return ArrayBuffer.isView(data) && /** @type {any} */ (data)[Symbol.toStringTag] === kind;
}

/**
 * @param {unknown} dims
 * @param {string} name
 * @returns {number} how many elements they describe
 */
export function checkDims(dims, name) {
  if (!Array.isArray(dims)) throw typeError(name, 'an array of integers', dims);
  let elements = 1;
  for (let i = 0; i < dims.length; i++) {
    if (!Number.isSafeInteger(dims[i]) || dims[i] < 0) {
      throw wrong('dims', name, 'integers of 0 or more', describe(dims));
    }
    elements *= dims[i];
  }
  return elements;
}

/**
 * @param {unknown} value
 * @param {string} name
 * @returns {{ data: unknown, dims: readonly number[] }}
 */
function readTensor(value, name) {
  if (typeof value !== 'object' || value === null) {
    throw typeError(name, 'a tensor, { data: Float32Array, dims }', value);
  }
  let data, dims;
  try {
    ({ data, dims } = /** @type {any} */ (value));
  } catch (cause) {
    if (cause instanceof AttentionError) {
      throw wrong(cause.code, name, cause.expected, cause.actual);
    }
    // onnxruntime's tensors throw when their data is on a GPU or disposed of.
    throw new AttentionError('type', {
      argument: name, expected: 'a tensor whose data can be read', actual: 'one that throws', cause,
    });
  }
  return { data, dims };
}

/**
 * @param {number} elements
 * @param {{ length: number }} data
 * @param {string} name
 * @param {readonly number[]} dims
 */
function checkLength(elements, data, name, dims) {
  if (elements !== data.length) {
    throw wrong('dims', name, `${elements} elements for dims ${describe(dims)}`, `${data.length}`);
  }
}

/**
 * A float32 tensor of the rank that `shape` spells.
 * @param {Memory} memory
 * @param {unknown} value
 * @param {string} name
 * @param {string} shape its dimensions as letters, as '[B, H, M, D]'
 * @param {number} rank
 * @returns {Input}
 */
export function readInput(memory, value, name, shape, rank) {
  const { data, dims } = readTensor(value, name);
  if (!isArrayOf(data, 'Float32Array')) throw typeError(`${name}.data`, 'a Float32Array', data);
  const elements = checkDims(dims, `${name}.dims`);
  if (dims.length !== rank) {
    throw wrong('dims', `${name}.dims`, `${rank} of them, ${shape}`, describe(dims));
  }
  checkLength(elements, data, name, dims);
  return { name, data, dims, address: memory.addressOf(data, name) };
}

/**
 * @param {Input} input
 * @param {number} index which of its dims
 * @param {number} expected
 * @param {Input} other the tensor that has it so
 * @param {string} letter
 */
export function checkDim(input, index, expected, other, letter) {
  if (input.dims[index] !== expected) {
    const argument = `${input.name}.dims[${index}]`;
    throw wrong('dims', argument, `${expected} (${letter}, as ${other.name} has)`, `${input.dims[index]}`);
  }
}

/**
 * A mask: Uint8Array or Float32Array, with dims that broadcast to `shape`.
 * @param {Memory} memory
 * @param {unknown} value
 * @param {readonly number[]} shape [B, H, M, N]
 * @returns {Input<Float32Array | Uint8Array> & { strides: readonly number[] }}
 */
export function readMask(memory, value, shape) {
  const { data, dims } = readTensor(value, 'mask');
  if (!isArrayOf(data, 'Float32Array') && !isArrayOf(data, 'Uint8Array')) {
    throw typeError('mask.data', 'a Uint8Array (1 = attend) or a Float32Array (added to the scores)', data);
  }
  checkLength(checkDims(dims, 'mask.dims'), data, 'mask', dims);
  const strides = broadcastStrides(dims, shape);
  return { name: 'mask', data, dims, address: memory.addressOf(data, 'mask'), strides };
}

/**
 * Strides, in elements, that walk a tensor as if it had `shape`: 0 along its missing and its 1-long
 * dimensions. Dimensions are matched from the last, as in NumPy.
 * @param {readonly number[]} dims
 * @param {readonly number[]} shape
 */
function broadcastStrides(dims, shape) {
  const strides = shape.map(() => 0);
  const skipped = shape.length - dims.length;
  let stride = 1;
  let fits = skipped >= 0;
  for (let i = dims.length - 1; i >= 0 && fits; i--) {
    if (dims[i] !== 1) strides[skipped + i] = stride;
    fits = dims[i] === 1 || dims[i] === shape[skipped + i];
    stride *= dims[i];
  }
  if (!fits) {
    const expected = `dims that broadcast to [B, H, M, N] = ${describe(shape)}`;
    throw wrong('dims', 'mask.dims', expected, describe(dims));
  }
  return strides;
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
 * @param {readonly unknown[]} allowed
 */
export function checkChoice(value, name, allowed) {
  if (!allowed.includes(value)) {
    throw wrong('range', name, `one of ${allowed.map(describe).join(', ')}`, describe(value));
  }
}
