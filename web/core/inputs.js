// Tensors that callers pass, checked and found. Nothing here writes or allocates memory of the instance: growing
// it would detach the views that were just read.

import { isArrayOf, typeError } from './arguments.js';
import { AttentionError, describe, wrong } from './errors.js';

/** @import { Memory } from './memory.js' */
/** @import { Float16Data } from './tensor.js' */

/** attention_type of c_src/attention.h. */
export const FLOAT32 = 0;
export const FLOAT16 = 1;
export const INT8 = 2;

// Sizes are signed words in C, which multiplies some of them. Elements take memory, and that keeps them small, but
// a tensor without any could have any dims.
const MOST_ELEMENTS = 2 ** 31 - 1;

/** @typedef {Float32Array | Int32Array | Uint8Array | Uint16Array | Float16Data} Data */

/**
 * A checked tensor. `address` is where its data lies in the instance's memory, or 0 when it has to be copied
 * there. `data` may be detached by the time it's used when it has an address, which is why `bytes` is kept.
 * @typedef {object} Input
 * @property {string} name
 * @property {Data} data
 * @property {readonly number[]} dims
 * @property {number} type FLOAT32 or FLOAT16
 * @property {number} address
 * @property {number} bytes
 */

/** @typedef {Input & { boolean: boolean, strides: readonly number[] }} Mask strides for B, H, M, N */

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
 * @returns {{ data: unknown, dims: unknown, type: unknown }} dims copied where they are an array
 */
function readTensor(value, name) {
  if (typeof value !== 'object' || value === null) {
    throw typeError(name, 'a tensor, { data: Float32Array, dims }', value);
  }
  try {
    const { data, dims, type } = /** @type {any} */ (value);
    return { data, dims: Array.isArray(dims) ? dims.slice() : dims, type };
  } catch (cause) {
    if (cause instanceof AttentionError) throw wrong(cause.code, name, cause.expected, cause.actual);
    throw unreadable(value, name, cause);
  }
}

/**
 * onnxruntime's tensors throw when their data is on a GPU, or disposed of.
 * @param {unknown} value
 * @param {string} name
 * @param {unknown} cause
 */
function unreadable(value, name, cause) {
  const location = locationOf(value);
  const remote = location !== 'cpu' && location !== 'none';
  const what = remote ? `one on '${location}' (download it first: await tensor.getData())` : 'one that throws';
  const actual = cause instanceof Error ? `${what}: ${describe(cause.message)}` : what;
  const expected = 'a tensor whose data can be read';
  return new AttentionError('type', { argument: name, expected, actual, cause });
}

/**
 * Where onnxruntime says that the data of a tensor is; 'cpu' if it doesn't.
 * @param {any} value
 * @returns {string}
 */
function locationOf(value) {
  try {
    return typeof value.location === 'string' ? value.location : 'cpu';
  } catch {
    return 'cpu';
  }
}

/**
 * @param {Memory} memory
 * @param {string} name
 * @param {Data} data
 * @param {unknown} dims
 * @param {number} type
 * @returns {Input}
 */
function find(memory, name, data, dims, type) {
  const elements = checkDims(dims, `${name}.dims`);
  if (elements !== data.length) {
    throw wrong('dims', name, `${elements} elements for dims ${describe(dims)}`, `${data.length}`);
  }
  const checked = /** @type {number[]} */ (dims);
  if (elements === 0) checkSpan(checked, name);
  return { name, data, dims: checked, type, address: memory.addressOf(data, name), bytes: data.byteLength };
}

/**
 * @param {readonly number[]} dims
 * @param {string} name
 */
function checkSpan(dims, name) {
  const product = dims.reduce((elements, dim) => elements * (dim || 1), 1);
  if (product > MOST_ELEMENTS) {
    throw wrong('dims', `${name}.dims`, 'a product below 2^31, zeros not counted', describe(dims));
  }
}

/**
 * @param {Input} input
 * @param {string} shape
 * @param {number} rank
 */
function checkRank(input, shape, rank) {
  if (input.dims.length !== rank) {
    throw wrong('dims', `${input.name}.dims`, `${rank} of them, ${shape}`, describe(input.dims));
  }
  return input;
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
  return checkRank(find(memory, name, data, dims, FLOAT32), shape, rank);
}

/**
 * A float32 tensor of given dims.
 * @param {Memory} memory
 * @param {unknown} value
 * @param {string} name
 * @param {string} shape
 * @param {readonly number[]} expected
 * @returns {Input}
 */
export function readInputLike(memory, value, name, shape, expected) {
  const input = readInput(memory, value, name, shape, expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (input.dims[i] !== expected[i]) {
      throw wrong('dims', `${name}.dims`, `${describe(expected)}, ${shape}`, describe(input.dims));
    }
  }
  return input;
}

/**
 * A query, key or value: four dimensions, float32 or float16.
 * @param {Memory} memory
 * @param {unknown} value
 * @param {string} name
 * @param {string} shape
 * @returns {Input}
 */
export function readOperand(memory, value, name, shape) {
  const { data, dims, type } = readTensor(value, name);
  const floats = checkFloats(data, type, name);
  return checkRank(find(memory, name, floats, dims, isArrayOf(data, 'Float32Array') ? FLOAT32 : FLOAT16), shape, 4);
}

/**
 * @param {unknown} data
 * @param {unknown} type of the tensor: it tells the bits of half-precision numbers from integers
 * @param {string} name
 * @returns {Data}
 */
function checkFloats(data, type, name) {
  if (isArrayOf(data, 'Float32Array') || isArrayOf(data, 'Float16Array')) return data;
  const bits = isArrayOf(data, 'Uint16Array');
  if (bits && type === 'float16') return data;
  const expected = "a Float32Array, a Float16Array, or a Uint16Array in a tensor of type 'float16'";
  throw wrong('type', `${name}.data`, expected, bits ? `${describe(data)}, type ${describe(type)}` : describe(data));
}

/**
 * @param {Input} input
 * @param {number} index which of its dims
 * @param {number} expected
 * @param {string} other the tensor that has it so
 * @param {string} letter
 */
export function checkDim(input, index, expected, other, letter) {
  if (input.dims[index] !== expected) {
    const argument = `${input.name}.dims[${index}]`;
    throw wrong('dims', argument, `${expected} (${letter}, as ${other} has)`, `${input.dims[index]}`);
  }
}

/**
 * A mask: Uint8Array or Float32Array, with dims that broadcast to `shape`.
 * @param {Memory} memory
 * @param {unknown} value
 * @param {readonly number[]} shape [B, H, M, N]
 * @returns {Mask}
 */
export function readMask(memory, value, shape) {
  const { data, dims } = readTensor(value, 'mask');
  const boolean = isArrayOf(data, 'Uint8Array');
  if (!boolean && !isArrayOf(data, 'Float32Array')) {
    throw typeError('mask.data', 'a Uint8Array (1 = attend) or a Float32Array (added to the scores)', data);
  }
  const input = find(memory, 'mask', data, dims, FLOAT32);
  return { ...input, boolean, strides: broadcastStrides(input.dims, shape) };
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
