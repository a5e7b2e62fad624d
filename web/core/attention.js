import { wrong } from './errors.js';
import { scaledDotProductAttentionBackward } from './backward.js';
import { decode } from './decode.js';
import { checkDims } from './inputs.js';
import { KeyValueCache } from './key-value-cache.js';
import { mergeStates } from './merge.js';
import { scaledDotProductAttention } from './scaled-dot-product.js';
import { steps } from './steps.js';
import { WasmTensor } from './tensor.js';

/** @import { Core } from './load.js' */
/** @import { Float16Tensor, Result, Tensor } from './tensor.js' */
/** @import { BackwardOptions, Gradients } from './backward.js' */
/** @import { KeyValueCacheOptions } from './key-value-cache.js' */
/** @import { AttentionState } from './merge.js' */
/** @import { AttentionOptions, AttentionResult, WithWeights } from './scaled-dot-product.js' */
/** @import { StepsOptions, StepsResult } from './steps.js' */

/**
 * One instance of the core, with a memory of its own. Made by `loadAttention()`.
 *
 * A tensor is any `{ data: Float32Array, dims }`, row-major, those of onnxruntime and transformers.js included.
 * Queries, keys and values may also be float16. Everything is computed and returned in float32. Letters in
 * shapes: B batch, H query heads, G key/value heads (G divides H), M query length, N key length, D head
 * dimension, E value dimension.
 *
 * Every method throws an AttentionError for bad arguments, having written nothing.
 *
 * Memory: until it returns, a call holds copies of those of its tensors that don't lie in the memory of the
 * instance (in the type they come in), its results, and what its comment calls the workspace. It keeps none of
 * it. The memory itself never shrinks, and is 4 GB at most.
 */
export class Attention {
  /** @type {Core | undefined} */
  #core;

  #threads;

  /** @param {Core} core */
  constructor(core) {
    this.#core = core;
    this.#threads = core.threads;
    /**
     * The binary in use.
     * @readonly
     * @type {'simd' | 'relaxed'}
     */
    this.variant = core.variant;
  }

  /** How many threads it has, the calling one included. */
  get threads() {
    return this.#threads.count;
  }

  /** Why it has fewer than asked for; undefined when it hasn't. */
  get threadsUnavailable() {
    return this.#threads.unavailable;
  }

  get #live() {
    if (this.#core === undefined) {
      throw wrong('disposed', 'attention', 'an instance in use', 'one disposed of');
    }
    return this.#core;
  }

  /**
   * The same as without `weights`, with the matrix that they ask for.
   * @overload
   * @param {Tensor | Float16Tensor} query [B, H, M, D]
   * @param {Tensor | Float16Tensor} key [B, G, N, D]
   * @param {Tensor | Float16Tensor} value [B, G, N, E]
   * @param {AttentionOptions & WithWeights} options
   * @returns {AttentionResult & { weights: Result }}
   */
  /**
   * softmax(query · keyᵀ · scale + mask) · value for each batch and head. Query head h reads key/value head
   * floor(h / (H / G)), so grouped and multi-query attention need no copies. A row with nothing to attend to
   * gives zeros and a logSumExp of -Infinity; NaN or infinity in a masked key or value reaches neither.
   *
   * The workspace is the keys and values of one head, packed: about 4 · N · (D + E) bytes, or 1 MB a thread where
   * that is more, and tiles of about 192 · (D + E + 140) bytes a thread. Where at most 8 queries share a
   * key/value head (M · H / G) it's 4 · B · H · M · E bytes for each 512 keys instead. It never grows with M · N;
   * only `weights` does, by 4 · B · H · M · N bytes.
   * @overload
   * @param {Tensor | Float16Tensor} query [B, H, M, D]
   * @param {Tensor | Float16Tensor} key [B, G, N, D]
   * @param {Tensor | Float16Tensor} value [B, G, N, E]
   * @param {AttentionOptions} [options]
   * @returns {AttentionResult}
   */
  /**
   * @param {Tensor | Float16Tensor} query
   * @param {Tensor | Float16Tensor} key
   * @param {Tensor | Float16Tensor} value
   * @param {AttentionOptions} [options]
   * @returns {AttentionResult}
   */
  scaledDotProductAttention(query, key, value, options = {}) {
    return scaledDotProductAttention(this.#live, query, key, value, options);
  }

  /**
   * The gradients of a loss with respect to query, key, value and additive mask, from that with respect to the
   * output of scaledDotProductAttention() and from what it returned. Weights are computed again rather than
   * stored: the workspace is tiles of at most about 1152 · (5 · D + 3 · E + 40) bytes a thread, however large M and N
   * are.
   * Sinks have no gradient here: it's the sum over b and m of -e^(sink - logSumExp) · (gradOutput · output).
   * @param {Tensor} gradOutput [B, H, M, E]
   * @param {Tensor | Float16Tensor} query [B, H, M, D]
   * @param {Tensor | Float16Tensor} key [B, G, N, D]
   * @param {Tensor | Float16Tensor} value [B, G, N, E]
   * @param {BackwardOptions} options those of the forward call, with its `output` and `logSumExp`
   * @returns {Gradients}
   */
  scaledDotProductAttentionBackward(gradOutput, query, key, value, options) {
    return scaledDotProductAttentionBackward(this.#live, gradOutput, query, key, value, options);
  }

  /**
   * Puts together what attention over disjoint parts of the keys gave: the result of attention over all of
   * them. A row of which no part saw anything gives zeros and -Infinity. Has no workspace.
   *
   * A sink is a logit like any other: give `sinks` to one of the parts only.
   * @param {readonly AttentionState[]} states one or more, all of the same dims
   * @returns {{ output: Result, logSumExp: Result }} output [B, H, M, E], logSumExp [B, H, M]
   */
  mergeStates(states) {
    return mergeStates(this.#live, states);
  }

  /**
   * A cache in the memory of the instance for the keys and values of a sequence that grows, or of a batch of
   * them. Takes B · G · capacity · (D + E) elements of 4 bytes (float32), 2 (float16) or 1 (int8, which takes
   * 8 bytes more for each of the B · G · capacity rows) until it's disposed of.
   * @param {KeyValueCacheOptions} options
   * @returns {KeyValueCache}
   */
  createKeyValueCache(options) {
    return new KeyValueCache(this.#live, options);
  }

  /**
   * The same as without `weights`, with the matrix that they ask for.
   * @overload
   * @param {Tensor | Float16Tensor} query [B, H, M, D]
   * @param {KeyValueCache} cache
   * @param {AttentionOptions & WithWeights} options
   * @returns {AttentionResult & { weights: Result }}
   */
  /**
   * scaledDotProductAttention() over the rows that a cache holds, N being its length. `causal` is 'lower-right'
   * unless another is given: the last query stands at the last row, so append() its key and value first. Made
   * for few queries, but takes any number. Sequences of different lengths need a `mask` or `keyLengths`.
   *
   * Of the cache nothing is copied. The workspace is that of scaledDotProductAttention().
   * @overload
   * @param {Tensor | Float16Tensor} query [B, H, M, D]
   * @param {KeyValueCache} cache
   * @param {AttentionOptions} [options]
   * @returns {AttentionResult}
   */
  /**
   * @param {Tensor | Float16Tensor} query
   * @param {KeyValueCache} cache
   * @param {AttentionOptions} [options]
   * @returns {AttentionResult}
   */
  decode(query, cache, options = {}) {
    return decode(this.#live, query, cache, options);
  }

  /**
   * The six steps of attention for one query token, every intermediate kept, each number the correctly
   * rounded float32 result of those before it. For learning and testing; all inputs must be finite. Has no
   * workspace.
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

  /**
   * Gives all memory back and ends the threads. The instance and its tensors can't be used afterwards. May be
   * called twice.
   */
  dispose() {
    const core = this.#core;
    if (core === undefined) return;
    core.threads.stop();
    core.memory.close();
    // Exports keep the memory alive, and a cache that is still referred to keeps the core.
    core.exports = /** @type {any} */ (undefined);
    this.#core = undefined;
  }
}
