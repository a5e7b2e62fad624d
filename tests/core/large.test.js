// Problems of many tiles, where work is shared among threads and done in rounds: fewer than the properties, for
// the oracle takes its time.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as oracle from '../oracle.js';
import { operands, OPTIONS, problemOf } from './cases.js';
import { assertClose, generator, load, randomTensor, threads, variant } from './helpers.js';

// PyTorch's for float32, as in properties.test.js; positions reach 600 here, so ALiBi takes off up to 90 and a
// masked score is rounded by up to 3.8e-6.
const TOLERANCE = { rtol: 1.3e-6, atol: 2e-5 };

const SETS = [
  [], ['causal'], ['lowerRight'], ['window'], ['window', 'lowerRight'], ['keyLengths', 'causal'],
  ['queryOffsets', 'causal'], ['booleanMask'], ['additiveMask', 'softmax'], ['alibiSlopes', 'causal'],
  ['softcap', 'sinks'], ['float16', 'scale'],
  ['scale', 'lowerRight', 'window', 'additiveMask', 'alibiSlopes', 'softcap', 'sinks', 'keyLengths', 'float16',
    'masked'],
];

describe(`large problems (${variant}, ${threads} threads)`, () => {
  let attention;
  before(async () => { attention = await load(); });
  after(() => attention.dispose());

  const assertAll = (actual, expected, tolerance, what) => {
    assert.deepEqual(Object.keys(actual), Object.keys(expected));
    for (const name of Object.keys(expected)) assertClose(actual[name], expected[name], tolerance, `${what} ${name}`);
  };

  const each = (shapes, check) => SETS.forEach((names, i) => {
    const shape = { ...shapes[i % shapes.length], seed: i };
    check(shape, problemOf(shape, names.filter((name) => name in OPTIONS)), `${names.join(' + ')}:`);
  });

  test('forward', () => {
    const shapes = [
      { B: 1, H: 4, G: 2, M: 217, N: 301, D: 40, E: 33 },
      { B: 2, H: 2, G: 1, M: 145, N: 385, D: 65, E: 48 },
    ];
    each(shapes, (shape, { tensors, options }, what) => assertAll(
      attention.scaledDotProductAttention(...tensors, options),
      oracle.scaledDotProductAttention(...tensors, options), TOLERANCE, what));
  });

  test('backward', () => {
    const shapes = [
      { B: 1, H: 4, G: 2, M: 217, N: 150, D: 24, E: 17 },
      { B: 2, H: 2, G: 1, M: 145, N: 290, D: 17, E: 16 },
    ];
    each(shapes, (shape, { tensors, options }, what) => {
      const gradOutput = randomTensor([shape.B, shape.H, shape.M, shape.E], generator(shape.seed));
      const saved = attention.scaledDotProductAttention(...tensors, options);
      // Sums of up to 2 · 217 terms; a gradMask is summed over heads and batch. See backward.test.js.
      assertAll(attention.scaledDotProductAttentionBackward(gradOutput, ...tensors, { ...saved, ...options }),
        oracle.scaledDotProductAttentionBackward(gradOutput, ...tensors, options),
        { rtol: 1.3e-6, atol: 5e-5 }, what);
    });
  });

  test('decode', () => {
    for (const type of ['float32', 'float16']) {
      const [query, key, value] = operands({ B: 1, H: 4, G: 2, M: 3, N: 3001, D: 64, E: 40 }, generator(1));
      const options = { batch: 1, heads: 2, headDim: 64, valueDim: 40, capacity: 3001, type };
      const [cache, exact] = [attention.createKeyValueCache(options), new oracle.KeyValueCache(options)];
      [cache, exact].forEach((each) => each.append(key, value));
      for (const more of [{}, { window: [1500, -1] }, { keyLengths: Int32Array.of(2047), softcap: 5 }]) {
        assertAll(attention.decode(query, cache, more), oracle.decode(query, exact, more), TOLERANCE, type);
      }
      cache.dispose();
    }
  });

  test('more than 8 MB of keys and values', () => {
    const tensors = operands({ B: 3, H: 8, G: 8, M: 19, N: 1601, D: 32, E: 32 }, generator(2));
    for (const options of [{}, { causal: 'lower-right', window: [700, 0] }]) {
      assertAll(attention.scaledDotProductAttention(...tensors, options),
        oracle.scaledDotProductAttention(...tensors, options), TOLERANCE, '');
    }
  });
});
