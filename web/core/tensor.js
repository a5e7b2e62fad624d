import { wrong } from './errors.js';

/** @import { Memory } from './memory.js' */

/**
 * A dense, row-major tensor. onnxruntime's and transformers.js' tensors of float32 have this shape.
 * @typedef {{ readonly data: Float32Array, readonly dims: readonly number[] }} Tensor
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
    /** @type {readonly number[]} */
    this.dims = Object.freeze([...dims]);
    this.#length = dims.reduce((product, dim) => product * dim, 1);
    this.#address = memory.allocate(this.#length * 4);
    this.#memory = memory;
    this.data.fill(0);
  }

  /**
   * The elements. Read it anew after any call to the instance rather than keeping it: a call may grow the
   * memory, and that detaches older views.
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
