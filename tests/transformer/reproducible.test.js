// The same calls give the same bits: no clock, no Math.random, no order that depends on anything.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { variant } from '../core/helpers.js';
import { assertSameParameters, batch, create, sentences, trained } from './helpers.js';

describe(`reproducible (${variant})`, () => {
  const start = async (options) => {
    const transformer = await create(options);
    const parameters = transformer.parameters();
    transformer.dispose();
    return parameters;
  };

  test('the same seed gives the same parameters, another seed others', async () => {
    for (const seed of [0, 1, 2 ** 32 - 1]) assertSameParameters(await start({ seed }), await start({ seed }));
    const seen = new Set();
    for (const seed of [0, 1, 2, 3, 2 ** 31, 2 ** 32 - 1]) seen.add((await start({ seed })).embedding.data.join());
    assert.equal(seen.size, 6);
  });

  test('parameters start where they are said to', async () => {
    const parameters = await start({ dim: 32, heads: 4, hidden: 64 });
    for (const [name, { data, dims }] of Object.entries(parameters)) {
      const constant = name.endsWith('gain') ? 1 : 0;
      if (dims.length === 1) {
        assert.ok(data.every((number) => number === constant), name);
        continue;
      }
      const table = name === 'embedding' || name === 'position';
      const limit = Math.sqrt(3) * (table ? 0.2 : 1 / Math.sqrt(dims[0]));
      assert.ok(data.every((number) => Math.abs(number) <= limit * (1 + 1e-6)), name);
      assert.ok(data.some((number) => number > 0.9 * limit) && data.some((number) => number < -0.9 * limit), name);
      // The mean of n uniform numbers of ±limit deviates by limit / √(3 n); six times that is one in 10^9.
      const mean = data.reduce((sum, number) => sum + number, 0) / data.length;
      assert.ok(Math.abs(mean) < 6 * limit / Math.sqrt(3 * data.length), `${name}: ${mean}`);
    }
  });

  for (const objective of ['pointer', 'token']) {
    test(`the same updates give the same bits: ${objective}`, async () => {
      const [one, two] = await Promise.all([create({ objective }), create({ objective })]);
      for (let i = 0; i < 5; i++) {
        const some = sentences.slice(i, i + 9);
        assert.equal(one.trainStep(some), two.trainStep(some));
      }
      assertSameParameters(one.parameters(), two.parameters());
      assert.deepEqual(one.save({ optimizer: true }), two.save({ optimizer: true }));
      assert.deepEqual(one.evaluate(sentences), two.evaluate(sentences));
      assert.deepEqual(one.forward(batch[0]), two.forward(batch[0]));
      for (const each of [one, two]) each.dispose();
    });
  }

  test('what is only looked at makes no difference', async () => {
    const [one, two] = await Promise.all([trained(), trained()]);
    two.evaluate(sentences);
    two.gradients(sentences.slice(2, 20));
    two.forward(sentences[5]);
    two.save();
    assert.throws(() => two.trainStep([]));
    assert.equal(one.trainStep(batch), two.trainStep(batch));
    assertSameParameters(one.parameters(), two.parameters());
    for (const each of [one, two]) each.dispose();
  });

  test('another order of updates is another model', async () => {
    const [one, two] = await Promise.all([create(), create()]);
    const [first, second] = [sentences.slice(0, 8), sentences.slice(8, 16)];
    one.trainStep(first);
    one.trainStep(second);
    two.trainStep(second);
    two.trainStep(first);
    assert.notDeepEqual(one.parameters(), two.parameters());
    for (const each of [one, two]) each.dispose();
  });
});
