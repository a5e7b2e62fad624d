// attention.scaledDotProductAttention(), and the part of it that decode() shares.

import { checkChoice } from './arguments.js';
import { readInputLike } from './inputs.js';
import { FORWARD } from './layout.js';
import { Block, checkStatus, overlap, putProblem, room, roomForProblem } from './placing.js';
import { FORWARD_OPTIONS, readOperands, readProblem } from './problem.js';

/** @import { Core } from './load.js' */
/** @import { Memory } from './memory.js' */
/** @import { Input } from './inputs.js' */
/** @import { Operands, Problem, ProblemOptions } from './problem.js' */
/** @import { Result, Tensor } from './tensor.js' */

/**
 * @typedef {object} ForwardOptions
 * @property {false | 'scores' | 'capped' | 'masked' | 'softmax'} [weights] which stage's [B, H, M, N] matrix
 *   to return as well: scale · query · key; that after the softcap; that after ALiBi and mask, -Infinity where
 *   hidden; the weights. The only thing whose memory grows with M · N
 * @property {Tensor} [out] [B, H, M, E], to write the output into; it may be one of the inputs
 *
 * @typedef {ProblemOptions & ForwardOptions} AttentionOptions
 */

/** @typedef {{ weights: Exclude<NonNullable<ForwardOptions['weights']>, false> }} WithWeights asked for */

/**
 * @typedef {object} AttentionResult
 * @property {Tensor} output [B, H, M, E]; `out` itself where it was given
 * @property {Result} logSumExp [B, H, M], the natural logarithm of the sum of e^score over what a row sees,
 *   its sink included; -Infinity for a row with nothing to attend to
 * @property {Result} [weights] [B, H, M, N], where asked for
 */

const STAGES = ['scores', 'capped', 'masked', 'softmax'];
const WEIGHTS = [false, ...STAGES];
const AT = FORWARD.offsets;

/**
 * @param {Core} core
 * @param {unknown} query
 * @param {unknown} key
 * @param {unknown} value
 * @param {AttentionOptions} options
 * @returns {AttentionResult}
 */
export function scaledDotProductAttention(core, query, key, value, options) {
  return attend(core, readOperands(core.memory, query, key, value), options, false);
}

/**
 * @param {Core} core
 * @param {Operands} operands
 * @param {AttentionOptions} options
 * @param {false | 'lower-right'} causalDefault
 * @returns {AttentionResult}
 */
export function attend(core, operands, options, causalDefault) {
  const { memory } = core;
  const problem = readProblem(memory, operands, options, FORWARD_OPTIONS, causalDefault);
  const { weights = false, out } = options;
  checkChoice(weights, 'weights', WEIGHTS);
  const { B, H, M, N, E } = operands;
  const target = out === undefined ? undefined : readInputLike(memory, out, 'out', '[B, H, M, E]', [B, H, M, E]);
  // The core's output may overlap none of its inputs. Where `out` does, the result goes there at the end.
  const direct = target !== undefined && target.address !== 0 && !overlapsInputs(target, problem);

  const rows = B * H * M;
  const matrix = weights === false ? 0 : 4 * rows * N;
  const block = new Block(memory, FORWARD.bytes + roomForProblem(problem) + (direct ? 0 : room(4 * rows * E)) +
    room(4 * rows) + room(matrix));
  try {
    const args = block.take(FORWARD.bytes);
    const words = args >>> 2;
    putProblem(block, words, problem);
    const { i32 } = memory;
    const outputAt = direct ? target.address : block.take(4 * rows * E);
    const logSumExpAt = block.take(4 * rows);
    const weightsAt = weights === false ? 0 : block.take(matrix);
    i32[words + AT.weightsStage] = weights === false ? 0 : STAGES.indexOf(weights);
    i32[words + AT.output] = outputAt;
    i32[words + AT.logSumExp] = logSumExpAt;
    i32[words + AT.weights] = weightsAt;
    i32[words + AT.pool] = core.pool;
    run(core, block, args);

    const logSumExp = { data: memory.copyOut(logSumExpAt, rows), dims: [B, H, M] };
    const stage = weights === false ? undefined : { data: memory.copyOut(weightsAt, rows * N), dims: [B, H, M, N] };
    if (target && !direct) copyTo(memory, target, outputAt);
    const output = out ?? { data: memory.copyOut(outputAt, rows * E), dims: [B, H, M, E] };
    return stage ? { output, logSumExp, weights: stage } : { output, logSumExp };
  } finally {
    block.release();
  }
}

/**
 * @param {Core} core
 * @param {Block} block
 * @param {number} args
 */
function run({ memory, exports }, block, args) {
  // The workspace may grow the memory: the views have to be taken anew.
  const workspace = block.takeWorkspace(exports.attention_forward_workspace_bytes(args));
  memory.i32[(args >>> 2) + AT.workspace] = workspace;
  checkStatus(exports.attention_forward(args));
}

/**
 * @param {Input} target
 * @param {Problem} problem
 */
function overlapsInputs(target, { operands, mask }) {
  return overlap(target, operands.query) || overlap(target, operands.key) || overlap(target, operands.value) ||
    overlap(target, mask);
}

/**
 * @param {Memory} memory
 * @param {Input} target
 * @param {number} from
 */
function copyTo(memory, target, from) {
  if (target.address !== 0) memory.copyIn(target.data, from, target.address, target.bytes);
  else /** @type {Float32Array} */ (target.data).set(memory.f32.subarray(from >>> 2, (from + target.bytes) >>> 2));
}
