// What the suites about bad arguments share.

import assert from 'node:assert/strict';
import { AttentionError } from '../../web/core/index.js';
import { assertSame, assertThrows, generator, randomTensor, tensor } from './helpers.js';

export const NOT_TENSORS = [undefined, null, 1, 'tensor', true, () => {}, [1, 2], new Float32Array(4)];
export const NOT_FLOATS = [
  undefined, [1, 2], new Float64Array(2), new Uint8Array(2), new BigInt64Array(2), new DataView(new ArrayBuffer(8)),
];
export const NOT_DIMS = [undefined, 4, '4', { length: 2 }, new Int32Array(2)];
export const NOT_SIZES = [-1, 1.5, NaN, Infinity, '2', undefined, 2 ** 53];
export const NOT_NUMBERS = ['1', null, [], {}, true, 1n];

/** A tensor of zeros. */
export const zeros = (...dims) => tensor(dims, () => 0);

/** A tensor without elements may claim any size. */
export const hollow = (...dims) => ({ data: new Float32Array(0), dims });

/**
 * A function that makes a call which must throw, and then sees that all is as it was: no memory kept, and the
 * instance computes what it did before.
 */
export function refusals(attention) {
  const random = generator(1);
  const operands = [[1, 2, 3, 4], [1, 1, 5, 4], [1, 1, 5, 6]].map((dims) => randomTensor(dims, random));
  const [queries, keys, values] = [4, 4, 3].map((width) => randomTensor([5, width], random));
  const compute = () => [
    attention.scaledDotProductAttention(...operands).output,
    attention.steps({ queries, keys, values, queryIndex: 2 }).output,
  ];
  const expected = compute();
  return async (call, { code, argument, message }) => {
    const { used } = attention.memoryUsage();
    const error = await assertThrows(call, { code, argument, message });
    assert.ok(error instanceof AttentionError && error instanceof Error);
    assert.ok(error.expected !== '' && error.actual !== '', error.message);
    if (code !== 'out-of-memory') {
      for (const part of ['argument', 'expected', 'actual']) assert.ok(error.message.includes(error[part]));
    }
    assert.ok(error.message.length < 300, error.message);
    assert.equal(attention.memoryUsage().used, used);
    compute().forEach((output, i) => assertSame(output, expected[i], 'what the instance computes'));
  };
}
