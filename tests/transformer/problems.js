// What the suites of the transformer share: small models, sentences of numbers, central differences.

import { generator } from '../core/helpers.js';
import * as oracle from '../oracle/transformer.js';

/** A configuration as the oracle takes it; `words` is how many. */
export function configOf({ words = 7, heads = 2, dim = 8, ...others } = {}) {
  return {
    vocabulary: Array.from({ length: words }, (_, i) => `word${i}`), maxLength: 6, layers: 2, heads, dim,
    hidden: 2 * dim, objective: 'pointer', causal: false, scale: 1 / Math.sqrt(dim / heads), target: 0.8, ...others,
  };
}

/** Every combination that the gradients are checked over. */
export const CONFIGS = ['pointer', 'token'].flatMap((objective) => [false, true].flatMap((causal) =>
  [1, 2].flatMap((heads) => [1, 2].map((layers) => ({ objective, causal, heads, layers })))));

export const nameOf = ({ objective, causal, heads, layers }) =>
  `${objective}${causal ? ', causal' : ''}, heads: ${heads}, layers: ${layers}`;

/** Parameters that no symmetry or zero makes special: gains about 1, everything else about 0. */
export function randomParameters(config, seed) {
  const random = generator(seed);
  return Object.fromEntries(oracle.parameterTable(config).map(([name, dims]) => {
    const size = dims.length === 2 ? 0.7 : 0.3;
    const middle = name.endsWith('gain') ? 1 : 0;
    const length = dims.reduce((a, b) => a * b);
    return [name, { data: Float64Array.from({ length }, () => middle + size * random()), dims }];
  }));
}

/** Sentences of 1 … maxLength tokens, the first and the last of each length asked too. */
export function randomSentences({ vocabulary: { length: W }, maxLength, causal }, count, seed) {
  const random = generator(seed);
  const below = (n) => Math.min(n - 1, Math.floor(((random() + 1) / 2) * n));
  return Array.from({ length: count }, (_, i) => {
    const length = i === 0 ? maxLength : 1 + below(maxLength);
    const query = i === 0 ? length - 1 : below(length);
    // Where the answer is hidden, what would fall on it is dropped: every third may be.
    const answer = causal && i % 3 ? below(query + 1) : below(length);
    return { tokens: Array.from({ length }, () => below(W)), query, answer };
  });
}

/** Central differences of the oracle's loss by every parameter. */
export function slopes(parameters, config, sentences, step) {
  const loss = () => oracle.loss(parameters, config, sentences);
  return Object.fromEntries(Object.entries(parameters).map(([name, { data, dims }]) => {
    const along = Float64Array.from(data, (x, i) => {
      const [above, below] = [step, -step].map((change) => { data[i] = x + change; return loss(); });
      data[i] = x;
      return (above - below) / (2 * step);
    });
    return [name, { data: along, dims }];
  }));
}

/** In float64, to be changed. */
export const widened = (parameters) => Object.fromEntries(Object.entries(parameters)
  .map(([name, { data, dims }]) => [name, { data: Float64Array.from(data), dims: [...dims] }]));

/** Sentences of numbers with words for numbers. */
export const worded = (vocabulary, sentences) =>
  sentences.map((each) => ({ ...each, tokens: each.tokens.map((token) => vocabulary[token]) }));

/** Sentences of words with numbers for words. */
export function numbered(vocabulary, sentences) {
  const numbers = new Map(vocabulary.map((word, i) => [word, i]));
  return sentences.map((each) => ({ ...each, tokens: each.tokens.map((token) => numbers.get(token)) }));
}
