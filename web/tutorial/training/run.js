// One model that learns, in pieces small enough to be stopped between any two of them. Knows nothing of workers.

import { createRandom, createTransformer } from '../../transformer/index.js';

const BATCH = 32; // sentences a step
const PIECE = 64; // sentences evaluated at a time
export const EVERY = 20; // steps from one evaluation to the next

/**
 * @typedef {{ tokens: string[], query: number, answer?: number }} Sentence
 * `focus`: in how many of the sentences in which it is right more than half of the attention is on the noun
 * @typedef {{ step: number, loss: number, accuracy: number, weight: number, focus: number }} Evaluation
 * @typedef {{ rows: number[][][], word?: string }} Picture rows: [layer][head][N], what `query` gives to each token;
 *   the word that a model says which has learned to say one
 */

export class Run {
  /** @type {Evaluation | undefined} the latest */ evaluation;
  #random;
  #drawn = 0; // steps whose sentences have been drawn
  #pending = /** @type {any[]} */ ([]); // results of the pieces of an evaluation that is under way

  /**
   * @param {any} corpus
   * @param {{ seed?: number, [setting: string]: any }} settings of createTransformer()
   * @param {Uint8Array} [bytes] of a model to go on with
   */
  static async create(corpus, { seed = 1, ...settings }, bytes) {
    const { vocabulary } = corpus;
    const model = await createTransformer(bytes
      ? { snapshot: bytes, learningRate: settings.learningRate, batch: BATCH }
      : { vocabulary, seed, batch: BATCH, ...settings });
    if (model.config.vocabulary.join() !== vocabulary.join()) {
      model.dispose();
      throw new Error('it was made for other words');
    }
    return new Run(corpus, model, model.config.seed);
  }

  /**
   * @param {any} corpus
   * @param {any} model
   * @param {number} seed
   */
  constructor(corpus, model, seed) {
    /** @type {any} */ this.corpus = corpus;
    /** @type {any} */ this.model = model;
    this.#random = createRandom(seed);
  }

  get step() { return this.model.step; }

  /**
   * Whether an evaluation is due, or under way.
   * @param {number} until the last step
   */
  evaluates(until) {
    const due = this.step % EVERY === 0 || this.step >= until;
    return this.#pending.length > 0 || (due && this.evaluation?.step !== this.step);
  }

  /** The sentences of a step follow from seed and step: a model that was put away goes on as it would have. */
  train() {
    while (this.#drawn < this.step) this.#draw();
    const sentences = this.#draw();
    return this.model.trainStep(sentences);
  }

  #draw() {
    this.#drawn += 1;
    return this.corpus.sample(BATCH, this.#random);
  }

  /** Evaluates another piece of the held-out sentences; true when that was the last one. */
  evaluateSome() {
    const all = this.corpus.heldOut;
    const from = this.#pending.length * PIECE;
    const sentences = all.slice(from, from + PIECE);
    this.#pending.push({ count: sentences.length, ...this.model.evaluate(sentences) });
    if (from + PIECE < all.length) return false;
    const mean = (/** @type {string} */ name) =>
      this.#pending.reduce((sum, piece) => sum + piece[name] * piece.count, 0) / all.length;
    const right = this.#pending.flatMap(({ right, weights }) =>
      Array.from(weights, Number).filter((_, index) => right[index]));
    this.evaluation = {
      step: this.step, loss: mean('loss'), accuracy: mean('accuracy'), weight: mean('weight'),
      focus: right.filter((weight) => weight > 0.5).length / (right.length || 1),
    };
    this.#pending = [];
    return true;
  }

  evaluate() {
    while (!this.evaluateSome());
    return this.evaluation;
  }

  /**
   * @param {Sentence} sentence
   * @returns {Picture}
   */
  picture(sentence) {
    const { layers, answer } = this.model.forward(sentence);
    const row = (/** @type {any} */ { data, dims: [, , N] }, /** @type {number} */ head) =>
      Array.from(data.subarray((head * N + sentence.query) * N).subarray(0, N), Number);
    return {
      rows: layers.map((/** @type {any} */ { weights }) =>
        Array.from({ length: weights.dims[0] }, (_, head) => row(weights, head))),
      word: answer && !('index' in answer) ? answer.word : undefined,
    };
  }

  /**
   * What goes into a layer, and its three tables.
   * @param {Sentence} sentence
   * @param {number} layer
   */
  vectors(sentence, layer) {
    const { inputs } = this.model.forward(sentence).layers[layer];
    const parameters = this.model.parameters();
    const table = (/** @type {string} */ name) => parameters[`layer${layer}.${name}`];
    return { inputs, query: table('query'), key: table('key'), value: table('value') };
  }

  save() {
    return this.model.save({ optimizer: true });
  }
}
