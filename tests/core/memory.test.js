// The memory of an instance: the allocator alone, tensors, and what calls leave behind.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { Memory } from '../../web/core/memory.js';
import { assertSame, assertThrows, generator, load, randomTensor, tensor, threads, variant } from './helpers.js';

describe('the allocator', () => {
  test('blocks never overlap, are aligned, and come back whole', () => {
    const action = fc.oneof(
      fc.record({ allocate: fc.integer({ min: 0, max: 300_000 }) }),
      fc.record({ release: fc.nat() }),
    );
    fc.assert(fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const memory = new Memory();
      memory.open(70_001);
      const blocks = [];
      for (const { allocate, release } of actions) {
        if (allocate !== undefined) blocks.push({ at: memory.allocate(allocate), bytes: allocate });
        else if (blocks.length) memory.release(blocks.splice(release % blocks.length, 1)[0].at);
        assertDisjoint(memory, blocks);
      }
      blocks.forEach(({ at }) => memory.release(at));
      assert.equal(memory.used, 0);
      // All ranges have joined again: the whole heap fits without growing.
      const { reserved } = memory;
      memory.allocate(reserved - 70_016);
      assert.equal(memory.reserved, reserved);
    }), { numRuns: 60 });
  });

  test('releasing twice, or what was never handed out, changes nothing', () => {
    const memory = new Memory();
    memory.open(1024);
    const block = memory.allocate(100);
    memory.release(block);
    memory.release(block);
    memory.release(12345);
    assert.equal(memory.used, 0);
    assert.equal(memory.allocate(100), block);
  });
});

function assertDisjoint(memory, blocks) {
  const sorted = [...blocks].sort((a, b) => a.at - b.at);
  sorted.forEach(({ at, bytes }, i) => {
    assert.equal(at % 16, 0);
    assert.ok(at >= 70_001 && at + bytes <= memory.reserved);
    if (i) assert.ok(sorted[i - 1].at + sorted[i - 1].bytes <= at);
  });
  assert.ok(memory.used >= blocks.reduce((sum, { bytes }) => sum + bytes, 0));
}

/** The memory has grown since the view was taken: that detached it, unless threads share the memory. */
function assertGrown(view, length) {
  if (threads === 1) assert.equal(view.length, 0, 'growing detaches views');
  else assert.equal(view.length, length, 'growing shared memory detaches no view');
}

describe(`memory of an instance (${variant})`, () => {
  let attention;
  const random = generator(1);
  before(async () => { attention = await load(); });
  after(() => attention.dispose());

  const operands = (M, N, D = 8) => [
    randomTensor([1, 1, M, D], random),
    randomTensor([1, 1, N, D], random),
    randomTensor([1, 1, N, D], random),
  ];

  test('calls keep nothing, be they right or wrong', async () => {
    const few = { ...stepsOptions(10), attend: new Uint8Array(10).fill(1) };
    const tensors = operands(30, 50);
    const once = () => {
      attention.steps(few);
      attention.scaledDotProductAttention(...tensors, { weights: 'softmax', causal: true });
    };
    once();
    const { reserved } = attention.memoryUsage();
    for (let i = 0; i < 3000; i++) once();
    for (let i = 0; i < 300; i++) {
      const wrong = { ...few, embeddings: tensor([10, 4], () => NaN) };
      await assertThrows(() => attention.steps(wrong), { code: 'not-finite' });
      await assertThrows(() => attention.scaledDotProductAttention(...tensors, { scale: NaN }),
        { code: 'not-finite' });
    }
    assert.deepEqual(attention.memoryUsage(), { used: 0, reserved });
  });

  // What the comments of web/core/attention.js say of the workspace, in bytes, "about" meaning some padding.
  const padded = (dim) => dim + 16;
  const workspaces = {
    forward: ({ M, N, D, E, T }) => (M <= 8 ? 4 * M * padded(E) * (N / 512 + 1)
      : Math.max(2 ** 20 * T, 4 * (N + 128) * (padded(D) + padded(E)))) + T * 192 * (padded(D) + padded(E) + 140),
    backward: ({ D, E, T }) => T * 1152 * (5 * padded(D) + 3 * padded(E) + 40),
  };

  test('every call stays within the bound that is documented, which has no M · N', async () => {
    const [D, E] = [4, 8];
    for (const [M, N] of [[6000, 6000], [1, 100_000], [20_000, 50]]) {
      const [query, key, value, gradOutput] = [[M, D], [N, D], [N, E], [M, E]].map(
        ([length, width]) => randomTensor([1, 1, length, width], random));
      const options = {
        mask: { data: new Uint8Array(N).fill(1), dims: [N] }, window: [4000, 4000], softcap: 5,
        sinks: Float32Array.of(1), keyLengths: Int32Array.of(N - 1),
      };
      const state = attention.scaledDotProductAttention(query, key, value, options);
      const operands = 4 * (M * (D + E + 1) + N * (D + E)) + N;
      const gradients = 4 * (M * (D + E) + N * (D + E));
      const forward = (fresh) => fresh.scaledDotProductAttention(query, key, value, options);
      await assertBound(operands, 'forward', { M, N, D, E }, forward);
      await assertBound(operands + gradients, 'backward', { M, N, D, E }, (fresh) =>
        fresh.scaledDotProductAttentionBackward(gradOutput, query, key, value, { ...options, ...state }));
      await assertBound(2 * operands, 'forward', { M, N, D, E }, (fresh) => {
        const cache = fresh.createKeyValueCache({ batch: 1, heads: 1, headDim: D, valueDim: E, capacity: N });
        cache.append(key, value);
        fresh.decode(query, cache, options);
      });
      await assertBound(3 * operands, 'forward', { M, N, D, E }, (fresh) => fresh.mergeStates([state, state]));
    }
  });

  async function assertBound(tensors, kind, sizes, call) {
    const fresh = await load();
    const { reserved } = fresh.memoryUsage();
    call(fresh);
    const grown = fresh.memoryUsage().reserved - reserved;
    const bound = tensors + workspaces[kind]({ ...sizes, T: fresh.threads });
    // Memory grows by 1 MB at least, for the tensors and for the workspace.
    assert.ok(grown <= bound + 2 ** 21, `${call}: ${grown} bytes more, where ${bound} were expected`);
    fresh.dispose();
  }

  test('a tensor starts as zeros, is used as it is, and survives growth', async () => {
    const junk = attention.tensor([4]);
    junk.data.fill(7);
    junk.dispose();
    const small = attention.tensor([2, 2]);
    assert.deepEqual([...small.data], [0, 0, 0, 0]);
    assert.deepEqual(small.dims, [2, 2]);
    small.data.set([1, 2, 3, 4]);
    const old = small.data;
    assert.equal(small.data, old, 'the same view while nothing has grown');
    const large = attention.tensor([attention.memoryUsage().reserved / 4]);
    assertGrown(old, 4);
    assert.deepEqual([...small.data], [1, 2, 3, 4]);
    small.dispose();
    small.dispose();
    large.dispose();
    assert.equal(attention.memoryUsage().used, 0);
    await assertThrows(() => small.data, { code: 'disposed', argument: 'tensor' });
  });

  test('empty tensors are tensors too', () => {
    const empty = attention.tensor([0, 3]);
    assert.equal(empty.data.length, 0);
    const scalar = attention.tensor([]);
    assert.equal(scalar.data.length, 1);
    empty.dispose();
    scalar.dispose();
  });

  test('views of a tensor, under other dims, are followed through growth', async () => {
    const fresh = await load();
    const [query, key, value] = operands(20_000, 6);
    const [inside, mask, out] = [[6, 8], [6], [20_000, 8]].map((dims) => fresh.tensor(dims));
    inside.data.set(key.data);
    mask.data[2] = -Infinity;
    const dims = [key.dims, mask.dims, query.dims];
    const views = [inside, mask, out].map(({ data }, i) => ({ data, dims: dims[i] }));
    fresh.scaledDotProductAttention(query, views[0], value, { mask: views[1], out: views[2] });
    assertGrown(views[0].data, 48);
    const expected = attention.scaledDotProductAttention(query, key, value, { mask });
    assertSame({ data: out.data, dims: query.dims }, expected.output, 'output');
    fresh.dispose();
  });

  test('so they are by steps()', async () => {
    const fresh = await load();
    const options = { ...stepsOptions(20_000), attend: Uint8Array.from({ length: 20_000 }, (_, n) => n % 2) };
    const inside = fresh.tensor([20_000, 4]);
    inside.data.set(options.embeddings.data);
    const bytes = fresh.tensor([5000]);
    const attend = new Uint8Array(bytes.data.buffer, bytes.data.byteOffset, 20_000);
    attend.set(options.attend);
    const view = { data: inside.data, dims: [20_000, 4] };
    const actual = fresh.steps({ ...options, embeddings: view, attend });
    assertGrown(view.data, 80_000);
    const expected = attention.steps(options);
    assertSame(actual.weights, expected.weights, 'weights');
    assertSame(actual.output, expected.output, 'output');
    fresh.dispose();
  });

  test('out may overlap any input, in whole or in part', () => {
    const length = 40 * 8;
    const [query, key, value] = operands(40, 40);
    const mask = randomTensor([40, 8], random);
    const options = { mask: { data: mask.data.subarray(0, 40), dims: [40] } };
    const expected = attention.scaledDotProductAttention(query, key, value, options);
    const shared = attention.tensor([6 * length]);
    // One after the other, and `out` over each of them and over each border.
    for (let at = 0; at <= 4 * length; at += length / 2) {
      const [q, k, v, m] = [query, key, value, mask].map(({ data, dims }, i) => {
        const view = shared.data.subarray(i * length, (i + 1) * length);
        view.set(data);
        return { data: view, dims };
      });
      const out = { data: shared.data.subarray(at, at + length), dims: query.dims };
      const inside = { mask: { data: m.data.subarray(0, 40), dims: [40] }, out };
      const { output, logSumExp } = attention.scaledDotProductAttention(q, k, v, inside);
      assert.equal(output, out);
      assertSame(output, expected.output, `output at ${at}`);
      assertSame(logSumExp, expected.logSumExp, `logSumExp at ${at}`);
    }
    shared.dispose();
  });

  test('a view kept from a tensor that is gone is refused', async () => {
    const gone = attention.tensor([1, 1, 2, 8]);
    const kept = { data: gone.data, dims: gone.dims };
    gone.dispose();
    const [query, key, value] = operands(2, 2);
    for (const call of [
      () => attention.scaledDotProductAttention(kept, key, value),
      () => attention.scaledDotProductAttention(gone, key, value),
    ]) await assertThrows(call, { code: 'disposed', argument: 'query' });
    await assertThrows(() => attention.scaledDotProductAttention(query, key, value, { out: kept }),
      { code: 'disposed', argument: 'out' });
  });

  test('more than there is: an error, and the instance goes on', async () => {
    await assertThrows(() => attention.tensor([2 ** 20, 2 ** 20]), { code: 'out-of-memory' });
    await assertThrows(() => attention.tensor([2 ** 40, 2 ** 40]), { code: 'out-of-memory' });
    const wide = { data: new Float32Array(0), dims: [1, 1, 2 ** 20, 0] };
    await assertThrows(() => attention.scaledDotProductAttention(wide, wide, wide, { weights: 'softmax' }),
      { code: 'out-of-memory' });
    assert.equal(attention.memoryUsage().used, 0);
    attention.steps(stepsOptions(3));
  });

  test('instances share nothing', async () => {
    const other = await load();
    const mine = attention.tensor([1, 1, 4, 8]);
    mine.data.set(randomTensor([32], random).data);
    const theirs = other.tensor([1, 1, 4, 8]);
    theirs.data.fill(5);
    const expected = attention.scaledDotProductAttention(mine, mine, mine);
    assertSame(other.scaledDotProductAttention(mine, mine, mine).output, expected.output, 'output');
    assert.equal(attention.scaledDotProductAttention(mine, mine, mine, { out: theirs }).output, theirs);
    assertSame(theirs, expected.output, 'out in the memory of the other');
    other.dispose();
    assertSame(attention.scaledDotProductAttention(mine, mine, mine).output, expected.output, 'output');
    mine.dispose();
  });

  test('after dispose() everything says so, tensors included', async () => {
    const short = await load();
    const orphan = short.tensor([2]);
    short.dispose();
    short.dispose();
    orphan.dispose();
    const [query, key, value] = operands(1, 1);
    for (const call of [
      () => short.steps(stepsOptions(2)), () => short.tensor([1]), () => short.memoryUsage(),
      () => short.scaledDotProductAttention(query, key, value), () => orphan.data,
    ]) await assertThrows(call, { code: 'disposed' });
  });

  function stepsOptions(N) {
    return {
      embeddings: randomTensor([N, 4], random), queryWeight: randomTensor([4, 4], random),
      keyWeight: randomTensor([4, 4], random), valueWeight: randomTensor([4, 4], random), queryIndex: 0,
    };
  }
});
