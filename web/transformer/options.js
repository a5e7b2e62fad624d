// Checks of what createTransformer() and the calls that take options are given.

import { checkChoice, checkOptions, readInteger, readNumber, typeError } from '../core/arguments.js';
import { describe, wrong } from '../core/errors.js';

/** @import { LoadOptions } from '../core/index.js' */

/** @typedef {'pointer' | 'token'} Objective */

/**
 * What a transformer is, and how it trains.
 * @typedef {object} TransformerConfig
 * @property {readonly string[]} vocabulary W words, 1 … 4096 distinct ones of at most 64 characters
 * @property {number} layers 1 … 8
 * @property {number} heads H, 1 … 16, a divisor of dim
 * @property {number} dim C, a multiple of 8, 8 … 256
 * @property {number} hidden F, the width of the feed-forward part: a multiple of 8, 8 … 1024
 * @property {number} maxLength L, how many tokens a sentence may have: 2 … 256
 * @property {Objective} objective what is learned. 'pointer': that the attention of token `query` in the last
 *   layer is on token `answer`. 'token': to say the word that token `answer` is, at token `query`
 * @property {boolean} causal does a token see only itself and those before it?
 * @property {number} scale of the scores
 * @property {number} target for 'pointer', the weight to be on the answer; the other tokens share the rest
 * @property {number} seed what the first parameters were drawn from, 0 … 2^32 - 1
 * @property {number} weightDecay of the matrices, 0 or more
 * @property {number} batch how many sentences a call can take at most: 1 … 256
 */

/**
 * @typedef {object} TrainingOptions
 * @property {number} [learningRate] above 0; 0.01 by default
 * @property {number} [weightDecay] 0.01 by default
 * @property {number} [batch] 32 by default
 */

/**
 * Defaults: 2 layers, 2 heads, dim 8, hidden 2 · dim, maxLength 16, 'pointer', not causal, scale 1/√(dim / heads),
 * target 0.8, seed 1.
 * @typedef {Pick<TransformerConfig, 'vocabulary'> & Partial<TransformerConfig>} ModelOptions
 */

/**
 * Either a new model, or `snapshot`: the bytes that save() gave, which say all but how to go on training.
 * `variant` and `wasm` are those of loadAttention(), for the files named `transformer.*.wasm`.
 * @typedef {(ModelOptions & { snapshot?: undefined } | { snapshot: Uint8Array | ArrayBuffer }) & TrainingOptions
 *   & Pick<LoadOptions, 'variant' | 'wasm'>} TransformerOptions
 */

/** What must agree for one model to take another's parameters. */
const SHAPE = ['layers', 'heads', 'dim', 'hidden', 'maxLength', 'objective', 'causal', 'scale', 'target'];
const BESIDE_SNAPSHOT = ['learningRate', 'weightDecay', 'batch', 'variant', 'wasm'];
const KNOWN = new Set(['vocabulary', ...SHAPE, 'seed', ...BESIDE_SNAPSHOT, 'snapshot']);

const MOST_WORDS = 4096;
const LONGEST_WORD = 64;

/** @param {any} options */
export function checkNames(options) {
  checkOptions(options, KNOWN);
  if (options.snapshot === undefined) return;
  for (const name in options) {
    if (name === 'snapshot' || options[name] === undefined || BESIDE_SNAPSHOT.includes(name)) continue;
    throw wrong('type', name, 'nothing, for the snapshot says it', describe(options[name]));
  }
}

/**
 * @param {any} options
 * @returns {TransformerConfig} frozen, and a copy
 */
export function readConfig(options) {
  const {
    layers = 2, heads = 2, dim = 8, maxLength = 16, objective = 'pointer', causal = false, target = 0.8, seed = 1,
    weightDecay = 0.01, batch = 32,
  } = options;
  const vocabulary = readVocabulary(options.vocabulary);
  readInteger(layers, 'layers', 1, 8);
  readMultiple(dim, 'dim', 256);
  readInteger(heads, 'heads', 1, 16);
  if (dim % heads !== 0) throw wrong('range', 'heads', `a divisor of dim (${dim})`, `${heads}`);
  const { hidden = 2 * dim, scale = 1 / Math.sqrt(dim / heads) } = options;
  readMultiple(hidden, 'hidden', 1024);
  readInteger(maxLength, 'maxLength', 2, 256);
  checkChoice(objective, 'objective', ['pointer', 'token']);
  if (typeof causal !== 'boolean') throw typeError('causal', 'true or false', causal);
  readNumber(scale, 'scale');
  readNumber(target, 'target');
  if (target <= 0 || target > 1) throw wrong('range', 'target', 'more than 0, and at most 1', describe(target));
  readInteger(seed, 'seed', 0, 2 ** 32 - 1);
  readNumber(weightDecay, 'weightDecay');
  if (weightDecay < 0) throw wrong('range', 'weightDecay', '0 or more', describe(weightDecay));
  readInteger(batch, 'batch', 1, 256);
  return Object.freeze({
    vocabulary, layers, heads, dim, hidden, maxLength, objective, causal, scale, target, seed, weightDecay, batch,
  });
}

/** @param {unknown} value */
export function readRate(value) {
  const rate = readNumber(value, 'learningRate');
  if (rate <= 0) throw wrong('range', 'learningRate', 'more than 0', describe(rate));
  return rate;
}

/**
 * @param {unknown} value
 * @param {string} name
 * @param {number} most
 */
function readMultiple(value, name, most) {
  if (typeof value !== 'number') throw typeError(name, 'a number', value);
  if (value % 8 !== 0 || value < 8 || value > most) {
    throw wrong('range', name, `a multiple of 8 from 8 to ${most}`, describe(value));
  }
}

/**
 * @param {unknown} words
 * @returns {readonly string[]}
 */
function readVocabulary(words) {
  if (!Array.isArray(words)) throw typeError('vocabulary', 'an array of words', words);
  if (words.length < 1 || words.length > MOST_WORDS) {
    throw wrong('range', 'vocabulary', `1 to ${MOST_WORDS} words`, `${words.length}`);
  }
  /** @type {Set<string>} */
  const seen = new Set();
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    const name = `vocabulary[${i}]`;
    if (typeof word !== 'string') throw typeError(name, 'a string', word);
    if (word === '' || word.length > LONGEST_WORD) {
      throw wrong('range', name, `1 to ${LONGEST_WORD} characters`, `${word.length}: ${describe(word)}`);
    }
    if (seen.has(word)) throw wrong('range', name, 'a word that is not there yet', describe(word));
    seen.add(word);
  }
  return Object.freeze([...seen]);
}

/**
 * Are these models of one shape and one vocabulary?
 * @param {TransformerConfig} other
 * @param {TransformerConfig} own
 */
export function checkSameModel(other, own) {
  for (const name of /** @type {(keyof TransformerConfig)[]} */ (SHAPE)) {
    if (other[name] === own[name]) continue;
    throw wrong('snapshot', `snapshot.${name}`, `${describe(own[name])}, as here`, describe(other[name]));
  }
  const words = [...own.vocabulary, undefined]; // and no word behind the last
  const at = words.findIndex((word, i) => other.vocabulary[i] !== word);
  if (at < 0) return;
  const name = `snapshot.vocabulary[${at}]`;
  throw wrong('snapshot', name, `${describe(words[at])}, as here`, describe(other.vocabulary[at]));
}
