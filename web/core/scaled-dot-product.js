// attention.scaledDotProductAttention(): checks, places the operands in memory, calls the C core.

import {
  checkChoice, checkDim, checkOptions, readInput, readMask, readNumber,
} from './arguments.js';
import { AttentionError, describe, wrong } from './errors.js';
import { FORWARD } from './layout.js';

/** @import { Core } from './load.js' */
/** @import { Memory } from './memory.js' */
/** @import { Tensor } from './tensor.js' */
/** @import { Input } from './arguments.js' */

/**
 * Letters: B batch, H query heads, G key/value heads, M query length, N key length.
 * @typedef {object} AttentionOptions
 * @property {number} [scale] multiplies the scores; 1/sqrt(D) by default
 * @property {boolean | 'upper-left' | 'lower-right'} [causal] a query sees no later key; true = 'upper-left'
 *   (query m sees the keys up to m), 'lower-right' aligns the last query with the last key
 * @property {{ data: Uint8Array | Float32Array, dims: readonly number[] }} [mask] broadcastable to
 *   [B, H, M, N]: Uint8Array, 1 = attend, or Float32Array, added to the scores
 * @property {false | 'scores' | 'capped' | 'masked' | 'softmax'} [weights] which stage's [B, H, M, N] matrix
 *   to return as well; the only thing whose memory grows with M · N
 * @property {Tensor} [out] [B, H, M, E], to write the output into
 */

/**
 * @typedef {{ data: Float32Array, dims: number[] }} Result
 * @typedef {object} AttentionResult
 * @property {Tensor} output [B, H, M, E]; `out` itself where it was given
 * @property {Result} logSumExp [B, H, M], -Infinity for a row with nothing to attend to
 * @property {Result} [weights] [B, H, M, N], where asked for
 */

const KNOWN = new Set(['scale', 'causal', 'mask', 'weights', 'out']);
const LATER = new Set(['queryOffset', 'window', 'alibiSlopes', 'softcap', 'sinks', 'keyLengths']);
const STAGES = ['scores', 'capped', 'masked', 'softmax'];
const AT = FORWARD.offsets;

/**
 * @param {Memory} memory
 * @param {unknown} queryTensor
 * @param {unknown} keyTensor
 * @param {unknown} valueTensor
 */
function readOperands(memory, queryTensor, keyTensor, valueTensor) {
  const query = readInput(memory, queryTensor, 'query', '[B, H, M, D]', 4);
  const key = readInput(memory, keyTensor, 'key', '[B, G, N, D]', 4);
  const value = readInput(memory, valueTensor, 'value', '[B, G, N, E]', 4);
  const [B, H, M, D] = query.dims;
  const [, G, N] = key.dims;
  checkDim(key, 0, B, query, 'B');
  checkDim(key, 3, D, query, 'D');
  checkDim(value, 0, B, query, 'B');
  checkDim(value, 1, G, key, 'G');
  checkDim(value, 2, N, key, 'N');
  if (H !== 0 && (G === 0 || H % G !== 0)) {
    throw wrong('dims', 'key.dims[1]', `a divisor of the ${H} query heads`, `${G}`);
  }
  return { query, key, value, B, H, G, M, N, D, E: value.dims[3] };
}

/**
 * @param {Memory} memory
 * @param {any} options
 * @param {ReturnType<typeof readOperands>} operands
 */
function readOptions(memory, options, { B, H, M, N, D, E }) {
  checkOptions(options, KNOWN, LATER);
  const { scale, causal = false, mask, weights = false, out } = options;
  checkChoice(causal, 'causal', [false, true, 'upper-left', 'lower-right']);
  checkChoice(weights, 'weights', [false, ...STAGES]);
  return {
    scale: scale === undefined ? 1 / Math.sqrt(D || 1) : readNumber(scale, 'scale'),
    causal: causal !== false,
    queryOffset: causal === 'lower-right' ? new Int32Array(B).fill(N - M) : undefined,
    mask: mask === undefined ? undefined : readMask(memory, mask, [B, H, M, N]),
    stage: weights === false ? -1 : STAGES.indexOf(weights),
    out: out === undefined ? undefined : readOut(memory, out, [B, H, M, E]),
  };
}

/**
 * @param {Memory} memory
 * @param {unknown} out
 * @param {readonly number[]} dims
 */
function readOut(memory, out, dims) {
  const input = readInput(memory, out, 'out', '[B, H, M, E]', 4);
  if (input.dims.some((dim, i) => dim !== dims[i])) {
    throw wrong('dims', 'out.dims', `${describe(dims)}, [B, H, M, E]`, describe(input.dims));
  }
  return input;
}

/**
 * @param {Input<Float32Array | Uint8Array>} a
 * @param {Input<Float32Array | Uint8Array> | undefined} b
 */
function overlap(a, b) {
  return b !== undefined && b.address !== 0 && a.address !== 0 &&
    a.address < b.address + b.data.byteLength && b.address < a.address + a.data.byteLength;
}

/**
 * Divides one block: what has to be copied in, and what is written.
 * @param {ReturnType<typeof readOperands>} operands
 * @param {ReturnType<typeof readOptions>} options
 */
function plan({ query, key, value, B, H, M, N, E }, { mask, out, stage, queryOffset }) {
  let bytes = FORWARD.bytes;
  const take = (/** @type {number} */ size) => {
    const offset = bytes;
    bytes += Math.ceil(size / 16) * 16;
    return offset;
  };
  /** @type {{ input: Input<Float32Array | Uint8Array>, offset: number }[]} */
  const copies = [];
  for (const input of [query, key, value, mask]) {
    if (input && input.address === 0) copies.push({ input, offset: take(input.data.byteLength) });
  }
  // The core's output may overlap none of its inputs. Where `out` does, the result goes there at the end.
  const direct = out !== undefined && out.address !== 0 &&
    ![query, key, value, mask].some((input) => overlap(out, input));
  return {
    copies, direct,
    output: direct ? out.address : take(4 * B * H * M * E),
    logSumExp: take(4 * B * H * M),
    weights: stage < 0 ? 0 : take(4 * B * H * M * N),
    queryOffset: queryOffset ? take(4 * B) : 0,
    bytes,
  };
}

/**
 * @param {Core} core
 * @param {unknown} queryTensor
 * @param {unknown} keyTensor
 * @param {unknown} valueTensor
 * @param {AttentionOptions} options
 * @returns {AttentionResult}
 */
export function scaledDotProductAttention(core, queryTensor, keyTensor, valueTensor, options) {
  const { memory } = core;
  const operands = readOperands(memory, queryTensor, keyTensor, valueTensor);
  const given = readOptions(memory, options, operands);
  const places = plan(operands, given);
  const block = memory.allocate(places.bytes);
  let workspace = 0;
  try {
    for (const { input, offset } of places.copies) {
      memory.copyIn(input.data, 0, block + offset, input.data.byteLength);
      input.address = block + offset;
    }
    const output = places.direct ? places.output : block + places.output;
    writeStruct(memory, block, operands, given, places, output);
    workspace = allocateWorkspace(core, block);
    memory.i32[(block >>> 2) + AT.workspace] = workspace;
    const status = core.exports.attention_forward(block);
    if (status !== 0) throw internal(status);
    return readResults(memory, block, operands, given, places, output, options.out);
  } finally {
    memory.release(workspace);
    memory.release(block);
  }
}

/**
 * @param {Core} core
 * @param {number} block
 */
function allocateWorkspace({ memory, exports }, block) {
  return memory.allocate(exports.attention_forward_workspace_bytes(block) >>> 0);
}

/**
 * @param {Memory} memory
 * @param {number} block
 * @param {ReturnType<typeof readOperands>} operands
 * @param {ReturnType<typeof readOptions>} given
 * @param {ReturnType<typeof plan>} places
 * @param {number} output
 */
function writeStruct({ i32, f32 }, block, operands, given, places, output) {
  const words = block >>> 2;
  const { mask, queryOffset } = given;
  i32.fill(0, words, words + FORWARD.bytes / 4);
  i32[words + AT.batch] = operands.B;
  i32[words + AT.heads] = operands.H;
  i32[words + AT.keyHeads] = operands.G;
  i32[words + AT.queryLength] = operands.M;
  i32[words + AT.keyLength] = operands.N;
  i32[words + AT.headDim] = operands.D;
  i32[words + AT.valueDim] = operands.E;
  i32[words + AT.keyCapacity] = operands.N;
  if (queryOffset) {
    i32.set(queryOffset, (block + places.queryOffset) >>> 2);
    i32[words + AT.queryOffset] = block + places.queryOffset;
  }
  i32[words + AT.windowLeft] = -1;
  i32[words + AT.windowRight] = given.causal ? 0 : -1;
  for (let i = 0; i < 4; i++) i32[words + AT.maskStride0 + i] = mask ? mask.strides[i] : 0;
  i32[words + AT.weightsStage] = Math.max(0, given.stage);
  f32[words + AT.scale] = given.scale;
  i32[words + AT.query] = operands.query.address;
  i32[words + AT.key] = operands.key.address;
  i32[words + AT.value] = operands.value.address;
  i32[words + AT.booleanMask] = mask?.data.BYTES_PER_ELEMENT === 1 ? mask.address : 0;
  i32[words + AT.additiveMask] = mask?.data.BYTES_PER_ELEMENT === 4 ? mask.address : 0;
  i32[words + AT.output] = output;
  i32[words + AT.logSumExp] = block + places.logSumExp;
  i32[words + AT.weights] = given.stage < 0 ? 0 : block + places.weights;
}

/**
 * @param {Memory} memory
 * @param {number} block
 * @param {ReturnType<typeof readOperands>} operands
 * @param {ReturnType<typeof readOptions>} given
 * @param {ReturnType<typeof plan>} places
 * @param {number} output
 * @param {Tensor | undefined} out
 * @returns {AttentionResult}
 */
function readResults(memory, block, { B, H, M, N, E }, given, places, output, out) {
  const elements = B * H * M * E;
  const logSumExp = { data: memory.copyOut(block + places.logSumExp, B * H * M), dims: [B, H, M] };
  const weights = given.stage < 0 ? undefined
    : { data: memory.copyOut(block + places.weights, B * H * M * N), dims: [B, H, M, N] };
  if (given.out && !places.direct) {
    if (given.out.address !== 0) memory.copyIn(given.out.data, output, given.out.address, 4 * elements);
    else given.out.data.set(memory.f32.subarray(output >>> 2, (output >>> 2) + elements));
  }
  const result = { output: out ?? { data: memory.copyOut(output, elements), dims: [B, H, M, E] }, logSumExp };
  return weights ? { ...result, weights } : result;
}

/** @param {number} status */
function internal(status) {
  const message = `The C core refused sizes that had been checked (status ${status}).`;
  return new AttentionError('internal', { message });
}
