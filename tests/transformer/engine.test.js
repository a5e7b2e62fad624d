// web/transformer/engine.js: what it reads and writes of the C side's memory, at sizes that are easy to get wrong.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createEngine } from '../../web/transformer/engine.js';
import { tableOf } from '../../web/transformer/layout.js';

const variant = process.env.ATTENTION_VARIANT ?? 'auto';
const CONFIG = {
  vocabulary: 5, maxLength: 6, layers: 2, heads: 2, dim: 8, hidden: 16, objective: 0, causal: 0, batch: 3, scale: 0.5,
  target: 0.8,
};
const SENTENCES = [
  { tokens: [0, 1, 2, 3], query: 3, answer: 1 },
  { tokens: [4], query: 0, answer: 0 },
  { tokens: [2, 2, 1, 0, 4, 3], query: 5, answer: 0 },
];

function batchOf(sentences, { maxLength }) {
  const count = sentences.length;
  const tokens = new Int32Array(count * maxLength);
  sentences.forEach((sentence, i) => tokens.set(sentence.tokens, i * maxLength));
  return {
    count, tokens, lengths: Int32Array.from(sentences, ({ tokens: { length } }) => length),
    queries: Int32Array.from(sentences, ({ query }) => query),
    answers: Int32Array.from(sentences, ({ answer }) => answer),
  };
}

describe(`the engine (${variant})`, () => {
  const engines = [];
  after(() => engines.forEach((engine) => engine.dispose()));

  const create = async (changes = {}) => {
    const config = { ...CONFIG, ...changes };
    const engine = await createEngine({ config, variant });
    engines.push(engine);
    engine.init(1);
    const fitting = SENTENCES.filter(({ tokens }) => tokens.length <= config.maxLength);
    return { engine, batch: batchOf(fitting, config) };
  };
  const all = (parameters) => parameters.map(({ data }) => [...data]);

  test('parameters begin as agreed, drawn from the seed', async () => {
    const { engine } = await create();
    for (const { name, dims, data } of engine.parameters) {
      assert.equal(data.length, dims.reduce((a, b) => a * b), name);
      const most = Math.max(...data.map(Math.abs));
      if (name.endsWith('.gain')) assert.ok(data.every((x) => x === 1), name);
      else if (name.endsWith('ias')) assert.equal(most, 0, name);
      else {
        const reach = Math.sqrt(3) * (name === 'embedding' || name === 'position' ? 0.2 : 1 / Math.sqrt(dims[0]));
        assert.ok(most <= reach * (1 + 1e-6) && most > 0.8 * reach, `${name}: ${most} of ${reach}`);
      }
    }
    const first = all(engine.parameters);
    engine.init(2);
    assert.notDeepEqual(all(engine.parameters), first);
    engine.init(1);
    assert.deepEqual(all(engine.parameters), first);
    assert.ok(all(engine.moments.flat()).flat().every((x) => x === 0));
  });

  test('the table has the same numbers of floats on both sides, and no gaps', async () => {
    for (const changes of [{}, { layers: 8, vocabulary: 1 }, { maxLength: 2, hidden: 8 }, { dim: 16, heads: 16 }]) {
      const { engine } = await create(changes);
      const table = tableOf({ ...CONFIG, ...changes });
      const offsets = engine.parameters.map(({ data }) => data.byteOffset);
      const end = engine.gradient(0).byteOffset;
      table.forEach(({ dims }, i) => {
        assert.equal((offsets[i + 1] ?? end) - offsets[i], 4 * dims.reduce((a, b) => a * b));
      });
    }
  });

  for (const objective of [0, 1]) {
    for (const causal of [0, 1]) {
      describe(`objective ${objective}, causal ${causal}`, () => {
        test('the loss goes down, and is the mean of what evaluate() says', async () => {
          const { engine, batch } = await create({ objective, causal });
          const losses = Array.from({ length: 60 }, (_, i) => {
            const { losses: each } = engine.evaluate(batch);
            const { loss, finite } = engine.train(batch, { rate: 0.01, decay: 0.01, step: i + 1 });
            assert.ok(finite);
            assert.ok(Math.abs(loss - (each[0] + each[1] + each[2]) / 3) < 1e-6 * (1 + loss));
            return loss;
          });
          assert.ok(losses[59] < losses[0] - 0.1, `${losses[0]} … ${losses[59]}`);
        });

        test('a layer observed is the attention that it says it is', async () => {
          const { engine } = await create({ objective, causal });
          const { layers, answer } = engine.observe(Int32Array.from(SENTENCES[2].tokens), 5);
          assert.equal(layers.length, 2);
          layers.forEach((layer) => checkLayer(layer, causal));
          const { weights: { data } } = layers[1];
          if (objective === 0) assert.ok(Math.abs(answer.probability - mean(data, answer.chosen)) < 1e-6);
        });

        test('the weight on the answer is that of the last layer', async () => {
          const { engine, batch } = await create({ objective, causal });
          const { weights, chosen } = engine.evaluate(batch);
          const { layers, answer } = engine.observe(Int32Array.from(SENTENCES[2].tokens), 5);
          assert.ok(Math.abs(weights[2] - mean(layers[1].weights.data, 0)) < 1e-6);
          assert.equal(chosen[2], answer.chosen);
        });
      });
    }
  }

  /** The mean over heads of the weight from the last of six tokens. */
  const mean = (weights, key) => (weights[5 * 6 + key] + weights[36 + 5 * 6 + key]) / 2;

  function checkLayer({ inputs, queries, keys, values, scores, weights, output }, causal) {
    const [H, N, D] = queries.dims;
    assert.deepEqual([inputs.dims, output.dims], [[N, H * D], [H, N, D]]);
    assert.deepEqual([scores.dims, weights.dims], [[H, N, N], [H, N, N]]);
    for (let h = 0; h < H; h++) {
      for (let m = 0; m < N; m++) {
        const row = Array.from({ length: N }, (_, n) => {
          if (causal && n > m) return -Infinity;
          let sum = 0;
          for (let d = 0; d < D; d++) sum += queries.data[(h * N + m) * D + d] * keys.data[(h * N + n) * D + d];
          return sum * CONFIG.scale;
        });
        const sum = row.reduce((total, score) => total + Math.exp(score), 0);
        const near = (actual, expected) => assert.ok(actual === expected || Math.abs(actual - expected) < 1e-5);
        row.forEach((score, n) => {
          near(scores.data[(h * N + m) * N + n], score);
          near(weights.data[(h * N + m) * N + n], Math.exp(score) / sum);
        });
        for (let d = 0; d < D; d++) {
          near(output.data[(h * N + m) * D + d], row.reduce((total, score, n) =>
            total + (Math.exp(score) / sum) * values.data[(h * N + n) * D + d], 0));
        }
      }
    }
  }

  test('a sentence has the same loss beside longer ones as alone', async () => {
    const { engine, batch } = await create();
    const { losses } = engine.evaluate(batch);
    SENTENCES.forEach((sentence, i) => {
      const alone = engine.evaluate(batchOf([sentence], CONFIG)).losses[0];
      assert.ok(Math.abs(alone - losses[i]) < 1e-6 * (1 + alone));
    });
  });

  test('what is not finite changes nothing', async () => {
    for (const poison of [NaN, Infinity, 1e30]) {
      const { engine, batch } = await create();
      engine.train(batch, { rate: 0.01, decay: 0.01, step: 1 });
      engine.parameters[2].data[3] = poison;
      const before = [...all(engine.parameters), ...all(engine.moments.flat())];
      const { finite } = engine.train(batch, { rate: 0.01, decay: 0.01, step: 2 });
      if (!finite) assert.deepEqual([...all(engine.parameters), ...all(engine.moments.flat())], before);
      else assert.equal(poison, 1e30);
    }
  });

  test('the last layer learns nothing behind its weights, but the token objective has all learn', async () => {
    const behind = ['value', 'output', 'expand', 'contract', 'feedForwardNorm.gain'].map((name) => `layer1.${name}`);
    for (const objective of [0, 1]) {
      const { engine, batch } = await create({ objective });
      engine.gradients(batch);
      engine.parameters.forEach(({ name }, i) => {
        if (behind.includes(name)) assert.equal(engine.gradient(i).some((x) => x !== 0), objective === 1, name);
      });
    }
  });

  test('more than fits is refused as out of memory', async () => {
    const config = { ...CONFIG, layers: 8, dim: 256, hidden: 1024, heads: 16, maxLength: 256, batch: 256 };
    await assert.rejects(createEngine({ config, variant }), { code: 'out-of-memory' });
  });
});

test('the binaries are small', () => {
  for (const name of ['simd', 'relaxed']) {
    const binary = readFileSync(new URL(`../../web/transformer/transformer.${name}.wasm`, import.meta.url));
    const bytes = gzipSync(binary, { level: 9 }).length;
    assert.ok(bytes <= 15_000, `${name}: ${bytes}`);
  }
});
