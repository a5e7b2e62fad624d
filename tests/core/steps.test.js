// attention.steps(): against a float64 oracle, and against itself: each number must be the correctly rounded
// result of the stored numbers before it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { steps as oracle } from '../oracle.js';
import { assertClose, assertSame, generator, load, randomTensor, tensor, variant } from './helpers.js';

const NAMES = [
  'queries', 'keys', 'values', 'products', 'scores', 'scaled', 'exponentials', 'sum', 'weights',
  'contributions', 'output',
];
// Inputs are of size 1 at most, so scores stay small and rounding, 6e-8 a step, adds up to less than this.
const TOLERANCE = { rtol: 1e-6, atol: 1e-6 };

function projected({ N, C, D, E }, random, size = 0.7) {
  return {
    embeddings: randomTensor([N, C], random, size),
    queryWeight: randomTensor([C, D], random, size),
    keyWeight: randomTensor([C, D], random, size),
    valueWeight: randomTensor([C, E], random, size),
    queryIndex: N - 1,
  };
}

const sizes = fc.record({
  N: fc.integer({ min: 1, max: 24 }),
  C: fc.integer({ min: 0, max: 8 }),
  D: fc.integer({ min: 0, max: 8 }),
  E: fc.integer({ min: 0, max: 8 }),
  seed: fc.nat(),
});

describe(`steps (${variant})`, () => {
  let attention;
  before(async () => { attention = await load(); });
  after(() => attention.dispose());

  const assertOracle = (options) => {
    const actual = attention.steps(options);
    const expected = oracle(options);
    assert.deepEqual(Object.keys(actual), NAMES);
    for (const name of NAMES) assertClose(actual[name], expected[name], TOLERANCE, name);
    return actual;
  };

  test('agrees with the oracle, whatever the sizes', () => {
    fc.assert(fc.property(sizes, (s) => {
      assertOracle(projected(s, generator(s.seed)));
    }), { numRuns: 300 });
  });

  test('agrees with the oracle for every query, mask, scale, temperature and shift', () => {
    const options = fc.record({
      sizes,
      index: fc.nat(),
      scale: fc.double({ min: -2, max: 2, noNaN: true }),
      temperature: fc.double({ min: 0.5, max: 100, noNaN: true }),
      shift: fc.double({ min: -3, max: 3, noNaN: true }),
      tensorLike: fc.boolean(),
    });
    fc.assert(fc.property(options, ({ sizes: s, index, tensorLike, ...numbers }) => {
      const random = generator(s.seed);
      const mask = Uint8Array.from({ length: s.N }, () => (random() < 0.3 ? 0 : 1));
      const attend = tensorLike ? { data: mask, dims: [s.N] } : mask;
      assertOracle({ ...projected(s, random), queryIndex: index % s.N, attend, ...numbers });
    }), { numRuns: 300 });
  });

  test('each number is the rounded result of the stored ones before it', () => {
    fc.assert(fc.property(sizes, ({ seed, ...s }) => {
      assertRounded(attention.steps({ ...projected(s, generator(seed), 3), scale: 0.5 }), 0.5, s.N - 1);
    }), { numRuns: 200 });
  });

  test('queries, keys and values can be given instead of their weights, each on its own', () => {
    const random = generator(3);
    const whole = projected({ N: 5, C: 4, D: 3, E: 2 }, random);
    const expected = attention.steps(whole);
    const instead = { queries: 'queryWeight', keys: 'keyWeight', values: 'valueWeight' };
    for (const [given, weight] of Object.entries(instead)) {
      const { [weight]: _, ...rest } = whole;
      const actual = attention.steps({ ...rest, [given]: expected[given] });
      for (const name of NAMES) assertSame(actual[name], expected[name], `${given}: ${name}`);
    }
    const { queries, keys, values } = expected;
    const direct = attention.steps({ queries, keys, values, queryIndex: 4 });
    for (const name of NAMES) assertSame(direct[name], expected[name], name);
  });

  test('two-dimensional query, worked by hand', () => {
    const result = attention.steps({
      queries: tensor([2, 2], [1, 0, 1, 2]),
      keys: tensor([2, 2], [3, 1, 0.5, 0.25]),
      values: tensor([2, 1], [10, 20]),
      queryIndex: 1,
      scale: 1,
    });
    assert.deepEqual([...result.products.data], [3, 2, 0.5, 0.5]);
    assert.deepEqual([...result.scores.data], [5, 1]);
    assert.ok(Math.abs(result.weights.data[0] - 1 / (1 + Math.exp(-4))) < 1e-7);
    assert.ok(Math.abs(result.output.data[0] - (10 + 10 / (1 + Math.exp(4)))) < 2e-6);
  });

  test('weights are right where the exponentials overflow, and where they vanish', () => {
    const values = tensor([3, 1], [1, 2, 3]);
    const at = (scores, more) => attention.steps({
      queries: tensor([3, 1], [1, 1, 1]), keys: tensor([3, 1], scores), values, queryIndex: 0, ...more,
    });
    const large = at([1000, 1001, 990]);
    assert.deepEqual([...large.exponentials.data], [Infinity, Infinity, Infinity]);
    assert.equal(large.sum.data[0], Infinity);
    assertClose(large.weights, at([10, 11, 0]).weights, { rtol: 0, atol: 1e-7 }, 'large');

    const small = at([-1000, -1001, -1010]);
    assert.deepEqual([...small.exponentials.data], [0, 0, 0]);
    assertClose(small.weights, at([10, 9, 0]).weights, { rtol: 0, atol: 1e-7 }, 'small');
    assert.deepEqual([...at([100, -100, -100]).weights.data], [1, 0, 0]);
  });

  test('a shift changes the exponentials and no weight', () => {
    const options = projected({ N: 7, C: 4, D: 4, E: 4 }, generator(5));
    const plain = attention.steps(options);
    const shifted = attention.steps({ ...options, shift: 1 });
    assertClose(shifted.weights, plain.weights, { rtol: 0, atol: 1e-7 }, 'weights');
    assert.ok(Math.abs(shifted.sum.data[0] / plain.sum.data[0] - Math.E) < 1e-5);
  });

  test('hidden tokens weigh 0 and add nothing; none seen gives zeros', () => {
    const options = projected({ N: 4, C: 3, D: 3, E: 2 }, generator(6));
    const some = attention.steps({ ...options, attend: Uint8Array.of(1, 0, 255, 0) });
    assert.equal(some.weights.data[1], 0);
    assert.equal(some.exponentials.data[3], 0);
    assert.ok(some.weights.data[2] > 0);
    assert.ok(some.scores.data[1] !== 0, 'the score of a hidden token is still there to be shown');
    const none = attention.steps({ ...options, attend: new Uint8Array(4) });
    for (const name of ['exponentials', 'sum', 'weights', 'contributions', 'output']) {
      assert.ok(none[name].data.every((x) => Object.is(x, 0)), name);
    }
  });

  test('a hidden token with the largest score by far changes nothing', () => {
    const result = attention.steps({
      queries: tensor([3, 1], [1, 1, 1]),
      keys: tensor([3, 1], [3, 2000, 3]),
      values: tensor([3, 1], [1, 3e38, 2]),
      queryIndex: 0,
      attend: Uint8Array.of(1, 0, 1),
    });
    assert.deepEqual([...result.weights.data], [0.5, 0, 0.5]);
    assert.deepEqual([...result.output.data], [1.5]);
  });

  test('results are fresh each time', () => {
    const options = projected({ N: 3, C: 2, D: 2, E: 2 }, generator(7));
    const first = attention.steps(options);
    const kept = first.output.data.slice();
    for (const name of NAMES) first[name].data.fill(NaN);
    first.output.dims[0] = 9;
    assert.deepEqual(attention.steps(options).output, { data: kept, dims: [2] });
  });

  test('tensors in WebAssembly memory are inputs like others', () => {
    const options = projected({ N: 6, C: 4, D: 4, E: 4 }, generator(8));
    const inside = attention.tensor([6, 4]);
    inside.data.set(options.embeddings.data);
    const expected = attention.steps(options);
    const actual = attention.steps({ ...options, embeddings: inside });
    for (const name of NAMES) assertSame(actual[name], expected[name], name);
    inside.dispose();
  });

  test('5,000 tokens are fine', () => {
    const { weights } = assertOracle(projected({ N: 5000, C: 4, D: 4, E: 4 }, generator(9)));
    assert.equal(weights.data.length, 5000);
  });
});

/** Recomputes each stored number in double from those before it. */
function assertRounded(result, scale, queryIndex) {
  const data = Object.fromEntries(NAMES.map((name) => [name, result[name].data]));
  const [N, D] = result.keys.dims;
  const E = result.values.dims[1];
  const rounded = (name, compute) => data[name].forEach((x, i) => {
    assert.ok(Object.is(x, Math.fround(compute(i))), `${name}[${i}]: ${x}, not ${Math.fround(compute(i))}`);
  });
  // The two exponential functions differ below double precision, which moves few roundings, and by one place.
  const nearly = (name, compute) => data[name].forEach((x, i) => {
    const exact = compute(i);
    const halfPlace = Math.max(2 ** -24 * Math.abs(exact), 2 ** -150);
    const fine = Object.is(x, Math.fround(exact)) || Math.abs(x - exact) <= 1.001 * halfPlace;
    assert.ok(fine, `${name}[${i}]: ${x}, not ${exact}`);
  });
  const sum = (length, term) => {
    let total = 0;
    for (let i = 0; i < length; i++) total += term(i);
    return total;
  };
  rounded('products', (i) => data.queries[queryIndex * D + (i % D)] * data.keys[i]);
  rounded('scores', (n) => sum(D, (d) => data.products[n * D + d]));
  rounded('scaled', (n) => data.scores[n] * scale);
  nearly('exponentials', (n) => Math.exp(data.scaled[n]));
  rounded('sum', () => sum(N, (n) => data.exponentials[n]));
  const largest = Math.max(...data.scaled);
  const shifted = sum(N, (n) => Math.exp(data.scaled[n] - largest));
  nearly('weights', (n) => Math.exp(data.scaled[n] - largest) / shifted);
  rounded('contributions', (i) => data.weights[Math.floor(i / E)] * data.values[i]);
  rounded('output', (e) => sum(N, (n) => data.contributions[n * E + e]));
}
