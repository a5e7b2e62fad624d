// What the suites of the transformer share: a task so small that a few updates teach it, and models of it.

import assert from 'node:assert/strict';
import { createTransformer } from '../../web/transformer/index.js';
import { assertSame, variant } from '../core/helpers.js';

const ANIMALS = ['dog', 'cat', 'fox'];
const PLACES = ['street', 'river', 'field'];
export const vocabulary = [...ANIMALS, ...PLACES, 'crossed', 'it', 'was', 'tired', 'wide'];

const pairs = ANIMALS.flatMap((animal) => PLACES.flatMap((place) => [[animal, place], [place, animal]]));

/** "dog crossed street it was tired": whom "it" is about, the adjective tells. */
export const sentences = pairs.flatMap(([first, second]) => ['tired', 'wide'].map((adjective) => {
  const noun = ANIMALS.includes(first) === (adjective === 'tired') ? 0 : 2;
  return { tokens: [first, 'crossed', second, 'it', 'was', adjective], query: 3, answer: noun };
}));
export const batch = sentences.slice(0, 8);

/** The smallest model there is, so that every byte of its snapshot can be tried. */
export const TINY = { vocabulary, layers: 1, heads: 1, hidden: 8, maxLength: 6, batch: 8 };

export const create = (options = {}) => createTransformer({ vocabulary, variant, ...options });

/** A model that made some updates. */
export async function trained(options = {}, updates = 3) {
  const transformer = await create(options);
  for (let i = 0; i < updates; i++) transformer.trainStep(sentences.slice(i, i + 8));
  return transformer;
}

/** The same parameters, to the bit. */
export function assertSameParameters(actual, expected) {
  assert.deepEqual(Object.keys(actual), Object.keys(expected));
  for (const name in expected) assertSame(actual[name], expected[name], name);
}
