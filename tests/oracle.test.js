// The oracle itself: against a second formulation, against central differences, and against numbers that can be
// told without it. Nothing of the core runs here.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { OPTIONS, operands, pairs, problemOf, shapes } from './core/cases.js';
import { assertClose, generator, randomTensor, tensor } from './core/helpers.js';
import * as oracle from './oracle.js';
import { quantised } from './oracle/cache.js';
import { centralDifferences, DIFFERENCE } from './oracle/differences.js';
import { fromHalf, narrow, toHalf, widen } from './oracle/half.js';
import { plainAttention, plainBackward } from './oracle/plain.js';

const NAMES = Object.keys(OPTIONS);
const TOGETHER = fc.subarray(NAMES);
const exactly = (x) => x;
// Some thousand operations in float64, 1.1e-16 each.
const NEAR = { rtol: 1e-11, atol: 1e-12 };

function assertAll(actual, expected, tolerance) {
  assert.deepEqual(Object.keys(actual), Object.keys(expected));
  for (const name of Object.keys(expected)) assertClose64(actual[name], expected[name], tolerance, name);
}

/** As assertClose(), where infinities must be infinities in float64 too. */
function assertClose64(actual, expected, tolerance, what) {
  const finite = ({ data }) => [...data].map(Number.isFinite);
  assert.deepEqual(finite(actual), finite(expected), what);
  assertClose(actual, expected, tolerance, what);
}

describe('the oracle', () => {
  test('forward: a second formulation gives the same, with any options', () => {
    fc.assert(fc.property(shapes, TOGETHER, (shape, names) => {
      const { tensors, options } = problemOf(shape, names);
      assertAll(plainAttention(...tensors, options, exactly),
        oracle.scaledDotProductAttention(...tensors, options), NEAR);
    }), { numRuns: 400 });
  });

  test('backward: a second formulation gives the same, with any options', () => {
    fc.assert(fc.property(shapes, TOGETHER, (shape, names) => {
      const { tensors, options } = problemOf(shape, names);
      const gradOutput = randomTensor([shape.B, shape.H, shape.M, shape.E], generator(shape.seed + 1));
      assertAll(plainBackward(gradOutput, ...tensors, options, exactly),
        oracle.scaledDotProductAttentionBackward(gradOutput, ...tensors, options), { rtol: 1e-10, atol: 1e-10 });
    }), { numRuns: 200 });
  });

  test('backward: central differences of forward, with each option, each pair and all together', () => {
    const forms = [[], ...NAMES.map((name) => [name]), ...pairs(NAMES), NAMES.filter((name) => name !== 'float16')];
    forms.forEach((names, i) => {
      const shape = { B: 1 + (i % 2), H: 2, G: 1 + (i % 2), M: 3, N: 4, D: 2, E: 3, seed: i };
      const { tensors, options } = problemOf(shape, names);
      const gradOutput = randomTensor([shape.B, shape.H, shape.M, shape.E], generator(i));
      const slopes = centralDifferences(gradOutput, ...tensors, options);
      const gradients = oracle.scaledDotProductAttentionBackward(gradOutput, ...tensors, options);
      assert.deepEqual(Object.keys(gradients), Object.keys(slopes));
      for (const name of Object.keys(slopes)) {
        assertClose(gradients[name], slopes[name], { rtol: 0, atol: DIFFERENCE }, `${names} ${name}`);
      }
    });
  });

  test('attention: numbers by hand', () => {
    // Two keys with scores ln 1 and ln 3, and a sink of ln 4: weights 1/8 and 3/8.
    const query = tensor([1, 1, 1, 1], [1]);
    const key = { data: Float64Array.of(0, Math.log(3)), dims: [1, 1, 2, 1] };
    const value = tensor([1, 1, 2, 1], [8, 16]);
    const sinks = Float64Array.of(Math.log(4));
    const of = (options) => {
      const { output, logSumExp, weights } = oracle.scaledDotProductAttention(query, key, value,
        { scale: 1, ...options });
      return [output, logSumExp, weights].map((each) => each && [...each.data].map((x) => Number(x.toFixed(9))));
    };
    const ln = (x) => Number(Math.log(x).toFixed(9));
    assert.deepEqual(of({ weights: 'softmax' }), [[14], [ln(4)], [0.25, 0.75]]);
    assert.deepEqual(of({ sinks, weights: 'softmax' }), [[7], [ln(8)], [0.125, 0.375]]);
    assert.deepEqual(of({ causal: true }), [[8], [0], undefined]);
    assert.deepEqual(of({ causal: 'lower-right' }), [[14], [ln(4)], undefined]);
    assert.deepEqual(of({ window: [0, -1], queryOffset: 1 }), [[16], [ln(3)], undefined]);
    assert.deepEqual(of({ window: [-1, 0] }), [[8], [0], undefined]);
    assert.deepEqual(of({ keyLengths: Int32Array.of(1) }), [[8], [0], undefined]);
    assert.deepEqual(of({ keyLengths: Int32Array.of(0), sinks, weights: 'softmax' }), [[0], [ln(4)], [0, 0]]);
    assert.deepEqual(of({ keyLengths: Int32Array.of(0) }), [[0], [-Infinity], undefined]);
    // ALiBi takes ln 3 off the key at distance 1, the mask adds it to it again.
    const alibiSlopes = Float64Array.of(Math.log(3));
    assert.deepEqual(of({ alibiSlopes, weights: 'softmax' }), [[12], [ln(2)], [0.5, 0.5]]);
    const mask = { data: Float64Array.of(0, Math.log(3)), dims: [2] };
    assert.deepEqual(of({ alibiSlopes, mask, weights: 'softmax' }), [[14], [ln(4)], [0.25, 0.75]]);
    assert.deepEqual(of({ softcap: 1, scale: 1e9 / Math.log(3), weights: 'capped' })[2], [0, 1]);
  });

  test('mergeStates: the parts make the whole', () => {
    fc.assert(fc.property(shapes, fc.array(fc.nat(), { maxLength: 3 }), (shape, cuts) => {
      const [query, key, value] = operands(shape, generator(shape.seed));
      const ends = [0, ...cuts.map((cut) => cut % (shape.N + 1)).sort((a, b) => a - b), shape.N];
      const states = ends.slice(1).map((end, i) => oracle.scaledDotProductAttention(query,
        keysFrom(key, ends[i], end), keysFrom(value, ends[i], end)));
      assertAll(oracle.mergeStates(states), oracle.scaledDotProductAttention(query, key, value), NEAR);
    }), { numRuns: 200 });
  });

  test('float16: every half there and back, and between two the nearer one, the even one of a tie', () => {
    for (let bits = 0; bits < 65536; bits++) {
      const x = fromHalf(bits);
      if (Number.isNaN(x)) assert.ok(Number.isNaN(fromHalf(toHalf(x))));
      else assert.equal(toHalf(x), bits);
    }
    for (let bits = 0; bits < 0x7c00; bits++) {
      const [low, high] = [fromHalf(bits), bits === 0x7bff ? 65536 : fromHalf(bits + 1)];
      const middle = (low + high) / 2;
      for (const sign of [0, 0x8000]) {
        const signed = (x) => toHalf(sign ? -x : x);
        assert.equal(signed(middle), sign | (bits % 2 ? bits + 1 : bits));
        assert.equal(signed(middle * (1 - 2 ** -30)), sign | bits);
        assert.equal(signed(middle * (1 + 2 ** -30)), sign | (bits + 1));
      }
    }
    assert.equal(toHalf(Infinity), 0x7c00);
    assert.equal(toHalf(-1e30), 0xfc00);
    assert.equal(toHalf(2 ** -26), 0);
    assert.ok(Number.isNaN(fromHalf(toHalf(NaN))));
    const there = narrow(tensor([4], [1, -2, 0.5, 65504]));
    assert.deepEqual([...widen(there).data], [1, -2, 0.5, 65504]);
  });

  test('float16: as the engine rounds, where it has Float16Array', () => {
    // Node 20 has none; the suite runs under a newer one as well.
    if (typeof Math.f16round !== 'function') return assert.equal(globalThis.Float16Array, undefined);
    const random = generator(3);
    for (let i = 0; i < 20_000; i++) {
      const x = random() * 2 ** (34 * random() - 12);
      assert.equal(fromHalf(toHalf(x)), Math.f16round(x), `${x}`);
    }
  });

  test('int8: within half a step, zeros stay zeros, one bad number loses the row', () => {
    const row = Float64Array.from({ length: 100 }, generator(4));
    const step = Math.fround(Math.max(...row.map(Math.abs)) / 127);
    quantised(row).forEach((x, i) => assert.ok(Math.abs(x - row[i]) <= step / 2));
    assert.deepEqual([...quantised(Float64Array.of(-127, 63.4, 0.5, 1.5, 0))], [-127, 63, 0, 2, 0]);
    assert.deepEqual([...quantised(Float64Array.of(0, -0))], [0, 0]);
    assert.ok([...quantised(Float64Array.of(1, Infinity))].every(Number.isNaN));
  });

  test('decode: the last queries of a sequence see what they see in the whole', () => {
    const shape = { B: 2, H: 4, G: 2, M: 7, N: 7, D: 3, E: 2 };
    const [query, key, value] = operands(shape, generator(5));
    const cache = new oracle.KeyValueCache({ batch: 2, heads: 2, headDim: 3, valueDim: 2, capacity: 9 });
    for (let n = 0; n < 7; n += 3) cache.append(keysFrom(key, n, n + 3), keysFrom(value, n, n + 3));
    cache.append(keysFrom(key, 0, 2), keysFrom(value, 0, 2));
    cache.truncate(7);
    const whole = oracle.scaledDotProductAttention(query, key, value, { causal: true });
    const { output } = oracle.decode(keysFrom(query, 5, 7), cache);
    assertClose(output, keysFrom(whole.output, 5, 7), NEAR, 'output');
  });
});

/** Positions `from` … `to - 1`, as far as there are, of a tensor [B, H, length, width]. */
function keysFrom({ data, dims: [B, H, length, width] }, from, to) {
  const end = Math.min(to, length);
  const heads = Array.from({ length: B * H }, (_, i) => i * length * width);
  const parts = heads.map((at) => [...data.subarray(at + from * width, at + end * width)]);
  return { data: Float64Array.from(parts.flat()), dims: [B, H, end - from, width] };
}
