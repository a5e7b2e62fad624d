// What the core promises whatever the options: zeros for a row with nothing to attend to, no trace of what is
// hidden, no memory kept. Those about threads, errors and the allocator have suites of their own.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { HIDING, operands } from './cases.js';
import { assertSame, generator, load, randomTensor, tensor, variant } from './helpers.js';

const STAGES = [false, 'scores', 'capped', 'masked', 'softmax'];

/** Options under which no query of [1, 2, 4, …] sees one of 3 keys. */
const NOTHING = {
  'a boolean mask': { mask: { data: new Uint8Array(3), dims: [3] } },
  'an additive mask': { mask: tensor([1, 3], [-Infinity, -Infinity, -Infinity]) },
  'no key lengths': { keyLengths: Int32Array.of(0) },
  'causal, before the first key': { causal: true, queryOffset: -4 },
  'causal, far before the first key': { causal: 'upper-left', queryOffset: Int32Array.of(-(2 ** 30)) },
  'a window to the left, behind the last key': { window: [0, -1], queryOffset: 3 },
  'a window to both sides, far behind': { window: [5, 5], queryOffset: 2 ** 30 },
  'a window to the right, before the first key': { window: [-1, 2], queryOffset: -6 },
  'a window and causal that miss each other': { window: [0, 0], causal: true, queryOffset: 3 },
  'a mask and key lengths that leave nothing': {
    mask: { data: Uint8Array.of(0, 1, 1), dims: [3] }, keyLengths: Int32Array.of(1),
  },
};

describe(`promises (${variant})`, () => {
  let attention;
  before(async () => { attention = await load(); });
  after(() => attention.dispose());

  for (const [how, options] of Object.entries(NOTHING)) {
    test(`rows with nothing to attend to are zeros and -Infinity: ${how}`, () => {
      const tensors = operands({ H: 2, M: 4, N: 3, D: 5 }, generator(1));
      const more = { softcap: 3, scale: 2, alibiSlopes: Float32Array.of(0.5, 1) };
      for (const given of [options, { ...options, ...more }]) {
        const { output, logSumExp, weights } = attention.scaledDotProductAttention(...tensors,
          { ...given, weights: 'softmax' });
        assert.ok(output.data.every((x) => Object.is(x, 0)));
        assert.ok(weights.data.every((x) => Object.is(x, 0)));
        assert.ok(logSumExp.data.every((x) => x === -Infinity));
        const { weights: masked } = attention.scaledDotProductAttention(...tensors, { ...given, weights: 'masked' });
        assert.ok(masked.data.every((x) => x === -Infinity));
        const sunk = attention.scaledDotProductAttention(...tensors,
          { ...given, sinks: Float32Array.of(2.5, -Infinity) });
        assert.ok(sunk.output.data.every((x) => Object.is(x, 0)));
        assert.deepEqual([...sunk.logSumExp.data], [2.5, -Infinity].flatMap((x) => [x, x, x, x]));
      }
    });
  }

  test('rows with nothing to attend to: among others, and where there is no key at all', () => {
    const tensors = operands({ H: 2, M: 4, N: 3, D: 5 }, generator(2));
    // lower-right, more queries than keys: the first row looks before the first key.
    const { output, logSumExp } = attention.scaledDotProductAttention(...tensors, { causal: 'lower-right' });
    const rows = [true, false, false, false];
    assert.deepEqual([...logSumExp.data].map((x) => x === -Infinity), [...rows, ...rows]);
    assert.ok(output.data.subarray(0, 5).every((x) => Object.is(x, 0)));
    const empty = attention.scaledDotProductAttention(...operands({ M: 2, N: 0, D: 3 }, generator(3)));
    assert.deepEqual([...empty.output.data], [0, 0, 0, 0, 0, 0]);
    assert.deepEqual([...empty.logSumExp.data], [-Infinity, -Infinity]);
  });

  test('NaN and infinity in a hidden key or value reach no output, however it is hidden', () => {
    const bad = fc.constantFrom(NaN, Infinity, -Infinity, 3.4e38);
    const where = fc.constantFrom('key', 'value', 'both');
    const more = fc.subarray(['softcap', 'alibiSlopes', 'sinks', 'scale']);
    fc.assert(fc.property(fc.constantFrom(...Object.keys(HIDING)), bad, where, more, fc.nat(),
      (how, poison, place, names, seed) => {
        const [M, N, D, E] = [75, 131, 6, 5];
        const tensors = operands({ H: 2, G: 1, M, N, D, E }, generator(seed));
        const { options, n } = HIDING[how](seed % N, { M, N });
        if (names.includes('softcap')) options.softcap = 2;
        if (names.includes('scale')) options.scale = -0.3;
        if (names.includes('sinks')) options.sinks = Float32Array.of(1, -Infinity);
        if (names.includes('alibiSlopes')) options.alibiSlopes = Float32Array.of(0.1, -0.1);
        const call = (weights) => attention.scaledDotProductAttention(...tensors, { ...options, weights });
        const clean = STAGES.map(call);
        if (place !== 'value') tensors[1].data.fill(poison, n * D, n * D + D);
        if (place !== 'key') tensors[2].data.fill(poison, n * E, n * E + E);
        STAGES.forEach((weights, i) => {
          const actual = call(weights);
          assertSame(actual.output, clean[i].output, `${how}: output`);
          assertSame(actual.logSumExp, clean[i].logSumExp, `${how}: logSumExp`);
          // The first two stages show what hidden keys would have scored.
          if (i > 2) assertSame(actual.weights, clean[i].weights, `${how}: ${weights}`);
        });
      }), { numRuns: 120 });
  });

  test('what is seen does show, so the test above means something', () => {
    const [M, N, D, E] = [4, 70, 3, 2];
    for (const how of Object.keys(HIDING)) {
      const tensors = operands({ M, N, D, E }, generator(4));
      const { options, n } = HIDING[how](50, { M, N });
      tensors[1].data.fill(NaN);
      const { output } = attention.scaledDotProductAttention(...tensors, options);
      assert.ok(output.data.some(Number.isNaN), `${how} hides ${n} and leaves others`);
    }
  });

  test('an additive mask hides by -Infinity alone: a NaN behind another number shows', () => {
    const [query, key, value] = operands({ M: 1, N: 2, D: 1 }, generator(5));
    value.data[1] = NaN;
    const of = (x) => attention.scaledDotProductAttention(query, key, value, { mask: tensor([2], [0, x]) }).output;
    assert.equal(of(-Infinity).data[0], value.data[0]);
    assert.ok(Number.isNaN(of(-1).data[0]));
  });

  test('100,000 calls of every kind keep no memory', async () => {
    const fresh = await load();
    const [query, key, value] = operands({ H: 2, G: 1, M: 3, N: 5, D: 4 }, generator(6));
    const gradOutput = randomTensor([1, 2, 3, 4], generator(7));
    const mask = tensor([3, 5], (i) => (i % 4 ? 0 : -Infinity));
    const options = { mask, softcap: 5, sinks: Float32Array.of(0, 1), keyLengths: Int32Array.of(4), causal: true };
    const saved = fresh.scaledDotProductAttention(query, key, value, options);
    const steps = { queries: randomTensor([4, 3], generator(8)), queryIndex: 1 };
    Object.assign(steps, { keys: steps.queries, values: steps.queries });
    const caches = (type) => () => {
      const cache = fresh.createKeyValueCache({ batch: 1, heads: 1, headDim: 4, valueDim: 4, capacity: 6, type });
      cache.append(key, value);
      cache.truncate(4);
      fresh.decode(query, cache);
      cache.dispose();
    };
    const refused = (call) => () => assert.throws(call, { name: 'AttentionError' });
    const calls = [
      () => fresh.scaledDotProductAttention(query, key, value),
      () => fresh.scaledDotProductAttention(query, key, value, { ...options, weights: 'softmax' }),
      () => fresh.scaledDotProductAttentionBackward(gradOutput, query, key, value, { ...saved, ...options }),
      () => fresh.mergeStates([saved, saved]),
      () => fresh.steps(steps),
      () => fresh.tensor([100]).dispose(),
      caches('float32'), caches('float16'), caches('int8'),
      refused(() => fresh.scaledDotProductAttention(query, key, value, { scale: NaN })),
      refused(() => fresh.mergeStates([saved, { ...saved, output: query.dims }])),
      refused(() => fresh.createKeyValueCache({ batch: -1 })),
    ];
    calls.forEach((call) => call());
    const { used, reserved } = fresh.memoryUsage();
    assert.equal(used, 0);
    let made = 0;
    // Errors cost a stack trace each, so they come up a tenth as often.
    for (let round = 0; made < 100_000; round++) {
      const these = round % 10 ? calls.slice(0, -3) : calls;
      these.forEach((call) => call());
      made += these.length;
    }
    assert.deepEqual(fresh.memoryUsage(), { used: 0, reserved });
    fresh.dispose();
  });
});
