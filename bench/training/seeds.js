// From each of ten seeds to 98 % of the held-out sentences: runs in Node and as a page.

import { createCorpus, createTransformer } from '../../web/transformer/index.js';
import { askHeadline, learn } from '../../web/training/learn.js';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const ENOUGH = 0.98;
const EVERY = 10; // steps between two evaluations, which count as time too
const MOST = 2000;
const AT_LAST = 600; // steps, what the page trains for

/** One seed until it has learned enough, and on to what the page trains for. */
async function trainSeed(corpus, seed) {
  const transformer = await createTransformer({ vocabulary: corpus.vocabulary, seed });
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  let reached;
  learn(transformer, corpus, {
    steps: MOST, seed,
    after(step) {
      if (!reached && step % EVERY === 0) {
        const { accuracy } = transformer.evaluate(corpus.heldOut);
        if (accuracy >= ENOUGH) reached = { steps: step, seconds: seconds(), accuracy };
      }
      return reached && step >= AT_LAST;
    },
  });
  const result = {
    seed, variant: transformer.variant, reached, seconds: seconds(),
    accuracy: transformer.evaluate(corpus.heldOut).accuracy, headline: askHeadline(transformer, corpus),
  };
  transformer.dispose();
  return result;
}

export async function trainSeeds() {
  const corpus = createCorpus();
  const results = [];
  for (const seed of SEEDS) results.push(await trainSeed(corpus, seed));
  return results;
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;

/** A line a seed, and how far they are apart. */
export function printSeeds(where, results) {
  console.log(`to ${percent(ENOUGH)} of the held-out sentences, ${where}, one thread, ${results[0].variant}`);
  for (const { seed, reached, accuracy, seconds, headline } of results) {
    const when = reached ? `${String(reached.steps).padStart(4)} steps, ${reached.seconds.toFixed(2)} s` : 'never';
    console.log(`seed ${String(seed).padStart(2)}: ${when}; after ${AT_LAST} steps, ${seconds.toFixed(2)} s: ` +
      `${percent(accuracy)}, tired ${headline.tired.weight.toFixed(2)}, wide ${headline.wide.weight.toFixed(2)}`);
  }
  const all = results.filter(({ reached }) => reached).map(({ reached }) => reached);
  const range = (of, digits) => {
    const sorted = all.map(of).sort((a, b) => a - b);
    const middle = (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
    return `${middle.toFixed(digits)} (${sorted[0].toFixed(digits)}–${sorted[sorted.length - 1].toFixed(digits)})`;
  };
  console.log(`${all.length} of ${results.length} seeds: median ${range(({ steps }) => steps, 0)} steps, ` +
    `${range(({ seconds }) => seconds, 2)} s`);
}
