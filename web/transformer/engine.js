// The transformer of c_src/transformer/ in its memory. Nothing is checked here: whoever calls has done that.

import { wrong } from '../core/errors.js';
import { instantiate } from '../core/instantiate.js';
import { ownModule, toModule } from '../core/module.js';
import { chooseVariant } from '../core/variant.js';
import { BATCH, CONFIG, INTERFACE, tableOf, VIEW } from './layout.js';

/** @import { Floats, Result } from '../core/tensor.js' */
/** @import { Variant } from '../core/variant.js' */

/**
 * @typedef {object} Exports
 * @property {() => number} transformer_interface
 * @property {() => number} transformer_relaxed
 * @property {(config: number) => number} transformer_arena_bytes
 * @property {(config: number) => number} transformer_table_floats
 * @property {(config: number, seed: number) => void} transformer_init
 * @property {(config: number, batch: number) => number} transformer_gradients
 * @property {(config: number, batch: number, rate: number, decay: number, step: number) => number} transformer_train
 * @property {(config: number, batch: number) => number} transformer_evaluate
 * @property {(config: number, batch: number, layer: number, view: number) => void} transformer_observe
 * @property {{ readonly value: number }} __heap_base
 */

/**
 * @typedef {object} EngineConfig
 * @property {number} vocabulary W
 * @property {number} maxLength L
 * @property {number} layers
 * @property {number} heads H
 * @property {number} dim C
 * @property {number} hidden F
 * @property {0 | 1} objective 0: pointer, 1: token
 * @property {0 | 1} causal
 * @property {number} batch the most sentences of a call
 * @property {number} scale of the scores
 * @property {number} target the weight that the answer is to have
 */

/**
 * @typedef {object} EngineBatch
 * @property {number} count B
 * @property {Int32Array} tokens [B, L]
 * @property {Int32Array} lengths [B]
 * @property {Int32Array} queries [B]
 * @property {Int32Array} answers [B]
 */

/** @typedef {{ name: string, dims: number[], readonly data: Float32Array }} Parameter `data` is a view */
/** @typedef {Record<typeof VIEW[number], Result>} Layer */

const EXPECTED = { reports: 'transformer_interface', version: INTERFACE, needed: 'transformer_train' };
const OK = 0;
const LOSS_WORDS = 2;

/**
 * @param {{ config: EngineConfig, variant?: 'auto' | Variant, wasm?: unknown }} options `wasm` as in loadAttention()
 * @returns {Promise<Engine>}
 */
export async function createEngine({ config, variant = 'auto', wasm }) {
  const best = chooseVariant(variant);
  const module = wasm === undefined ? await ownModule(() => binaryUrl(best)) : await toModule(await wasm);
  const { memory, exports } = await instantiate(module, EXPECTED);
  const actual = exports.transformer_relaxed() ? 'relaxed' : 'simd';
  if (variant !== 'auto' && variant !== actual) {
    throw wrong('variant-unavailable', 'wasm', `the ${variant} binary`, `the ${actual} one`);
  }
  return new Engine(config, actual, memory, exports);
}

/** @param {Variant} variant */
function binaryUrl(variant) {
  // Spelled out, since this is the form in which bundlers find the files and take them along.
  return variant === 'relaxed'
    ? new URL('./transformer.relaxed.wasm', import.meta.url)
    : new URL('./transformer.simd.wasm', import.meta.url);
}

export class Engine {
  #config;
  #memory;
  #exports;
  /** Addresses of the structs, and of what is written to and read from. */
  #configAt;
  #batchAt;
  #viewAt;
  #arenaAt;
  /** @type {Record<typeof BATCH[number], number>} */
  #data;
  #tableFloats;

  /**
   * @param {EngineConfig} config
   * @param {Variant} variant
   * @param {import('../core/memory.js').Memory} memory
   * @param {Exports} exports
   */
  constructor(config, variant, memory, exports) {
    this.variant = variant;
    this.#config = config;
    this.#memory = memory;
    this.#exports = exports;
    const { batch, maxLength } = config;
    this.#configAt = memory.allocate(4 * CONFIG.length);
    this.#batchAt = memory.allocate(4 * (LOSS_WORDS + BATCH.length));
    this.#viewAt = memory.allocate(4 * VIEW.length);
    this.#data = /** @type {Record<typeof BATCH[number], number>} */ (Object.fromEntries(BATCH.map((name) =>
      [name, name === 'count' ? 0 : memory.allocate(4 * batch * (name === 'tokens' ? maxLength : 1))])));
    this.#writeConfig(0);
    this.#arenaAt = memory.allocate(exports.transformer_arena_bytes(this.#configAt) >>> 0);
    this.#writeConfig(this.#arenaAt);
    this.#tableFloats = exports.transformer_table_floats(this.#configAt) >>> 0;
    /** @type {Parameter[]} */
    this.parameters = this.#table(0);
    /** @type {[Parameter[], Parameter[]]} */
    this.moments = [this.#table(2), this.#table(3)];
  }

  /** @param {number} arena */
  #writeConfig(arena) {
    const { f32, i32 } = this.#memory;
    CONFIG.forEach((name, i) => {
      const value = name === 'arena' ? arena : this.#config[name];
      (name === 'scale' || name === 'target' ? f32 : i32)[(this.#configAt >>> 2) + i] = value;
    });
  }

  /** @param {number} index which of the tables that the arena begins with */
  #table(index) {
    let at = this.#arenaAt + 4 * index * this.#tableFloats;
    const memory = this.#memory;
    return tableOf(this.#config).map(({ name, dims }) => {
      const address = at;
      const length = dims.reduce((a, b) => a * b);
      at += 4 * length;
      return { name, dims, get data() { return new Float32Array(memory.buffer, address, length); } };
    });
  }

  /** @param {number} seed */
  init(seed) {
    this.#exports.transformer_init(this.#configAt, seed);
  }

  /**
   * The gradients of the mean loss: see gradient().
   * @param {EngineBatch} batch
   */
  gradients(batch) {
    this.#write(batch);
    return this.#outcome(this.#exports.transformer_gradients(this.#configAt, this.#batchAt));
  }

  /**
   * @param {number} index of the parameter
   * @returns {Float32Array} a view of what gradients() or train() computed last
   */
  gradient(index) {
    const { data } = this.parameters[index];
    return new Float32Array(this.#memory.buffer, data.byteOffset + 4 * this.#tableFloats, data.length);
  }

  /**
   * One step. Where the loss or a gradient isn't finite, nothing changes.
   * @param {EngineBatch} batch
   * @param {{ rate: number, decay: number, step: number }} options step: from 1
   */
  train(batch, { rate, decay, step }) {
    this.#write(batch);
    return this.#outcome(this.#exports.transformer_train(this.#configAt, this.#batchAt, rate, decay, step));
  }

  /**
   * @param {EngineBatch} batch
   * @returns {{ losses: Floats, weights: Floats, chosen: Int32Array, finite: boolean }}
   */
  evaluate(batch) {
    this.#write(batch);
    const { finite } = this.#outcome(this.#exports.transformer_evaluate(this.#configAt, this.#batchAt));
    const { losses, weights, chosen } = this.#data;
    return {
      losses: this.#memory.copyOut(losses, batch.count),
      weights: this.#memory.copyOut(weights, batch.count),
      chosen: this.#memory.i32.slice(chosen >>> 2, (chosen >>> 2) + batch.count),
      finite,
    };
  }

  /**
   * @param {Int32Array} tokens [N]
   * @param {number} query -1: none
   * @returns {{ layers: Layer[], answer: { chosen: number, probability: number } | undefined }}
   */
  observe(tokens, query) {
    const one = (/** @type {number} */ number) => Int32Array.of(number);
    this.#write({ count: 1, tokens, lengths: one(tokens.length), queries: one(Math.max(query, 0)), answers: one(0) });
    this.#exports.transformer_evaluate(this.#configAt, this.#batchAt);
    const { f32, i32 } = this.#memory;
    const { chosen, probabilities } = this.#data;
    return {
      layers: Array.from({ length: this.#config.layers }, (_, layer) => this.#observeLayer(layer, tokens.length)),
      answer: query < 0 ? undefined : { chosen: i32[chosen >>> 2], probability: f32[probabilities >>> 2] },
    };
  }

  /**
   * @param {number} layer
   * @param {number} length
   * @returns {Layer}
   */
  #observeLayer(layer, length) {
    const { dim, heads } = this.#config;
    this.#exports.transformer_observe(this.#configAt, this.#batchAt, layer, this.#viewAt);
    const entries = VIEW.map((name, i) => {
      const dims = name === 'inputs' ? [length, dim]
        : [heads, length, name === 'scores' || name === 'weights' ? length : dim / heads];
      const address = this.#memory.i32[(this.#viewAt >>> 2) + i] >>> 0;
      return [name, { data: this.#memory.copyOut(address, dims.reduce((a, b) => a * b)), dims }];
    });
    return /** @type {Layer} */ (Object.fromEntries(entries));
  }

  /** @param {EngineBatch} batch */
  #write(batch) {
    const { i32 } = this.#memory;
    BATCH.forEach((name, i) => {
      i32[(this.#batchAt >>> 2) + LOSS_WORDS + i] = name === 'count' ? batch.count : this.#data[name];
    });
    for (const name of /** @type {const} */ (['tokens', 'lengths', 'queries', 'answers'])) {
      i32.set(batch[name], this.#data[name] >>> 2);
    }
  }

  /** @param {number} status */
  #outcome(status) {
    return { finite: status === OK, loss: this.#memory.f64[this.#batchAt >>> 3] };
  }

  /** Gives all memory back. */
  dispose() {
    this.#memory.close();
  }
}
