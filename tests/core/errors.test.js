// Bad arguments of scaledDotProductAttention(), its backward, mergeStates() and tensor(): an AttentionError that
// names the argument, nothing written, and the instance goes on working.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertSame, assertThrows, generator, load, randomTensor, tensor, variant } from './helpers.js';
import {
  hollow, NOT_DIMS, NOT_FLOATS, NOT_NUMBERS, NOT_SIZES, NOT_TENSORS, refusals, zeros,
} from './refused.js';

describe(`bad arguments (${variant})`, () => {
  let attention;
  let refused;
  let expected;
  const random = generator(1);
  const query = randomTensor([2, 4, 3, 5], random);
  const key = randomTensor([2, 2, 6, 5], random);
  const value = randomTensor([2, 2, 6, 7], random);
  const sdpa = (options, q = query) => attention.scaledDotProductAttention(q, key, value, options);
  const out = tensor([2, 4, 3, 7], () => 42);

  before(async () => {
    attention = await load();
    refused = refusals(attention);
    expected = sdpa();
  });
  after(() => attention.dispose());

  const attentionRefused = async (code, argument, options, tensors = {}) => {
    const all = { query, key, value, ...tensors };
    await refused(() => attention.scaledDotProductAttention(all.query, all.key, all.value, { out, ...options }),
      { code, argument });
    assert.ok(out.data.every((x) => x === 42), 'nothing was written');
  };

  test('query, key and value of the wrong kind', async () => {
    for (const name of ['query', 'key', 'value']) {
      for (const wrong of NOT_TENSORS) await attentionRefused('type', undefined, {}, { [name]: wrong });
      for (const data of NOT_FLOATS) {
        await attentionRefused('type', `${name}.data`, {}, { [name]: { data, dims: [1, 1, 1, 2] } });
      }
      for (const dims of NOT_DIMS) {
        await attentionRefused('type', `${name}.dims`, {}, { [name]: { data: new Float32Array(2), dims } });
      }
      for (const size of NOT_SIZES) {
        const wrong = { data: new Float32Array(2), dims: [1, 1, size, 2] };
        await attentionRefused('dims', `${name}.dims`, {}, { [name]: wrong });
      }
    }
  });

  test('16 bits that nothing says are floats', async () => {
    const data = new Uint16Array(2 * 4 * 3 * 5);
    for (const type of [undefined, 'uint16', 'bfloat16', 16]) {
      await attentionRefused('type', 'query.data', {}, { query: { ...query, data, type } });
    }
    const message = /in a tensor of type 'float16', got Uint16Array of 120, type undefined/;
    await assertThrows(() => sdpa({}, { ...query, data }), { message });
    assert.doesNotThrow(() => sdpa({}, { ...query, data, type: 'float16' }));
  });

  test('tensors whose getters throw', async () => {
    const elsewhere = { get data() { throw new Error('not on CPU'); }, dims: [1], location: 'gpu-buffer' };
    await attentionRefused('type', 'query', {}, { query: elsewhere });
    await assertThrows(() => sdpa({}, elsewhere), { message: /on 'gpu-buffer' \(download it first.*not on CPU/ });
    const gone = { get data() { throw new Error('disposed of'); }, dims: [1], location: 'none' };
    await attentionRefused('type', 'key', {}, { key: gone });
    const hostile = { get data() { throw 7; }, get location() { throw 8; } };
    await attentionRefused('type', 'value', {}, { value: hostile });
    await attentionRefused('type', 'mask', { mask: elsewhere });
  });

  test('dims that do not fit', async () => {
    await attentionRefused('dims', 'query.dims', {}, { query: zeros(4, 3, 5) });
    await attentionRefused('dims', 'key', {}, { key: { data: new Float32Array(3), dims: [2, 2, 6, 5] } });
    await attentionRefused('dims', 'key.dims[0]', {}, { key: zeros(1, 2, 6, 5) });
    await attentionRefused('dims', 'key.dims[1]', {}, { key: zeros(2, 3, 6, 5), value: zeros(2, 3, 6, 7) });
    await attentionRefused('dims', 'key.dims[1]', {}, { key: zeros(2, 0, 6, 5), value: zeros(2, 0, 6, 7) });
    await attentionRefused('dims', 'key.dims[3]', {}, { key: zeros(2, 2, 6, 4) });
    await attentionRefused('dims', 'value.dims[0]', {}, { value: zeros(3, 2, 6, 7) });
    await attentionRefused('dims', 'value.dims[1]', {}, { value: zeros(2, 1, 6, 7) });
    await attentionRefused('dims', 'value.dims[2]', {}, { value: zeros(2, 2, 5, 7) });
  });

  test('sizes whose products overflow', async () => {
    const big = 2 ** 16;
    for (const dims of [[big, big, 1, 0], [0, big, big, 1], [1, 2 ** 31, 1, 0], [2 ** 40, 2 ** 40, 0, 0]]) {
      await attentionRefused('dims', 'query.dims', {}, { query: hollow(...dims) });
      await attentionRefused('dims', 'value.dims', {}, { value: hollow(...dims) });
    }
    // Each is small enough, and what comes out is not.
    const many = { query: hollow(1, 1, big, 0), key: hollow(1, 1, 0, 0), value: hollow(1, 1, 0, big) };
    await attentionRefused('out-of-memory', '', { out: undefined }, many);
    const square = hollow(1, 1, 2 ** 20, 0);
    await attentionRefused('out-of-memory', '', { out: undefined, weights: 'masked' },
      { query: square, key: square, value: square });
  });

  test('options that are none', async () => {
    for (const options of [null, 3, 'causal', true]) {
      await refused(() => sdpa(options), { code: 'type', argument: 'options' });
    }
    await attentionRefused('type', 'isCausal', { isCausal: true });
  });

  test('scale, softcap, causal, weights', async () => {
    for (const name of ['scale', 'softcap']) {
      for (const wrong of [NaN, Infinity, -Infinity, -1e39]) {
        await attentionRefused('not-finite', name, { [name]: wrong });
      }
      for (const wrong of NOT_NUMBERS) await attentionRefused('type', name, { [name]: wrong });
    }
    for (const softcap of [-1, -1e-30, 1e-39, 1e-300]) await attentionRefused('range', 'softcap', { softcap });
    for (const causal of [null, 1, 'lower', 'true']) await attentionRefused('range', 'causal', { causal });
    for (const weights of [null, true, 'raw', 3]) await attentionRefused('range', 'weights', { weights });
  });

  test('window', async () => {
    for (const window of [null, 3, '1,1', { 0: 1, 1: 1, length: 2 }, new Int32Array(2)]) {
      await attentionRefused('type', 'window', { window });
    }
    for (const window of [[], [1], [1, 1, 1]]) await attentionRefused('range', 'window', { window });
    for (const [i, name] of ['window[0]', 'window[1]'].entries()) {
      for (const wrong of [-2, 0.5, NaN, Infinity]) {
        await attentionRefused('range', name, { window: i ? [3, wrong] : [wrong, 3] });
      }
      await attentionRefused('type', name, { window: i ? [3, '3'] : [null, 3] });
    }
  });

  test('queryOffset and keyLengths', async () => {
    for (const queryOffset of [null, '1', [0, 0], new Float32Array(2), new BigInt64Array(2)]) {
      await attentionRefused('type', 'queryOffset', { queryOffset });
    }
    for (const queryOffset of [0.5, NaN, Infinity, 2 ** 30 + 1, -(2 ** 31)]) {
      await attentionRefused('range', 'queryOffset', { queryOffset });
    }
    await attentionRefused('range', 'queryOffset[1]', { queryOffset: Int32Array.of(0, 2 ** 30 + 1) });
    for (const keyLengths of [null, 5, [5, 5], new Uint32Array(2), { data: new Int32Array(2), dims: [2] }]) {
      await attentionRefused('type', 'keyLengths', { keyLengths });
    }
    await attentionRefused('range', 'keyLengths[1]', { keyLengths: Int32Array.of(6, 7) });
    await attentionRefused('range', 'keyLengths[0]', { keyLengths: Int32Array.of(-1, 7) });
    for (const name of ['queryOffset', 'keyLengths']) {
      for (const length of [0, 1, 3]) await attentionRefused('dims', name, { [name]: new Int32Array(length) });
    }
  });

  test('alibiSlopes and sinks', async () => {
    for (const name of ['alibiSlopes', 'sinks']) {
      for (const wrong of [null, 1, [1, 1, 1, 1], new Float64Array(4), zeros(4)]) {
        await attentionRefused('type', name, { [name]: wrong });
      }
      for (const length of [0, 2, 5]) await attentionRefused('dims', name, { [name]: new Float32Array(length) });
    }
  });

  test('mask and out', async () => {
    for (const wrong of [null, 1, 'mask']) await attentionRefused('type', 'mask', { mask: wrong });
    for (const data of [undefined, [1], new Float64Array(6), new Int8Array(6), new BigInt64Array(6)]) {
      await attentionRefused('type', 'mask.data', { mask: { data, dims: [6] } });
    }
    await attentionRefused('type', 'mask.dims', { mask: { data: new Uint8Array(6), dims: 6 } });
    await attentionRefused('dims', 'mask', { mask: { data: new Uint8Array(5), dims: [6] } });
    for (const dims of [[5], [2, 6], [2, 1], [2, 3, 6], [3, 1, 1, 6], [1, 2, 4, 3, 6], [0]]) {
      await attentionRefused('dims', 'mask.dims', { mask: tensor(dims, () => 0) });
    }
    await attentionRefused('type', 'out', { out: 7 });
    await attentionRefused('type', 'out.data', { out: { data: [], dims: [2, 4, 3, 7] } });
    const half = { data: new Uint16Array(168), dims: out.dims, type: 'float16' };
    await attentionRefused('type', 'out.data', { out: half });
    for (const dims of [[2, 4, 3, 5], [4, 2, 3, 7], [0, 4, 3, 7], [2, 4, 21]]) {
      await attentionRefused('dims', 'out.dims', { out: tensor(dims, () => 0) });
    }
  });

  test('a tensor whose data has been transferred away', async () => {
    const gone = randomTensor([2, 4, 3, 5], random);
    structuredClone(gone.data.buffer, { transfer: [gone.data.buffer] });
    await attentionRefused('dims', 'query', {}, { query: gone });
  });

  test('a tensor disposed of, of another instance or with it', async () => {
    const other = await load();
    const [mine, theirs] = [attention, other].map((instance) => {
      const each = instance.tensor(query.dims);
      each.data.set(query.data);
      return each;
    });
    // That of another instance is data in some other memory.
    for (const each of [mine, theirs]) assertSame(sdpa({}, each).output, expected.output, 'output');
    mine.dispose();
    await attentionRefused('disposed', 'query', {}, { query: mine });
    await attentionRefused('disposed', 'out', { out: mine });
    await attentionRefused('disposed', 'mask', { mask: mine });
    other.dispose();
    await attentionRefused('disposed', 'query', {}, { query: theirs });
  });

  test('tensor()', async () => {
    const tensorRefused = (dims, code) => refused(() => attention.tensor(dims), { code, argument: 'dims' });
    for (const dims of NOT_DIMS) await tensorRefused(dims, 'type');
    for (const size of NOT_SIZES) await tensorRefused([size], 'dims');
  });

  test('undefined is the same as left out, and tensors of another realm are tensors', async () => {
    const names = ['scale', 'causal', 'queryOffset', 'window', 'mask', 'alibiSlopes', 'softcap', 'sinks',
      'keyLengths', 'weights', 'out'];
    const actual = sdpa(Object.fromEntries(names.map((name) => [name, undefined])));
    assertSame(actual.output, expected.output, 'output');
    const { runInNewContext } = await import('node:vm');
    const foreign = runInNewContext('({ data: Float32Array.from(data), dims: Array.from(dims) })',
      { data: [...query.data], dims: query.dims });
    assertSame(sdpa({}, foreign).output, expected.output, 'output');
    const [keyLengths, sinks] = runInNewContext('[Int32Array.of(6, 3), Float32Array.of(1, 2, 3, 4)]');
    const own = sdpa({ keyLengths: Int32Array.of(6, 3), sinks: Float32Array.of(1, 2, 3, 4) });
    assertSame(sdpa({ keyLengths, sinks }).output, own.output, 'output');
  });
});
