// The public API: what each call gives, on models that learn a task of eleven words.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { AttentionError, createTransformer } from '../../web/transformer/index.js';
import { AttentionError as FromCore } from '../../web/core/index.js';
import { assertSame, variant } from '../core/helpers.js';
import { assertSameParameters, batch, create, sentences, trained, vocabulary } from './helpers.js';

const DEFAULTS = {
  layers: 2, heads: 2, dim: 8, hidden: 16, maxLength: 16, objective: 'pointer', causal: false, scale: 0.5, target: 0.8,
  seed: 1, weightDecay: 0.01, batch: 32,
};

const close = (actual, expected, tolerance) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual}, expected ${expected} ± ${tolerance}`);

describe(`a transformer (${variant})`, () => {
  test('has defaults, and says what it is', async () => {
    const transformer = await create();
    assert.deepEqual(transformer.config, { vocabulary, ...DEFAULTS });
    assert.ok(Object.isFrozen(transformer.config) && Object.isFrozen(transformer.config.vocabulary));
    assert.notEqual(transformer.config.vocabulary, vocabulary);
    assert.deepEqual([transformer.step, transformer.learningRate], [0, 0.01]);
    if (variant !== 'auto') assert.equal(transformer.variant, variant);
    assert.equal(AttentionError, FromCore);
    transformer.dispose();
  });

  test('takes every option, and undefined as the default', async () => {
    const options = {
      layers: 3, heads: 4, dim: 16, hidden: 24, maxLength: 7, objective: 'token', causal: true, scale: 0.25, target: 1,
      seed: 2 ** 32 - 1, weightDecay: 0, batch: 256,
    };
    const transformer = await create({ ...options, learningRate: 1e-3 });
    assert.deepEqual(transformer.config, { vocabulary, ...options });
    assert.equal(transformer.learningRate, 1e-3);
    transformer.dispose();
    const undefineds = Object.fromEntries(Object.keys({ ...DEFAULTS, learningRate: 0, snapshot: 0, wasm: 0 })
      .map((name) => [name, undefined]));
    const plain = await createTransformer({ vocabulary, ...undefineds });
    assert.deepEqual(plain.config, { vocabulary, ...DEFAULTS });
    plain.dispose();
  });

  test('has the parameters of the table, as copies', async () => {
    const transformer = await create({ layers: 1, heads: 1, hidden: 24, maxLength: 7 });
    const parameters = transformer.parameters();
    const layer = {
      'attentionNorm.gain': [8], 'attentionNorm.bias': [8], query: [8, 8], key: [8, 8], value: [8, 8], output: [8, 8],
      'feedForwardNorm.gain': [8], 'feedForwardNorm.bias': [8], expand: [8, 24], expandBias: [24],
      contract: [24, 8], contractBias: [8],
    };
    const expected = Object.entries(layer).map(([name, dims]) => [`layer0.${name}`, dims]);
    assert.deepEqual(Object.entries(parameters).map(([name, { dims }]) => [name, dims]), [
      ['embedding', [11, 8]], ['position', [7, 8]], ...expected, ['finalNorm.gain', [8]], ['finalNorm.bias', [8]],
    ]);
    for (const { data, dims } of Object.values(parameters)) assert.equal(data.length, dims.reduce((a, b) => a * b));
    parameters.embedding.data.fill(7);
    parameters.embedding.dims[0] = 99;
    assert.notDeepEqual(transformer.parameters().embedding, parameters.embedding);
    transformer.dispose();
  });

  for (const objective of ['pointer', 'token']) {
    test(`learns: ${objective}`, async () => {
      const transformer = await create({ objective });
      const before = transformer.evaluate(sentences);
      let loss;
      for (let i = 0; i < 300; i++) loss = transformer.trainStep(sentences.slice(0, 32));
      const after = transformer.evaluate(sentences);
      assert.equal(transformer.step, 300);
      assert.ok(loss < before.loss && after.loss < before.loss, `${before.loss} → ${after.loss}`);
      assert.ok(after.accuracy >= 0.9, `${after.accuracy}`);
      transformer.dispose();
    });
  }

  test('trainStep() returns the loss before the update, for one sentence or many', async () => {
    const transformer = await create({ batch: 8 });
    for (const some of [batch, batch.slice(0, 1), batch.slice(3)]) {
      const { loss } = transformer.evaluate(some);
      const { loss: other } = transformer.gradients(some);
      const returned = transformer.trainStep(some);
      // Sums in float32 in C, in double here.
      close(returned, loss, 1e-5);
      close(other, loss, 1e-5);
    }
    assert.equal(transformer.step, 3);
    transformer.dispose();
  });

  test('the first update is a twentieth of the learning rate for each parameter, against its gradient', async () => {
    const transformer = await create({ learningRate: 0.02, weightDecay: 0 });
    const { gradients } = transformer.gradients(batch);
    const before = transformer.parameters();
    transformer.trainStep(batch);
    const after = transformer.parameters();
    for (const name in gradients) {
      const { data } = gradients[name];
      assert.deepEqual(gradients[name].dims, before[name].dims);
      for (let i = 0; i < data.length; i++) {
        // Adam's first step is g / (|g| + ε); float32 parameters of up to 1 round by 6e-8.
        const step = 0.001 * data[i] / (Math.abs(data[i]) + 1e-8);
        close(after[name].data[i] - before[name].data[i], -step, 2e-6);
      }
    }
    transformer.dispose();
  });

  test('the learning rate can be set, and given for one update', async () => {
    const [one, two, three] = await Promise.all([create(), create({ learningRate: 0.005 }), create()]);
    one.learningRate = 0.005;
    assert.equal(one.learningRate, 0.005);
    one.trainStep(batch);
    two.trainStep(batch, {});
    three.trainStep(batch, { learningRate: 0.005 });
    assert.equal(three.learningRate, 0.01);
    assertSameParameters(one.parameters(), two.parameters());
    assertSameParameters(three.parameters(), two.parameters());
    for (const each of [one, two, three]) each.dispose();
  });

  test('evaluate() and gradients() change nothing', async () => {
    const transformer = await trained();
    const before = transformer.save({ optimizer: true });
    transformer.evaluate(sentences);
    transformer.gradients(batch);
    transformer.forward(batch[0]);
    assert.deepEqual(transformer.save({ optimizer: true }), before);
    transformer.dispose();
  });

  test('evaluate() gives one of each a sentence, in any number of sentences', async () => {
    for (const objective of ['pointer', 'token']) {
      const transformer = await trained({ objective, batch: 8 });
      const many = Array.from({ length: 3 * sentences.length }, (_, i) => sentences[i % sentences.length]);
      const all = transformer.evaluate(many);
      for (const key of ['right', 'weights', 'chosen']) assert.equal(all[key].length, many.length);
      let loss = 0;
      many.forEach((sentence, i) => {
        const { tokens, answer } = sentence;
        const alone = transformer.evaluate([sentence]);
        loss += alone.loss / many.length;
        assert.equal(alone.chosen[0], all.chosen[i]);
        assert.equal(alone.right[0], all.right[i]);
        close(alone.weights[0], all.weights[i], 1e-6);
        assert.equal(all.right[i], all.chosen[i] === (objective === 'token' ? tokens[answer] : answer));
      });
      close(all.loss, loss, 1e-6);
      close(all.accuracy, all.right.filter(Boolean).length / many.length, 0);
      close(all.weight, all.weights.reduce((sum, weight) => sum + weight, 0) / many.length, 1e-6);
      transformer.dispose();
    }
  });

  test('forward() gives every layer, and the answer of evaluate()', async () => {
    for (const [objective, causal] of [['pointer', false], ['token', true]]) {
      const transformer = await trained({ objective, causal });
      const [sentence] = batch;
      const { layers, answer } = transformer.forward(sentence);
      const { chosen: [chosen] } = transformer.evaluate([sentence]);
      assert.equal(objective === 'token' ? answer.word : answer.index, chosen);
      assert.equal(answer.word, objective === 'token' ? chosen : sentence.tokens[chosen]);
      const part = objective === 'token' ? answer.probability : answer.weight;
      assert.ok(part > 0 && part < 1, `${part}`);
      assert.equal(layers.length, 2);
      for (const layer of layers) checkLayer(layer, { N: 6, C: 8, H: 2, D: 4, causal, scale: 0.5 });
      if (objective === 'pointer') {
        const { data } = layers[1].weights;
        const row = Array.from({ length: 6 }, (_, n) => (data[3 * 6 + n] + data[36 + 3 * 6 + n]) / 2);
        close(Math.max(...row), answer.weight, 1e-6);
        assert.equal(row.indexOf(Math.max(...row)), answer.index);
      }
      const unasked = transformer.forward({ tokens: sentence.tokens });
      assert.equal(unasked.answer, undefined);
      assertSame(unasked.layers[1].output, layers[1].output, 'output');
      transformer.dispose();
    }
  });

  test('its tensors are copies', async () => {
    const transformer = await create();
    const forward = () => transformer.forward(batch[0]).layers[0];
    const layer = forward();
    for (const name in layer) layer[name].data.fill(3);
    assert.notDeepEqual(forward().inputs, layer.inputs);
    const { gradients } = transformer.gradients(batch);
    const kept = gradients['layer0.query'].data.slice();
    transformer.gradients(batch.slice(4));
    assert.deepEqual(gradients['layer0.query'].data, kept);
    transformer.dispose();
  });

  test('a sentence may have maxLength tokens, or one', async () => {
    const transformer = await create({ maxLength: 6 });
    const one = { tokens: ['dog'], query: 0, answer: 0 };
    assert.equal(transformer.evaluate([one]).weights[0], 1);
    assert.equal(transformer.forward(one).layers[0].weights.data[0], 1);
    assert.ok(Number.isFinite(transformer.trainStep([one, batch[0]])));
    transformer.dispose();
  });

  test('words may be any text', async () => {
    const words = ['__proto__', 'constructor', '木', '😀', '\ud800', ' ', '"', 'x'.repeat(64)];
    const sentence = { tokens: words, query: 1, answer: 0 };
    const transformer = await create({ vocabulary: words });
    transformer.trainStep([sentence]);
    const copy = await createTransformer({ snapshot: transformer.save(), variant });
    assert.deepEqual(copy.config.vocabulary, words);
    assert.deepEqual(copy.evaluate([sentence]), transformer.evaluate([sentence]));
    for (const each of [copy, transformer]) each.dispose();
  });

  test('npm users find it', async () => {
    const found = await import('attention-wasm/transformer');
    assert.deepEqual(Object.keys(found).sort(), ['ABOUT_CORPUS', 'AttentionError', 'createCorpus', 'createRandom', 'createTransformer']);
    assert.equal(found.createTransformer, createTransformer);
  });

  test('the binary can be given', async () => {
    const url = new URL(import.meta.resolve(`attention-wasm/transformer.${(await create()).variant}.wasm`));
    const bytes = await readFile(url);
    for (const wasm of [url, bytes, Promise.resolve(bytes), await WebAssembly.compile(bytes)]) {
      const transformer = await createTransformer({ vocabulary, wasm });
      assert.ok(Number.isFinite(transformer.trainStep(batch)));
      transformer.dispose();
    }
  });

  test('two of them know nothing of each other', async () => {
    const [one, two] = await Promise.all([create(), create({ dim: 16, heads: 1 })]);
    const before = two.parameters();
    one.trainStep(batch);
    one.dispose();
    assertSameParameters(two.parameters(), before);
    two.dispose();
  });
});

/** Dims, weights that are the softmax of the scores, scores of queries and keys, an output of weights and values. */
function checkLayer(layer, { N, C, H, D, causal, scale }) {
  const { inputs, queries, keys, values, scores, weights, output } = layer;
  assert.deepEqual(inputs.dims, [N, C]);
  for (const tensor of [queries, keys, values, output]) assert.deepEqual([...tensor.dims], [H, N, D]);
  for (const tensor of [scores, weights]) assert.deepEqual([...tensor.dims], [H, N, N]);
  const dot = (a, i, b, j) => Array.from({ length: D }, (_, d) => a.data[i * D + d] * b.data[j * D + d])
    .reduce((sum, product) => sum + product);
  for (let row = 0; row < H * N; row++) {
    const first = row - (row % N);
    const exps = Array.from({ length: N }, (_, n) => Math.exp(scores.data[row * N + n]));
    const total = exps.reduce((sum, exp) => sum + exp);
    for (let n = 0; n < N; n++) {
      const hidden = causal && n > row % N;
      const score = hidden ? -Infinity : scale * dot(queries, row, keys, first + n);
      if (hidden) assert.equal(scores.data[row * N + n], score);
      else close(scores.data[row * N + n], score, 1e-5);
      close(weights.data[row * N + n], exps[n] / total, 1e-6);
    }
    for (let d = 0; d < D; d++) {
      const mix = exps.reduce((sum, exp, n) => sum + exp / total * values.data[(first + n) * D + d], 0);
      close(output.data[row * D + d], mix, 1e-5);
    }
  }
}
