// Tensors of other libraries go in as they are: onnxruntime's own class, and one made like transformers.js' Tensor
// (that package alone would weigh more than everything here).

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Tensor as OrtTensor } from 'onnxruntime-common';
import { narrow } from '../oracle/half.js';
import { operands } from './cases.js';
import { assertSame, assertThrows, generator, load, randomTensor, tensor, variant } from './helpers.js';

/** As transformers.js 3 and 4: getters that ask a tensor of onnxruntime, behind a Proxy that indexes. */
class TransformersTensor {
  get dims() { return this.ort_tensor.dims; }
  get type() { return this.ort_tensor.type; }
  get data() { return this.ort_tensor.data; }
  get location() { return this.ort_tensor.location; }
  get size() { return this.ort_tensor.size; }

  constructor(ortTensor) {
    this.ort_tensor = ortTensor;
    return new Proxy(this, {
      get: (target, key) => {
        if (typeof key === 'string' && Number.isInteger(Number(key))) throw new Error(`indexed by ${key}`);
        return target[key];
      },
      set: (target, key, value) => { target[key] = value; return true; },
    });
  }
}

/** Every property an accessor of the class, the dims behind a Proxy. */
class Exotic {
  #tensor;
  constructor(given) { this.#tensor = given; }
  get data() { return this.#tensor.data; }
  get dims() { return new Proxy([...this.#tensor.dims], {}); }
  get type() { return this.#tensor.type ?? 'float32'; }
  get cpuData() { return this.data; }
}

const ort = ({ data, dims, type = data instanceof Uint8Array ? 'bool' : 'float32' }) => new OrtTensor(type, data, dims);
const KINDS = {
  "onnxruntime's": ort,
  "transformers.js'": (each) => new TransformersTensor(ort(each)),
  'a class with getters and proxied dims': (each) => new Exotic(each),
  'a frozen object with more properties': (each) => Object.freeze({ name: 'x', strides: [1], ...each }),
  'an object without a prototype': (each) => Object.assign(Object.create(null), each),
};

describe(`interoperability (${variant})`, () => {
  let attention;
  before(async () => { attention = await load(); });
  after(() => attention.dispose());

  const random = generator(1);
  const tensors = operands({ B: 2, H: 4, G: 2, M: 5, N: 7, D: 6, E: 3 }, random);
  const halves = tensors.map(narrow);
  const boolean = { data: Uint8Array.from({ length: 35 }, (_, i) => Number(i % 3 > 0)), dims: [5, 7] };
  const additive = randomTensor([2, 1, 5, 7], random);

  for (const [kind, wrap] of Object.entries(KINDS)) {
    test(`${kind} tensors as operands and masks`, () => {
      for (const given of [tensors, halves, [tensors[0], halves[1], tensors[2]]]) {
        for (const mask of [undefined, boolean, additive]) {
          const expected = attention.scaledDotProductAttention(...given, { mask });
          const actual = attention.scaledDotProductAttention(...given.map(wrap), { mask: mask && wrap(mask) });
          for (const name of ['output', 'logSumExp']) assertSame(actual[name], expected[name], name);
        }
      }
    });

    test(`${kind} tensors as out, in backward, states and caches`, () => {
      const wrapped = tensors.map(wrap);
      const plain = attention.scaledDotProductAttention(...tensors);
      const out = wrap(tensor([2, 4, 5, 3], () => NaN));
      const { output, logSumExp } = attention.scaledDotProductAttention(...wrapped, { out });
      assert.equal(output, out);
      assertSame({ data: out.data, dims: out.dims }, plain.output, 'out');

      const gradOutput = randomTensor([2, 4, 5, 3], random);
      const expected = attention.scaledDotProductAttentionBackward(gradOutput, ...tensors, plain);
      const actual = attention.scaledDotProductAttentionBackward(wrap(gradOutput), ...wrapped,
        { output: wrap(output), logSumExp: wrap(logSumExp) });
      for (const name of Object.keys(expected)) assertSame(actual[name], expected[name], name);

      const states = [plain, plain].map((state) => ({ output: wrap(state.output), logSumExp: wrap(state.logSumExp) }));
      assertSame(attention.mergeStates(states).output, attention.mergeStates([plain, plain]).output, 'merged');

      const caches = [wrapped, tensors, halves.map(wrap), halves].map(([, key, value]) => {
        const cache = attention.createKeyValueCache({ batch: 2, heads: 2, headDim: 6, valueDim: 3, capacity: 7 });
        cache.append(key, value);
        return cache;
      });
      const [one, two, three, four] = caches.map((cache) => attention.decode(wrapped[0], cache).output);
      assertSame(one, two, 'decoded');
      assertSame(three, four, 'decoded from float16');
      caches.forEach((cache) => cache.dispose());
    });
  }

  test("onnxruntime's tensors of other types, disposed of or on a GPU, are refused by name", async () => {
    const [query, key, value] = tensors.map(ort);
    const whole = new OrtTensor('int32', new Int32Array(key.data.length), key.dims);
    const gone = ort(tensors[1]);
    gone.dispose();
    const onGpu = OrtTensor.fromGpuBuffer({}, { dataType: 'float32', dims: [...key.dims] });
    const strings = new OrtTensor('string', Array(key.data.length).fill(''), key.dims);
    for (const wrong of [whole, gone, onGpu, strings]) {
      await assertThrows(() => attention.scaledDotProductAttention(query, wrong, value), { code: 'type' });
      await assertThrows(() => attention.scaledDotProductAttention(query, key, new TransformersTensor(wrong)),
        { code: 'type' });
    }
    attention.scaledDotProductAttention(query, key, value);
    assert.equal(attention.memoryUsage().used, 0);
  });

  test("an onnxruntime tensor of float16 has a Float16Array where there is one, and 16 bits elsewhere", () => {
    const { data, type } = ort(halves[0]);
    assert.equal(type, 'float16');
    assert.match(data[Symbol.toStringTag], /^(Float16|Uint16)Array$/);
  });
});
