// What the suites of the core share. Each suite runs once per variant, which is forced: a suite told to test
// `relaxed` fails where the engine has none.

import assert from 'node:assert/strict';
import { loadAttention } from '../../web/core/index.js';

export const variant = process.env.ATTENTION_VARIANT ?? 'simd';
/** How many threads the suites run with; ATTENTION_THREADS=2 for another round. */
export const threads = Number(process.env.ATTENTION_THREADS ?? 1);
export const load = () => loadAttention({ variant, threads });

const count = (dims) => dims.reduce((product, dim) => product * dim, 1);

/** A tensor with given elements, or with elements by index. */
export function tensor(dims, elements) {
  if (typeof elements !== 'function') return { data: Float32Array.from(elements), dims };
  return { data: Float32Array.from({ length: count(dims) }, (_, i) => elements(i)), dims };
}

/** Pseudo-random numbers in [-1, 1), the same for a seed everywhere (Mulberry32). */
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

export const randomTensor = (dims, random, size = 1) => tensor(dims, () => random() * size);

/**
 * Elementwise |actual - expected| <= atol + rtol |expected|; infinities and NaN must agree exactly.
 */
export function assertClose(actual, expected, { rtol, atol }, what) {
  assert.deepEqual([...actual.dims], [...expected.dims], `${what}: dims`);
  assert.equal(actual.data.length, expected.data.length, `${what}: length`);
  for (let i = 0; i < expected.data.length; i++) {
    const a = actual.data[i];
    const e = expected.data[i];
    const fine = Object.is(a, e) || Math.abs(a - e) <= atol + rtol * Math.abs(e) ||
      (!Number.isFinite(Math.fround(e)) && Object.is(a, Math.fround(e)));
    if (!fine) assert.fail(`${what}[${i}]: ${a} instead of ${e}`);
  }
}

/** The same bits, so that -0 and NaN count too. */
export function assertSame(actual, expected, what) {
  assert.deepEqual([...actual.dims], [...expected.dims], `${what}: dims`);
  const bytes = ({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  assert.ok(bytes(actual).equals(bytes(expected)), `${what}: not the same bits`);
}

/** Runs `call`, which must throw an AttentionError with a complete account. */
export async function assertThrows(call, { code, argument, message = /./ }) {
  let error;
  try {
    await call();
  } catch (thrown) {
    error = thrown;
  }
  assert.ok(error, `nothing thrown, expected ${code} for ${argument}`);
  assert.equal(error.name, 'AttentionError', error.stack);
  if (code !== undefined) assert.equal(error.code, code, error.message);
  if (argument !== undefined) assert.equal(error.argument, argument, error.message);
  assert.match(error.message, message);
  return error;
}
