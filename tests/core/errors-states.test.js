// Bad arguments of scaledDotProductAttentionBackward() and mergeStates().

import { after, before, describe, test } from 'node:test';
import { generator, load, randomTensor, variant } from './helpers.js';
import { hollow, NOT_DIMS, NOT_FLOATS, NOT_SIZES, NOT_TENSORS, refusals, zeros } from './refused.js';

describe(`bad arguments of backward and mergeStates() (${variant})`, () => {
  let attention;
  let refused;
  let output;
  let logSumExp;
  const random = generator(1);
  const tensors = {
    gradOutput: randomTensor([2, 4, 3, 7], random),
    query: randomTensor([2, 4, 3, 5], random),
    key: randomTensor([2, 2, 6, 5], random),
    value: randomTensor([2, 2, 6, 7], random),
  };

  before(async () => {
    attention = await load();
    refused = refusals(attention);
    ({ output, logSumExp } = attention.scaledDotProductAttention(tensors.query, tensors.key, tensors.value));
  });
  after(() => attention.dispose());

  const backwardRefused = (code, argument, options, changed = {}) => {
    const { gradOutput, query, key, value } = { ...tensors, ...changed };
    return refused(() => attention.scaledDotProductAttentionBackward(gradOutput, query, key, value,
      { output, logSumExp, ...options }), { code, argument });
  };

  test('backward: tensors', async () => {
    for (const name of ['gradOutput', 'query', 'key', 'value', 'output', 'logSumExp']) {
      const change = (wrong) => (name in tensors ? [{}, { [name]: wrong }] : [{ [name]: wrong }, {}]);
      for (const wrong of NOT_TENSORS) await backwardRefused('type', undefined, ...change(wrong));
      for (const data of NOT_FLOATS) await backwardRefused('type', `${name}.data`, ...change({ data, dims: [2] }));
      for (const dims of NOT_DIMS) {
        await backwardRefused('type', `${name}.dims`, ...change({ data: new Float32Array(2), dims }));
      }
      for (const size of NOT_SIZES) {
        await backwardRefused('dims', `${name}.dims`, ...change({ data: new Float32Array(2), dims: [1, 1, size, 2] }));
      }
      const disposed = attention.tensor([2, 4, 3, 7]);
      disposed.dispose();
      await backwardRefused('disposed', name, ...change(disposed));
    }
  });

  test('backward: dims that do not fit', async () => {
    await backwardRefused('dims', 'gradOutput.dims', {}, { gradOutput: zeros(2, 4, 3, 5) });
    await backwardRefused('dims', 'gradOutput.dims', {}, { gradOutput: zeros(2, 4, 21) });
    await backwardRefused('dims', 'output.dims', { output: zeros(2, 4, 3, 6) });
    await backwardRefused('dims', 'logSumExp.dims', { logSumExp: zeros(2, 4, 3, 1) });
    await backwardRefused('dims', 'logSumExp.dims', { logSumExp: zeros(2, 3, 4) });
    await backwardRefused('dims', 'key.dims[1]', {}, { key: zeros(2, 3, 6, 5), value: zeros(2, 3, 6, 7) });
  });

  test('backward: options', async () => {
    for (const options of [undefined, null, 3, 'x']) {
      const { gradOutput, query, key, value } = tensors;
      await refused(() => attention.scaledDotProductAttentionBackward(gradOutput, query, key, value, options),
        { code: 'type', argument: 'options' });
    }
    await backwardRefused('type', 'gradMask', { gradMask: true });
    await backwardRefused('not-finite', 'scale', { scale: NaN });
    await backwardRefused('range', 'causal', { causal: 'lower' });
    await backwardRefused('range', 'window[0]', { window: [-2, 0] });
    await backwardRefused('range', 'keyLengths[0]', { keyLengths: Int32Array.of(7, 0) });
    await backwardRefused('dims', 'sinks', { sinks: new Float32Array(3) });
    await backwardRefused('dims', 'mask.dims', { mask: zeros(5) });
  });

  test('backward: half precision in what must be float32', async () => {
    const half = (dims) => ({ data: new Uint16Array(dims.reduce((a, b) => a * b, 1)), dims, type: 'float16' });
    await backwardRefused('type', 'gradOutput.data', {}, { gradOutput: half([2, 4, 3, 7]) });
    await backwardRefused('type', 'output.data', { output: half([2, 4, 3, 7]) });
    await backwardRefused('type', 'logSumExp.data', { logSumExp: half([2, 4, 3]) });
  });

  const mergeRefused = (states, code, argument) => refused(() => attention.mergeStates(states), { code, argument });
  const state = (...dims) => ({ output: zeros(...dims), logSumExp: zeros(...dims.slice(0, 3)) });
  const good = state(2, 4, 3, 7);

  test('mergeStates: what is no array of states', async () => {
    for (const states of [undefined, null, 3, 'states', good, { 0: good, length: 1 }, new Set([good])]) {
      await mergeRefused(states, 'type', 'states');
    }
    await mergeRefused([], 'range', 'states');
    for (const wrong of [undefined, null, 3, 'state']) await mergeRefused([good, wrong], 'type', 'states[1]');
    await mergeRefused([, good], 'type', 'states[0]');
  });

  test('mergeStates: tensors', async () => {
    for (const name of ['output', 'logSumExp']) {
      for (const wrong of NOT_TENSORS) {
        await mergeRefused([good, { ...good, [name]: wrong }], 'type', undefined);
      }
      for (const data of NOT_FLOATS) {
        await mergeRefused([{ ...good, [name]: { data, dims: [2] } }], 'type', `states[0].${name}.data`);
      }
      for (const dims of NOT_DIMS) {
        const wrong = { ...good, [name]: { data: new Float32Array(2), dims } };
        await mergeRefused([good, good, wrong], 'type', `states[2].${name}.dims`);
      }
      const disposed = attention.tensor([2, 4, 3, 7]);
      disposed.dispose();
      await mergeRefused([{ ...good, [name]: disposed }], 'disposed', `states[0].${name}`);
    }
  });

  test('mergeStates: dims', async () => {
    await mergeRefused([state(2, 12, 7)], 'dims', 'states[0].output.dims');
    for (const dims of [[2, 4, 3, 6], [2, 4, 2, 7], [2, 3, 4, 7], [1, 8, 3, 7]]) {
      await mergeRefused([good, state(...dims)], 'dims', 'states[1].output.dims');
    }
    for (const dims of [[2, 4, 3, 1], [24], [2, 3, 4]]) {
      await mergeRefused([{ ...good, logSumExp: zeros(...dims) }], 'dims', 'states[0].logSumExp.dims');
    }
    await mergeRefused([{ ...good, logSumExp: { data: new Float32Array(5), dims: [2, 4, 3] } }], 'dims',
      'states[0].logSumExp');
    const huge = { output: hollow(2 ** 20, 2 ** 20, 0, 1), logSumExp: hollow(2 ** 20, 2 ** 20, 0) };
    await mergeRefused([huge], 'dims', 'states[0].output.dims');
  });
});
