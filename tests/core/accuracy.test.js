// A tolerance leaves room for carelessness; these don't: the error of the core is at most twice that of plain
// float32 loops, for each option and all of them, forward and backward. Root mean squares, so that one lucky
// rounding decides nothing.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  scaledDotProductAttention as oracle, scaledDotProductAttentionBackward as oracleBackward,
} from '../oracle.js';
import { plainAttention, plainBackward } from '../oracle/plain.js';
import { OPTIONS, problemOf } from './cases.js';
import { generator, load, randomTensor, variant } from './helpers.js';

const ALONE = ['scale', 'causal', 'lowerRight', 'queryOffset', 'window', 'booleanMask', 'additiveMask',
  'alibiSlopes', 'softcap', 'sinks', 'keyLengths', 'float16'];
const TOGETHER = ['scale', 'lowerRight', 'window', 'additiveMask', 'alibiSlopes', 'softcap', 'sinks',
  'keyLengths', 'float16'];
const SETS = [[], ...ALONE.map((name) => [name]), TOGETHER, ['causal', 'booleanMask', ...TOGETHER.slice(4)]];
const STAGES = ['scores', 'capped', 'masked', 'softmax'];
const SHAPES = [
  { B: 1, H: 2, G: 1, M: 30, N: 300, D: 64, E: 64 },
  { B: 1, H: 1, G: 1, M: 65, N: 64, D: 127, E: 33 },
  { B: 2, H: 2, G: 2, M: 9, N: 700, D: 16, E: 16 },
];

function rms(actual, expected) {
  let [sum, count] = [0, 0];
  actual.data.forEach((x, i) => {
    if (!Number.isFinite(expected.data[i])) return;
    sum += (x - expected.data[i]) ** 2;
    count++;
  });
  return Math.sqrt(sum / Math.max(1, count));
}

function assertNoWorse(actual, plain, exact, what) {
  for (const name of Object.keys(exact)) {
    const [error, allowed] = [rms(actual[name], exact[name]), 2 * rms(plain[name], exact[name])];
    assert.ok(error <= allowed, `${what}, ${name}: ${error}, twice that of plain loops is ${allowed}`);
  }
}

describe(`accuracy (${variant})`, () => {
  let attention;
  before(async () => { attention = await load(); });
  after(() => attention.dispose());

  // Long rows, so that what a mask or a window leaves is many keys still.
  const problems = SETS.flatMap((names) => SHAPES.map((shape, i) => {
    const problem = problemOf({ ...shape, seed: 7 + i }, names.filter((name) => name in OPTIONS));
    const { keyLengths } = problem.options;
    keyLengths?.forEach((_, b) => { keyLengths[b] = shape.N - 9 * b; });
    return { ...problem, shape, what: `${names.join(' + ') || 'no option'} at ${JSON.stringify(shape)}` };
  }));

  test('output and logSumExp', () => {
    for (const { tensors, options, what } of problems) {
      const [actual, plain, exact] = [attention.scaledDotProductAttention.bind(attention), plainAttention, oracle]
        .map((each) => each(...tensors, options));
      assertNoWorse(actual, plain, exact, what);
    }
  });

  test('the matrix of each stage', () => {
    for (const { tensors, options, what } of problems.filter(({ shape }) => shape.N === 64)) {
      for (const weights of STAGES) {
        const [actual, plain, exact] = [attention.scaledDotProductAttention.bind(attention), plainAttention, oracle]
          .map((each) => each(...tensors, { ...options, weights }).weights);
        assertNoWorse({ [weights]: actual }, { [weights]: plain }, { [weights]: exact }, what);
      }
    }
  });

  test('gradients', () => {
    for (const { tensors, options, shape: { B, H, M, E }, what } of problems.filter(({ shape }) => shape.N < 700)) {
      const gradOutput = randomTensor([B, H, M, E], generator(M));
      const saved = attention.scaledDotProductAttention(...tensors, options);
      assertNoWorse(
        attention.scaledDotProductAttentionBackward(gradOutput, ...tensors, { ...saved, ...options }),
        plainBackward(gradOutput, ...tensors, options), oracleBackward(gradOutput, ...tensors, options), what);
    }
  });
});
