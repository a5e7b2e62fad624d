// attention.mergeStates().

import { typeError } from './arguments.js';
import { wrong } from './errors.js';
import { readInput, readInputLike } from './inputs.js';
import { MERGE } from './layout.js';
import { Block, checkStatus, room, roomFor } from './placing.js';

/** @import { Core } from './load.js' */
/** @import { Memory } from './memory.js' */
/** @import { Input } from './inputs.js' */
/** @import { Result, Tensor } from './tensor.js' */

/**
 * What attention over some of the keys gave.
 * @typedef {{ readonly output: Tensor, readonly logSumExp: Tensor }} AttentionState output [B, H, M, E],
 *   logSumExp [B, H, M]
 */

const AT = MERGE.offsets;

/**
 * @param {Core} core
 * @param {readonly AttentionState[]} states
 * @returns {{ output: Result, logSumExp: Result }}
 */
export function mergeStates({ memory, exports }, states) {
  const { outputs, logSumExps } = readStates(memory, states);
  const count = outputs.length;
  const [B, H, M, E] = outputs[0].dims;
  const rows = B * H * M;

  let bytes = MERGE.bytes + 2 * room(4 * count) + room(4 * rows * E) + room(4 * rows);
  for (let i = 0; i < count; i++) bytes += roomFor(outputs[i]) + roomFor(logSumExps[i]);
  const block = new Block(memory, bytes);
  try {
    const args = block.take(MERGE.bytes);
    const outputAt = block.take(4 * rows * E);
    const logSumExpAt = block.take(4 * rows);
    const { i32 } = memory;
    const words = args >>> 2;
    i32[words + AT.states] = count;
    i32[words + AT.rows] = rows;
    i32[words + AT.valueDim] = E;
    i32[words + AT.outputs] = putList(block, outputs);
    i32[words + AT.logSumExps] = putList(block, logSumExps);
    i32[words + AT.output] = outputAt;
    i32[words + AT.logSumExp] = logSumExpAt;
    checkStatus(exports.attention_merge(args));
    return {
      output: { data: memory.copyOut(outputAt, rows * E), dims: [B, H, M, E] },
      logSumExp: { data: memory.copyOut(logSumExpAt, rows), dims: [B, H, M] },
    };
  } finally {
    block.release();
  }
}

/**
 * @param {Memory} memory
 * @param {unknown} states
 */
function readStates(memory, states) {
  if (!Array.isArray(states)) throw typeError('states', 'an array of { output, logSumExp }', states);
  if (states.length === 0) throw wrong('range', 'states', 'at least one state', 'an empty array');
  /** @type {Input[]} */
  const outputs = [];
  /** @type {Input[]} */
  const logSumExps = [];
  for (let i = 0; i < states.length; i++) {
    const state = states[i];
    const name = `states[${i}]`;
    if (typeof state !== 'object' || state === null) throw typeError(name, 'an object, { output, logSumExp }', state);
    const output = i === 0 ? readInput(memory, state.output, `${name}.output`, '[B, H, M, E]', 4)
      : readInputLike(memory, state.output, `${name}.output`, 'as in states[0]', outputs[0].dims);
    const rows = output.dims.slice(0, 3);
    outputs.push(output);
    logSumExps.push(readInputLike(memory, state.logSumExp, `${name}.logSumExp`, '[B, H, M]', rows));
  }
  return { outputs, logSumExps };
}

/**
 * @param {Block} block
 * @param {Input[]} inputs
 * @returns {number} where their addresses are listed
 */
function putList(block, inputs) {
  const list = block.take(4 * inputs.length);
  inputs.forEach((input, i) => { block.memory.i32[(list >>> 2) + i] = block.put(input); });
  return list;
}
