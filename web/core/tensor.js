import { wrong } from './errors.js';

/** @import { Memory } from './memory.js' */

/**
 * A dense, row-major tensor. onnxruntime's and transformers.js' tensors of float32 have this shape.
 * @typedef {{ readonly data: Float32Array, readonly dims: readonly number[] }} Tensor
 */

/**
 * A `Float16Array`, spelled out for compilers and engines that don't have it.
 * @typedef {{ readonly [Symbol.toStringTag]: 'Float16Array', readonly buffer: ArrayBufferLike,
 *   readonly byteOffset: number, readonly byteLength: number, readonly length: number }} Float16Data
 */

/**
 * Half-precision numbers: in a `Float16Array`, or their bits in a `Uint16Array`, where `type` says what they
 * are, as in the tensors of onnxruntime and transformers.js.
 * @typedef {{ readonly data: Uint16Array, readonly dims: readonly number[], readonly type: 'float16' }
 *   | { readonly data: Float16Data, readonly dims: readonly number[] }} Float16Tensor
 */

/**
 * 0 hides a key from a query, anything else lets it be seen. onnxruntime's tensors of type `bool` have this shape.
 * @typedef {{ readonly data: Uint8Array, readonly dims: readonly number[] }} BooleanTensor
 */

/**
 * Floats whose buffer is never shared: `Float32Array<ArrayBuffer>`, which compilers before TypeScript 5.7 can't read.
 * @typedef {ReturnType<Float32Array['slice']>} Floats
 */

/**
 * A result: its data is a copy of its own.
 * @typedef {{ data: Floats, dims: number[] }} Result
 */

/**
 * A tensor that lives in the memory of an instance: passed to its methods, it's used without a copy.
 * Made by `attention.tensor(dims)`, filled with zeros.
 */
export class WasmTensor {
  #memory;
  #address;
  #length;
  /** @type {Float32Array | undefined} */
  #view;

  /**
   * @param {Memory} memory
   * @param {readonly number[]} dims already checked
   */
  constructor(memory, dims) {
    /**
     * @readonly
     * @type {readonly number[]}
     */
    this.dims = Object.freeze([...dims]);
    this.#length = dims.reduce((product, dim) => product * dim, 1);
    this.#address = memory.allocate(this.#length * 4);
    this.#memory = memory;
    this.data.fill(0);
  }

  /**
   * The elements. Read it anew after any call to the instance rather than keeping it: a call may grow the
   * memory, and that detaches older views. In an instance with threads it's a view of shared memory, which some
   * functions of the web refuse, such as those that draw, decode or send: hand them a copy, `data.slice()`.
   * @returns {Float32Array}
   */
  get data() {
    const memory = this.#memory;
    if (this.#address === 0 || memory.closed) {
      throw wrong('disposed', 'tensor', 'a tensor in use', 'one disposed of');
    }
    if (this.#view?.buffer !== memory.buffer) {
      this.#view = new Float32Array(memory.buffer, this.#address, this.#length);
    }
    return this.#view;
  }

  /** Gives its memory back. May be called twice. */
  dispose() {
    if (this.#address !== 0 && !this.#memory.closed) this.#memory.release(this.#address);
    this.#address = 0;
    this.#view = undefined;
  }
}
