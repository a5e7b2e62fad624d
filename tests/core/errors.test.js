// Every bad argument: an AttentionError that names it, nothing written, and the instance goes on working.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AttentionError } from '../../web/core/index.js';
import { assertSame, assertThrows, generator, load, randomTensor, tensor, variant } from './helpers.js';

const NOT_TENSORS = [undefined, null, 1, 'tensor', true, () => {}, [1, 2], new Float32Array(4)];
const NOT_FLOATS = [
  undefined, [1, 2], new Float64Array(2), new Uint8Array(2), new DataView(new ArrayBuffer(8)),
];
const NOT_DIMS = [undefined, 4, '4', { length: 2 }, new Int32Array(2)];
const NOT_SIZES = [-1, 1.5, NaN, Infinity, '2', undefined, 2 ** 53];

describe(`bad arguments (${variant})`, () => {
  let attention;
  const random = generator(1);
  const good = {
    embeddings: randomTensor([5, 4], random),
    queryWeight: randomTensor([4, 3], random),
    keyWeight: randomTensor([4, 3], random),
    valueWeight: randomTensor([4, 2], random),
    queryIndex: 1,
  };
  const query = randomTensor([2, 4, 3, 5], random);
  const key = randomTensor([2, 2, 6, 5], random);
  const value = randomTensor([2, 2, 6, 7], random);
  const sdpa = (options, q = query) => attention.scaledDotProductAttention(q, key, value, options);
  let expectedSteps;
  let expectedAttention;

  before(async () => {
    attention = await load();
    expectedSteps = attention.steps(good);
    expectedAttention = sdpa();
  });
  after(() => attention.dispose());

  /** The error, after which everything is as it was. */
  const refused = async (call, expected) => {
    const error = await assertThrows(call, expected);
    assert.ok(error instanceof AttentionError && error instanceof Error);
    assert.ok(error.expected !== '' && error.actual !== '', error.message);
    for (const part of ['argument', 'expected', 'actual']) assert.ok(error.message.includes(error[part]));
    assert.ok(error.message.length < 300, error.message);
    assert.equal(attention.memoryUsage().used, 0);
    assertSame(attention.steps(good).output, expectedSteps.output, 'steps afterwards');
    assertSame(sdpa().output, expectedAttention.output, 'attention afterwards');
  };
  const stepsRefused = (change, code, argument) =>
    refused(() => attention.steps({ ...good, ...change }), { code, argument });
  const out = tensor([2, 4, 3, 7], () => 42);
  const attentionRefused = async (code, argument, options, tensors = {}) => {
    const all = { query, key, value, ...tensors };
    const call = () =>
      attention.scaledDotProductAttention(all.query, all.key, all.value, { out, ...options });
    await refused(call, { code, argument });
    assert.ok(out.data.every((x) => x === 42), 'nothing was written');
  };

  test('steps: options that are none', async () => {
    for (const options of [undefined, null, 3, 'x']) {
      await refused(() => attention.steps(options), { code: 'type', argument: 'options' });
    }
    await stepsRefused({ temprature: 2 }, 'type', 'temprature');
  });

  test('steps: tensors of the wrong kind', async () => {
    for (const name of ['embeddings', 'queryWeight', 'keyWeight', 'valueWeight']) {
      for (const wrong of NOT_TENSORS.filter((x) => x !== undefined)) {
        await stepsRefused({ [name]: wrong }, 'type', Array.isArray(wrong) || ArrayBuffer.isView(wrong) ||
          typeof wrong === 'function' ? undefined : name);
      }
      for (const data of NOT_FLOATS) {
        await stepsRefused({ [name]: { data, dims: [1, 2] } }, 'type', `${name}.data`);
      }
      for (const dims of NOT_DIMS) {
        await stepsRefused({ [name]: { data: new Float32Array(2), dims } }, 'type', `${name}.dims`);
      }
      for (const size of NOT_SIZES) {
        const wrong = { data: new Float32Array(2), dims: [2, size] };
        await stepsRefused({ [name]: wrong }, 'dims', `${name}.dims`);
      }
    }
  });

  test('steps: dims that do not fit', async () => {
    const zeros = (...dims) => tensor(dims, () => 0);
    await stepsRefused({ embeddings: zeros(20) }, 'dims', 'embeddings.dims');
    await stepsRefused({ embeddings: zeros(1, 5, 4) }, 'dims', 'embeddings.dims');
    await stepsRefused({ embeddings: { data: new Float32Array(19), dims: [5, 4] } }, 'dims', 'embeddings');
    await stepsRefused({ embeddings: zeros(0, 4) }, 'dims', 'embeddings.dims[0]');
    await stepsRefused({ embeddings: zeros(5, 3) }, 'dims', 'queryWeight.dims[0]');
    await stepsRefused({ keyWeight: zeros(4, 2) }, 'dims', 'keyWeight.dims[1]');
    await stepsRefused({ keyWeight: zeros(3, 3) }, 'dims', 'keyWeight.dims[0]');
    await stepsRefused({ valueWeight: zeros(3, 2) }, 'dims', 'valueWeight.dims[0]');
    await stepsRefused({ keyWeight: undefined, keys: zeros(4, 3) }, 'dims', 'keys.dims[0]');
    await stepsRefused({ valueWeight: undefined, values: zeros(6, 3) }, 'dims', 'values.dims[0]');
  });

  test('steps: each of query, key and value needs one source, and weights need embeddings', async () => {
    const given = tensor([5, 3], () => 0);
    await stepsRefused({ queries: given }, 'type', 'queries');
    await stepsRefused({ keyWeight: undefined }, 'type', 'keys');
    await stepsRefused({ valueWeight: undefined }, 'type', 'values');
    await stepsRefused({ embeddings: undefined }, 'type', 'embeddings');
  });

  test('steps: numbers', async () => {
    const indexRefused = (queryIndex, code) => stepsRefused({ queryIndex }, code, 'queryIndex');
    for (const index of [-1, 5, 0.5, NaN, Infinity]) await indexRefused(index, 'range');
    for (const index of [undefined, '1', null, 1n]) await indexRefused(index, 'type');
    for (const name of ['scale', 'temperature', 'shift']) {
      for (const bad of [NaN, Infinity, -Infinity, 1e39]) {
        await stepsRefused({ [name]: bad }, 'not-finite', name);
      }
      for (const bad of ['1', null, [], {}]) await stepsRefused({ [name]: bad }, 'type', name);
    }
    for (const bad of [0, -0, -1]) await stepsRefused({ temperature: bad }, 'range', 'temperature');
  });

  test('steps: numbers inside tensors must be finite, and the message says which is not', async () => {
    for (const name of ['embeddings', 'queryWeight', 'keyWeight', 'valueWeight']) {
      for (const bad of [NaN, Infinity, -Infinity]) {
        const wrong = { data: good[name].data.slice(), dims: good[name].dims };
        wrong.data[wrong.dims[1] + 1] = bad;
        await stepsRefused({ [name]: wrong }, 'not-finite', name);
        const call = () => attention.steps({ ...good, [name]: wrong });
        await assertThrows(call, { code: 'not-finite', message: /at \[1, 1\]/ });
      }
    }
    const queries = tensor([5, 3], () => NaN);
    await stepsRefused({ queryWeight: undefined, queries }, 'not-finite', 'queries');
  });

  test('steps: attend', async () => {
    for (const wrong of [null, 1, [1, 1, 1, 1, 1], new Float32Array(5), { data: [1], dims: [1] }]) {
      await stepsRefused({ attend: wrong }, 'type', 'attend');
    }
    const bytes = new Uint8Array(5);
    await stepsRefused({ attend: new Uint8Array(4) }, 'dims', 'attend');
    for (const dims of [[4], [1, 5], undefined]) {
      await stepsRefused({ attend: { data: bytes, dims } }, 'dims', 'attend');
    }
  });

  test('scaledDotProductAttention: tensors of the wrong kind', async () => {
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
      const throwing = { get data() { throw new Error('on the GPU'); }, dims: [1] };
      await attentionRefused('type', name, {}, { [name]: throwing });
    }
  });

  test('scaledDotProductAttention: dims that do not fit', async () => {
    const zeros = (...dims) => tensor(dims, () => 0);
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

  test('scaledDotProductAttention: options', async () => {
    for (const options of [null, 3, 'causal']) {
      await refused(() => sdpa(options), { code: 'type', argument: 'options' });
    }
    await attentionRefused('type', 'isCausal', { isCausal: true });
    for (const scale of [NaN, Infinity, -1e39]) await attentionRefused('not-finite', 'scale', { scale });
    for (const scale of ['1', null, {}]) await attentionRefused('type', 'scale', { scale });
    for (const causal of [null, 1, 'lower', 'true']) await attentionRefused('range', 'causal', { causal });
    for (const weights of [null, true, 'raw', 3]) await attentionRefused('range', 'weights', { weights });
  });

  test('scaledDotProductAttention: mask and out', async () => {
    for (const wrong of [null, 1, 'mask']) await attentionRefused('type', 'mask', { mask: wrong });
    for (const data of [undefined, [1], new Float64Array(6), new Int8Array(6)]) {
      await attentionRefused('type', 'mask.data', { mask: { data, dims: [6] } });
    }
    await attentionRefused('type', 'mask.dims', { mask: { data: new Uint8Array(6), dims: 6 } });
    await attentionRefused('dims', 'mask', { mask: { data: new Uint8Array(5), dims: [6] } });
    for (const dims of [[5], [2, 6], [2, 1], [2, 3, 6], [3, 1, 1, 6], [1, 2, 4, 3, 6], [0]]) {
      await attentionRefused('dims', 'mask.dims', { mask: tensor(dims, () => 0) });
    }
    await attentionRefused('type', 'out', { out: 7 });
    await attentionRefused('type', 'out.data', { out: { data: [], dims: [2, 4, 3, 7] } });
    for (const dims of [[2, 4, 3, 5], [4, 2, 3, 7], [0, 4, 3, 7]]) {
      await attentionRefused('dims', 'out.dims', { out: tensor(dims, () => 0) });
    }
  });

  test('a tensor whose data has been transferred away', async () => {
    const gone = randomTensor([2, 4, 3, 5], random);
    structuredClone(gone.data.buffer, { transfer: [gone.data.buffer] });
    await attentionRefused('dims', 'query', {}, { query: gone });
  });

  test('tensor()', async () => {
    const tensorRefused = (dims, code) => refused(() => attention.tensor(dims), { code, argument: 'dims' });
    for (const dims of NOT_DIMS) await tensorRefused(dims, 'type');
    for (const size of NOT_SIZES) await tensorRefused([size], 'dims');
  });

  test('undefined is the same as left out, and tensors of another realm are tensors', async () => {
    const names = ['scale', 'causal', 'mask', 'weights', 'out'];
    const actual = sdpa(Object.fromEntries(names.map((name) => [name, undefined])));
    assertSame(actual.output, expectedAttention.output, 'output');
    const { runInNewContext } = await import('node:vm');
    const foreign = runInNewContext('({ data: Float32Array.from(data), dims: Array.from(dims) })',
      { data: [...query.data], dims: query.dims });
    assertSame(sdpa({}, foreign).output, expectedAttention.output, 'output');
  });
});
