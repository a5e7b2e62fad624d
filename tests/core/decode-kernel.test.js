// The kernels for few queries, where a result depends on which of them is taken: rows are stacked by key/value head,
// keys and values read as they are stored or copied, eight at a time or the rest.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { scaledDotProductAttention as oracle } from '../oracle.js';
import { narrow } from '../oracle/half.js';
import { operands } from './cases.js';
import { assertClose, assertSame, generator, load, tensor, variant } from './helpers.js';

const TOLERANCE = { rtol: 1.3e-6, atol: 1e-5 };
// Around the eight rows that are read together, the blocks of 64, and the parts of 512.
const LENGTHS = [1, 7, 8, 9, 64, 71, 511, 513, 1030];
// Read where they are, and copied because they don't fill the registers.
const WIDTHS = [16, 64, 80, 20, 33];

describe(`kernels for few queries (${variant})`, () => {
  let attention;
  before(async () => { attention = await load(); });
  after(() => attention.dispose());

  test('a row gets the same bits alone and with up to fifteen others', () => {
    const random = generator(1);
    for (const type of ['float32', 'float16', 'int8']) {
      for (const N of LENGTHS) {
        const width = WIDTHS[Math.floor((random() + 1) * 2.5)];
        const [query, key, value] = operands({ H: 1, M: 16, N, D: width }, random);
        const cache = attention.createKeyValueCache({
          batch: 1, heads: 1, headDim: width, valueDim: width, capacity: N + 3, type,
        });
        cache.append(key, value);
        const rows = (from, to) => ({
          data: query.data.slice(from * width, to * width), dims: [1, 1, to - from, width],
        });
        const whole = attention.decode(query, cache, { causal: false });
        for (const [from, to] of [[0, 1], [1, 3], [2, 5], [15, 16], [8, 16]]) {
          const some = attention.decode(rows(from, to), cache, { causal: false });
          const same = (name, size) => assertSame(some[name], {
            data: whole[name].data.slice(from * size, to * size), dims: some[name].dims,
          }, `${name} of rows ${from} to ${to}, ${type}, N ${N}, width ${width}`);
          same('output', width);
          same('logSumExp', 1);
        }
        cache.dispose();
      }
    }
  });

  test('queries as large as float16 keys bear, and larger', () => {
    const random = generator(2);
    for (const M of [1, 3]) {
      for (const size of [2 ** 14.9, 2 ** 15.1, 2 ** 17, 1e30, 1e-30]) {
        const [query, key, value] = operands({ M, N: 40, D: 64 }, random, 1);
        const large = tensor(query.dims, query.data.map((x) => x * size));
        const given = [large, narrow(key), narrow(value)];
        const options = { scale: 1 / size };
        const [actual, expected] = [attention.scaledDotProductAttention(...given, options), oracle(...given, options)];
        assertClose(actual.output, expected.output, TOLERANCE, `output, queries of ${size}`);
        assertClose(actual.logSumExp, expected.logSumExp, TOLERANCE, `logSumExp, queries of ${size}`);
      }
    }
  });

  test('infinity and NaN in float16, wherever they stand, where they are hidden and where they are seen', () => {
    const random = generator(3);
    const [D, N] = [32, 600];
    // The largest half isn't infinite, but next to it.
    const BITS = { 0x7bff: Number.isFinite, 0x7c00: (x) => x === Infinity, 0xfc00: (x) => x === -Infinity,
      0x7c01: Number.isNaN, 0xffff: Number.isNaN };
    for (const M of [1, 2, 5]) {
      const [query, ...rows] = operands({ M, N, D }, random);
      const given = [query, ...rows.map(narrow)];
      for (const n of [0, 5, 64, 511, 512, 597, 599]) {
        const mask = { data: new Uint8Array(N).map((_, i) => (i === n ? 0 : 1)), dims: [N] };
        const without = attention.scaledDotProductAttention(...given, { mask });
        for (const [bits, isIt] of Object.entries(BITS)) {
          for (const which of [1, 2]) {
            const label = `${which === 1 ? 'key' : 'value'} ${n} has ${bits}, M ${M}`;
            const at = n * D + 7;
            const kept = given[which].data[at];
            given[which].data[at] = bits;
            const hidden = attention.scaledDotProductAttention(...given, { mask });
            assertSame(hidden.output, without.output, `${label}, hidden: output`);
            assertSame(hidden.logSumExp, without.logSumExp, `${label}, hidden: logSumExp`);
            const { output: { data } } = attention.scaledDotProductAttention(...given);
            if (which === 2) data.forEach((x, i) => assert.ok(i % D === 7 ? isIt(x) : Number.isFinite(x), label));
            else if (isIt === Number.isNaN) assert.ok(data.every(Number.isNaN), label);
            given[which].data[at] = kept;
          }
        }
      }
    }
  });

  test('a float16 cache that comes to hold infinity, loses it, and is emptied', () => {
    const random = generator(4);
    // With one more, rows come in eights and are read where they are.
    const [D, N] = [32, 23];
    const [query, key, value] = operands({ M: 1, N, D }, random);
    const huge = tensor([1, 1, 1, D], () => 1e6);
    const small = tensor([1, 1, 1, D], () => 0.5);
    for (const [bad, keys, values] of [['key', huge, small], ['value', small, huge]]) {
      const cache = attention.createKeyValueCache({
        batch: 1, heads: 1, headDim: D, valueDim: D, capacity: N + 9, type: 'float16',
      });
      cache.append(key, value);
      const before = attention.decode(query, cache);
      cache.append(keys, values);
      const seen = attention.decode(query, cache).output.data;
      // Infinity times queries of both signs is NaN in the end.
      assert.ok(seen.every((x) => (bad === 'key' ? Number.isNaN(x) : x === Infinity)), bad);
      assertSame(attention.decode(query, cache, { keyLengths: Int32Array.of(N) }).output, before.output, 'hidden');
      cache.append(small, small);
      assertSame(attention.decode(query, cache, { keyLengths: Int32Array.of(N) }).output, before.output, 'still hidden');
      cache.truncate(N);
      assertSame(attention.decode(query, cache).output, before.output, 'gone');
      cache.truncate(0);
      cache.append(key, value);
      assertSame(attention.decode(query, cache).output, before.output, 'emptied');
      cache.dispose();
    }
  });

  test('int8 weights near the smallest', () => {
    // One key stands out, so the weights of the others are down to e^-87, where a factor could make them subnormal.
    const [N, D] = [70, 32];
    const key = tensor([1, 1, N, D], (i) => (Math.floor(i / D) === 3 ? 1 : -Math.floor(i / D) / N));
    const value = tensor([1, 1, N, D], (i) => Math.sin(i));
    const query = tensor([1, 1, 1, D], () => 1.36);
    const cache = attention.createKeyValueCache({
      batch: 1, heads: 1, headDim: D, valueDim: D, capacity: N, type: 'int8',
    });
    cache.append(key, value);
    const { output } = attention.decode(query, cache, { scale: 1 });
    for (let e = 0; e < D; e++) assert.ok(Math.abs(output.data[e] - value.data[3 * D + e]) < 1 / 127, `${e}`);
    cache.dispose();
  });
});
