// The transformer's oracle itself: its gradients against central differences, and numbers that can be told without it.
// Nothing of the core runs here.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertClose } from '../core/helpers.js';
import { AdamW } from '../oracle/adamw.js';
import { gelu, geluSlope, linear, norm } from '../oracle/pieces.js';
import * as oracle from '../oracle/transformer.js';
import { CONFIGS, configOf, nameOf, randomParameters, randomSentences, slopes } from './problems.js';

const STEP = 1e-4;
// A difference is off by a sixth of the third derivative · STEP², and 1e-16 / STEP of rounding.
const DIFFERENCE = 1e-6;

const assertNear = (actual, expected) => assert.ok(Math.abs(actual - expected) < 1e-9, `${actual}, not ${expected}`);

/** All zeros, but gains 1. */
function plainParameters(config) {
  return Object.fromEntries(oracle.parameterTable(config).map(([name, dims]) => {
    const length = dims.reduce((a, b) => a * b);
    return [name, { data: new Float64Array(length).fill(name.endsWith('gain') ? 1 : 0), dims }];
  }));
}

describe('the oracle of the transformer', () => {
  for (const [seed, some] of CONFIGS.entries()) {
    test(`gradients: central differences of the loss, ${nameOf(some)}`, () => {
      const config = configOf(some);
      const parameters = randomParameters(config, seed);
      const sentences = randomSentences(config, 3, seed);
      const gradients = oracle.gradients(parameters, config, sentences);
      const expected = slopes(parameters, config, sentences, STEP);
      assert.deepEqual(Object.keys(gradients), oracle.parameterTable(config).map(([name]) => name));
      for (const name of Object.keys(expected)) {
        assertClose(gradients[name], expected[name], { rtol: 0, atol: DIFFERENCE }, name);
      }
    });
  }

  test('pieces: numbers by hand', () => {
    const weight = { data: [1, 2, 3, 4, 5, 6], dims: [2, 3] };
    assert.deepEqual([...linear(Float64Array.of(1, 2), weight, { data: [0, 0, 1] })], [9, 12, 16]);
    const [gain, bias] = [{ data: [1, 2] }, { data: [0, 5] }];
    const [low, high] = norm(Float64Array.of(1, 3), gain, bias);
    assertNear(low, -1 / Math.sqrt(1 + 1e-5));
    assertNear(high, 5 + 2 / Math.sqrt(1 + 1e-5));
    assert.equal(gelu(0), 0);
    assert.equal(geluSlope(0), 0.5);
    assertNear(gelu(20), 20);
    // Published for the tanh form: gelu(1) = 0.841192, gelu(-1) = -0.158808.
    assert.ok(Math.abs(gelu(1) - 0.841192) < 1e-6 && Math.abs(gelu(-1) + 0.158808) < 1e-6);
  });

  test('losses: with nothing learned, every key is as likely as any, and every word', () => {
    const sentence = { tokens: [0, 1, 2, 3], query: 1, answer: 0 };
    const loss = (options) => {
      const config = configOf(options);
      return oracle.loss(plainParameters(config), config, [sentence]);
    };
    assertNear(loss({}), Math.log(4));
    assertNear(loss({ causal: true }), Math.log(2));
    assertNear(loss({ objective: 'token', words: 9 }), Math.log(9));
  });

  test('losses: of what falls on hidden keys nothing is asked', () => {
    const config = configOf({ causal: true });
    const tokens = [0, 1, 2, 3];
    const loss = (query, answer) => oracle.loss(plainParameters(config), config, [{ tokens, query, answer }]);
    // The first token sees itself alone. The second sees two keys, and is asked for 0.2 on each that isn't the answer.
    assert.equal(loss(0, 0), 0);
    assert.equal(loss(0, 3), 0);
    assertNear(loss(1, 3), 0.4 * Math.log(2));
  });

  test('causal: later tokens change nothing', () => {
    const config = configOf({ causal: true });
    const parameters = randomParameters(config, 1);
    const [one, two] = [[1, 2, 3, 4], [1, 2, 5, 6]].map((tokens) => oracle.forward(parameters, config, tokens).x);
    assert.deepEqual(one.slice(0, 2 * config.dim), two.slice(0, 2 * config.dim));
    assert.notDeepEqual(one, two);
  });

  test('heads: each uses columns of its own', () => {
    const config = configOf({ heads: 2, layers: 1 });
    const parameters = randomParameters(config, 2);
    const outputs = () => oracle.forward(parameters, config, [1, 2, 3]).layers[0].output.data;
    const before = outputs();
    // Column 7 of the values is the second head's.
    for (let c = 0; c < config.dim; c++) parameters['layer0.value'].data[c * config.dim + 7] += 1;
    const changed = outputs().map((x, i) => (x === before[i] ? 0 : 1));
    // [1, 2 heads, 3 tokens, 4]: the last dimension of the second head
    assert.deepEqual([...changed], [...Array(12).fill(0), ...Array(3).fill([0, 0, 0, 1]).flat()]);
  });

  test('evaluate: chosen, right and weight', () => {
    const config = configOf({ heads: 1, layers: 1 });
    const parameters = randomParameters(config, 3);
    const sentence = { tokens: [1, 2, 3, 4], query: 3, answer: 2 };
    const { weights } = oracle.forward(parameters, config, sentence.tokens).layers[0];
    const row = [...weights.data.subarray(12)];
    const result = oracle.evaluate(parameters, config, sentence);
    assert.equal(result.chosen, row.indexOf(Math.max(...row)));
    assert.equal(result.right, result.chosen === 2);
    assertNear(result.weight, row[2]);
    assertNear(result.loss, oracle.loss(parameters, config, [sentence]));
  });

  test('AdamW: the first steps by hand', () => {
    const optimizer = new AdamW();
    const parameters = {
      'layer0.query': { data: Float64Array.of(1), dims: [1] },
      'layer0.attentionNorm.gain': { data: Float64Array.of(1), dims: [1] },
    };
    const gradients = (g) => Object.fromEntries(Object.keys(parameters).map((name) => [name, { data: [g] }]));
    // A first step goes by the sign of the gradient, whatever its size: by 1/20 of the rate, the rest is decay.
    optimizer.update(parameters, gradients(3), { learningRate: 0.02, weightDecay: 0.5 });
    assertNear(parameters['layer0.attentionNorm.gain'].data[0], 1 - 0.001);
    assertNear(parameters['layer0.query'].data[0], 1 - 0.001 * 1.5);
    // The second: means 0.9 · 0.3 − 0.1 over 1 − 0.81 and 0.99 · 0.09 + 0.01 over 1 − 0.9801, at 2/20 of the rate.
    optimizer.update(parameters, gradients(-1), { learningRate: 0.02, weightDecay: 0.5 });
    const change = 0.002 * ((0.27 - 0.1) / 0.19) / Math.sqrt((0.99 * 0.09 + 0.01) / 0.0199);
    assertNear(parameters['layer0.attentionNorm.gain'].data[0], 0.999 - change);
  });

  test('AdamW: decays matrices of the layers, nothing else', () => {
    const config = configOf({ layers: 2 });
    const parameters = randomParameters(config, 4);
    const before = structuredClone(parameters);
    const zeros = Object.entries(parameters).map(([name, { data }]) => [name, { data: data.map(() => 0) }]);
    new AdamW().update(parameters, Object.fromEntries(zeros), {});
    const smaller = Object.keys(parameters).filter((name) => parameters[name].data[0] !== before[name].data[0]);
    const decayed = ['query', 'key', 'value', 'output', 'expand', 'contract'];
    assert.deepEqual(smaller, [0, 1].flatMap((l) => decayed.map((name) => `layer${l}.${name}`)));
  });
});
