// Sentences to learn from, made from templates: "the animal didn't cross the street because it was tired", and who "it"
// is. An adjective fits one kind of noun only, and both kinds of a template have as many adjectives: half of the
// sentences with the same nouns in the same places mean the first, half the second. So nothing but the adjective tells
// which, and what can't see it is right half of the time at most.

import { checkOptions, readInteger, readNumber, typeError } from '../core/arguments.js';

/** @typedef {{ tokens: string[], query: number, answer: number }} Example where the pronoun is, and its noun */
/** @typedef {Example & { pair: [string, string], adjective: string, template: number }} Sentence pair: as they come */

const RULER = 'rich wealthy powerful royal';

/** Its nouns, and adjectives that are said of them and not of a kind that they meet; the same number everywhere. */
const KINDS = /** @type {const} */ ({
  animal: ['animal dog cat horse goat', 'tired scared sick nervous'],
  place: ['street road river field valley', 'wide flooded foggy icy'],
  thing: ['bowl bucket bottle barrel jar', 'empty cracked leaky plastic'],
  king: ['king prince duke emperor', RULER],
  queen: ['queen princess duchess empress', RULER],
  beggar: ['beggar tramp pauper vagrant', 'poor homeless ragged penniless'],
});

/** @typedef {keyof typeof KINDS} Kind */

/** The kinds of nouns 1 and 2, and the sentence; A is the adjective. "they" stands for plurals. */
const TEMPLATES = /** @type {[Kind, Kind, string][]} */ ([
  ['animal', 'place', "the 1 didn't cross the 2 because it was A"],
  ['place', 'animal', 'the 1 stopped the 2 because it was A'],
  ['place', 'animal', "the 1 wasn't crossed by the 2 because it was A"],
  ['animal', 'place', 'because it was A the 1 avoided the 2'],
  ['animal', 'place', "the 1 didn't cross the 2 because they were A"],
  ['place', 'animal', 'the 1 stopped the 2 because they were A'],
  ['animal', 'place', 'because they were A the 1 avoided the 2'],
  ['animal', 'thing', "the 1 didn't touch the 2 because it was A"],
  ['thing', 'animal', "the 1 didn't interest the 2 because it was A"],
  ['animal', 'thing', 'because it was A the 1 avoided the 2'],
  ...(/** @type {[Kind, string][]} */ ([['king', 'he'], ['queen', 'she']])).flatMap(([ruler, pronoun]) =>
    (/** @type {[Kind, Kind][]} */ ([[ruler, 'beggar'], ['beggar', ruler]])).flatMap(([one, two]) =>
      [`the 1 didn't greet the 2 because ${pronoun} was A`, `because ${pronoun} was A the 1 avoided the 2`]
        .map((text) => [one, two, text]))),
]);

/** What is to be said wherever the sentences are used. */
export const ABOUT_CORPUS = 'These sentences are made from templates: a pattern, two nouns, and an adjective that fits only one of ' +
  'them. They are English, but far simpler than what people write. Held out are pairs of nouns that never meet in ' +
  'training.';

const OPTIONS = new Set(['seed', 'heldOut']);
const PRONOUN = /^(it|they|he|she)$/;

/** @param {Kind} kind */
const nounsOf = (kind) => KINDS[kind][0].split(' ');
/** @param {Kind} kind */
const adjectivesOf = (kind) => KINDS[kind][1].split(' ');
/** @param {(kind: Kind) => string[]} words @returns {Record<string, string[]>} */
const byKind = (words) =>
  Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, words(/** @type {Kind} */ (kind))]));

/**
 * Pseudo-random numbers in [0, 1), the same for a seed everywhere (Mulberry32).
 * @param {number} seed an integer of 0 … 2^32 − 1; of any other number, its last 32 bits
 * @throws {import('../core/errors.js').AttentionError}
 */
export function createRandom(seed) {
  let state = readNumber(seed, 'seed') >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Which pairs of two kinds are held out: each noun of the one with `share` of the other, so that every noun is met in
 * both parts. The first nouns of both are among them: "animal" and "street".
 * @param {string[]} one
 * @param {string[]} two as many
 * @param {number} share
 * @param {() => number} random
 */
function chooseHeldOut(one, two, share, random) {
  const [head, ...rest] = two;
  for (let i = rest.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [rest[i], rest[j]] = [rest[j], rest[i]];
  }
  const partners = [head, ...rest];
  const count = Math.min(Math.max(1, Math.round(share * one.length)), one.length - 1);
  return one.flatMap((noun, i) =>
    Array.from({ length: count }, (_, k) => join(noun, partners[(i + k) % partners.length])));
}

/** A pair's name, whichever comes first. @param {string[]} pair */
const join = (...pair) => pair.sort().join(' ');

/**
 * @param {number} share
 * @param {number} seed
 */
function heldOutPairs(share, seed) {
  const random = createRandom(seed);
  const kinds = new Map(TEMPLATES.map(([one, two]) => [join(one, two), [one, two].sort()]));
  return new Set([...kinds.values()].flatMap(([one, two]) =>
    chooseHeldOut(nounsOf(/** @type {Kind} */ (one)), nounsOf(/** @type {Kind} */ (two)), share, random)));
}

/**
 * @param {number} template
 * @param {[string, string]} nouns
 * @param {string} adjective
 * @param {0 | 1} fitting which of the nouns it is said of
 * @returns {Sentence}
 */
function sentence(template, nouns, adjective, fitting) {
  const text = TEMPLATES[template][2];
  const pair = /** @type {[string, string]} */ (text.includes('they') ? nouns.map((noun) => `${noun}s`) : nouns);
  const words = /** @type {Record<string, string>} */ ({ 1: pair[0], 2: pair[1], A: adjective });
  const tokens = text.split(' ').map((word) => words[word] ?? word);
  const query = tokens.findIndex((token) => PRONOUN.test(token));
  return { tokens, query, answer: tokens.indexOf(pair[fitting]), pair, adjective, template };
}

/** @param {Set<string>} held */
function sentences(held) {
  const train = /** @type {Sentence[]} */ ([]);
  const heldOut = /** @type {Sentence[]} */ ([]);
  TEMPLATES.forEach(([one, two], template) => nounsOf(one).forEach((first) => nounsOf(two).forEach((second) => {
    const part = held.has(join(first, second)) ? heldOut : train;
    adjectivesOf(one).forEach((adjective) => part.push(sentence(template, [first, second], adjective, 0)));
    adjectivesOf(two).forEach((adjective) => part.push(sentence(template, [first, second], adjective, 1)));
  })));
  return { train, heldOut };
}

/**
 * The sentences, and which of them are for training. A plural is held out where its singular is.
 * @param {{ seed?: number, heldOut?: number }} [options] seed: which pairs are held out; heldOut: their share, about;
 *   at least one pair a noun is held out, and at least one isn't
 * @throws {import('../core/errors.js').AttentionError}
 */
export function createCorpus(options = {}) {
  checkOptions(options, OPTIONS);
  const { seed = 1, heldOut: share = 0.2 } = options;
  const { train, heldOut } = sentences(heldOutPairs(readNumber(share, 'heldOut'), seed));
  /** @param {string} adjective */
  const headline = (adjective) => /** @type {Sentence} */ (heldOut.find((each) =>
    each.template === 0 && each.pair.join(' ') === 'animal street' && each.adjective === adjective));
  return {
    vocabulary: [...new Set([...train, ...heldOut].flatMap(({ tokens }) => tokens))].sort(),
    train,
    heldOut,
    headline: { tired: headline('tired'), wide: headline('wide') },
    /**
     * Sentences of `train`, with replacement.
     * @param {number} count 0 … 2^24
     * @param {() => number} random gives numbers in [0, 1), as createRandom() makes them
     * @throws {import('../core/errors.js').AttentionError}
     */
    sample(count, random) {
      if (typeof random !== 'function') throw typeError('random', 'a function', random);
      return Array.from({ length: readInteger(count, 'count', 0, 2 ** 24) }, () => train[Math.floor(random() * train.length)]);
    },
    nouns: byKind(nounsOf),
    adjectives: byKind(adjectivesOf),
  };
}
