// Bad arguments of createTransformer() and the methods: an AttentionError that names the argument, nothing changed,
// and the instance goes on working.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AttentionError, createTransformer } from '../../web/transformer/index.js';
import { assertThrows, variant } from '../core/helpers.js';
import { batch, create, sentences, trained, vocabulary } from './helpers.js';

const NOT_OBJECTS = [null, 3, 'options', true];
const NOT_NUMBERS = [null, '1', [], {}, true, 1n];
const NOT_POSITIVE = [0, -0, -1, -1e-30];
const NOT_FINITE = [NaN, Infinity, -Infinity, 1e39];
const numbered = (count) => Array.from({ length: count }, (_, i) => `w${i}`);

describe(`bad options of createTransformer (${variant})`, () => {
  const refused = async (code, argument, options, message) => {
    const error = await assertThrows(() => create(options), { code, argument, message });
    for (const part of ['argument', 'expected', 'actual']) assert.ok(error.message.includes(error[part]));
    assert.ok(error.expected !== '' && error.actual !== '' && error.message.length < 250, error.message);
  };

  test('no options, and unknown ones', async () => {
    for (const options of [undefined, ...NOT_OBJECTS]) {
      await assertThrows(() => createTransformer(options), { code: 'type', argument: 'options' });
    }
    await refused('type', 'layer', { layer: 2 }, /layer: expected one of the options vocabulary, layers, heads/);
    await refused('type', 'threads', { threads: 2 });
  });

  test('vocabulary', async () => {
    for (const wrong of [undefined, null, 'cat dog', {}, new Set(['cat'])]) {
      await refused('type', 'vocabulary', { vocabulary: wrong });
    }
    await refused('range', 'vocabulary', { vocabulary: [] }, /1 to 4096 words, got 0/);
    await refused('range', 'vocabulary', { vocabulary: numbered(10000) }, /1 to 4096 words, got 10000/);
    await refused('range', 'vocabulary', { vocabulary: numbered(4097) });
    for (const wrong of [7, null, undefined, ['cat'], new String('cat')]) {
      await refused('type', 'vocabulary[1]', { vocabulary: ['dog', wrong] });
    }
    await refused('type', 'vocabulary[0]', { vocabulary: new Array(3) });
    await refused('range', 'vocabulary[2]', { vocabulary: ['a', 'b', 'a'] }, /not there yet, got "a"/);
    await refused('range', 'vocabulary[1]', { vocabulary: ['a', ''] }, /1 to 64 characters, got 0: ""/);
    await refused('range', 'vocabulary[0]', { vocabulary: ['x'.repeat(65)] });
  });

  test('sizes', async () => {
    const limits = {
      layers: [0, 9, 1.5], heads: [0, 17, 1.5], dim: [0, 4, 12, 264, 8.5], hidden: [0, 4, 20, 1032],
      maxLength: [1, 257], batch: [0, 257], seed: [-1, 2 ** 32, 0.5],
    };
    for (const [name, wrongs] of Object.entries(limits)) {
      for (const wrong of [...wrongs, -8, NaN, Infinity]) await refused('range', name, { [name]: wrong });
      for (const wrong of NOT_NUMBERS) await refused('type', name, { [name]: wrong });
    }
    await refused('range', 'heads', { dim: 8, heads: 3 }, /a divisor of dim \(8\), got 3/);
    await refused('range', 'heads', { dim: 8, heads: 16 });
  });

  test('what is learned, and how', async () => {
    for (const wrong of [null, 'pointers', 0, true]) await refused('range', 'objective', { objective: wrong });
    for (const wrong of [null, 1, 'upper-left', {}]) await refused('type', 'causal', { causal: wrong });
    for (const name of ['scale', 'target', 'weightDecay', 'learningRate']) {
      for (const wrong of NOT_NUMBERS) await refused('type', name, { [name]: wrong });
      for (const wrong of NOT_FINITE) await refused('not-finite', name, { [name]: wrong });
    }
    for (const wrong of [...NOT_POSITIVE, 1.01]) await refused('range', 'target', { target: wrong });
    for (const wrong of NOT_POSITIVE) await refused('range', 'learningRate', { learningRate: wrong });
    await refused('range', 'weightDecay', { weightDecay: -0.1 });
  });

  test('variant and binary', async () => {
    for (const wrong of [null, 'fast', 1]) await refused('range', 'variant', { variant: wrong });
    await refused('type', 'wasm', { wasm: 5 });
    await assertThrows(() => create({ wasm: new Uint8Array(9) }), { code: 'wasm-invalid', argument: 'wasm' });
  });
});

describe(`bad arguments of the methods (${variant})`, () => {
  let transformer;
  let before_;

  before(async () => {
    transformer = await trained({ batch: 8 });
    before_ = { file: transformer.save({ optimizer: true }), found: transformer.evaluate(sentences) };
  });
  after(() => transformer.dispose());

  /** All is as it was, and it goes on working. */
  const check = () => {
    assert.deepEqual(transformer.save({ optimizer: true }), before_.file);
    assert.deepEqual(transformer.evaluate(sentences), before_.found);
  };
  const refused = async (code, argument, call, message) => {
    const error = await assertThrows(call, { code, argument, message });
    assert.ok(error instanceof AttentionError && error.message.length < 250, error.message);
    check();
  };
  /** For each of the calls that take sentences. */
  const sentencesRefused = async (code, argument, list, message) => {
    for (const name of ['trainStep', 'evaluate', 'gradients']) {
      await refused(code, argument, () => transformer[name](list), message);
    }
  };
  /** For them all, with a sentence among others. */
  const sentenceRefused = async (code, argument, sentence, message) => {
    await sentencesRefused(code, `sentences[3]${argument}`, [...batch.slice(0, 3), sentence, batch[4]], message);
  };
  const forwardRefused = (code, argument, sentence, message) =>
    refused(code, argument, () => transformer.forward(sentence), message);

  test('sentences that are none', async () => {
    for (const wrong of [undefined, null, 5, 'dog', {}, batch[0]]) await sentencesRefused('type', 'sentences', wrong);
    await sentencesRefused('range', 'sentences', [], /got 0/);
    for (const wrong of [undefined, null, 5, 'dog']) {
      await sentenceRefused('type', '', wrong);
      await forwardRefused('type', 'sentence', wrong);
    }
    for (const tokens of [undefined, null, 'the dog', { length: 1, 0: 'dog' }, new Int32Array(2)]) {
      await sentenceRefused('type', '.tokens', { ...batch[0], tokens });
      await forwardRefused('type', 'sentence.tokens', { tokens });
    }
  });

  test('more sentences than a batch has, except for evaluate()', async () => {
    for (const name of ['trainStep', 'gradients']) {
      await refused('range', 'sentences', () => transformer[name](sentences.slice(0, 9)),
        /1 to 8 sentences \(batch\), got 9/);
    }
    assert.equal(transformer.evaluate(sentences.slice(0, 9)).right.length, 9);
  });

  test('words', async () => {
    const tokens = [...batch[0].tokens, 'it', 'was', 'wide', 'fluffy'];
    const message = /tokens\[9\]: expected a word of the vocabulary \(11 words\), got "fluffy"/;
    await sentenceRefused('range', '.tokens[9]', { ...batch[0], tokens }, message);
    await forwardRefused('range', 'sentence.tokens[9]', { tokens }, message);
    for (const wrong of ['Dog', 'dog ', '', '__proto__', 'x'.repeat(1000)]) {
      await sentenceRefused('range', '.tokens[1]', { ...batch[0], tokens: ['dog', wrong] });
    }
    for (const wrong of [0, null, undefined, ['dog'], NaN]) {
      await sentenceRefused('type', '.tokens[1]', { ...batch[0], tokens: ['dog', wrong] });
      await forwardRefused('type', 'sentence.tokens[0]', { tokens: [wrong] });
    }
    await forwardRefused('type', 'sentence.tokens[0]', { tokens: new Array(3) });
  });

  test('lengths', async () => {
    for (const tokens of [[], new Array(17).fill('dog'), new Array(1e6).fill('dog')]) {
      const message = new RegExp(`1 to 16 words \\(maxLength\\), got ${tokens.length}`);
      await sentenceRefused('range', '.tokens', { ...batch[0], tokens }, message);
      await forwardRefused('range', 'sentence.tokens', { tokens }, message);
    }
  });

  test('query and answer', async () => {
    for (const name of ['query', 'answer']) {
      for (const wrong of [-1, 6, 2.5, NaN, Infinity]) {
        await sentenceRefused('range', `.${name}`, { ...batch[0], [name]: wrong }, /an integer from 0 to 5/);
      }
      for (const wrong of [undefined, ...NOT_NUMBERS]) {
        await sentenceRefused('type', `.${name}`, { ...batch[0], [name]: wrong });
      }
    }
    await forwardRefused('range', 'sentence.query', { ...batch[0], query: 6 });
    await forwardRefused('type', 'sentence.query', { ...batch[0], query: '3' });
  });

  test('learning rate', async () => {
    const train = (learningRate) => () => transformer.trainStep(batch, { learningRate });
    const set = (learningRate) => () => { transformer.learningRate = learningRate; };
    for (const call of [train, set]) {
      for (const wrong of NOT_NUMBERS) await refused('type', 'learningRate', call(wrong));
      for (const wrong of NOT_FINITE) await refused('not-finite', 'learningRate', call(wrong));
      for (const wrong of NOT_POSITIVE) await refused('range', 'learningRate', call(wrong));
    }
    await refused('type', 'learningRate', set(undefined));
    assert.equal(transformer.learningRate, 0.01);
  });

  test('other options', async () => {
    for (const options of NOT_OBJECTS) {
      await refused('type', 'options', () => transformer.trainStep(batch, options));
      await refused('type', 'options', () => transformer.save(options));
    }
    await refused('type', 'rate', () => transformer.trainStep(batch, { rate: 1 }));
    await refused('type', 'format', () => transformer.save({ format: 'float16' }));
    for (const precision of [null, 'float64', 16]) {
      await refused('range', 'precision', () => transformer.save({ precision }));
    }
    for (const significantBits of [0, 9, 1.5, NaN]) {
      await refused('range', 'significantBits', () => transformer.save({ significantBits }));
    }
    await refused('type', 'significantBits', () => transformer.save({ significantBits: '5' }));
    for (const optimizer of [null, 1, 'yes']) await refused('type', 'optimizer', () => transformer.save({ optimizer }));
  });
});

describe(`what can't be computed (${variant})`, () => {
  test('a loss that is not finite changes nothing', async () => {
    // Updates of that size make numbers of which the squares overflow, within one or two.
    const transformer = await create({ learningRate: 1e30 });
    let file;
    const update = () => {
      for (let i = 0; i < 50; i++) {
        file = transformer.save({ optimizer: true });
        transformer.trainStep(batch);
      }
    };
    await assertThrows(update, { code: 'not-finite', argument: 'loss', message: /expected a finite loss/ });
    const { step } = transformer;
    assert.deepEqual(transformer.save({ optimizer: true }), file);
    for (const name of ['evaluate', 'gradients', 'trainStep']) {
      await assertThrows(() => transformer[name](batch), { code: 'not-finite', argument: 'loss' });
    }
    assert.equal(transformer.step, step);
    const fresh = await create();
    transformer.load(fresh.save());
    assert.equal(transformer.trainStep(batch, { learningRate: 0.01 }), fresh.trainStep(batch));
    for (const each of [transformer, fresh]) each.dispose();
  });

  test('an instance disposed of', async () => {
    const transformer = await trained();
    const file = transformer.save();
    transformer.dispose();
    transformer.dispose();
    const calls = [
      () => transformer.trainStep(batch), () => transformer.evaluate(batch), () => transformer.gradients(batch),
      () => transformer.forward(batch[0]), () => transformer.parameters(), () => transformer.save(),
      () => transformer.load(file),
    ];
    for (const call of calls) await assertThrows(call, { code: 'disposed', argument: 'transformer' });
    assert.equal(transformer.config.vocabulary.length, vocabulary.length);
  });

  test('a model for which there is no memory', async () => {
    const greatest = { layers: 8, heads: 16, dim: 256, hidden: 1024, maxLength: 256, batch: 256 };
    await assertThrows(async () => {
      const transformer = await create({ ...greatest, vocabulary: numbered(4096) });
      transformer.dispose();
      throw new AttentionError('out-of-memory', { message: 'there is' });
    }, { code: 'out-of-memory' });
  });
});
