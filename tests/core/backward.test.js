// attention.scaledDotProductAttentionBackward(): against the oracle's analytic gradients at the sizes and with
// the options of properties.test.js, against central differences, and its promises.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { scaledDotProductAttentionBackward as oracle } from '../oracle.js';
import { centralDifferences, DIFFERENCE } from '../oracle/differences.js';
import { HIDING, OPTIONS, operands, pairs, placed, problemOf, shapes } from './cases.js';
import { assertClose, assertSame, generator, load, randomTensor, tensor, variant } from './helpers.js';

// PyTorch's for float32, of which plain float32 loops need a fifth for gradQuery and gradKey, and half for a
// gradMask of few elements: each is a sum over all rows and keys it's broadcast to. Roundings are independent,
// so their sum goes with the root of how many there are. `tolerance` allows for it from 100 terms on.
const [RTOL, ATOL] = [1.3e-6, 1e-5];
const tolerance = (terms) => ({ rtol: RTOL, atol: ATOL * Math.max(1, Math.sqrt(terms) / 10) });

const NAMES = Object.keys(OPTIONS);
const PAIRS = pairs(NAMES);
const EACH = { alone: 20, pair: 6, together: 600 };

describe(`scaledDotProductAttentionBackward (${variant})`, () => {
  let attention;
  let cases = 0;
  before(async () => { attention = await load(); });
  after(() => attention.dispose());

  const gradientsOf = (gradOutput, tensors, options) => {
    const { output, logSumExp } = attention.scaledDotProductAttention(...tensors, options);
    return attention.scaledDotProductAttentionBackward(gradOutput, ...tensors, { output, logSumExp, ...options });
  };
  const gradOutputOf = ({ B, H, M, E, seed }) => randomTensor([B, H, M, E], generator(seed + 1));

  const check = (shape, names) => {
    const { B, H, G, M, N } = shape;
    const { tensors, options } = problemOf(shape, names);
    const gradOutput = gradOutputOf(shape);
    const given = names.includes('inside') ? placed(attention, [gradOutput, ...tensors]) : [gradOutput, ...tensors];
    const actual = gradientsOf(given[0], given.slice(1), options);
    given.forEach((each) => each.dispose?.());
    const expected = oracle(gradOutput, ...tensors, options);
    assert.deepEqual(Object.keys(actual), Object.keys(expected));
    const terms = {
      gradQuery: N, gradKey: (H / G) * M, gradValue: (H / G) * M,
      gradMask: (B * H * M * N) / (options.mask?.data.length || 1),
    };
    for (const name of Object.keys(expected)) {
      assert.equal(Object.prototype.toString.call(actual[name].data), '[object Float32Array]');
      assertClose(actual[name], expected[name], tolerance(terms[name]), name);
    }
    cases++;
  };
  const checkAll = (names, numRuns) => fc.assert(fc.property(shapes, (shape) => check(shape, names)), { numRuns });

  test('each option alone', () => {
    checkAll([], 3 * EACH.alone);
    for (const name of NAMES) checkAll([name], EACH.alone);
  });

  test('each pair of options', () => {
    for (const pair of PAIRS) checkAll(pair, EACH.pair);
  });

  test('any options together', () => {
    fc.assert(fc.property(shapes, fc.subarray(NAMES), check), { numRuns: EACH.together });
  });

  test('these were at least 1,500 cases', () => {
    assert.ok(cases >= 1500, `${cases} cases`);
  });

  test('central differences in float64, with each option, each pair and all together', () => {
    const all = NAMES.filter((name) => name !== 'float16');
    [[], ...NAMES.map((name) => [name]), ...PAIRS, all, [...all].reverse()].forEach((names, i) => {
      const shape = { B: 1 + (i % 2), H: 2, G: 1 + (i % 2), M: 3, N: 4, D: 2, E: 3, seed: i };
      const { tensors, options } = problemOf(shape, names);
      const gradOutput = gradOutputOf(shape);
      const actual = gradientsOf(gradOutput, tensors, options);
      const expected = centralDifferences(gradOutput, ...tensors, options);
      assert.deepEqual(Object.keys(actual), Object.keys(expected));
      for (const name of Object.keys(expected)) {
        assertClose(actual[name], expected[name], { rtol: RTOL, atol: ATOL + DIFFERENCE }, `${names} ${name}`);
      }
    });
  });

  test('a row with nothing to attend to, and a key that no row sees, have gradients of zero', () => {
    const tensors = operands({ M: 3, N: 4, D: 5, E: 2 }, generator(1));
    const gradOutput = randomTensor([1, 1, 3, 2], generator(2));
    const seen = { data: Uint8Array.of(1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1), dims: [3, 4] };
    const { gradQuery, gradKey, gradValue } = gradientsOf(gradOutput, tensors, { mask: seen });
    assert.ok(gradQuery.data.subarray(5, 10).every((x) => x === 0), 'query 1 sees no key');
    assert.ok(gradKey.data.subarray(10, 15).every((x) => x === 0), 'no query sees key 2');
    assert.ok(gradValue.data.subarray(4, 6).every((x) => x === 0), 'no query sees value 2');
    const none = gradientsOf(gradOutput, tensors, { keyLengths: Int32Array.of(0), sinks: Float32Array.of(1) });
    for (const { data } of Object.values(none)) assert.ok(data.every((x) => x === 0));
    const additive = { data: Float32Array.from(seen.data, (x) => (x ? 0 : -Infinity)), dims: [3, 4] };
    const { gradMask } = gradientsOf(gradOutput, tensors, { mask: additive });
    assert.ok(gradMask.data.every((x, i) => seen.data[i] || x === 0), 'hidden elements of the mask');
  });

  test('NaN and infinity in a hidden key or value reach no gradient', () => {
    const [M, N, D, E] = [70, 67, 3, 2];
    const bad = fc.constantFrom(NaN, Infinity, -Infinity);
    fc.assert(fc.property(fc.constantFrom(...Object.keys(HIDING)), bad, fc.constantFrom('key', 'value', 'both'),
      fc.nat(), (how, poison, where, seed) => {
        const tensors = operands({ H: 2, G: 1, M, N, D, E }, generator(seed));
        const [, key, value] = tensors;
        const gradOutput = randomTensor([1, 2, M, E], generator(seed + 1));
        const { options, n } = HIDING[how](seed % N, { M, N });
        const clean = gradientsOf(gradOutput, tensors, options);
        if (where !== 'value') key.data.fill(poison, n * D, n * D + D);
        if (where !== 'key') value.data.fill(poison, n * E, n * E + E);
        const actual = gradientsOf(gradOutput, tensors, options);
        // Not to the bit: keys and values that aren't finite may be summed in another order, with more care.
        for (const name of Object.keys(clean)) {
          assertClose(actual[name], clean[name], tolerance(2 * M), `${how}: ${name}`);
        }
        assert.ok(actual.gradKey.data.subarray(n * D, n * D + D).every((x) => x === 0));
      }), { numRuns: 120 });
  });

  test('NaN in a key shows in the rows that see it only', () => {
    const tensors = operands({ M: 6, N: 6, D: 4 }, generator(3));
    const gradOutput = randomTensor([1, 1, 6, 4], generator(4));
    const halves = () => {
      const { data } = gradientsOf(gradOutput, tensors, { causal: true }).gradQuery;
      return [data.subarray(0, 16), data.subarray(16)].map((part) => ({ data: part, dims: [part.length] }));
    };
    const [clean] = halves();
    tensors[1].data[4 * 4] = NaN;
    const [before, from4] = halves();
    assertClose(before, clean, tolerance(1), 'the rows before');
    assert.ok(from4.data.some(Number.isNaN));
  });

  test('writes to nothing it was given, and returns arrays of its own', () => {
    const { tensors, options } = problemOf({ B: 2, H: 2, G: 1, M: 5, N: 6, D: 3, E: 4, seed: 5 }, ['additiveMask']);
    const gradOutput = randomTensor([2, 2, 5, 4], generator(6));
    const saved = attention.scaledDotProductAttention(...tensors, options);
    const given = [gradOutput, ...tensors, saved.output, saved.logSumExp, options.mask];
    const before = given.map(({ data }) => data.slice());
    const call = () => attention.scaledDotProductAttentionBackward(gradOutput, ...tensors, { ...saved, ...options });
    const first = call();
    const second = call();
    given.forEach(({ data, dims }, i) => assertSame({ data, dims }, { data: before[i], dims }, `argument ${i}`));
    for (const name of Object.keys(first)) {
      assertSame(first[name], second[name], name);
      assert.notEqual(first[name].data.buffer, second[name].data.buffer);
    }
  });

  test('a query head that shares its keys adds to their gradients', () => {
    const random = generator(7);
    const [query, key, value] = operands({ H: 6, G: 2, M: 3, N: 4, D: 5 }, random);
    const gradOutput = randomTensor([1, 6, 3, 5], random);
    const grouped = gradientsOf(gradOutput, [query, key, value], {}).gradKey;
    const repeated = [key, value].map(({ data }) => tensor([1, 6, 4, 5],
      (i) => data[Math.floor(Math.floor(i / 20) / 3) * 20 + (i % 20)]));
    const apart = gradientsOf(gradOutput, [query, ...repeated], {}).gradKey;
    const sums = tensor([1, 2, 4, 5], (i) => [0, 1, 2].reduce((sum, head) =>
      sum + apart.data[(Math.floor(i / 20) * 3 + head) * 20 + (i % 20)], 0));
    assertClose(grouped, sums, { rtol: RTOL, atol: ATOL }, 'gradKey');
  });
});
