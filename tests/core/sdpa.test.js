// attention.scaledDotProductAttention(): exact numbers, out, memory, and what infinities do. The random cases for
// all options are in properties.test.js.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { scaledDotProductAttention as oracle } from '../oracle.js';
import { OPTIONS, operands, problemOf, shapes } from './cases.js';
import { assertClose, assertSame, generator, load, randomTensor, tensor, variant } from './helpers.js';

// PyTorch's tolerance for float32.
const TOLERANCE = { rtol: 1.3e-6, atol: 1e-5 };

describe(`scaledDotProductAttention (${variant})`, () => {
  let attention;
  before(async () => { attention = await load(); });
  after(() => attention.dispose());

  const assertOracle = (tensors, options) => {
    const actual = attention.scaledDotProductAttention(...tensors, options);
    const expected = oracle(...tensors, options);
    assert.deepEqual(Object.keys(actual), Object.keys(expected));
    for (const name of Object.keys(expected)) assertClose(actual[name], expected[name], TOLERANCE, name);
    return actual;
  };

  test('agrees with the oracle around the block of 64 keys, with odd dimensions', () => {
    for (const N of [1, 2, 61, 63, 64, 65, 67, 127, 128, 129, 193]) {
      for (const [D, E] of [[1, 1], [3, 5], [4, 4], [7, 13], [64, 64]]) {
        assertOracle(operands({ H: 2, G: 1, M: 5, N, D, E }, generator(N + D)), {});
      }
    }
  });

  test('asking for a matrix changes no bit of the rest', () => {
    const stage = fc.constantFrom('scores', 'capped', 'masked', 'softmax');
    fc.assert(fc.property(shapes, fc.subarray(Object.keys(OPTIONS)), stage, (shape, names, weights) => {
      const { tensors, options } = problemOf(shape, names);
      const [whole, plain] = [weights, false].map((each) =>
        attention.scaledDotProductAttention(...tensors, { ...options, out: undefined, weights: each }));
      assertSame(whole.output, plain.output, 'output with and without the matrix');
      assertSame(whole.logSumExp, plain.logSumExp, 'logSumExp with and without the matrix');
    }), { numRuns: 200 });
  });

  test('exp is right to about 2 places over its whole range', () => {
    // One key scores 0, the others down to -87: the quotient of two weights is e^score. 2.2 places for exp,
    // half a place for each of the two divisions.
    const N = 20_001;
    const key = tensor([1, 1, N, 1], (n) => (-87 * n) / (N - 1));
    const one = tensor([1, 1, 1, 1], [1]);
    const { weights: { data } } = attention.scaledDotProductAttention(one, key, key, { weights: 'softmax' });
    for (let n = 0; n < N; n++) {
      const expected = Math.exp(key.data[n]);
      // The smallest weights are subnormal after the division, so they are left out.
      if (data[n] < 2 ** -126) continue;
      const error = Math.abs(data[n] / data[0] / expected - 1);
      assert.ok(error < 3.2 * 2 ** -23, `e^${key.data[n]}: relative error ${error}`);
    }
  });

  test('large scores neither overflow nor lose precision', () => {
    const query = tensor([1, 1, 1, 1], [128]);
    const value = tensor([1, 1, 3, 1], [1, 2, 4]);
    const of = (keys) => assertOracle([query, tensor([1, 1, 3, 1], keys), value],
      { scale: 1, weights: 'softmax' });
    assert.equal(of([1e30, 1, 1]).output.data[0], 1);
    assert.equal(of([-1e30, -1e30, -1e30]).output.data[0], Math.fround(7 / 3));
    // Products that float32 holds exactly, so that the difference is all that counts.
    of([64, 64 - 1 / 128, 64 - 2 / 128]);
    // e^-86 is still a number, e^-88 is flushed to 0 lest subnormals slow everything down.
    assert.deepEqual([...of([0, -86 / 128, -88 / 128]).weights.data].map((w) => w > 0), [true, true, false]);
  });

  test('NaN and infinity in what is seen show, in the rows that see them only', () => {
    const [query, key, value] = operands({ M: 6, N: 6, D: 4 }, generator(5));
    key.data[4 * 4] = NaN;
    const { output, logSumExp } = attention.scaledDotProductAttention(query, key, value, { causal: true });
    assert.deepEqual([...logSumExp.data].map(Number.isNaN), [false, false, false, false, true, true]);
    assert.deepEqual([...output.data].map(Number.isNaN), [...Array(16).fill(false), ...Array(8).fill(true)]);
    key.data[4 * 4] = 1;
    query.data[0] = NaN;
    value.data[5 * 4] = Infinity;
    const again = attention.scaledDotProductAttention(query, key, value, { causal: true }).output.data;
    assert.ok([...again.subarray(0, 4)].every(Number.isNaN));
    assert.ok([...again.subarray(4, 20)].every(Number.isFinite));
    assert.equal(again[20], Infinity);
  });

  test('causal hides exactly the later keys', () => {
    const [query, key, value] = operands({ M: 3, N: 5, D: 2 }, generator(6));
    const seen = (causal) => {
      const options = { causal, weights: 'softmax' };
      const { weights } = attention.scaledDotProductAttention(query, key, value, options);
      return [0, 1, 2].map((m) => weights.data.subarray(m * 5, m * 5 + 5).filter((w) => w > 0).length);
    };
    assert.deepEqual(seen(false), [5, 5, 5]);
    assert.deepEqual(seen(true), [1, 2, 3]);
    assert.deepEqual(seen('upper-left'), [1, 2, 3]);
    assert.deepEqual(seen('lower-right'), [3, 4, 5]);
  });

  test('out: a tensor of the caller, or one in WebAssembly memory, even one that is an input', () => {
    const tensors = operands({ B: 2, H: 2, M: 3, N: 4, D: 5 }, generator(7));
    const expected = attention.scaledDotProductAttention(...tensors);
    const out = tensor([2, 2, 3, 5], () => NaN);
    const result = attention.scaledDotProductAttention(...tensors, { out });
    assert.equal(result.output, out);
    assertSame(out, expected.output, 'out');
    assertSame(result.logSumExp, expected.logSumExp, 'logSumExp');

    const inside = attention.tensor([2, 2, 3, 5]);
    assert.equal(attention.scaledDotProductAttention(...tensors, { out: inside }).output, inside);
    assertSame(inside, expected.output, 'out in WebAssembly memory');

    inside.data.set(tensors[0].data);
    attention.scaledDotProductAttention(inside, tensors[1], tensors[2], { out: inside });
    assertSame(inside, expected.output, 'out that is the query');
    attention.scaledDotProductAttention(...tensors, { out: tensors[0] });
    assertSame(tensors[0], expected.output, 'out that is the query, outside');
    inside.dispose();
  });

  test('tensors in WebAssembly memory give the same bits', () => {
    const tensors = operands({ H: 4, G: 2, M: 9, N: 70, D: 6, E: 3 }, generator(8));
    const mask = tensor([1, 70], (n) => (n % 7 ? 0 : -Infinity));
    const expected = attention.scaledDotProductAttention(...tensors, { mask });
    const inside = [...tensors, mask].map(({ data, dims }) => {
      const copy = attention.tensor(dims);
      copy.data.set(data);
      return copy;
    });
    const actual = attention.scaledDotProductAttention(...inside.slice(0, 3), { mask: inside[3] });
    assertSame(actual.output, expected.output, 'output');
    assertSame(actual.logSumExp, expected.logSumExp, 'logSumExp');
    inside.forEach((copy) => copy.dispose());
  });

  test('query head h reads key head floor(h / group)', () => {
    const [query, key, value] = operands({ H: 6, G: 2, M: 12, N: 4, D: 5 }, generator(9));
    const grouped = attention.scaledDotProductAttention(query, key, value).output;
    const repeated = [key, value].map(({ data }) => tensor([1, 6, 4, 5],
      (i) => data[Math.floor(Math.floor(i / 20) / 3) * 20 + (i % 20)]));
    // Not to the bit: heads that share their keys may be computed together, in another order.
    assertClose(grouped, attention.scaledDotProductAttention(query, ...repeated).output, TOLERANCE, 'grouped');
  });

  test('the last row of causal attention is what steps() computes', () => {
    const random = generator(10);
    const [queries, keys, values] = [4, 4, 3].map((width) => randomTensor([7, width], random));
    const { weights, output } = attention.steps({ queries, keys, values, queryIndex: 6 });
    const lift = ({ data, dims }) => ({ data, dims: [1, 1, ...dims] });
    const whole = attention.scaledDotProductAttention(lift(queries), lift(keys), lift(values),
      { causal: true, weights: 'softmax' });
    const near = { rtol: 1e-6, atol: 1e-6 };
    assertClose({ data: whole.weights.data.slice(42), dims: [7] }, weights, near, 'weights');
    assertClose({ data: whole.output.data.slice(18), dims: [3] }, output, near, 'output');
  });
});
