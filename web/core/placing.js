// Puts a call's arguments where the C core reads them: one block of memory with the argument struct, copies of
// what lies elsewhere and room for the results, and a second one with the workspace that C asks for.

import { AttentionError } from './errors.js';
import { PROBLEM } from './layout.js';
import { outOfMemory } from './memory.js';

/** @import { Memory } from './memory.js' */
/** @import { Input } from './inputs.js' */
/** @import { Problem } from './problem.js' */

const AT = PROBLEM.offsets;
const TOO_LARGE = 0xffffffff;

/**
 * What `bytes` take of a block. Everything in one starts at a multiple of 16.
 * @param {number} bytes
 */
export const room = (bytes) => Math.ceil(bytes / 16) * 16;

/**
 * What an input takes of a block.
 * @param {Input} input
 */
export const roomFor = (input) => (input.address === 0 ? room(input.bytes) : 0);

/** A block of memory that is handed out from its start on, and a workspace. Lives as long as a call. */
export class Block {
  #next;
  #workspace = 0;

  /**
   * @param {Memory} memory
   * @param {number} bytes the sum of the room for everything
   */
  constructor(memory, bytes) {
    this.memory = memory;
    this.start = memory.allocate(bytes);
    this.#next = this.start;
  }

  /**
   * @param {number} bytes
   * @returns {number} an address, aligned to 16
   */
  take(bytes) {
    const address = this.#next;
    this.#next += room(bytes);
    return address;
  }

  /**
   * @param {Input} input
   * @returns {number} the address where it lies, or a copy of it
   */
  put(input) {
    if (input.address !== 0) return input.address;
    const address = this.take(input.bytes);
    this.memory.copyIn(input.data, 0, address, input.bytes);
    return address;
  }

  /**
   * @param {Float32Array | Int32Array | undefined} vector
   * @returns {number} the address of a copy, or 0
   */
  putVector(vector) {
    if (vector === undefined) return 0;
    const address = this.take(vector.byteLength);
    this.memory.copyIn(vector, 0, address, vector.byteLength);
    return address;
  }

  /**
   * @param {number} bytes as a workspace function of the core returned it
   * @returns {number} its address
   */
  takeWorkspace(bytes) {
    const size = bytes >>> 0;
    if (size === TOO_LARGE) throw outOfMemory('more than 4294967295');
    this.#workspace = this.memory.allocate(size);
    return this.#workspace;
  }

  release() {
    if (this.#workspace !== 0) this.memory.release(this.#workspace);
    this.memory.release(this.start);
  }
}

/**
 * What the inputs of a problem take of a block, its struct aside.
 * @param {Problem} problem
 */
export function roomForProblem({ operands, queryOffset, keyLengths, mask, alibiSlopes, sinks }) {
  let bytes = roomFor(operands.query) + roomFor(operands.key) + roomFor(operands.value);
  if (queryOffset !== 0) bytes += room(4 * operands.B);
  if (keyLengths) bytes += room(keyLengths.byteLength);
  if (mask) bytes += roomFor(mask);
  if (alibiSlopes) bytes += room(alibiSlopes.byteLength);
  if (sinks) bytes += room(sinks.byteLength);
  return bytes;
}

/**
 * Writes the problem to `words` of the memory, where a struct begins, and its inputs to the block.
 * @param {Block} block
 * @param {number} words
 * @param {Problem} problem
 */
export function putProblem(block, words, problem) {
  const { operands, mask } = problem;
  const { i32, f32 } = block.memory;
  i32[words + AT.batch] = operands.B;
  i32[words + AT.heads] = operands.H;
  i32[words + AT.keyHeads] = operands.G;
  i32[words + AT.queryLength] = operands.M;
  i32[words + AT.keyLength] = operands.N;
  i32[words + AT.headDim] = operands.D;
  i32[words + AT.valueDim] = operands.E;
  i32[words + AT.keyCapacity] = operands.capacity;
  i32[words + AT.queryType] = operands.query.type;
  i32[words + AT.keyType] = operands.key.type;
  i32[words + AT.valueType] = operands.value.type;
  i32[words + AT.halvesFinite] = operands.halvesFinite ? 1 : 0;
  i32[words + AT.windowLeft] = problem.windowLeft;
  i32[words + AT.windowRight] = problem.windowRight;
  for (let i = 0; i < 4; i++) i32[words + AT.maskStride0 + i] = mask ? mask.strides[i] : 0;
  f32[words + AT.scale] = problem.scale;
  f32[words + AT.softcap] = problem.softcap;
  i32[words + AT.query] = block.put(operands.query);
  i32[words + AT.key] = block.put(operands.key);
  i32[words + AT.value] = block.put(operands.value);
  i32[words + AT.keyScales] = operands.keyScales;
  i32[words + AT.valueScales] = operands.valueScales;
  i32[words + AT.queryOffset] = putOffset(block, problem.queryOffset, operands.B);
  i32[words + AT.keyLengths] = block.putVector(problem.keyLengths);
  const maskAddress = mask ? block.put(mask) : 0;
  i32[words + AT.booleanMask] = mask?.boolean ? maskAddress : 0;
  i32[words + AT.additiveMask] = mask?.boolean ? 0 : maskAddress;
  i32[words + AT.alibiSlopes] = block.putVector(problem.alibiSlopes);
  i32[words + AT.sinks] = block.putVector(problem.sinks);
}

/**
 * @param {Block} block
 * @param {number | Int32Array} offset
 * @param {number} batch
 */
function putOffset(block, offset, batch) {
  if (typeof offset !== 'number') return block.putVector(offset);
  if (offset === 0) return 0;
  const address = block.take(4 * batch);
  block.memory.i32.fill(offset, address >>> 2, (address >>> 2) + batch);
  return address;
}

/**
 * @param {Input} a
 * @param {Input | undefined} b
 */
export function overlap(a, b) {
  return b !== undefined && b.address !== 0 && a.address !== 0 &&
    a.address < b.address + b.bytes && b.address < a.address + a.bytes;
}

/** @param {number} status */
export function checkStatus(status) {
  if (status === 0) return;
  const message = `The C core refused sizes that had been checked (status ${status}).`;
  throw new AttentionError('internal', { message });
}
