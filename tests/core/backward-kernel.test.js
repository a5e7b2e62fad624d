// What tests/core/backward.test.js can't see for its sizes: blocks of several chunks, in all the orders that
// c_src/backward.c has for them, and the masks it has to add to from several items of work.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { loadAttention } from '../../web/core/index.js';
import { scaledDotProductAttention, scaledDotProductAttentionBackward as oracle } from '../oracle.js';
import { assertClose, assertSame, generator, randomTensor, variant } from './helpers.js';

const random = generator(11);

/** As in backward.test.js: the error of a sum of independent roundings goes with the root of their number. */
const tolerance = (terms) => ({ rtol: 1.3e-6, atol: 1e-5 * Math.max(1, Math.sqrt(terms) / 10) });

/**
 * [B, H, G, M, N, D, E]: chunks are of 72, 144 or 288 rows, depending on how many items of work they make. More chunks
 * of queries, of keys, and as many of both; heads that are items of their own for one thread, two or three.
 */
const SHAPES = [
  [1, 1, 1, 600, 90, 8, 5],
  [1, 1, 1, 70, 640, 5, 9],
  [1, 2, 1, 289, 433, 8, 8],
  [2, 3, 3, 150, 150, 4, 4],
  [4, 4, 2, 290, 300, 4, 3],
];
const OPTIONS = [
  {}, { causal: true }, { causal: 'lower-right', softcap: 3 }, { window: [100, 20] },
  { queryOffset: -150, causal: true },
];

describe(`blocks of the backward pass (${variant})`, () => {
  /** @type {Awaited<ReturnType<typeof loadAttention>>[]} */
  let instances;
  before(async () => {
    instances = await Promise.all([1, 2, 3].map((threads) => loadAttention({ variant, threads })));
  });
  after(() => instances.forEach((attention) => attention.dispose()));

  function check([B, H, G, M, N, D, E], options, what) {
    const tensors = [randomTensor([B, H, M, D], random, 2), randomTensor([B, G, N, D], random, 2),
      randomTensor([B, G, N, E], random)];
    const gradOutput = randomTensor([B, H, M, E], random);
    const { output, logSumExp } = scaledDotProductAttention(...tensors, options);
    const saved = [output, logSumExp].map(({ data, dims }) => ({ data: Float32Array.from(data), dims }));
    const given = { ...options, output: saved[0], logSumExp: saved[1] };
    const [actual, ...others] = instances.map(
      (attention) => attention.scaledDotProductAttentionBackward(gradOutput, ...tensors, given));
    const expected = oracle(gradOutput, ...tensors, options);
    const terms = { gradQuery: N, gradKey: (H / G) * M, gradValue: (H / G) * M,
      gradMask: (B * H * M * N) / (options.mask?.data.length ?? 1) };
    assert.deepEqual(Object.keys(actual), Object.keys(expected));
    for (const name of Object.keys(expected)) {
      assertClose(actual[name], expected[name], tolerance(terms[name]), `${what}: ${name}`);
      others.forEach((other, i) => assertSame(other[name], actual[name], `${what}: ${name} of ${i + 2} threads`));
    }
    return actual;
  }

  test('gradients of several chunks, the same bits for any number of threads', () => {
    for (const shape of SHAPES) {
      for (const options of OPTIONS) check(shape, options, `[${shape}] ${JSON.stringify(options)}`);
    }
  });

  test('a mask with each of its dims full or broadcast', () => {
    const shape = [2, 4, 2, 150, 220, 4, 4];
    const [B, H, , M, N] = shape;
    for (let full = 0; full < 16; full++) {
      const dims = [B, H, M, N].map((dim, i) => ((full >> i) % 2 === 1 ? dim : 1));
      // With a cap, what is broadcast along keys doesn't cancel out; what a softmax doesn't feel still is about 0.
      check(shape, { causal: true, softcap: 4, mask: randomTensor(dims, random) }, `mask [${dims}]`);
    }
  });

  test('the gradient of a row that sees a single key is exactly zero', () => {
    const [query, key, value] = [[1, 1, 300, 64], [1, 1, 300, 64], [1, 1, 300, 80]].map(
      (dims) => randomTensor(dims, random, 2));
    const options = { window: [0, 0] };
    const attention = instances[0];
    const saved = attention.scaledDotProductAttention(query, key, value, options);
    const { gradQuery, gradKey } = attention.scaledDotProductAttentionBackward(
      randomTensor([1, 1, 300, 80], random), query, key, value, { ...options, ...saved });
    assert.ok([...gradQuery.data, ...gradKey.data].every((x) => x === 0));
  });
});
