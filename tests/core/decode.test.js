// The key/value cache and attention.decode() against the oracle: the three types of cache, any options, and the
// sizes at which keys are split.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { decode as oracle, fromHalf, KeyValueCache } from '../oracle.js';
import { narrow, roundToEven, widen } from '../oracle/half.js';
import { HIDING, operands, OPTIONS, problemOf, shapes } from './cases.js';
import { assertClose, assertSame, assertThrows, generator, load, randomTensor, tensor, variant } from './helpers.js';

// PyTorch's for float32, as in properties.test.js: the oracle reads the numbers that the cache represents, so what
// float16 and int8 lose is on both sides.
const TOLERANCE = { rtol: 1.3e-6, atol: 1e-5 };
const TYPES = ['float32', 'float16', 'int8'];
const NAMES = Object.keys(OPTIONS).filter((name) => name !== 'inside');

/**
 * For int8: numbers that aren't just between two steps, where one rounding more or less decides. A step is 1/127
 * of the row's largest number, far beyond any tolerance.
 */
function clearOfTies({ data, dims }) {
  const width = dims[dims.length - 1];
  for (let at = 0; at < data.length; at += width) {
    const row = data.subarray(at, at + width);
    const scale = Math.fround(row.reduce((max, x) => Math.max(max, Math.abs(x)), 0) / 127);
    row.forEach((x, i) => {
      const steps = x / scale;
      if (Math.abs(Math.abs(steps - roundToEven(steps)) - 0.5) < 1e-3) row[i] = scale * Math.floor(steps);
    });
  }
  return { data, dims };
}

/** Positions `from` … `to - 1` of a tensor [B, G, N, width]. */
function part({ data, dims: [B, G, N, width], ...rest }, from, to) {
  const heads = Array.from({ length: B * G }, (_, head) => head * N * width);
  const rows = heads.flatMap((at) => [...data.subarray(at + from * width, at + to * width)]);
  return { data: data.constructor.from(rows), dims: [B, G, to - from, width], ...rest };
}

describe(`decode (${variant})`, () => {
  let attention;
  before(async () => { attention = await load(); });
  after(() => attention.dispose());

  /** A cache and its oracle, filled alike, in `chunks` pieces. */
  const filled = (type, key, value, { capacity = key.dims[2], chunks = 1 } = {}) => {
    const [batch, heads, N, headDim] = key.dims;
    const options = { batch, heads, headDim, valueDim: value.dims[3], capacity, type };
    const cache = attention.createKeyValueCache(options);
    const expected = new KeyValueCache(options);
    for (let i = 0; i < chunks; i++) {
      const [from, to] = [i, i + 1].map((each) => Math.floor((each * N) / chunks));
      const pieces = [part(key, from, to), part(value, from, to)];
      cache.append(...pieces);
      expected.append(...pieces);
    }
    return { cache, expected };
  };

  const assertDecoded = (query, cache, expected, options = {}) => {
    const actual = attention.decode(query, cache, options);
    const exact = oracle(query, expected, options);
    assert.deepEqual(Object.keys(actual), Object.keys(exact));
    for (const name of Object.keys(exact)) assertClose(actual[name], exact[name], TOLERANCE, name);
    if (options.out) assert.equal(actual.output, options.out);
    return actual;
  };

  test('agrees with the oracle, for each type, with any options', () => {
    const how = fc.record({ chunks: fc.integer({ min: 1, max: 4 }), spare: fc.nat({ max: 70 }) });
    fc.assert(fc.property(shapes, fc.subarray(NAMES), fc.constantFrom(...TYPES), how,
      (shape, names, type, { chunks, spare }) => {
        const { tensors: [query, ...rows], options } = problemOf(shape, names);
        const [key, value] = type === 'int8' ? rows.map((each) => clearOfTies(widen(each))) : rows;
        const { cache, expected } = filled(type, key, value, { chunks, capacity: shape.N + spare });
        assert.equal(cache.length, shape.N);
        assertDecoded(query, cache, expected, options);
        cache.dispose();
      }), { numRuns: 1200 });
  });

  test('one to eight queries against 1 … 1100 keys', () => {
    const random = generator(1);
    for (const type of TYPES) {
      for (const N of [1, 63, 65, 127, 129, 255, 256, 257, 511, 513, 1025, 1100]) {
        for (const [M, D, E] of [[1, 32, 24], [3, 5, 7], [8, 9, 1]]) {
          const [query, key, value] = operands({ H: 2, G: 1, M, N, D, E }, random).map(clearOfTies);
          const { cache, expected } = filled(type, key, value);
          assertDecoded(query, cache, expected);
          cache.dispose();
        }
      }
    }
  });

  test('the last query sees all keys, those before it one less each, unless told otherwise', () => {
    const [query, key, value] = operands({ M: 3, N: 5, D: 2 }, generator(2));
    const { cache } = filled('float32', key, value);
    const seen = (options) => {
      const { data } = attention.decode(query, cache, { ...options, weights: 'softmax' }).weights;
      return [0, 1, 2].map((m) => data.subarray(m * 5, m * 5 + 5).filter((w) => w > 0).length);
    };
    assert.deepEqual(seen({}), [3, 4, 5]);
    assert.deepEqual(seen({ causal: 'lower-right' }), [3, 4, 5]);
    assert.deepEqual(seen({ causal: false }), [5, 5, 5]);
    assert.deepEqual(seen({ causal: true }), [1, 2, 3]);
    assert.deepEqual(seen({ queryOffset: 1 }), [2, 3, 4]);
    assert.deepEqual(seen({ keyLengths: Int32Array.of(4) }), [2, 3, 4]);
    assert.deepEqual(seen({ window: [1, 0] }), [2, 2, 2]);
    cache.dispose();
  });

  test('append, truncate and append again: as if the rows had never been there', () => {
    const [query, key, value] = operands({ B: 2, H: 4, G: 2, M: 2, N: 90, D: 6, E: 3 }, generator(3)).map(clearOfTies);
    for (const type of TYPES) {
      const { cache } = filled(type, part(key, 0, 80), part(value, 0, 80), { capacity: 90 });
      cache.truncate(80);
      assert.equal(cache.length, 80);
      cache.truncate(33);
      cache.append(part(key, 40, 90), part(value, 40, 90));
      assert.equal(cache.length, 83);
      const rows = (each) => [part(each, 0, 33), part(each, 40, 90)];
      const { cache: fresh } = filled(type, rows(key)[0], rows(value)[0], { capacity: 90 });
      fresh.append(rows(key)[1], rows(value)[1]);
      const [actual, expected] = [cache, fresh].map((each) => attention.decode(query, each));
      for (const name of Object.keys(expected)) assertSame(actual[name], expected[name], `${type} ${name}`);
      cache.truncate(0);
      assert.equal(cache.length, 0);
      cache.dispose();
      fresh.dispose();
    }
  });

  test('an empty cache: zeros and -Infinity, or the logits of sinks', () => {
    for (const type of TYPES) {
      const cache = attention.createKeyValueCache({ batch: 1, heads: 1, headDim: 2, valueDim: 3, capacity: 4, type });
      const query = randomTensor([1, 2, 1, 2], generator(4));
      const empty = attention.decode(query, cache);
      assert.deepEqual([...empty.output.data], [0, 0, 0, 0, 0, 0]);
      assert.deepEqual([...empty.logSumExp.data], [-Infinity, -Infinity]);
      const sunk = attention.decode(query, cache, { sinks: Float32Array.of(2, -Infinity) });
      assert.deepEqual([...sunk.logSumExp.data], [2, -Infinity]);
      cache.append(tensor([1, 1, 0, 2], []), tensor([1, 1, 0, 3], []));
      assert.equal(cache.length, 0);
      cache.dispose();
    }
  });

  test('more than the capacity is refused, and nothing of it written', async () => {
    const [query, key, value] = operands({ M: 1, N: 9, D: 3 }, generator(5));
    for (const type of TYPES) {
      const { cache } = filled(type, part(key, 0, 6), part(value, 0, 6), { capacity: 8 });
      const before = attention.decode(query, cache);
      await assertThrows(() => cache.append(part(key, 6, 9), part(value, 6, 9)), { code: 'range', argument: 'key' });
      assert.equal(cache.length, 6);
      assertSame(attention.decode(query, cache).output, before.output, 'output');
      for (const length of [-1, 7, 1.5, NaN]) await assertThrows(() => cache.truncate(length), {});
      cache.append(part(key, 6, 8), part(value, 6, 8));
      assert.equal(cache.length, 8);
      cache.dispose();
    }
  });

  test('float16 rows: nearest even, infinity beyond 65,520, and halves kept as they are', () => {
    const numbers = [1 + 2 ** -11, 1 + 3 * 2 ** -11, 65519.99, 65520, -70000, 2 ** -25, 1.0001 * 2 ** -25, 1 / 3];
    const halves = [1, 1 + 2 ** -9, 65504, Infinity, -Infinity, 0, 2 ** -24, fromHalf(0x3555)];
    const cache = attention.createKeyValueCache({
      batch: 1, heads: 1, headDim: 1, valueDim: numbers.length, capacity: 2, type: 'float16',
    });
    const one = tensor([1, 1, 1, 1], [1]);
    cache.append(one, tensor([1, 1, 1, numbers.length], numbers));
    assert.deepEqual([...attention.decode(one, cache).output.data], halves);
    cache.truncate(0);
    cache.append(narrow(one), narrow(tensor([1, 1, 1, numbers.length], numbers)));
    assert.deepEqual([...attention.decode(one, cache).output.data], halves);
    cache.dispose();
  });

  test('int8 rows: a scale each, zeros stay zeros, the largest number stays as it is', () => {
    const rows = [[127, -63.4, 0.6, 0], [0, 0, 0, 0], [1e-30, -1e-30, 4e-31, 0], [3e38, -3e38, 1e38, 1]];
    const one = tensor([1, 1, 1, 1], [1]);
    for (const row of rows) {
      const cache = attention.createKeyValueCache({
        batch: 1, heads: 1, headDim: 1, valueDim: 4, capacity: 1, type: 'int8',
      });
      cache.append(one, tensor([1, 1, 1, 4], row));
      const step = Math.fround(Math.max(...row.map(Math.abs)) / 127);
      const expected = row.map((x) => (step === 0 ? 0 : step * Math.round(x / step)));
      assertClose(attention.decode(one, cache).output, { data: expected, dims: [1, 1, 1, 4] },
        { rtol: 3e-7, atol: 0 }, 'a row');
      cache.dispose();
    }
  });

  test('a bad row of the cache reaches only the queries that see it', () => {
    const bad = fc.constantFrom(NaN, Infinity, -Infinity, 3.4e38);
    fc.assert(fc.property(fc.constantFrom(...TYPES), fc.constantFrom(...Object.keys(HIDING)), bad, fc.nat(),
      (type, how, poison, seed) => {
        const [M, N, D, E] = [3, 70, 4, 5];
        const [query, key, value] = operands({ H: 2, G: 1, M, N, D, E }, generator(seed));
        const { options, n } = HIDING[how](seed % N, { M, N });
        const decoded = () => {
          const { cache } = filled(type, key, value);
          const result = attention.decode(query, cache, { causal: false, ...options });
          cache.dispose();
          return result;
        };
        const clean = decoded();
        key.data.fill(poison, n * D, n * D + 1);
        value.data.fill(poison, n * E, n * E + 1);
        const actual = decoded();
        // Not to the bit: keys and values that aren't finite may be summed in another order, with more care.
        for (const name of Object.keys(clean)) {
          assertClose(actual[name], clean[name], TOLERANCE, `${type}, ${how}: ${name}`);
        }
      }), { numRuns: 150 });
    const [query, key, value] = operands({ M: 2, N: 5, D: 3 }, generator(6));
    value.data[4 * 3] = NaN;
    for (const type of TYPES) {
      const { cache } = filled(type, key, value);
      const { data } = attention.decode(query, cache).output;
      assert.ok(data.subarray(0, 3).every(Number.isFinite), 'the query before the last key');
      assert.ok(Number.isNaN(data[3]), 'the query that sees it');
      // One bad number makes an int8 row one of NaN.
      assert.equal(Number.isNaN(data[5]), type === 'int8');
      cache.dispose();
    }
  });

  test('states of two caches merge into that of one', () => {
    const [query, key, value] = operands({ B: 2, H: 4, G: 2, M: 1, N: 150, D: 8, E: 6 }, generator(7));
    const halves = [[0, 64], [64, 150]].map((ends) =>
      filled('float32', part(key, ...ends), part(value, ...ends)));
    const { expected } = filled('float32', key, value);
    const merged = attention.mergeStates(halves.map(({ cache }) => attention.decode(query, cache)));
    const whole = oracle(query, expected);
    for (const name of Object.keys(whole)) assertClose(merged[name], whole[name], TOLERANCE, name);
    halves.forEach(({ cache }) => cache.dispose());
  });

  test('float16 takes half the memory of float32, int8 a quarter and a scale a row', async () => {
    const fresh = await load();
    const [batch, heads, headDim, valueDim, capacity] = [2, 3, 64, 80, 1000];
    const bytes = TYPES.map((type) => {
      const cache = fresh.createKeyValueCache({ batch, heads, headDim, valueDim, capacity, type });
      const { used } = fresh.memoryUsage();
      cache.dispose();
      assert.equal(fresh.memoryUsage().used, 0, 'after dispose()');
      return used;
    });
    const numbers = batch * heads * capacity * (headDim + valueDim);
    const scales = batch * heads * capacity * 2 * 4;
    // Some bytes for alignment, whatever the size.
    [4 * numbers, 2 * numbers, numbers + scales].forEach((expected, i) => {
      assert.ok(bytes[i] >= expected && bytes[i] <= expected + 4096, `${TYPES[i]}: ${bytes[i]} of ${expected} bytes`);
    });
    fresh.dispose();
  });
});
