// Options one by one, where the answer can be told without an oracle, or where its tolerance must be derived:
// positions far away, masks of large numbers, values that mean "none".

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { scaledDotProductAttention as oracle } from '../oracle.js';
import { operands, shapes } from './cases.js';
import { assertClose, generator, load, randomTensor, tensor, variant } from './helpers.js';

// PyTorch's for float32.
const TOLERANCE = { rtol: 1.3e-6, atol: 1e-5 };

describe(`options (${variant})`, () => {
  let attention;
  before(async () => { attention = await load(); });
  after(() => attention.dispose());

  const assertOracle = (tensors, options, tolerance = TOLERANCE) => {
    const actual = attention.scaledDotProductAttention(...tensors, options);
    const expected = oracle(...tensors, options);
    for (const name of Object.keys(expected)) assertClose(actual[name], expected[name], tolerance, name);
    return actual;
  };

  /** How many keys each query of one head sees. */
  const seen = ({ M, N }, options) => {
    const tensors = operands({ M, N, D: 2 }, generator(1));
    const { data } = attention.scaledDotProductAttention(...tensors, { ...options, weights: 'softmax' }).weights;
    return Array.from({ length: M }, (_, m) => data.subarray(m * N, m * N + N).filter((w) => w > 0).length);
  };

  test('which keys are seen', () => {
    const of = (options) => seen({ M: 3, N: 6 }, options);
    assert.deepEqual(of({ window: [-1, -1] }), [6, 6, 6]);
    assert.deepEqual(of({ window: [0, 0] }), [1, 1, 1]);
    assert.deepEqual(of({ window: [1, 2] }), [3, 4, 4]);
    assert.deepEqual(of({ window: [-1, 1] }), [2, 3, 4]);
    assert.deepEqual(of({ window: [1, -1] }), [6, 6, 5]);
    assert.deepEqual(of({ window: [1, -1], causal: true }), [1, 2, 2]);
    assert.deepEqual(of({ window: [1, 1], causal: 'lower-right' }), [2, 2, 2]);
    assert.deepEqual(of({ window: [2, 0], queryOffset: 3 }), [3, 3, 3]);
    assert.deepEqual(of({ causal: true, queryOffset: -1 }), [0, 1, 2]);
    assert.deepEqual(of({ causal: 'lower-right', queryOffset: -1 }), [0, 1, 2]);
    assert.deepEqual(of({ causal: 'lower-right', keyLengths: Int32Array.of(4) }), [2, 3, 4]);
    assert.deepEqual(of({ causal: true, keyLengths: Int32Array.of(2) }), [1, 2, 2]);
    assert.deepEqual(of({ keyLengths: Int32Array.of(5), window: [1, -1] }), [5, 5, 4]);
    assert.deepEqual(of({ mask: { data: Uint8Array.of(1, 0, 255, 2, 0, 1), dims: [6] } }), [4, 4, 4]);
    assert.deepEqual(of({ causal: false, queryOffset: 2 }), [6, 6, 6]);
  });

  test('ALiBi takes slope · distance off, softcap comes before it and before the mask', () => {
    const one = tensor([1, 1, 1, 1], [2]);
    const key = tensor([1, 1, 3, 1], [1, 2, -3]);
    const of = (options) =>
      attention.scaledDotProductAttention(one, key, key, { scale: 1, ...options }).weights;
    const near = (actual, data) => assertClose(actual, { data, dims: [1, 1, 1, 3] }, TOLERANCE, 'weights');
    const alibiSlopes = Float32Array.of(0.5);
    const mask = tensor([3], [10, 0, -Infinity]);
    near(of({ weights: 'masked', alibiSlopes }), [2, 3.5, -7]);
    near(of({ weights: 'masked', alibiSlopes, queryOffset: 2 }), [1, 3.5, -6]);
    near(of({ weights: 'masked', alibiSlopes, queryOffset: -1 }), [1.5, 3, -7.5]);
    const capped = [2, 4, -6].map((x) => 3 * Math.tanh(x / 3));
    near(of({ weights: 'scores', softcap: 3, alibiSlopes, mask }), [2, 4, -6]);
    near(of({ weights: 'capped', softcap: 3, alibiSlopes, mask }), capped);
    near(of({ weights: 'masked', softcap: 3, alibiSlopes, mask }), [capped[0] + 10, capped[1] - 0.5, -Infinity]);
    near(of({ weights: 'capped', mask, causal: true }), [2, 4, -6]);
  });

  test('softcap from tiny to huge: from c · sign to the score itself', () => {
    const tensors = operands({ M: 9, N: 70, D: 16 }, generator(2), 4);
    for (const softcap of [1e-30, 1e-3, 0.1, 1, 30, 50, 1e4, 1e30]) {
      for (const weights of ['capped', 'softmax']) assertOracle(tensors, { softcap, weights });
    }
  });

  test('sinks are logits in natural units: neither scaled nor capped', () => {
    const tensors = operands({ H: 3, G: 1, M: 2, N: 3, D: 4 }, generator(3));
    const sinks = Float32Array.of(-60, 0, 60);
    const { output, logSumExp } = assertOracle(tensors, { sinks, scale: 0.1, softcap: 1, weights: 'softmax' });
    assert.ok(logSumExp.data.subarray(4).every((x) => x === 60), 'a sink that takes everything');
    assert.ok(output.data.subarray(16).every((x) => Math.abs(x) < 1e-20));
    assertOracle(tensors, { sinks: Float32Array.of(-3e38, 3e38, -Infinity) });
  });

  test('values that mean "none" change no bit', () => {
    const none = {
      softcap: 0, window: [-1, -1], queryOffset: 0, causal: false, weights: false, mask: undefined,
      sinks: undefined, alibiSlopes: undefined, out: undefined, keyLengths: undefined, scale: undefined,
    };
    fc.assert(fc.property(shapes, (shape) => {
      const tensors = operands(shape, generator(shape.seed));
      const plain = attention.scaledDotProductAttention(...tensors);
      const given = { ...none, queryOffset: shape.B ? new Int32Array(shape.B) : undefined };
      for (const options of [none, given]) {
        const { output, logSumExp } = attention.scaledDotProductAttention(...tensors, options);
        assertClose(output, plain.output, { rtol: 0, atol: 0 }, 'output');
        assertClose(logSumExp, plain.logSumExp, { rtol: 0, atol: 0 }, 'logSumExp');
      }
    }), { numRuns: 50 });
  });

  test('positions as far as 2^30 on both sides', () => {
    const far = 2 ** 30;
    const shape = { M: 3, N: 5 };
    assert.deepEqual(seen(shape, { causal: true, queryOffset: far }), [5, 5, 5]);
    assert.deepEqual(seen(shape, { causal: true, queryOffset: -far }), [0, 0, 0]);
    assert.deepEqual(seen(shape, { window: [far, far], queryOffset: far }), [5, 4, 3]);
    assert.deepEqual(seen(shape, { window: [far, -1], queryOffset: far, causal: true }), [5, 4, 3]);
    assert.deepEqual(seen(shape, { window: [-1, far], queryOffset: -far }), [1, 2, 3]);
    assert.deepEqual(seen(shape, { window: [2 ** 31 - 1, 2 ** 31 - 1], queryOffset: far }), [5, 5, 5]);
    assert.deepEqual(seen(shape, { window: [Number.MAX_SAFE_INTEGER, 0], queryOffset: 2 }), [3, 4, 5]);
  });

  test('large numbers in masks and by ALiBi, to what float32 can tell of them', () => {
    // Adding S to a score of size 8 rounds it by up to (S + 8) / 2^24, three times at most (slope · distance, the
    // difference, the mask). A row's weights are off by as much of themselves, and twice that by normalising; so
    // is its mean of values of size 1, and logSumExp by S / 2^24 more.
    const tensors = operands({ H: 2, M: 9, N: 70, D: 16 }, generator(4));
    for (const size of [1e2, 1e4, 1e6]) {
      const error = (6 * (size + 8)) / 2 ** 24;
      const tolerance = { rtol: TOLERANCE.rtol, atol: TOLERANCE.atol + Math.expm1(error) };
      const mask = tensor([70], (n) => (n % 3 ? -size : size) + (n % 7));
      assertOracle(tensors, { mask }, tolerance);
      assertOracle(tensors, { mask: tensor([70], () => -size) }, tolerance);
      assertOracle(tensors, { alibiSlopes: Float32Array.of(1, -1), queryOffset: size }, tolerance);
    }
  });

  test('masks of -1e30 hide as -Infinity does, unless nothing else is left', () => {
    const tensors = operands({ M: 2, N: 5, D: 4 }, generator(5));
    const mask = tensor([2, 5], [0, -1e30, 0, -1e30, 0, -1e30, -1e30, -1e30, -1e30, -1e30]);
    const { output } = assertOracle(tensors, { mask });
    assert.ok(output.data.every(Number.isFinite));
    assertOracle(tensors, { mask, softcap: 5, alibiSlopes: Float32Array.of(0.5) });
  });

  test('a scale of zero or less', () => {
    const tensors = operands({ M: 5, N: 66, D: 8 }, generator(6));
    for (const scale of [0, -0, -0.5, 1e-30]) assertOracle(tensors, { scale, weights: 'scores' });
  });

  test('D or E of 0, and no batch, no heads, no queries, no keys, with all options', () => {
    const full = { B: 2, H: 2, G: 1, M: 3, N: 4, D: 2, E: 2 };
    for (const letter of ['B', 'H', 'M', 'N', 'D', 'E']) {
      const shape = { ...full, [letter]: 0, ...(letter === 'H' && { G: 0 }) };
      const { B, H, M, N } = shape;
      assertOracle(operands(shape, generator(7)), {
        causal: 'lower-right', window: [3, 3], softcap: 2, keyLengths: new Int32Array(B).fill(N),
        sinks: new Float32Array(H), alibiSlopes: new Float32Array(H).fill(0.5), weights: 'softmax',
        mask: randomTensor([B, H, M, N], generator(8)),
      });
    }
  });
});
