import { checkChoice, checkOptions, readInteger, typeError } from '../core/arguments.js';
import { describe, wrong } from '../core/errors.js';
import { createEngine } from './engine.js';
import { checkNames, checkSameModel, readConfig, readRate } from './options.js';
import { Encoder } from './sentences.js';
import { decode, encode } from './snapshot.js';

/** @import { Result } from '../core/index.js' */
/** @import { Floats } from '../core/tensor.js' */
/** @import { Engine, EngineConfig } from './engine.js' */
/** @import { TransformerConfig, TransformerOptions } from './options.js' */
/** @import { Batch, Sentence } from './sentences.js' */
/** @import { Bytes, Precision, Snapshot } from './snapshot.js' */

/**
 * What one layer computed. A head's tensors are those of a lesson of the six steps.
 * @typedef {object} Layer
 * @property {Result} inputs [N, C], after the norm
 * @property {Result} queries [H, N, D]
 * @property {Result} keys [H, N, D]
 * @property {Result} values [H, N, D]
 * @property {Result} scores [H, N, N], scaled; -Infinity where a key is hidden
 * @property {Result} weights [H, N, N]
 * @property {Result} output [H, N, D]
 */

/**
 * Of 'pointer': the token with the largest weight, mean over the heads of the last layer, and that weight. Of
 * 'token': the likeliest word, and its probability.
 * @typedef {{ word: string, index: number, weight: number } | { word: string, probability: number }} Answer
 */

/**
 * @typedef {object} Evaluation
 * @property {number} loss mean over the sentences
 * @property {number} accuracy the part of the sentences that it has right, 0 … 1
 * @property {number} weight mean of `weights`
 * @property {boolean[]} right is what it chose the answer? One a sentence, like all that follows
 * @property {Floats} weights of the answer in the attention of the query, mean over the heads of the last layer
 * @property {(number | string)[]} chosen the index of a token ('pointer') or a word ('token')
 */

/** Over how many updates the learning rate rises. */
const WARM_UP = 20;

const TRAIN_OPTIONS = new Set(['learningRate']);
const SAVE_OPTIONS = new Set(['precision', 'significantBits', 'optimizer']);

/**
 * Makes a transformer from a seed, or from a snapshot. Each has a memory of its own.
 * @param {TransformerOptions} options
 * @returns {Promise<Transformer>}
 */
export async function createTransformer(options) {
  checkNames(options);
  const { variant, wasm, snapshot } = options;
  const saved = snapshot === undefined ? undefined : decode(snapshot);
  const { learningRate = saved?.learningRate ?? 0.01 } = options;
  readRate(learningRate);
  const config = readConfig(saved ? over(saved.config, options) : options);
  const engine = await createEngine({ config: forEngine(config), variant, wasm });
  if (saved === undefined) engine.init(config.seed);
  return new Transformer(engine, config, learningRate, saved);
}

/**
 * @param {TransformerConfig} saved
 * @param {TransformerOptions} options
 */
const over = (saved, { weightDecay = saved.weightDecay, batch = saved.batch }) => ({ ...saved, weightDecay, batch });

/**
 * @param {TransformerConfig} config
 * @returns {EngineConfig}
 */
function forEngine({ vocabulary, maxLength, layers, heads, dim, hidden, objective, causal, batch, scale, target }) {
  return {
    vocabulary: vocabulary.length, maxLength, layers, heads, dim, hidden, batch, scale, target,
    objective: objective === 'token' ? 1 : 0, causal: causal ? 1 : 0,
  };
}

/**
 * A small transformer that learns in WebAssembly. Made by `createTransformer()`. Letters in shapes: N tokens of a
 * sentence, C dim, H heads, D = C / H, L maxLength, W words, F hidden.
 *
 * A block is x += attention(norm(x)) · output, x += gelu(norm(x) · expand + expandBias) · contract + contractBias.
 * The same calls in the same order give the same bits; with `variant` 'simd' on any machine, while relaxed SIMD leaves
 * it to the machine whether it rounds a product before adding to it.
 *
 * Every method throws an AttentionError for bad arguments, having changed nothing.
 */
export class Transformer {
  /** @type {Engine | undefined} */
  #engine;
  #encoder;
  #learningRate;
  #step = 0;
  /** How many updates the moments have seen: fewer than all of them after loading a snapshot without moments. */
  #updates = 0;

  /**
   * @internal
   * @param {Engine} engine
   * @param {TransformerConfig} config
   * @param {number} learningRate
   * @param {ReturnType<typeof decode>} [saved]
   */
  constructor(engine, config, learningRate, saved) {
    this.#engine = engine;
    this.#encoder = new Encoder(config);
    this.#learningRate = learningRate;
    /**
     * What it is. Frozen.
     * @readonly
     * @type {Readonly<TransformerConfig>}
     */
    this.config = config;
    /**
     * The binary in use.
     * @readonly
     * @type {'simd' | 'relaxed'}
     */
    this.variant = engine.variant;
    if (saved) this.#restore(engine, saved);
  }

  get #live() {
    if (this.#engine === undefined) throw wrong('disposed', 'transformer', 'one in use', 'one disposed of');
    return this.#engine;
  }

  /** How many updates were made. */
  get step() {
    return this.#step;
  }

  /** That of updates, after the first 20, over which it rises. */
  get learningRate() {
    return this.#learningRate;
  }

  set learningRate(value) {
    this.#learningRate = readRate(value);
  }

  /**
   * One update by AdamW (β 0.9 and 0.99, decoupled weight decay).
   * @param {readonly Sentence[]} sentences 1 … batch
   * @param {{ learningRate?: number | undefined }} [options] for this update
   * @returns {number} the loss before it, mean over the sentences
   */
  trainStep(sentences, options = {}) {
    const engine = this.#live;
    checkOptions(options, TRAIN_OPTIONS);
    const { learningRate = this.#learningRate } = options;
    readRate(learningRate);
    const batch = this.#encoder.batch(sentences, this.config.batch);
    const step = this.#updates + 1;
    const rate = learningRate * Math.min(1, step / WARM_UP);
    const { finite, loss } = engine.train(batch, { rate, decay: this.config.weightDecay, step });
    checkFinite(finite, loss);
    this.#updates = step;
    this.#step++;
    return loss;
  }

  /**
   * What an update would follow: nothing is changed.
   * @param {readonly Sentence[]} sentences 1 … batch
   * @returns {{ loss: number, gradients: Record<string, Result> }} by the names of parameters()
   */
  gradients(sentences) {
    const engine = this.#live;
    const { finite, loss } = engine.gradients(this.#encoder.batch(sentences, this.config.batch));
    checkFinite(finite, loss);
    return { loss, gradients: byName(engine.parameters, (i) => engine.gradient(i)) };
  }

  /**
   * How well it does, without learning.
   * @param {readonly Sentence[]} sentences any number of them
   * @returns {Evaluation}
   */
  evaluate(sentences) {
    const engine = this.#live;
    const all = this.#encoder.batch(sentences, Infinity);
    const { batch: most, maxLength, objective, vocabulary } = this.config;
    const weights = new Float32Array(all.count);
    /** @type {boolean[]} */
    const right = [];
    /** @type {(number | string)[]} */
    const chosen = [];
    let loss = 0;
    for (let from = 0; from < all.count; from += most) {
      const batch = part(all, from, Math.min(from + most, all.count), maxLength);
      const found = engine.evaluate(batch);
      weights.set(found.weights, from);
      for (let i = 0; i < batch.count; i++) {
        const choice = found.chosen[i];
        const answer = batch.answers[i];
        loss += found.losses[i];
        right.push(choice === (objective === 'token' ? batch.tokens[i * maxLength + answer] : answer));
        chosen.push(objective === 'token' ? vocabulary[choice] : choice);
      }
      checkFinite(found.finite, loss);
    }
    const accuracy = right.filter(Boolean).length / all.count;
    const weight = weights.reduce((sum, each) => sum + each, 0) / all.count;
    return { loss: loss / all.count, accuracy, weight, right, weights, chosen };
  }

  /**
   * All that attention computes for a sentence.
   * @param {{ readonly tokens: readonly string[], readonly query?: number | undefined }} sentence
   * @returns {{ layers: Layer[], answer: Answer | undefined }} `answer` where the sentence has a query
   */
  forward(sentence) {
    const engine = this.#live;
    const { tokens, query } = this.#encoder.one(sentence);
    const { layers, answer } = engine.observe(tokens, query ?? -1);
    if (answer === undefined) return { layers, answer };
    const { chosen, probability } = answer;
    const { objective, vocabulary } = this.config;
    if (objective === 'token') return { layers, answer: { word: vocabulary[chosen], probability } };
    return { layers, answer: { word: vocabulary[tokens[chosen]], index: chosen, weight: probability } };
  }

  /**
   * Copies of the parameters: `embedding` [W, C], `position` [L, C], `layer0.query` [C, C] and so on.
   * @returns {Record<string, Result>}
   */
  parameters() {
    const { parameters } = this.#live;
    return byName(parameters, (i) => parameters[i].data);
  }

  /**
   * The model as bytes, for createTransformer() and load(). Refuses what isn't finite in that precision.
   * @param {{ precision?: Precision | undefined, significantBits?: number | undefined, optimizer?: boolean | undefined }}
   *   [options] precision: 'float32', the default, or 'bfloat16', half as large and not quite the same.
   *   significantBits: with bfloat16, how many of its 8 to keep; fewer make no smaller file, but one that compresses
   *   better. optimizer: also save what training needs to go on as if it had never stopped, which takes 8 bytes more
   *   a parameter
   * @returns {Bytes}
   */
  save(options = {}) {
    const { parameters, moments } = this.#live;
    checkOptions(options, SAVE_OPTIONS);
    const { precision = 'float32', significantBits = 8, optimizer = false } = options;
    checkChoice(precision, 'precision', ['float32', 'bfloat16']);
    readInteger(significantBits, 'significantBits', 1, 8);
    if (typeof optimizer !== 'boolean') throw typeError('optimizer', 'true or false', optimizer);
    const updates = optimizer ? this.#updates : 0;
    return encode(
      { config: this.config, learningRate: this.#learningRate, step: this.#step, precision, optimizer: updates },
      updates ? [parameters, ...moments].flat() : parameters, significantBits,
    );
  }

  /**
   * Takes the parameters, the step and, where they are there, the optimizer's numbers of a snapshot of the same
   * vocabulary and sizes. Learning rate, weight decay and batch stay what they are.
   * @param {Uint8Array | ArrayBuffer} snapshot
   */
  load(snapshot) {
    const engine = this.#live;
    const saved = decode(snapshot);
    checkSameModel(saved.config, this.config);
    this.#restore(engine, saved);
  }

  /** Gives all memory back. It can't be used afterwards. May be called twice. */
  dispose() {
    this.#engine?.dispose();
    this.#engine = undefined;
  }

  /**
   * @param {Engine} engine
   * @param {Snapshot & { numbers: Float32Array }} saved
   */
  #restore({ parameters, moments }, { step, optimizer, numbers }) {
    let at = 0;
    for (const { data } of [parameters, ...moments].flat()) {
      if (at === numbers.length) data.fill(0);
      else data.set(numbers.subarray(at, at += data.length));
    }
    this.#step = step;
    this.#updates = optimizer;
  }
}

/**
 * @param {boolean} finite
 * @param {number} loss
 */
function checkFinite(finite, loss) {
  if (finite) return;
  const actual = Number.isFinite(loss) ? 'gradients that are not' : describe(loss);
  throw wrong('not-finite', 'loss', 'a finite loss and finite gradients', actual);
}

/**
 * @param {Batch} all
 * @param {number} from
 * @param {number} to
 * @param {number} maxLength
 * @returns {Batch}
 */
function part({ tokens, lengths, queries, answers }, from, to, maxLength) {
  return {
    count: to - from, tokens: tokens.subarray(from * maxLength, to * maxLength), lengths: lengths.subarray(from, to),
    queries: queries.subarray(from, to), answers: answers.subarray(from, to),
  };
}

/**
 * @param {readonly { name: string, dims: readonly number[] }[]} parameters
 * @param {(index: number) => Float32Array} data
 * @returns {Record<string, Result>}
 */
function byName(parameters, data) {
  return Object.fromEntries(parameters.map(({ name, dims }, i) => [name, { data: data(i).slice(), dims: [...dims] }]));
}
