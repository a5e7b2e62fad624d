// attention.scaledDotProductAttentionBackward().

import { typeError } from './arguments.js';
import { readInputLike } from './inputs.js';
import { BACKWARD } from './layout.js';
import { Block, checkStatus, putProblem, room, roomFor, roomForProblem } from './placing.js';
import { BACKWARD_OPTIONS, readOperands, readProblem } from './problem.js';

/** @import { Core } from './load.js' */
/** @import { Problem } from './problem.js' */
/** @import { AttentionOptions } from './scaled-dot-product.js' */
/** @import { Result, Tensor } from './tensor.js' */

/**
 * The options of the forward call, and what it returned. `weights` and `out` mean nothing here.
 * @typedef {AttentionOptions & { output: Tensor, logSumExp: Tensor }} BackwardOptions
 */

/**
 * @typedef {object} Gradients
 * @property {Result} gradQuery [B, H, M, D]
 * @property {Result} gradKey [B, G, N, D]
 * @property {Result} gradValue [B, G, N, E]
 * @property {Result} [gradMask] the dims of the mask, summed over what it broadcasts, 0 where a key is hidden;
 *   there when the mask is a Float32Array
 */

const AT = BACKWARD.offsets;

/**
 * @param {Core} core
 * @param {unknown} gradOutputTensor
 * @param {unknown} query
 * @param {unknown} key
 * @param {unknown} value
 * @param {BackwardOptions} options
 * @returns {Gradients}
 */
export function scaledDotProductAttentionBackward(core, gradOutputTensor, query, key, value, options) {
  const { memory, exports } = core;
  const operands = readOperands(memory, query, key, value);
  const { B, H, M, E } = operands;
  const gradOutput = readInputLike(memory, gradOutputTensor, 'gradOutput', '[B, H, M, E]', [B, H, M, E]);
  if (options === undefined) throw typeError('options', 'an object with output and logSumExp', options);
  const problem = readProblem(memory, operands, options, BACKWARD_OPTIONS, false);
  const output = readInputLike(memory, options.output, 'output', '[B, H, M, E]', [B, H, M, E]);
  const logSumExp = readInputLike(memory, options.logSumExp, 'logSumExp', '[B, H, M]', [B, H, M]);
  const dims = resultDims(problem);

  const results = dims.reduce((bytes, each) => bytes + room(bytesOf(each)), 0);
  const block = new Block(memory, BACKWARD.bytes + roomForProblem(problem) + roomFor(gradOutput) + roomFor(output) +
    roomFor(logSumExp) + results);
  try {
    const args = block.take(BACKWARD.bytes);
    const words = args >>> 2;
    putProblem(block, words, problem);
    const { i32 } = memory;
    i32[words + AT.gradOutput] = block.put(gradOutput);
    i32[words + AT.output] = block.put(output);
    i32[words + AT.logSumExp] = block.put(logSumExp);
    const addresses = dims.map((each) => block.take(bytesOf(each)));
    i32[words + AT.gradQuery] = addresses[0];
    i32[words + AT.gradKey] = addresses[1];
    i32[words + AT.gradValue] = addresses[2];
    i32[words + AT.gradMask] = addresses[3] ?? 0;
    const maskDims = dims[3] ?? [];
    for (let i = 0; i < 4; i++) i32[words + AT.maskDims0 + i] = maskDims[maskDims.length - 4 + i] ?? 1;
    i32[words + AT.pool] = core.pool;

    // The workspace may grow the memory: the views have to be taken anew.
    const workspace = block.takeWorkspace(exports.attention_backward_workspace_bytes(args));
    memory.i32[words + AT.workspace] = workspace;
    checkStatus(exports.attention_backward(args));
    const [gradQuery, gradKey, gradValue, gradMask] = addresses.map((address, i) =>
      ({ data: memory.copyOut(address, bytesOf(dims[i]) / 4), dims: dims[i] }));
    return gradMask ? { gradQuery, gradKey, gradValue, gradMask } : { gradQuery, gradKey, gradValue };
  } finally {
    block.release();
  }
}

/**
 * The dims of the gradients, that of an additive mask last.
 * @param {Problem} problem
 */
function resultDims({ operands, mask }) {
  const dims = [operands.query, operands.key, operands.value].map((input) => [...input.dims]);
  if (mask && !mask.boolean) dims.push([...mask.dims]);
  return dims;
}

/** @param {readonly number[]} dims */
const bytesOf = (dims) => dims.reduce((bytes, dim) => bytes * dim, 4);
