// What the page teaches, as a promise that is kept whatever the seed: two layers learn who "it" is, one can't, and
// neither can a model that doesn't see what comes after. `npm run bench:train -- --seeds` tries ten seeds.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createCorpus } from '../../web/transformer/index.js';
import { askHeadline, learn } from '../../web/training/learn.js';
import { create } from './helpers.js';

const SEEDS = [1, 2, 3];
const STEPS = 600;
const corpus = createCorpus();

async function trained(seed, options) {
  const transformer = await create({ vocabulary: corpus.vocabulary, seed, ...options });
  learn(transformer, corpus, { steps: STEPS, seed });
  const { accuracy } = transformer.evaluate(corpus.heldOut);
  const headline = askHeadline(transformer, corpus);
  transformer.dispose();
  return { accuracy, headline };
}

describe('the lesson', () => {
  for (const seed of SEEDS) {
    test(`two layers read sentences that they never met, and "it" turns with one word; seed ${seed}`, async () => {
      const { accuracy, headline } = await trained(seed);
      assert.ok(accuracy >= 0.98, `${accuracy} right`);
      for (const [adjective, { right, weight }] of Object.entries(headline)) {
        assert.ok(right, adjective);
        assert.ok(weight >= 0.6, `${adjective}: ${weight}`);
      }
    });

    // Both hold whatever is learned: corpus.test.js has the bound of half for what can't see the adjective. One layer
    // sees it, but the score of a noun is a matter of the pronoun and that noun: the adjective doesn't come in.
    test(`one layer cannot; seed ${seed}`, async () => {
      const { accuracy } = await trained(seed, { layers: 1 });
      assert.ok(accuracy < 0.6, `${accuracy} right`);
    });

    test(`nor can two that see only what came before; seed ${seed}`, async () => {
      const { accuracy } = await trained(seed, { causal: true });
      assert.ok(accuracy < 0.6, `${accuracy} right`);
    });
  }
});
