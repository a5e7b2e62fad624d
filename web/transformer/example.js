// A transformer of two layers learns who "it" is:    node web/transformer/example.js
//
// Whether the animal or the street is meant, only the last word tells: "because it was tired", "… wide". The
// sentences it is asked about in the end are of pairs of nouns that it has never met together.

import { createCorpus, createRandom, createTransformer } from './index.js';

const corpus = createCorpus();
const transformer = await createTransformer({ vocabulary: corpus.vocabulary, layers: 2, heads: 2, dim: 8, seed: 1 });

const random = createRandom(1);
while (transformer.step < 400) {
  const loss = transformer.trainStep(corpus.sample(32, random));
  if (transformer.step % 50 === 0) console.log(`step ${transformer.step}: loss ${loss.toFixed(3)}`);
}

const { accuracy, weight } = transformer.evaluate(corpus.heldOut);
console.log(`held out: ${(100 * accuracy).toFixed(1)} % right, ${weight.toFixed(2)} of the weight on the answer`);
for (const sentence of [corpus.headline.tired, corpus.headline.wide]) {
  console.log(`${sentence.tokens.join(' ')}: ${transformer.forward(sentence).answer?.word}`);
}

console.log(`saved: ${transformer.save({ precision: 'bfloat16' }).length} bytes`);
transformer.dispose();
