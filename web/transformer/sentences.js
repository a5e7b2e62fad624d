// Sentences, checked and turned into the numbers that the engine takes.

import { readInteger, typeError } from '../core/arguments.js';
import { describe, wrong } from '../core/errors.js';

/** @import { TransformerConfig } from './options.js' */

/**
 * @typedef {object} Sentence
 * @property {readonly string[]} tokens words of the vocabulary
 * @property {number} query the index of the token that is asked about
 * @property {number} answer the index of the token that it refers to
 */

/**
 * @typedef {object} Batch
 * @property {number} count
 * @property {Int32Array} tokens [count, L], padded with 0
 * @property {Int32Array} lengths [count]
 * @property {Int32Array} queries [count]
 * @property {Int32Array} answers [count]
 */

/** Knows the words of a vocabulary by their index. */
export class Encoder {
  /** @type {Map<unknown, number>} */
  #index;
  #maxLength;

  /** @param {TransformerConfig} config */
  constructor({ vocabulary, maxLength }) {
    this.#index = new Map(vocabulary.map((word, i) => [word, i]));
    this.#maxLength = maxLength;
  }

  /**
   * @param {unknown} sentences
   * @param {number} most how many there may be
   * @returns {Batch}
   */
  batch(sentences, most) {
    if (!Array.isArray(sentences)) throw typeError('sentences', 'an array of sentences', sentences);
    const count = sentences.length;
    if (count < 1 || count > most) {
      const expected = most === Infinity ? '1 or more sentences' : `1 to ${most} sentences (batch)`;
      throw wrong('range', 'sentences', expected, `${count}`);
    }
    const batch = {
      count, tokens: new Int32Array(count * this.#maxLength), lengths: new Int32Array(count),
      queries: new Int32Array(count), answers: new Int32Array(count),
    };
    for (let i = 0; i < count; i++) {
      const name = `sentences[${i}]`;
      const { tokens, query, answer } = asSentence(sentences[i], name);
      const length = this.#encode(tokens, name, batch.tokens, i * this.#maxLength);
      batch.lengths[i] = length;
      batch.queries[i] = readInteger(query, `${name}.query`, 0, length - 1);
      batch.answers[i] = readInteger(answer, `${name}.answer`, 0, length - 1);
    }
    return batch;
  }

  /**
   * @param {unknown} sentence
   * @returns {{ tokens: Int32Array, query: number | undefined }} as many tokens as it has
   */
  one(sentence) {
    const { tokens, query } = asSentence(sentence, 'sentence');
    const codes = new Int32Array(this.#maxLength);
    const length = this.#encode(tokens, 'sentence', codes, 0);
    return {
      tokens: codes.slice(0, length),
      query: query === undefined ? undefined : readInteger(query, 'sentence.query', 0, length - 1),
    };
  }

  /**
   * @param {unknown} tokens
   * @param {string} name
   * @param {Int32Array} into
   * @param {number} from
   * @returns {number} how many they are
   */
  #encode(tokens, name, into, from) {
    if (!Array.isArray(tokens)) throw typeError(`${name}.tokens`, 'an array of words', tokens);
    const { length } = tokens;
    if (length < 1 || length > this.#maxLength) {
      throw wrong('range', `${name}.tokens`, `1 to ${this.#maxLength} words (maxLength)`, `${length}`);
    }
    for (let i = 0; i < length; i++) {
      const word = tokens[i];
      const code = this.#index.get(word);
      if (code === undefined) {
        const expected = `a word of the vocabulary (${this.#index.size} words)`;
        throw wrong(typeof word === 'string' ? 'range' : 'type', `${name}.tokens[${i}]`, expected, describe(word));
      }
      into[from + i] = code;
    }
    return length;
  }
}

/**
 * @param {any} value
 * @param {string} name
 */
function asSentence(value, name) {
  if (typeof value !== 'object' || value === null) throw typeError(name, 'a sentence, { tokens, … }', value);
  return value;
}
