// attention.mergeStates(): partial attentions over disjoint keys make the whole one.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { mergeStates as oracle, scaledDotProductAttention as attend } from '../oracle.js';
import { operands, problemOf, shapes } from './cases.js';
import { assertClose, assertSame, generator, load, tensor, variant } from './helpers.js';

// PyTorch's for float32. A merged row is a mean of rows of size 1, with weights good to a few places.
const TOLERANCE = { rtol: 1.3e-6, atol: 1e-5 };

/** States as attention might leave them: some rows that saw nothing, whose output may hold anything. */
function randomStates({ B, H, M, E, seed }, count, spread) {
  const random = generator(seed);
  return Array.from({ length: count }, () => {
    const logSumExp = tensor([B, H, M], () => (random() < -0.6 ? -Infinity : random() * spread));
    const output = tensor([B, H, M, E], () => random());
    logSumExp.data.forEach((x, row) => {
      if (x === -Infinity && random() < 0) output.data.fill(NaN, row * E, row * E + E);
    });
    return { output, logSumExp };
  });
}

describe(`mergeStates (${variant})`, () => {
  let attention;
  before(async () => { attention = await load(); });
  after(() => attention.dispose());

  const assertOracle = (states) => {
    const actual = attention.mergeStates(states);
    const expected = oracle(states);
    assert.deepEqual(Object.keys(actual), ['output', 'logSumExp']);
    for (const name of Object.keys(expected)) assertClose(actual[name], expected[name], TOLERANCE, name);
    return actual;
  };

  test('random states of any number, near each other and far apart', () => {
    fc.assert(fc.property(shapes, fc.integer({ min: 1, max: 6 }), fc.constantFrom(1, 8, 300, 1e30),
      (shape, count, spread) => { assertOracle(randomStates(shape, count, spread)); }), { numRuns: 300 });
    assertOracle(randomStates({ B: 1, H: 3, M: 5, E: 65, seed: 1 }, 100, 8));
  });

  test('attention over parts of the keys, with any options that keep the keys where they are', () => {
    const names = ['scale', 'causal', 'queryOffset', 'window', 'alibiSlopes', 'softcap', 'float16'];
    fc.assert(fc.property(shapes, fc.subarray(names), fc.integer({ min: 1, max: 4 }), (shape, chosen, parts) => {
      const { tensors, options } = problemOf(shape, chosen);
      const random = generator(shape.seed + 1);
      const part = Array.from({ length: shape.N }, () => Math.floor(((random() + 1) / 2) * parts));
      const states = Array.from({ length: parts }, (_, i) => attention.scaledDotProductAttention(...tensors,
        { ...options, mask: { data: Uint8Array.from(part, (of) => Number(of === i)), dims: [shape.N] } }));
      const merged = attention.mergeStates(states);
      const whole = attend(...tensors, options);
      for (const name of Object.keys(whole)) assertClose(merged[name], whole[name], TOLERANCE, name);
    }), { numRuns: 150 });
  });

  test('what attention returns goes in as it is, and so do tensors in WebAssembly memory', () => {
    const [query, key, value] = operands({ B: 2, H: 2, M: 3, N: 5, D: 4 }, generator(2));
    const half = (data) => ({ mask: { data: Uint8Array.from(data), dims: [5] }, weights: 'softmax' });
    const states = [[1, 0, 1, 0, 0], [0, 1, 0, 1, 1]].map((seen) =>
      attention.scaledDotProductAttention(query, key, value, half(seen)));
    const expected = attention.mergeStates(states);
    const inside = states.map((state) => Object.fromEntries(['output', 'logSumExp'].map((name) => {
      const copy = attention.tensor(state[name].dims);
      copy.data.set(state[name].data);
      return [name, copy];
    })));
    const actual = attention.mergeStates(inside);
    for (const name of Object.keys(expected)) assertSame(actual[name], expected[name], name);
    inside.forEach(({ output, logSumExp }) => { output.dispose(); logSumExp.dispose(); });
    assert.equal(attention.memoryUsage().used, 0);
  });

  test('rows that no state saw are zeros and -Infinity; a state alone is itself', () => {
    const nothing = { output: tensor([1, 1, 2, 3], () => NaN), logSumExp: tensor([1, 1, 2], () => -Infinity) };
    const some = { output: tensor([1, 1, 2, 3], (i) => i), logSumExp: tensor([1, 1, 2], [-Infinity, 7]) };
    some.output.data.fill(0, 0, 3);
    for (const states of [[nothing], [nothing, nothing, nothing]]) {
      const { output, logSumExp } = attention.mergeStates(states);
      assert.deepEqual([...output.data], [0, 0, 0, 0, 0, 0]);
      assert.deepEqual([...logSumExp.data], [-Infinity, -Infinity]);
    }
    for (const states of [[some], [some, nothing], [nothing, some, nothing]]) {
      const { output, logSumExp } = attention.mergeStates(states);
      assert.deepEqual([...output.data], [0, 0, 0, 3, 4, 5]);
      assert.deepEqual([...logSumExp.data], [-Infinity, 7]);
    }
  });

  test('no rows, no columns', () => {
    for (const dims of [[0, 1, 2, 3], [1, 2, 0, 3], [2, 1, 3, 0]]) {
      const state = { output: tensor(dims, () => 1), logSumExp: tensor(dims.slice(0, 3), () => 1) };
      const { output } = assertOracle([state, state]);
      assert.equal(output.data.length, 0);
    }
  });
});
