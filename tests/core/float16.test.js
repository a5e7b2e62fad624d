// Operands of float16: a Float16Array, or a Uint16Array in a tensor of type 'float16'. The result is that of the
// same numbers in float32, to the bit.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { fromHalf, narrow, widen } from '../oracle/half.js';
import { OPTIONS, operands, problemOf, shapes } from './cases.js';
import { assertSame, generator, load, randomTensor, tensor, variant } from './helpers.js';

const engineHasIt = typeof Float16Array === 'function';

/** As a Float16Array, where the engine has it: the same 16 bits. */
const asFloat16Array = ({ data, dims }) => ({
  data: new Float16Array(data.buffer, data.byteOffset, data.length), dims,
});

describe(`float16 (${variant})`, () => {
  let attention;
  before(async () => { attention = await load(); });
  after(() => attention.dispose());

  const assertResult = (actual, expected) => {
    assert.deepEqual(Object.keys(actual), Object.keys(expected));
    for (const name of Object.keys(expected)) {
      assert.equal(actual[name].data[Symbol.toStringTag], 'Float32Array', name);
      assertSame(actual[name], expected[name], name);
    }
  };

  test('any of query, key and value, with any options, gives the bits of the same numbers in float32', () => {
    const names = Object.keys(OPTIONS).filter((name) => name !== 'out' && name !== 'inside');
    fc.assert(fc.property(shapes, fc.subarray(names), (shape, chosen) => {
      const { tensors, options } = problemOf(shape, [...chosen, 'float16']);
      const expected = attention.scaledDotProductAttention(...tensors.map(widen), options);
      assertResult(attention.scaledDotProductAttention(...tensors, options), expected);
      if (!engineHasIt) return;
      const native = tensors.map((each) => (each.type === 'float16' ? asFloat16Array(each) : each));
      assertResult(attention.scaledDotProductAttention(...native, options), expected);
    }), { numRuns: 300 });
  });

  test('each of the 65,536 halves means what it means, in values, keys and queries', () => {
    const all = { data: Uint16Array.from({ length: 65536 }, (_, i) => i), dims: [1, 1, 1, 65536], type: 'float16' };
    const one = tensor([1, 1, 1, 1], [1]);
    const { output } = attention.scaledDotProductAttention(one, one, all);
    output.data.forEach((x, bits) => {
      // A weight of 1 times the value, added to 0: -0 + 0 is 0.
      assert.ok(Object.is(x, fromHalf(bits) + 0) || (x === 0 && fromHalf(bits) === 0), `${bits}: ${x}`);
    });
    const column = { ...all, dims: [1, 1, 65536, 1] };
    const options = { scale: 1, weights: 'scores' };
    for (const [query, key] of [[one, column], [column, one]]) {
      const { weights } = attention.scaledDotProductAttention(query, key,
        { data: new Float32Array(key.dims[2]), dims: [1, 1, key.dims[2], 1] }, options);
      weights.data.forEach((x, bits) => {
        assert.ok(Object.is(x, fromHalf(bits)) || (x === 0 && fromHalf(bits) === 0), `${bits}: ${x}`);
      });
    }
  });

  test('backward takes them too, and gives gradients in float32', () => {
    fc.assert(fc.property(shapes, (shape) => {
      const { tensors, options } = problemOf(shape, ['float16', 'additiveMask']);
      const gradOutput = randomTensor([shape.B, shape.H, shape.M, shape.E], generator(shape.seed));
      const saved = attention.scaledDotProductAttention(...tensors, options);
      const [actual, expected] = [tensors, tensors.map(widen)].map((each) =>
        attention.scaledDotProductAttentionBackward(gradOutput, ...each, { ...saved, ...options }));
      assertResult(actual, expected);
    }), { numRuns: 60 });
  });

  test('views that start in the middle of a buffer, and views of the memory of the instance', () => {
    const tensors = operands({ H: 4, G: 2, M: 5, N: 67, D: 7, E: 3 }, generator(1)).map(narrow);
    const expected = attention.scaledDotProductAttention(...tensors);
    const moved = tensors.map(({ data, ...rest }, i) => {
      const buffer = new Uint16Array(data.length + i + 1);
      buffer.set(data, i + 1);
      return { ...rest, data: buffer.subarray(i + 1) };
    });
    assertResult(attention.scaledDotProductAttention(...moved), expected);
    const space = attention.tensor([4096]);
    const { buffer, byteOffset } = space.data;
    const inside = tensors.map(({ data, ...rest }, i) => {
      const view = new Uint16Array(buffer, byteOffset + i * 4098, data.length);
      view.set(data);
      return { ...rest, data: view };
    });
    assertResult(attention.scaledDotProductAttention(...inside), expected);
    space.dispose();
  });

  test('a Uint16Array without the type is refused, and so is a type that the data contradicts', () => {
    const [query, key, value] = operands({ M: 2, N: 3, D: 4 }, generator(2));
    const { data, dims } = narrow(key);
    for (const wrong of [{ data, dims }, { data, dims, type: 'uint16' }]) {
      assert.throws(() => attention.scaledDotProductAttention(query, wrong, value),
        { name: 'AttentionError', code: 'type' });
    }
  });
});
