// attention.steps(): the six steps for one query token, every intermediate kept. Called on each frame while
// a reader drags a number, so a whole call has to take a few microseconds: one block of memory, one call, one
// copy out that all results are views of (an ArrayBuffer each would cost more than everything else).

import { wrong } from './errors.js';
import { readStepsArguments } from './steps-arguments.js';
import { STEPS } from './steps-layout.js';

/** @import { CoreExports } from './load.js' */
/** @import { Memory } from './memory.js' */
/** @import { Floats, Result, Tensor } from './tensor.js' */
/** @import { Input } from './inputs.js' */
/** @import { StepsArguments } from './steps-arguments.js' */

/**
 * Queries, keys and values are either projected from the embeddings, or given as they are, each on its own.
 * Letters: N tokens, C embedding dimension, D dimension of queries and keys, E value dimension.
 * @typedef {object} StepsOptions
 * @property {Tensor} [embeddings] [N, C]
 * @property {Tensor} [queryWeight] [C, D]
 * @property {Tensor} [keyWeight] [C, D]
 * @property {Tensor} [valueWeight] [C, E]
 * @property {Tensor} [queries] [N, D], instead of queryWeight
 * @property {Tensor} [keys] [N, D], instead of keyWeight
 * @property {Tensor} [values] [N, E], instead of valueWeight
 * @property {number} queryIndex the token that asks, 0 … N - 1
 * @property {number} [scale] multiplies the scores; 1/sqrt(D) by default
 * @property {number} [temperature] divides them, above 0; 1 by default
 * @property {number} [shift] is added to them; 0 by default
 * @property {Uint8Array | { data: Uint8Array, dims: readonly number[] }} [attend] [N], 0 hides a token; all
 *   are seen by default
 */

/**
 * The results of one call share one ArrayBuffer: transferring one to a worker detaches the others.
 * @typedef {object} StepsResult
 * @property {Result} queries [N, D]
 * @property {Result} keys [N, D]
 * @property {Result} values [N, E]
 * @property {Result} products [N, D] the query's elements times each key's
 * @property {Result} scores [N] their sums: query · key
 * @property {Result} scaled [N] scores · scale / temperature + shift
 * @property {Result} exponentials [N] e^scaled, 0 where hidden, infinite above 88.7
 * @property {Result} sum [1] of the exponentials
 * @property {Result} weights [N] softmax of `scaled` over the tokens seen
 * @property {Result} contributions [N, E] weight · value
 * @property {Result} output [E] their sum
 */

const AT = STEPS.offsets;

/**
 * @param {{ memory: Memory, exports: Pick<CoreExports, 'attention_steps'> }} core
 * @param {StepsOptions} options
 * @returns {StepsResult}
 */
export function steps({ memory, exports }, options) {
  const given = readStepsArguments(memory, options);
  const { N, C, D, E } = given;
  const inputs = C * (N + 2 * D + E);
  const results = 3 * N * D + 2 * N * E + 4 * N + E + 1;
  const block = memory.allocate(STEPS.bytes + 4 * (inputs + results) + N);
  try {
    const firstResult = write(memory, given, block);
    exports.attention_steps(block);
    return readResults(memory.copyOut(firstResult, results), given);
  } finally {
    memory.release(block);
  }
}

/**
 * Writes the argument struct, and behind it the inputs; the results go behind those.
 * @param {Memory} memory
 * @param {StepsArguments} given
 * @param {number} block
 * @returns {number} where the results begin
 */
function write(memory, given, block) {
  const { N, C, D, E, embeddings, query, key, value, attend } = given;
  const { i32, f64 } = memory;
  const words = block >>> 2;
  f64[block >>> 3] = given.scale;
  f64[(block >>> 3) + 1] = given.temperature;
  f64[(block >>> 3) + 2] = given.shift;
  i32[words + AT.tokens] = N;
  i32[words + AT.embeddingDim] = C;
  i32[words + AT.headDim] = D;
  i32[words + AT.valueDim] = E;
  i32[words + AT.queryIndex] = given.queryIndex;

  let at = block + STEPS.bytes;
  i32[words + AT.embeddings] = at;
  if (embeddings) place(memory, embeddings, at);
  at += 4 * N * C;
  i32[words + AT.queryWeight] = query.projected ? place(memory, query.input, at) : 0;
  at += 4 * C * D;
  i32[words + AT.keyWeight] = key.projected ? place(memory, key.input, at) : 0;
  at += 4 * C * D;
  i32[words + AT.valueWeight] = value.projected ? place(memory, value.input, at) : 0;
  at += 4 * C * E;

  const firstResult = at;
  i32[words + AT.queries] = query.projected ? at : place(memory, query.input, at);
  i32[words + AT.keys] = at += 4 * N * D;
  if (!key.projected) place(memory, key.input, at);
  i32[words + AT.values] = at += 4 * N * D;
  if (!value.projected) place(memory, value.input, at);
  i32[words + AT.products] = at += 4 * N * E;
  i32[words + AT.scores] = at += 4 * N * D;
  i32[words + AT.scaled] = at += 4 * N;
  i32[words + AT.exponentials] = at += 4 * N;
  i32[words + AT.sum] = at += 4 * N;
  i32[words + AT.weights] = at += 4;
  i32[words + AT.contributions] = at += 4 * N;
  i32[words + AT.output] = at += 4 * N * E;
  at += 4 * E;
  i32[words + AT.attend] = attend ? at : 0;
  if (attend) memory.copyIn(attend.data, attend.address, at, N);
  return firstResult;
}

/**
 * Puts an input at an address, which it returns, and checks that its numbers are finite.
 * @param {Memory} memory
 * @param {Input} input
 * @param {number} to
 */
function place(memory, input, to) {
  const length = input.dims[0] * input.dims[1];
  memory.copyIn(input.data, input.address, to, 4 * length);
  const { f32 } = memory;
  const first = to >>> 2;
  for (let i = first; i < first + length; i++) {
    if (f32[i] - f32[i] !== 0) throw notFinite(input, i - first, f32[i]);
  }
  return to;
}

/**
 * @param {Input} input
 * @param {number} index
 * @param {number} value
 */
function notFinite({ name, dims }, index, value) {
  const cell = `[${Math.floor(index / dims[1])}, ${index % dims[1]}]`;
  return wrong('not-finite', name, 'finite numbers', `${value} at ${cell}`);
}

/**
 * @param {Floats} all
 * @param {StepsArguments} given
 * @returns {StepsResult}
 */
function readResults(all, { N, D, E }) {
  const scores = N * (2 * D + E) + N * D;
  const weights = scores + 3 * N + 1;
  const output = weights + N + N * E;
  return {
    queries: { data: all.subarray(0, N * D), dims: [N, D] },
    keys: { data: all.subarray(N * D, 2 * N * D), dims: [N, D] },
    values: { data: all.subarray(2 * N * D, 2 * N * D + N * E), dims: [N, E] },
    products: { data: all.subarray(scores - N * D, scores), dims: [N, D] },
    scores: { data: all.subarray(scores, scores + N), dims: [N] },
    scaled: { data: all.subarray(scores + N, scores + 2 * N), dims: [N] },
    exponentials: { data: all.subarray(scores + 2 * N, scores + 3 * N), dims: [N] },
    sum: { data: all.subarray(weights - 1, weights), dims: [1] },
    weights: { data: all.subarray(weights, weights + N), dims: [N] },
    contributions: { data: all.subarray(weights + N, output), dims: [N, E] },
    output: { data: all.subarray(output, output + E), dims: [E] },
  };
}
