// The gradients of every parameter against central differences of the float64 oracle's loss, and all that forward() and
// evaluate() give against the oracle.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertClose } from '../core/helpers.js';
import * as oracle from '../oracle/transformer.js';
import { create } from './helpers.js';
import { CONFIGS, configOf, nameOf, randomSentences, slopes, widened, worded } from './problems.js';

const STEP = 1e-4;
// A difference is exact to 1e-6 (see oracle.test.js). Numbers on the way to a gradient are up to about 10, rounded to
// 6e-8 of that in float32, and it adds up dozens of them, of both signs: 7e-7 is the most that was seen.
const NEAR = { rtol: 1e-5, atol: 2e-6 };
// The same forward, where scores are up to 10: 1e-5 of these at most, a fifth of that was seen.
const NEAR_FORWARD = { rtol: 1e-5, atol: 1e-5 };
// Several times the default, so that weights are far from even.
const RATE = 0.1;

/** A small model that has learned a little, so that no bias is 0 and no gain 1, and sentences for it. */
async function prepare(some, seed) {
  const config = configOf(some);
  const transformer = await create({ ...config, seed, batch: 8, learningRate: RATE });
  const sentences = (count, at) => randomSentences(config, count, at);
  for (let i = 0; i < 20; i++) transformer.trainStep(worded(config.vocabulary, sentences(8, 100 * seed + i)));
  return { config, transformer, parameters: widened(transformer.parameters()), sentences };
}

function assertParameters(actual, expected, tolerance) {
  assert.deepEqual(Object.keys(actual), Object.keys(expected));
  for (const name of Object.keys(expected)) assertClose(actual[name], expected[name], tolerance, name);
}

describe('gradients', () => {
  for (const [seed, some] of CONFIGS.entries()) {
    test(`central differences of the oracle's loss, ${nameOf(some)}`, async () => {
      const { config, transformer, parameters, sentences } = await prepare(some, seed);
      const batch = sentences(3, seed);
      const { loss, gradients } = transformer.gradients(worded(config.vocabulary, batch));
      assert.ok(Math.abs(loss - oracle.loss(parameters, config, batch)) < 1e-5);
      assertParameters(gradients, slopes(parameters, config, batch, STEP), NEAR);
      transformer.dispose();
    });
  }

  // Sizes that leave something over in every loop, and more than one block of it.
  const ODD = { words: 13, maxLength: 19, heads: 3, dim: 24, hidden: 40, scale: 0.3, target: 0.7 };
  for (const objective of ['pointer', 'token']) {
    test(`the oracle's gradients, odd sizes, ${objective}`, async () => {
      const { config, transformer, parameters, sentences } = await prepare({ ...ODD, objective, layers: 3 }, 5);
      const batch = sentences(7, 1);
      const { gradients } = transformer.gradients(worded(config.vocabulary, batch));
      assertParameters(gradients, oracle.gradients(parameters, config, batch), NEAR);
      transformer.dispose();
    });
  }

  test('they are of the sentences given, whatever was given before', async () => {
    const { config, transformer, sentences } = await prepare({}, 3);
    const [one, other] = [1, 2].map((seed) => worded(config.vocabulary, sentences(3, seed)));
    const before = transformer.gradients(one);
    transformer.gradients(other);
    transformer.forward(other[0]);
    assert.deepEqual(transformer.gradients(one), before);
    transformer.dispose();
  });
});

describe('forward', () => {
  for (const [seed, some] of CONFIGS.entries()) {
    test(`every intermediate, the answer and the evaluation, ${nameOf(some)}`, async () => {
      const { config, transformer, parameters, sentences } = await prepare(some, seed);
      for (const sentence of sentences(5, seed)) {
        const [asked] = worded(config.vocabulary, [sentence]);
        const { layers, answer } = transformer.forward(asked);
        const expected = oracle.forward(parameters, config, sentence.tokens).layers;
        assert.equal(layers.length, config.layers);
        layers.forEach((layer, l) => assertLayer(layer, expected[l], config));
        const { chosen, probability } = oracle.evaluate(parameters, config, sentence);
        if (config.objective === 'pointer') assert.equal(answer.index, chosen);
        else assert.equal(answer.word, config.vocabulary[chosen]);
        assert.ok(Math.abs((answer.weight ?? answer.probability) - probability) < 1e-5);
      }
      transformer.dispose();
    });

    test(`evaluate, ${nameOf(some)}`, async () => {
      const { config, transformer, parameters, sentences } = await prepare(some, seed);
      const several = sentences(20, seed); // more than a batch
      const expected = several.map((each) => oracle.evaluate(parameters, config, each));
      const result = transformer.evaluate(worded(config.vocabulary, several));
      const mean = (of) => expected.reduce((sum, each) => sum + of(each), 0) / expected.length;
      const named = ({ chosen }) => (config.objective === 'pointer' ? chosen : config.vocabulary[chosen]);
      assert.deepEqual([...result.chosen], expected.map(named));
      assert.deepEqual([...result.right], expected.map(({ right }) => right));
      assertClose({ data: result.weights, dims: [20] },
        { data: expected.map(({ weight }) => weight), dims: [20] }, NEAR_FORWARD, 'weights');
      assert.ok(Math.abs(result.loss - mean(({ loss }) => loss)) < 1e-5);
      assert.ok(Math.abs(result.weight - mean(({ weight }) => weight)) < 1e-6);
      assert.ok(Math.abs(result.accuracy - mean(({ right }) => Number(right))) < 1e-12);
      transformer.dispose();
    });
  }
});

function assertLayer(layer, expected, config) {
  const N = expected.x.length / config.dim;
  // The oracle's heads have a batch in front.
  const unbatched = ({ data, dims }) => ({ data, dims: dims.slice(1) });
  assertClose(layer.inputs, { data: expected.inputs, dims: [N, config.dim] }, NEAR_FORWARD, 'inputs');
  assertClose(layer.scores, unbatched(oracle.scoresOf(expected, config)), NEAR_FORWARD, 'scores');
  for (const name of ['queries', 'keys', 'values', 'weights', 'output']) {
    assertClose(layer[name], unbatched(expected[name]), NEAR_FORWARD, name);
  }
}
