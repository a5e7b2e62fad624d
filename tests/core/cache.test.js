// Key/value caches as things that live in the memory of an instance. What decode() computes from them is in
// decode.test.js.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertSame, assertThrows, generator, load, randomTensor, tensor, variant } from './helpers.js';

describe(`key/value caches (${variant})`, () => {
  let attention;
  const random = generator(1);
  const sizes = { batch: 2, heads: 2, headDim: 5, valueDim: 7, capacity: 10 };
  before(async () => { attention = await load(); });
  after(() => attention.dispose());

  const rows = (count) => [randomTensor([2, 2, count, 5], random), randomTensor([2, 2, count, 7], random)];
  const query = randomTensor([2, 4, 1, 5], random);
  const filled = (...pieces) => {
    const cache = attention.createKeyValueCache(sizes);
    for (const [key, value] of pieces) cache.append(key, value);
    return cache;
  };

  test('say what they are', () => {
    const cache = attention.createKeyValueCache({ ...sizes, type: 'float16' });
    const { batch, heads, headDim, valueDim, capacity, type, length } = cache;
    assert.deepEqual({ batch, heads, headDim, valueDim, capacity, type, length },
      { ...sizes, type: 'float16', length: 0 });
    assert.throws(() => { cache.capacity = 20; }, TypeError);
    assert.throws(() => { cache.length = 2; }, TypeError);
    cache.dispose();
    const plain = filled();
    assert.equal(plain.type, 'float32');
    plain.dispose();
  });

  test('take what they say from the start, no more while they fill, and give all of it back', () => {
    const bytes = {};
    for (const type of ['float32', 'float16', 'int8']) {
      const cache = attention.createKeyValueCache({
        batch: 1, heads: 4, headDim: 64, valueDim: 64, capacity: 96, type,
      });
      bytes[type] = cache.byteLength;
      assert.equal(attention.memoryUsage().used, cache.byteLength);
      const eight = randomTensor([1, 4, 8, 64], random);
      for (let i = 0; i < 12; i++) cache.append(eight, eight);
      cache.truncate(3);
      assert.equal(attention.memoryUsage().used, cache.byteLength);
      cache.dispose();
      cache.dispose();
      assert.equal(attention.memoryUsage().used, 0);
    }
    const elements = 2 * 4 * 96 * 64;
    assert.deepEqual(bytes, { float32: 4 * elements, float16: 2 * elements, int8: elements + 2 * 4 * 4 * 96 });
  });

  test('grow and shrink by rows; nothing appended is nothing changed', () => {
    const first = rows(3);
    const second = rows(4);
    const cache = filled(first, rows(0), second);
    assert.equal(cache.length, 7);
    const whole = attention.decode(query, cache);
    cache.truncate(7);
    cache.truncate(3);
    assert.equal(cache.length, 3);
    const [key, value] = first;
    assertSame(attention.decode(query, cache).output,
      attention.decode(query, filled([key, value])).output, 'three rows');
    cache.append(...second);
    assertSame(attention.decode(query, cache).output, whole.output, 'seven rows again');
    cache.truncate(0);
    cache.append(...rows(10));
    assert.equal(cache.length, 10);
  });

  test('take tensors in WebAssembly memory, and views that growing detaches', async () => {
    const fresh = await load();
    const wide = { batch: 1, heads: 1, headDim: 300, valueDim: 1, capacity: 1000 };
    const cache = fresh.createKeyValueCache(wide);
    const [key, value] = [[1, 1, 1000, 300], [1, 1, 1000, 1]].map((dims) => randomTensor(dims, random));
    const inside = fresh.tensor(value.dims);
    inside.data.set(value.data);
    const view = { data: inside.data, dims: value.dims };
    cache.append(key, view);
    if (fresh.threads === 1) assert.equal(view.data.length, 0, 'the call grew the memory');
    const one = randomTensor([1, 1, 1, 300], random);
    const decoded = fresh.decode(one, cache);
    fresh.dispose();
    const other = attention.createKeyValueCache(wide);
    other.append(key, value);
    assertSame(decoded.output, attention.decode(one, other).output, 'output');
    other.dispose();
  });

  test('out: a tensor of the caller, or one in WebAssembly memory, even the query', () => {
    const cache = attention.createKeyValueCache({ ...sizes, valueDim: 5 });
    cache.append(randomTensor([2, 2, 6, 5], random), randomTensor([2, 2, 6, 5], random));
    const expected = attention.decode(query, cache).output;
    const outside = tensor(query.dims, () => NaN);
    const inside = attention.tensor(query.dims);
    for (const out of [outside, inside]) {
      assert.equal(attention.decode(query, cache, { out }).output, out);
      assertSame(out, expected, 'output');
    }
    inside.data.set(query.data);
    assertSame(attention.decode(inside, cache, { out: inside }).output, expected, 'output over the query');
    cache.dispose();
    inside.dispose();
  });

  test('are many in one instance, each its own', () => {
    const caches = Array.from({ length: 20 }, () => filled(rows(5)));
    const outputs = caches.map((cache) => attention.decode(query, cache).output);
    caches.forEach((cache, i) => { if (i % 2) cache.dispose(); });
    const more = filled(rows(9));
    caches.forEach((cache, i) => {
      if (i % 2 === 0) assertSame(attention.decode(query, cache).output, outputs[i], `cache ${i}`);
    });
    [...caches, more].forEach((cache) => cache.dispose());
  });

  test('of no size at all are caches too', () => {
    for (const name of Object.keys(sizes)) {
      const none = { ...sizes, [name]: 0 };
      const cache = attention.createKeyValueCache({ ...none, type: 'int8' });
      const { batch, heads, headDim, valueDim, capacity } = none;
      const count = Math.min(capacity, 2);
      cache.append(tensor([batch, heads, count, headDim], () => 1), tensor([batch, heads, count, valueDim], () => 2));
      const { output, logSumExp } = attention.decode(tensor([batch, heads, 3, headDim], () => 1), cache);
      assert.deepEqual(output.dims, [batch, heads, 3, valueDim]);
      assert.deepEqual(logSumExp.dims, [batch, heads, 3]);
      cache.dispose();
    }
  });

  test('survive it when there is no memory for a call', async () => {
    const fresh = await load();
    const cache = fresh.createKeyValueCache({ batch: 1, heads: 1, headDim: 1, valueDim: 1, capacity: 1000 });
    cache.append(tensor([1, 1, 1000, 1], (n) => n / 1000), tensor([1, 1, 1000, 1], (n) => n));
    const many = { data: new Float32Array(2 ** 21), dims: [1, 1, 2 ** 21, 1] };
    await assertThrows(() => fresh.decode(many, cache, { weights: 'scores' }), { code: 'out-of-memory' });
    assert.equal(fresh.memoryUsage().used, cache.byteLength);
    assert.equal(fresh.decode(tensor([1, 1, 1, 1], () => 0), cache).output.data[0], 499.5);
    fresh.dispose();
  });
});
