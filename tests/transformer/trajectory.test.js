// Ten steps of training on real sentences, step for step beside the float64 oracle: not one gradient, but what
// gradients, moments, warm-up and decay make together.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createCorpus, createRandom } from '../../web/transformer/corpus.js';
import { assertClose } from '../core/helpers.js';
import { AdamW } from '../oracle/adamw.js';
import * as oracle from '../oracle/transformer.js';
import { create } from './helpers.js';
import { numbered, widened } from './problems.js';

const STEPS = 10;
// Rounding to float32 puts 1e-7 between the two losses, after one step as after ten.
const NEAR = 1e-5;
const corpus = createCorpus();

/** Losses of both at each step, and the parameters of both after the last. */
async function follow(options) {
  const transformer = await create({ vocabulary: corpus.vocabulary, seed: 1, ...options });
  const { config } = transformer;
  const parameters = widened(transformer.parameters());
  const optimizer = new AdamW();
  const random = createRandom(1);
  const losses = Array.from({ length: STEPS }, () => {
    const sentences = corpus.sample(32, random);
    const plain = numbered(corpus.vocabulary, sentences);
    const expected = oracle.loss(parameters, config, plain);
    optimizer.update(parameters, oracle.gradients(parameters, config, plain), options);
    return { actual: transformer.trainStep(sentences), expected };
  });
  assert.equal(transformer.step, STEPS);
  const actual = transformer.parameters();
  transformer.dispose();
  return { losses, actual, expected: parameters };
}

describe('a training run beside the oracle', () => {
  const CASES = {
    'the default model': {},
    'token objective': { objective: 'token' },
    causal: { causal: true },
    'one layer': { layers: 1 },
    'another size, rate and decay': { dim: 32, heads: 4, hidden: 24, layers: 3, learningRate: 0.003, weightDecay: 0.2 },
  };
  for (const [name, options] of Object.entries(CASES)) {
    test(`the loss of each of ten steps, ${name}`, async () => {
      const { losses, actual, expected } = await follow(options);
      losses.forEach((each, i) => {
        assert.ok(Math.abs(each.actual - each.expected) <= NEAR, `step ${i + 1}: ${each.actual}, not ${each.expected}`);
      });
      // Parameters have moved by 0.01 · (1 + … + 10) / 20 = 0.028. AdamW divides a gradient by its size, so that an
      // error of 1e-9 counts in one that is no larger than 1e-6: 3e-7 was seen.
      assert.deepEqual(Object.keys(actual), Object.keys(expected));
      for (const key of Object.keys(expected)) assertClose(actual[key], expected[key], { rtol: 0, atol: 2e-5 }, key);
    });
  }

  test('it learns: the loss falls below that of knowing nothing', async () => {
    const { losses } = await follow({});
    assert.ok(losses[STEPS - 1].actual < losses[0].actual);
  });
});
