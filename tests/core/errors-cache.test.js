// Bad arguments of createKeyValueCache(), of a cache's methods and of decode().

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { assertSame, assertThrows, generator, load, randomTensor, variant } from './helpers.js';
import { hollow, NOT_DIMS, NOT_FLOATS, NOT_NUMBERS, NOT_SIZES, NOT_TENSORS, refusals, zeros } from './refused.js';

describe(`bad arguments around caches (${variant})`, () => {
  let attention;
  let refused;
  let cache;
  let expected;
  const random = generator(1);
  const sizes = { batch: 2, heads: 2, headDim: 5, valueDim: 7, capacity: 8 };
  const key = randomTensor([2, 2, 6, 5], random);
  const value = randomTensor([2, 2, 6, 7], random);
  const query = randomTensor([2, 4, 1, 5], random);

  before(async () => {
    attention = await load();
    refused = refusals(attention);
    cache = attention.createKeyValueCache(sizes);
    cache.append(key, value);
    expected = attention.decode(query, cache);
  });
  after(() => attention.dispose());

  /** The error, after which the cache is as it was. */
  const cacheRefused = async (call, code, argument) => {
    await refused(call, { code, argument });
    assert.equal(cache.length, 6);
    assertSame(attention.decode(query, cache).output, expected.output, 'decode afterwards');
  };

  test('createKeyValueCache', async () => {
    const createRefused = (options, code, argument) =>
      cacheRefused(() => attention.createKeyValueCache(options), code, argument);
    for (const options of [undefined, null, 3, 'x']) await createRefused(options, 'type', 'options');
    await createRefused({ ...sizes, dtype: 'int8' }, 'type', 'dtype');
    for (const name of Object.keys(sizes)) {
      for (const wrong of [undefined, ...NOT_NUMBERS]) await createRefused({ ...sizes, [name]: wrong }, 'type', name);
      for (const wrong of [-1, 0.5, NaN, Infinity, 2 ** 31]) {
        await createRefused({ ...sizes, [name]: wrong }, 'range', name);
      }
    }
    for (const type of [null, 'float64', 'Float32', 1]) await createRefused({ ...sizes, type }, 'range', 'type');
    for (const type of ['float32', 'float16', 'int8']) {
      await createRefused({ ...sizes, capacity: 2 ** 30, type }, 'out-of-memory', '');
      await createRefused({ ...sizes, batch: 2 ** 30, heads: 2 ** 30, capacity: 0, type }, 'range', 'capacity');
    }
  });

  test('append', async () => {
    const appendRefused = (k, v, code, argument) => cacheRefused(() => cache.append(k, v), code, argument);
    for (const name of ['key', 'value']) {
      const given = (wrong) => (name === 'key' ? [wrong, zeros(2, 2, 1, 7)] : [zeros(2, 2, 1, 5), wrong]);
      for (const wrong of NOT_TENSORS) await appendRefused(...given(wrong), 'type', undefined);
      for (const data of NOT_FLOATS) {
        await appendRefused(...given({ data, dims: [1, 1, 1, 2] }), 'type', `${name}.data`);
      }
      for (const dims of NOT_DIMS) {
        await appendRefused(...given({ data: new Float32Array(2), dims }), 'type', `${name}.dims`);
      }
      for (const size of NOT_SIZES) {
        await appendRefused(...given({ data: new Float32Array(2), dims: [1, 1, size, 2] }), 'dims', `${name}.dims`);
      }
      await appendRefused(...given(zeros(2, 2, 7)), 'dims', `${name}.dims`);
      await appendRefused(...given(zeros(1, 2, 1, name === 'key' ? 5 : 7)), 'dims', `${name}.dims[0]`);
      await appendRefused(...given(zeros(2, 4, 1, name === 'key' ? 5 : 7)), 'dims', `${name}.dims[1]`);
      await appendRefused(...given(zeros(2, 2, 1, 6)), 'dims', `${name}.dims[3]`);
      await appendRefused(...given(hollow(2, 2, 2 ** 31 - 1, 0)), 'dims', `${name}.dims`);
      const disposed = attention.tensor([2, 2, 1, 5]);
      disposed.dispose();
      await appendRefused(...given(disposed), 'disposed', name);
    }
    await appendRefused(zeros(2, 2, 1, 5), zeros(2, 2, 2, 7), 'dims', 'value.dims[2]');
    await appendRefused(zeros(2, 2, 3, 5), zeros(2, 2, 3, 7), 'range', 'key');
  });

  test('truncate', async () => {
    for (const length of [-1, 7, 0.5, NaN, Infinity]) {
      await cacheRefused(() => cache.truncate(length), 'range', 'length');
    }
    for (const length of [undefined, ...NOT_NUMBERS]) {
      await cacheRefused(() => cache.truncate(length), 'type', 'length');
    }
  });

  test('decode: the query and the options', async () => {
    const decodeRefused = (wrong, options, code, argument) =>
      cacheRefused(() => attention.decode(wrong, cache, options), code, argument);
    for (const wrong of NOT_TENSORS) await decodeRefused(wrong, {}, 'type', undefined);
    for (const data of NOT_FLOATS) await decodeRefused({ data, dims: [1, 1, 1, 2] }, {}, 'type', 'query.data');
    await decodeRefused(zeros(2, 4, 5), {}, 'dims', 'query.dims');
    await decodeRefused(zeros(1, 4, 1, 5), {}, 'dims', 'query.dims[0]');
    await decodeRefused(zeros(2, 3, 1, 5), {}, 'dims', 'query.dims[1]');
    await decodeRefused(zeros(2, 4, 1, 7), {}, 'dims', 'query.dims[3]');
    for (const options of [null, 3]) await decodeRefused(query, options, 'type', 'options');
    await decodeRefused(query, { scale: NaN }, 'not-finite', 'scale');
    await decodeRefused(query, { keyLengths: Int32Array.of(6, 7) }, 'range', 'keyLengths[1]');
    await decodeRefused(query, { mask: zeros(7) }, 'dims', 'mask.dims');
    await decodeRefused(query, { out: zeros(2, 4, 1, 5) }, 'dims', 'out.dims');
  });

  test('decode: what is no cache, or one of another instance', async () => {
    const prototype = Object.create(cache);
    for (const wrong of [undefined, null, 3, {}, [], sizes, prototype, () => {}]) {
      await cacheRefused(() => attention.decode(query, wrong), 'type', 'cache');
    }
    const other = await load();
    const theirs = other.createKeyValueCache(sizes);
    theirs.append(key, value);
    await cacheRefused(() => attention.decode(query, theirs), 'type', 'cache');
    assertSame(other.decode(query, theirs).output, expected.output, 'where it belongs');
    other.dispose();
    await cacheRefused(() => attention.decode(query, theirs), 'disposed', 'cache');
  });

  describe('after dispose()', () => {
    let gone;
    beforeEach(() => {
      gone = attention.createKeyValueCache(sizes);
      gone.append(key, value);
      gone.dispose();
      gone.dispose();
    });

    test('everything says so', async () => {
      for (const call of [
        () => gone.length, () => gone.byteLength, () => gone.truncate(0), () => gone.append(key, value),
        () => attention.decode(query, gone),
      ]) await cacheRefused(call, 'disposed', 'cache');
    });
  });

  test('after dispose() of the instance too', async () => {
    const short = await load();
    const orphan = short.createKeyValueCache(sizes);
    short.dispose();
    for (const call of [() => orphan.length, () => orphan.append(key, value), () => orphan.truncate(0)]) {
      await assertThrows(call, { code: 'disposed', argument: 'cache' });
    }
    for (const call of [
      () => short.decode(query, orphan), () => short.createKeyValueCache(sizes), () => short.mergeStates([]),
      () => short.scaledDotProductAttentionBackward(query, query, query, query, {}),
    ]) await assertThrows(call, { code: 'disposed', argument: 'attention' });
    orphan.dispose();
  });
});
