// The 4 GB that a 32-bit address reaches: what lies in the upper half, across the middle or at the very end is
// computed as anywhere else. Addresses above 2^31 are negative where they're taken for signed numbers.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertSame, assertThrows, generator, load, randomTensor, tensor, variant } from './helpers.js';

const HALF = 2 ** 31;
const MIB = 2 ** 20;

describe(`the address space (${variant})`, () => {
  let attention;
  const random = generator(1);
  const [query, key, value] = [[2, 4, 70, 24], [2, 2, 200, 24], [2, 2, 200, 20]]
    .map((dims) => randomTensor(dims, random));
  const mask = tensor([70, 200], () => (random() < -0.5 ? -Infinity : random()));
  const options = {
    window: [90, 60], queryOffset: Int32Array.of(100, 5), alibiSlopes: Float32Array.of(0.1, 0.2, 0.3, 0.4),
    sinks: Float32Array.of(0, 1, 2, 3), keyLengths: Int32Array.of(200, 150), softcap: 20,
  };
  let expected;

  before(async () => {
    attention = await load();
    expected = compute([query, key, value, mask]);
  });
  after(() => attention.dispose());

  /** What all methods make of these tensors. */
  function compute([q, k, v, m]) {
    const given = { ...options, mask: m };
    const whole = attention.scaledDotProductAttention(q, k, v, { ...given, weights: 'softmax' });
    const { weights, ...saved } = whole;
    const gradients = attention.scaledDotProductAttentionBackward(saved.output, q, k, v, { ...given, ...saved });
    const sizes = { batch: 2, heads: 2, headDim: 24, valueDim: 20, capacity: 200 };
    const caches = ['float32', 'float16', 'int8'].map((type) => attention.createKeyValueCache({ ...sizes, type }));
    const decoded = caches.map((cache) => {
      cache.append(k, v);
      return attention.decode(q, cache, given);
    });
    caches.forEach((cache) => cache.dispose());
    const merged = attention.mergeStates([saved, ...decoded]).output;
    const [queries, keys, values] = [q, k, v].map(({ data, dims }) =>
      ({ data: data.subarray(0, 70 * dims[3]), dims: [70, dims[3]] }));
    const step = attention.steps({ queries, keys, values, queryIndex: 60 }).output;
    return { ...saved, weights, ...gradients, merged, step };
  }

  /** Takes all up to about an address, without touching it: that costs no real memory. */
  function fillTo(end) {
    // Larger than any hole, so it lies where the filling will.
    const probe = attention.tensor([MIB]);
    const bytes = end - probe.data.byteOffset;
    probe.dispose();
    attention.createKeyValueCache({
      batch: 1, heads: 1, headDim: 0, valueDim: 1024, capacity: Math.floor(bytes / 4096),
    });
    // The holes below, of which any might hold what is placed next.
    let last;
    do last = attention.tensor([64]); while (last.data.byteOffset < end - 4096);
    last.dispose();
  }

  const assertThere = (inside) => {
    const actual = compute(inside);
    for (const name of Object.keys(expected)) assertSame(actual[name], expected[name], name);
  };
  const place = ({ data, dims }) => {
    const inside = attention.tensor(dims);
    inside.data.set(data);
    return inside;
  };

  test('a tensor across the middle, and all in the upper half', () => {
    fillTo(HALF - 16384);
    const across = place(mask);
    assert.ok(across.data.byteOffset < HALF && across.data.byteOffset + across.data.byteLength > HALF);
    const above = [query, key, value].map(place);
    for (const { data } of above) assert.ok(data.byteOffset > HALF);
    assertThere([...above, across]);
    assertThere([query, key, value, mask]);
    [across, ...above].forEach((each) => each.dispose());
  });

  test('at the very end, until there is no more, and after that', async () => {
    fillTo(2 * HALF - 8 * MIB);
    const there = [];
    const exhaust = () => { for (;;) there.push(place(key)); };
    await assertThrows(exhaust, { code: 'out-of-memory' });
    const { used } = attention.memoryUsage();
    await assertThrows(() => compute([query, key, value, mask]), { code: 'out-of-memory' });
    assert.equal(attention.memoryUsage().used, used);
    const tiny = { data: new Float32Array(1), dims: [1, 1, 1, 1] };
    assert.equal(attention.scaledDotProductAttention(tiny, tiny, tiny).logSumExp.data[0], 0);

    // The last tensors, under other dims; the first ones make room for the call.
    const inside = [query, key, value].map(({ data, dims }) => {
      const view = there.pop().data.subarray(0, data.length);
      assert.ok(view.byteOffset > 2 * HALF - MIB);
      view.set(data);
      return { data: view, dims };
    });
    there.splice(0, 60).forEach((each) => each.dispose());
    assertThere([...inside, mask]);
  });
});
