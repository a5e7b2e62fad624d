// What the bench computes besides times: the work of a shape, ratios, tables, the chart; and that what it times of
// ours is attention.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { throughputChart } from '../bench/chart.js';
import { oneNodeModel } from '../bench/onnx-model.js';
import { plan, targets } from '../bench/plan.js';
import { jobTable, median, share, speedup, verdicts } from '../bench/results.js';
import { cacheBytes, decode, flops, prefill, random, swapHeads, tensors } from '../bench/shapes.js';
import * as oracle from './oracle.js';

/** A job as the runner leaves it, from seconds by entry. */
function ran(job, seconds) {
  const entries = Object.fromEntries(Object.entries(seconds).map(([key, times]) => [
    key, { seconds: times, flops: 1e9, ceiling: 'ceiling relaxed' },
  ]));
  return { ...job, entries };
}

describe('the bench', () => {
  test('counts the pairs of query and key that are visible', () => {
    assert.equal(flops(prefill(12, 1024)), 4 * 12 * 1024 * 1024 * 64);
    assert.equal(flops(prefill(1, 3, 1, { causal: true })), 4 * (1 + 2 + 3));
    assert.equal(cacheBytes(decode(8, 4096)), 2 * 8 * 4096 * 64 * 4);
    assert.equal(cacheBytes(decode(8, 4096, 64, 'int8')), 2 * 8 * 4096 * (64 + 4));
  });

  test('compares within a round', () => {
    const seconds = { 'ours relaxed': [1, 2, 1], 'onnxruntime-web': [2, 4, 3], 'ceiling relaxed': [0.5, 0.5, 0.5] };
    const job = ran(plan()[0], seconds);
    assert.deepEqual(speedup(job, 'ours relaxed', 'onnxruntime-web'), { median: 2, min: 2, max: 3 });
    assert.deepEqual(share(job, 'ours relaxed', 'ceiling relaxed'), { median: 0.5, min: 0.25, max: 0.5 });
    assert.equal(speedup(job, 'ours relaxed', 'nobody'), undefined);
    assert.equal(median([3, NaN, 1, 2]), 2);
    const [first, second] = verdicts(targets, [job]);
    assert.deepEqual([first.reached, first.measured], [true, '2.00× (2.00× – 3.00×)']);
    assert.equal(second.reached, false);
    assert.deepEqual(jobTable(job).map(([key]) => key), ['', 'ours relaxed', 'onnxruntime-web', 'ceiling relaxed']);
  });

  test('has a job for every number to reach, each with a name of its own', () => {
    const jobs = plan({ sweep: true });
    const ids = jobs.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const { what, job } of targets) assert.ok(ids.includes(job), what);
    for (const { id, entries } of jobs) {
      assert.equal(new Set(entries.map(({ key }) => key)).size, entries.length, id);
      for (const { key, ceiling } of entries) {
        if (!/ceiling|reading/.test(key) && !id.includes('tokens')) {
          assert.ok(entries.some((other) => other.key === ceiling), `${id}: no ${ceiling} for ${key}`);
        }
      }
    }
  });

  test('draws a chart with every contender named, and nothing that is no number', () => {
    const jobs = plan().filter(({ group }) => group === 'length').map((job, i) => ran(job, {
      'ours relaxed': [0.02], 'onnxruntime-web': i < 6 ? [0.04] : [], 'ceiling relaxed': [0.018],
    }));
    Object.assign(jobs[6].entries['onnxruntime-web'], { error: 'throws: <overflow>' });
    const chart = throughputChart(jobs);
    for (const text of ['attention-wasm, relaxed', 'onnxruntime-web', 'ceiling, relaxed', '4096: &lt;overflow&gt;']) {
      assert.ok(chart.includes(text), text);
    }
    assert.doesNotMatch(chart, /NaN|undefined|Infinity/);
  });

  test('writes the bytes of a model', () => {
    const bytes = oneNodeModel({
      type: 'Relu', version: 23, inputs: { x: [300] }, outputs: { y: [300] }, attributes: { a: 1, b: 0.5 },
    });
    assert.deepEqual([...bytes.subarray(0, 3)], [0x08, 10, 0x3a], 'the version, then the graph');
    assert.equal(bytes[3], bytes.length - 4 - 6, 'which has the length it says, the operator set after it');
    assert.deepEqual([...bytes.subarray(-6)], [0x42, 4, 0x0a, 0, 0x10, 23]);
  });

  test('swaps heads and length', () => {
    const data = random(2 * 3 * 4 * 5, 1);
    assert.deepEqual(swapHeads(swapHeads(data, 2, 3, 4, 5), 2, 4, 3, 5), data);
    assert.equal(swapHeads(data, 2, 3, 4, 5)[5], data[4 * 5]);
  });

  test('times what gives the right output', async () => {
    const { load } = await import('../bench/contenders/ours.js');
    const { prepare } = await load({ variant: process.env.ATTENTION_VARIANT ?? 'simd', threads: 1 });
    for (const shape of [prefill(2, 37, 16, { causal: true }), prefill(2, 5, 8, { copies: true })]) {
      const { run, output, dispose } = prepare(shape);
      const { query, key, value } = tensors(shape);
      const expected = oracle.scaledDotProductAttention(query, key, value, { causal: shape.causal }).output.data;
      output(run()).forEach((x, i) => assert.ok(Math.abs(x - expected[i]) < 1e-5));
      dispose();
    }
  });
});
