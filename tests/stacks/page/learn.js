import { createCorpus, createRandom, createTransformer } from 'attention-wasm/transformer';

/** The loss after ten steps of training: the same to the bit on any machine. `where` says where the binary is. */
export async function learn(where = {}) {
  const corpus = createCorpus();
  const transformer = await createTransformer({
    vocabulary: corpus.vocabulary, layers: 1, heads: 2, dim: 8, seed: 1, variant: 'simd', ...where,
  });
  const random = createRandom(1);
  let loss = 0;
  while (transformer.step < 10) loss = transformer.trainStep(corpus.sample(16, random));
  return String(loss);
}
