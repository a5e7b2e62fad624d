import { wrong } from './errors.js';
import { checkDims, notSupported } from './arguments.js';
import { scaledDotProductAttention } from './scaled-dot-product.js';
import { steps } from './steps.js';
import { WasmTensor } from './tensor.js';

/** @import { Core } from './load.js' */
/** @import { Tensor } from './tensor.js' */
/** @import { AttentionOptions, AttentionResult } from './scaled-dot-product.js' */
/** @import { StepsOptions, StepsResult } from './steps.js' */

/**
 * One instance of the core, with a memory of its own. Made by `loadAttention()`.
 *
 * A tensor is any `{ data: Float32Array, dims }`, row-major. Letters in shapes: B batch, H query heads, G
 * key/value heads (G divides H), M query length, N key length, D head dimension, E value dimension.
 * Every method throws an AttentionError for bad arguments, having written nothing.
 */
export class Attention {
  /** @type {Core | undefined} */
  #core;

  /**
   * @param {Core} core
   * @param {string | undefined} threadsUnavailable
   */
  constructor(core, threadsUnavailable) {
    this.#core = core;
    /**
     * The binary in use.
     * @type {'simd' | 'relaxed'}
     */
    this.variant = core.variant;
    /** How many threads it has. */
    this.threads = 1;
    /** Why it has fewer than asked for; undefined when it hasn't. */
    this.threadsUnavailable = threadsUnavailable;
  }

  get #live() {
    if (this.#core === undefined) {
      throw wrong('disposed', 'attention', 'an instance in use', 'one disposed of');
    }
    return this.#core;
  }

  /**
   * softmax(query · keyᵀ · scale + mask) · value for each batch and head. Query head h reads key/value head
   * floor(h / (H / G)), so grouped and multi-query attention need no copies. A row with nothing to attend to
   * gives zeros and a logSumExp of -Infinity; NaN or infinity in a masked key or value reaches neither.
   * @param {Tensor} query [B, H, M, D]
   * @param {Tensor} key [B, G, N, D]
   * @param {Tensor} value [B, G, N, E]
   * @param {AttentionOptions} [options]
   * @returns {AttentionResult}
   */
  scaledDotProductAttention(query, key, value, options = {}) {
    return scaledDotProductAttention(this.#live, query, key, value, options);
  }

  /**
   * The six steps of attention for one query token, every intermediate kept, each number the correctly
   * rounded float32 result of those before it. For learning and testing; all inputs must be finite.
   * @param {StepsOptions} options
   * @returns {StepsResult}
   */
  steps(options) {
    return steps(this.#live, options);
  }

  /**
   * A tensor of zeros in WebAssembly memory: passed to a method, it isn't copied. Dispose of it when done.
   * @param {readonly number[]} dims
   * @returns {WasmTensor}
   */
  tensor(dims) {
    const core = this.#live;
    checkDims(dims, 'dims');
    return new WasmTensor(core.memory, dims);
  }

  /**
   * Bytes of WebAssembly memory: in use by tensors, and spanned in all. Calls keep none of it.
   * @returns {{ used: number, reserved: number }}
   */
  memoryUsage() {
    const { memory } = this.#live;
    return { used: memory.used, reserved: memory.reserved };
  }

  /** Gives all memory back. The instance and its tensors can't be used afterwards. May be called twice. */
  dispose() {
    this.#core?.memory.close();
    this.#core = undefined;
  }

  /** @returns {never} */
  scaledDotProductAttentionBackward() {
    throw notSupported('scaledDotProductAttentionBackward()', 'scaledDotProductAttentionBackward');
  }

  /** @returns {never} */
  mergeStates() {
    throw notSupported('mergeStates()', 'mergeStates');
  }

  /** @returns {never} */
  createKeyValueCache() {
    throw notSupported('createKeyValueCache()', 'createKeyValueCache');
  }

  /** @returns {never} */
  decode() {
    throw notSupported('decode()', 'decode');
  }
}
