// Checks of what attention.steps() is given.

import { checkOptions, isArrayOf, readNumber, typeError } from './arguments.js';
import { describe, wrong } from './errors.js';
import { checkDim, readInput } from './inputs.js';

/** @import { Memory } from './memory.js' */
/** @import { Input } from './inputs.js' */

const KNOWN = new Set([
  'embeddings', 'queryWeight', 'keyWeight', 'valueWeight', 'queries', 'keys', 'values', 'queryIndex', 'scale',
  'temperature', 'shift', 'attend',
]);

/** @typedef {{ input: Input, projected: boolean }} Source either [N, D] as it is or a weight [C, D] */

/**
 * @typedef {object} StepsArguments
 * @property {Input | undefined} embeddings
 * @property {Source} query
 * @property {Source} key
 * @property {Source} value
 * @property {number} N tokens
 * @property {number} C embedding dimension
 * @property {number} D query and key dimension
 * @property {number} E value dimension
 * @property {number} queryIndex
 * @property {number} scale
 * @property {number} temperature
 * @property {number} shift
 * @property {{ data: Uint8Array, address: number } | undefined} attend
 */

/**
 * @param {Memory} memory
 * @param {any} options
 * @returns {StepsArguments}
 */
export function readStepsArguments(memory, options) {
  checkOptions(options, KNOWN);
  const query = readSource(memory, options, 'queries', 'queryWeight', 'D');
  const key = readSource(memory, options, 'keys', 'keyWeight', 'D');
  const value = readSource(memory, options, 'values', 'valueWeight', 'E');
  const embeddings = readEmbeddings(memory, options, query.projected || key.projected || value.projected);

  const first = embeddings ?? query.input;
  const N = readTokens(first);
  const C = embeddings ? embeddings.dims[1] : 0;
  const D = query.input.dims[1];
  checkDim(key.input, 1, D, query.input.name, 'D');
  checkRows(query, N, C, first);
  checkRows(key, N, C, first);
  checkRows(value, N, C, first);
  const { scale, temperature, shift, attend } = options;
  return {
    embeddings, query, key, value, N, C, D, E: value.input.dims[1],
    queryIndex: readIndex(options.queryIndex, N),
    scale: scale === undefined ? 1 / Math.sqrt(D || 1) : readNumber(scale, 'scale'),
    temperature: temperature === undefined ? 1 : readTemperature(temperature),
    shift: shift === undefined ? 0 : readNumber(shift, 'shift'),
    attend: attend === undefined ? undefined : readAttend(memory, attend, N),
  };
}

/**
 * The one of `given` and `weight` that was passed.
 * @param {Memory} memory
 * @param {any} options
 * @param {string} given
 * @param {string} weight
 * @param {string} letter
 * @returns {Source}
 */
function readSource(memory, options, given, weight, letter) {
  const projected = options[given] === undefined;
  if (projected === (options[weight] === undefined)) {
    throw wrong('type', given, `either ${given} or ${weight}`, projected ? 'neither' : 'both');
  }
  const input = projected ? readInput(memory, options[weight], weight, `[C, ${letter}]`, 2)
    : readInput(memory, options[given], given, `[N, ${letter}]`, 2);
  return { input, projected };
}

/**
 * @param {Memory} memory
 * @param {any} options
 * @param {boolean} needed
 */
function readEmbeddings(memory, options, needed) {
  const { embeddings } = options;
  if (embeddings !== undefined) return readInput(memory, embeddings, 'embeddings', '[N, C]', 2);
  if (needed) throw typeError('embeddings', 'a tensor [N, C] for the weights to project', undefined);
  return undefined;
}

/** @param {Input} input */
function readTokens({ name, dims }) {
  if (dims[0] === 0) {
    throw wrong('dims', `${name}.dims[0]`, 'at least one token', '0');
  }
  return dims[0];
}

/**
 * A weight has a row per embedding dimension, anything else a row per token.
 * @param {Source} source
 * @param {number} tokens
 * @param {number} embeddingDim
 * @param {Input} first
 */
function checkRows({ input, projected }, tokens, embeddingDim, first) {
  if (projected) checkDim(input, 0, embeddingDim, first.name, 'C');
  else checkDim(input, 0, tokens, first.name, 'N');
}

/**
 * @param {unknown} value
 * @param {number} tokens
 */
function readIndex(value, tokens) {
  if (typeof value !== 'number') throw typeError('queryIndex', 'a number', value);
  if (!Number.isInteger(value) || value < 0 || value >= tokens) {
    throw wrong('range', 'queryIndex', `an integer from 0 to ${tokens - 1}`, describe(value));
  }
  return value;
}

/** @param {unknown} value */
function readTemperature(value) {
  const temperature = readNumber(value, 'temperature');
  if (temperature <= 0) throw wrong('range', 'temperature', 'more than 0', describe(value));
  return temperature;
}

/**
 * @param {Memory} memory
 * @param {any} value a Uint8Array, or one with dims
 * @param {number} tokens
 */
function readAttend(memory, value, tokens) {
  const bare = ArrayBuffer.isView(value);
  const data = bare ? value : value?.data;
  if (!isArrayOf(data, 'Uint8Array')) throw typeError('attend', 'a Uint8Array (1 = attend)', data ?? value);
  const dims = bare ? [data.length] : value.dims;
  if (!Array.isArray(dims) || dims.length !== 1 || dims[0] !== tokens || data.length !== tokens) {
    throw wrong('dims', 'attend', `${tokens}, one per token`, `${data.length}, dims ${describe(dims)}`);
  }
  return { data, address: memory.addressOf(data, 'attend') };
}
