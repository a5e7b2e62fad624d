// Bad arguments of steps().

import { after, before, describe, test } from 'node:test';
import { assertThrows, generator, load, randomTensor, tensor, variant } from './helpers.js';
import { NOT_DIMS, NOT_FLOATS, NOT_SIZES, NOT_TENSORS, refusals, zeros } from './refused.js';

describe(`bad arguments of steps() (${variant})`, () => {
  let attention;
  let refused;
  const random = generator(1);
  const good = {
    embeddings: randomTensor([5, 4], random),
    queryWeight: randomTensor([4, 3], random),
    keyWeight: randomTensor([4, 3], random),
    valueWeight: randomTensor([4, 2], random),
    queryIndex: 1,
  };
  before(async () => {
    attention = await load();
    refused = refusals(attention);
  });
  after(() => attention.dispose());

  const stepsRefused = (change, code, argument) =>
    refused(() => attention.steps({ ...good, ...change }), { code, argument });

  test('options that are none', async () => {
    for (const options of [undefined, null, 3, 'x']) {
      await refused(() => attention.steps(options), { code: 'type', argument: 'options' });
    }
    await stepsRefused({ temprature: 2 }, 'type', 'temprature');
  });

  test('tensors of the wrong kind', async () => {
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

  test('dims that do not fit', async () => {
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

  test('each of query, key and value needs one source, and weights need embeddings', async () => {
    const given = tensor([5, 3], () => 0);
    await stepsRefused({ queries: given }, 'type', 'queries');
    await stepsRefused({ keyWeight: undefined }, 'type', 'keys');
    await stepsRefused({ valueWeight: undefined }, 'type', 'values');
    await stepsRefused({ embeddings: undefined }, 'type', 'embeddings');
  });

  test('numbers', async () => {
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

  test('numbers inside tensors must be finite, and the message says which is not', async () => {
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

  test('attend', async () => {
    for (const wrong of [null, 1, [1, 1, 1, 1, 1], new Float32Array(5), { data: [1], dims: [1] }]) {
      await stepsRefused({ attend: wrong }, 'type', 'attend');
    }
    const bytes = new Uint8Array(5);
    await stepsRefused({ attend: new Uint8Array(4) }, 'dims', 'attend');
    for (const dims of [[4], [1, 5], undefined]) {
      await stepsRefused({ attend: { data: bytes, dims } }, 'dims', 'attend');
    }
  });
});
