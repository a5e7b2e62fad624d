// The key/value cache of attention.createKeyValueCache(): rows of keys and values that stay in the memory of an
// instance from one decode() to the next, in one block.

import { checkChoice, checkOptions, readInteger, typeError } from './arguments.js';
import { describe, wrong } from './errors.js';
import { checkDim, FLOAT16, FLOAT32, INT8, readOperand } from './inputs.js';
import { APPEND } from './layout.js';
import { Block, checkStatus, room, roomFor } from './placing.js';

/** @import { Core } from './load.js' */
/** @import { Memory } from './memory.js' */
/** @import { Input } from './inputs.js' */
/** @import { Operands } from './problem.js' */
/** @import { Float16Tensor, Tensor } from './tensor.js' */

/**
 * @typedef {object} KeyValueCacheOptions
 * @property {number} batch B
 * @property {number} heads G, the key/value heads
 * @property {number} headDim D
 * @property {number} valueDim E
 * @property {number} capacity how many rows it can hold for each head; all of it is taken at once
 * @property {'float32' | 'float16' | 'int8'} [type] what rows are stored as, 'float32' by default. float16 rounds
 *   to the nearest half-precision number, beyond 65504 to infinity. int8 stores round(x · 127 / m), where m is
 *   the row's largest magnitude, and m / 127 as a float32 a row; a row with a number that isn't finite is NaN
 */

const KNOWN = new Set(['batch', 'heads', 'headDim', 'valueDim', 'capacity', 'type']);
const TYPES = ['float32', 'float16', 'int8'];
const ELEMENT_BYTES = { float32: 4, float16: 2, int8: 1 };
const CODES = { float32: FLOAT32, float16: FLOAT16, int8: INT8 };
const MOST = 2 ** 31 - 1;
const AT = APPEND.offsets;

/**
 * Where its block begins, how many bytes it has, and where in it what begins.
 * @typedef {{ start: number, bytes: number, keys: number, values: number, keyScales: number,
 *   valueScales: number }} Places
 */

/** Keys and values of a batch of sequences, all of one length. Made by `attention.createKeyValueCache()`. */
export class KeyValueCache {
  /** @type {Core} */
  #core;
  /** @type {Places | undefined} */
  #places;
  #length = 0;
  /** Has no infinity or NaN been stored as float16? decode() is faster then. */
  #halvesFinite = true;

  /**
   * @param {Core} core
   * @param {KeyValueCacheOptions} options
   */
  constructor(core, options) {
    checkOptions(options, KNOWN);
    const { type = 'float32' } = options;
    checkChoice(type, 'type', TYPES);
    /**
     * B
     * @readonly
     */
    this.batch = readInteger(options.batch, 'batch', 0, MOST);
    /**
     * G
     * @readonly
     */
    this.heads = readInteger(options.heads, 'heads', 0, MOST);
    /**
     * D
     * @readonly
     */
    this.headDim = readInteger(options.headDim, 'headDim', 0, MOST);
    /**
     * E
     * @readonly
     */
    this.valueDim = readInteger(options.valueDim, 'valueDim', 0, MOST);
    /**
     * How many rows it can hold for each head.
     * @readonly
     */
    this.capacity = readInteger(options.capacity, 'capacity', 0, MOST);
    /**
     * What rows are stored as.
     * @readonly
     */
    this.type = type;
    this.#core = core;
    this.#places = allocate(core.memory, this);
    Object.freeze(this);
  }

  /** Rows that each head holds. */
  get length() {
    this.#live();
    return this.#length;
  }

  /** What it takes of the instance's memory. */
  get byteLength() {
    return this.#live().bytes;
  }

  /**
   * Stores rows behind those there are. Takes no memory beyond copies of the two tensors until it returns.
   * @param {Tensor | Float16Tensor} key [B, G, n, D]
   * @param {Tensor | Float16Tensor} value [B, G, n, E]
   */
  append(key, value) {
    const places = this.#live();
    const { memory, exports } = this.#core;
    const keys = this.#readRows(key, 'key', '[B, G, n, D]', this.headDim, 'D');
    const values = this.#readRows(value, 'value', '[B, G, n, E]', this.valueDim, 'E');
    const count = keys.dims[2];
    checkDim(values, 2, count, 'key', 'n');
    const left = this.capacity - this.#length;
    if (count > left) {
      const expected = `at most ${left} rows: the cache holds ${this.#length} of ${this.capacity}`;
      throw wrong('range', 'key', expected, `${count}`);
    }
    const block = new Block(memory, APPEND.bytes + roomFor(keys) + roomFor(values));
    try {
      const args = block.take(APPEND.bytes);
      this.#writeRows(block, args, keys, this.headDim, places.keys, places.keyScales);
      checkStatus(exports.attention_append(args));
      const keysFinite = readFinite(memory, args);
      this.#writeRows(block, args, values, this.valueDim, places.values, places.valueScales);
      checkStatus(exports.attention_append(args));
      this.#halvesFinite &&= keysFinite && readFinite(memory, args);
      this.#length += count;
    } finally {
      block.release();
    }
  }

  /**
   * Forgets all rows but the first ones.
   * @param {number} length how many stay, at most as many as there are
   */
  truncate(length) {
    this.#live();
    this.#length = readInteger(length, 'length', 0, this.#length);
    if (length === 0) this.#halvesFinite = true;
  }

  /** Gives its memory back. May be called twice. */
  dispose() {
    const { memory } = this.#core;
    if (this.#places && !memory.closed) memory.release(this.#places.start);
    this.#places = undefined;
  }

  /**
   * Its rows as the keys and values of a problem.
   * @param {Core} core
   * @param {unknown} cache
   * @param {Input} query
   * @returns {Operands}
   */
  static operands(core, cache, query) {
    if (typeof cache !== 'object' || cache === null || !(#places in cache)) {
      throw typeError('cache', 'a cache that createKeyValueCache() made', cache);
    }
    const { keys, values, keyScales, valueScales } = cache.#live();
    if (cache.#core !== core) throw wrong('type', 'cache', 'a cache of this instance', 'one of another');
    const { batch: B, heads: G, headDim: D, valueDim: E, capacity } = cache;
    const [, H, M] = query.dims;
    checkDim(query, 0, B, 'the cache', 'B');
    checkDim(query, 3, D, 'the cache', 'D');
    if (G === 0 ? H !== 0 : H % G !== 0) {
      throw wrong('dims', 'query.dims[1]', `a multiple of the ${G} key/value heads`, `${H}`);
    }
    const N = cache.#length;
    const type = CODES[cache.type];
    return {
      query, key: rows(type, keys), value: rows(type, values), keyScales, valueScales,
      halvesFinite: cache.#halvesFinite, capacity, B, H, G, M, N, D, E,
    };
  }

  #live() {
    if (this.#places === undefined || this.#core.memory.closed) {
      throw wrong('disposed', 'cache', 'a cache in use', 'one disposed of');
    }
    return this.#places;
  }

  /**
   * @param {unknown} value
   * @param {string} name
   * @param {string} shape
   * @param {number} dim
   * @param {string} letter
   */
  #readRows(value, name, shape, dim, letter) {
    const input = readOperand(this.#core.memory, value, name, shape);
    checkDim(input, 0, this.batch, 'the cache', 'B');
    checkDim(input, 1, this.heads, 'the cache', 'G');
    checkDim(input, 3, dim, 'the cache', letter);
    return input;
  }

  /**
   * @param {Block} block
   * @param {number} args
   * @param {Input} input
   * @param {number} dim
   * @param {number} to
   * @param {number} scales
   */
  #writeRows(block, args, input, dim, to, scales) {
    const { i32 } = block.memory;
    const words = args >>> 2;
    i32[words + AT.heads] = this.batch * this.heads;
    i32[words + AT.count] = input.dims[2];
    i32[words + AT.dim] = dim;
    i32[words + AT.capacity] = this.capacity;
    i32[words + AT.start] = this.#length;
    i32[words + AT.fromType] = input.type;
    i32[words + AT.type] = CODES[this.type];
    i32[words + AT.from] = block.put(input);
    i32[words + AT.rows] = to;
    i32[words + AT.scales] = scales;
  }
}

/**
 * @param {Memory} memory
 * @param {number} args
 */
const readFinite = ({ i32 }, args) => i32[(args >>> 2) + AT.halvesFinite] === 1;

const NOTHING = new Uint8Array(0);

/**
 * @param {number} type
 * @param {number} address
 * @returns {Input}
 */
const rows = (type, address) => ({ name: 'cache', data: NOTHING, dims: [], type, address, bytes: 0 });

/**
 * @param {Memory} memory
 * @param {KeyValueCache} cache
 * @returns {Places}
 */
function allocate(memory, { batch, heads, headDim, valueDim, capacity, type }) {
  const count = batch * heads * capacity;
  const keyBytes = room(count * headDim * ELEMENT_BYTES[type]);
  const valueBytes = room(count * valueDim * ELEMENT_BYTES[type]);
  const scaleBytes = type === 'int8' ? room(4 * count) : 0;
  const bytes = keyBytes + valueBytes + 2 * scaleBytes;
  checkSpan([batch, heads, capacity, Math.max(headDim, valueDim)], bytes);
  const start = memory.allocate(bytes);
  const values = start + keyBytes;
  const keyScales = scaleBytes ? values + valueBytes : 0;
  return { start, bytes, keys: start, values, keyScales, valueScales: keyScales + scaleBytes };
}

/**
 * Sizes of which one is 0 pass any limit on memory, but C multiplies the others.
 * @param {number[]} sizes
 * @param {number} bytes
 */
function checkSpan(sizes, bytes) {
  const product = sizes.reduce((elements, size) => elements * (size || 1), 1);
  if (bytes === 0 && product > MOST) {
    throw wrong('range', 'capacity', 'sizes whose product is below 2^31, zeros not counted', describe(sizes));
  }
}
