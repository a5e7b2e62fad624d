// A training run on the corpus, as the script, the tests and the benchmarks make it.

import { createRandom } from '../transformer/index.js';

/** @typedef {ReturnType<typeof import('../transformer/index.js').createCorpus>} Corpus */
/** @typedef {import('../transformer/index.js').Transformer} Transformer */

/**
 * Trains for `steps` steps. Which sentences a step gets is a matter of `seed` alone.
 * @param {Transformer} transformer
 * @param {Corpus} corpus
 * @param {object} options
 * @param {number} options.steps
 * @param {number} options.seed
 * @param {number} [options.batch]
 * @param {(step: number, loss: number) => boolean | void} [options.after] called with each step's number, and its loss
 *   before the update; true ends the run
 */
export function learn(transformer, corpus, { steps, seed, batch = 32, after }) {
  const random = createRandom(seed);
  for (let step = 1; step <= steps; step++) {
    const loss = transformer.trainStep(corpus.sample(batch, random));
    if (after?.(step, loss)) break;
  }
}

/**
 * How sure the model is of the sentences everybody knows: whether it is right, and the weight on the right noun.
 * @param {Transformer} transformer
 * @param {Corpus} corpus
 */
export function askHeadline(transformer, { headline: { tired, wide } }) {
  const { right, weights } = transformer.evaluate([tired, wide]);
  return { tired: { right: right[0], weight: weights[0] }, wide: { right: right[1], weight: weights[1] } };
}
