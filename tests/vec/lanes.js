// The operations of lanes.c, as functions from bytes to bytes, in each of its builds.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const build = (name) => fileURLToPath(new URL(`../../build/tests/${name}`, import.meta.url));
const PAGE = 65536;
const GUARD = 64;
const GUARD_BYTE = 0xa5;

/** Bytes of an input record, of a result, and of what an address must be a multiple of, where not those of vectors. */
const SIZES = {
  vec_splat: [4, 16, 4],
  vec_load_splat: [4, 16, 4],
  vec_zero: [0, 16, 4],
  vec_transpose: [64, 64, 4],
  vec_sum: [16, 4, 4],
  vec_all: [16, 4, 4],
  vec_zero_bytes: [4, 16, 1],
  vec_load_halves: [8, 16, 2],
  vec_load_eight_halves: [16, 32, 2],
  vec_nothing_seen: [0, 4, 2],
  vec_all_finite: [16, 4, 2],
  vec_load_bytes: [4, 16, 1],
  vec_load_eight_bytes: [8, 32, 1],
  float_from_half: [2, 4, 2],
  rows_load_halves: [8, 16, 2],
  exp_one: [4, 4, 4],
  log_one: [8, 8, 8],
};

/** @returns {[number, number, number]} */
export function sizesOf(operation, n = 0, inputs = 1) {
  if (operation === 'vec_load_partial') return [4 * n, 16, 4];
  if (operation === 'vec_store_partial') return [16, 4 * n, 4];
  if (operation === 'vec_see_halves') return [2 * n, 4, 2];
  return SIZES[operation] ?? [16 * inputs, 16, 4];
}

/**
 * @typedef {object} Call
 * @property {number} count     records
 * @property {number} n         the size of a record where that varies
 * @property {number} toBytes   of all results
 * @property {number} shift     bytes by which inputs and results are moved away from where they usually lie
 */
/**
 * @typedef {object} Lanes
 * @property {string[]} operations
 * @property {(operation: string, input: Uint8Array, call: Call) => Uint8Array} run
 */

/**
 * The build for a variant of the core. Inputs end where the memory does, unless shifted, so that reading on traps.
 *
 * @returns {Lanes}
 */
export function webAssemblyLanes(variant) {
  const memory = new WebAssembly.Memory({ initial: 4 });
  const module = new WebAssembly.Module(readFileSync(build(`lanes.${variant}.wasm`)));
  const { __heap_base: base, ...operations } = new WebAssembly.Instance(module, { env: { memory } }).exports;
  const run = (operation, input, { count, n, toBytes, shift }) => {
    const to = Math.ceil(base.value / 16) * 16 + GUARD + shift;
    const missing = to + toBytes + GUARD + input.length + shift - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    const bytes = new Uint8Array(memory.buffer);
    const from = bytes.length - input.length - shift;
    bytes.fill(GUARD_BYTE, to - GUARD, to + toBytes + GUARD);
    bytes.set(input, from);
    operations[operation](from, to, count, n);
    for (const guard of [bytes.subarray(to - GUARD, to), bytes.subarray(to + toBytes, to + toBytes + GUARD)]) {
      assert.ok(guard.every((byte) => byte === GUARD_BYTE), `${operation} writes outside its result`);
    }
    const after = bytes.subarray(from, from + input.length);
    assert.equal(Buffer.compare(after, input), 0, `${operation} writes to its input`);
    return bytes.slice(to, to + toBytes);
  };
  return { operations: Object.keys(operations), run };
}

/**
 * The native build, whose sanitizers end it at any access outside.
 *
 * @returns {Lanes}
 */
export function nativeLanes() {
  const run = (operation, input, { count, n, toBytes, shift }) => {
    const words = [operation, count, n, input.length, toBytes, shift].map(String);
    const { status, stdout, stderr } = spawnSync(build('lanes'), words, { input, maxBuffer: 2 ** 30 });
    assert.equal(status, 0, `${operation}: ${stderr}`);
    return new Uint8Array(stdout);
  };
  const source = readFileSync(new URL('lanes.c', import.meta.url), 'utf8');
  const operations = [...source.matchAll(/^(?:OPERATION|UNARY|BINARY|TERNARY)\((\w+)/gm)].map(([, name]) => name);
  return { operations, run };
}
