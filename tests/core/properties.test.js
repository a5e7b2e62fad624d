// scaledDotProductAttention() against the oracle: every option alone, every pair, any subset, at thousands of
// random sizes around the tiles.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { scaledDotProductAttention as oracle } from '../oracle.js';
import { OPTIONS, pairs, placed, problemOf, shapes } from './cases.js';
import { assertClose, load, variant } from './helpers.js';

// PyTorch's tolerance for float32. It fits because of what the cases hold: scores below about 8, and below 55
// with what ALiBi takes off and the mask adds. A float32 of that size is rounded by at most 1.9e-6, so three
// such roundings change a weight by less than 6e-6 of itself; values are below 1, and so is their mean. Plain
// float32 loops come to a fifth of the tolerance at the worst of 20,000 cases, so random seeds fail nobody.
const TOLERANCE = { rtol: 1.3e-6, atol: 1e-5 };

const NAMES = Object.keys(OPTIONS);
const PAIRS = pairs(NAMES);
const EACH = { alone: 60, pair: 24, together: 3000 };

describe(`properties (${variant})`, () => {
  let attention;
  let cases = 0;
  before(async () => { attention = await load(); });
  after(() => attention.dispose());

  /** One case: a shape, and the names of the options to give. */
  const check = (shape, names) => {
    const { tensors, options } = problemOf(shape, names);
    const given = names.includes('inside') ? placed(attention, tensors) : tensors;
    const actual = attention.scaledDotProductAttention(...given, options);
    given.forEach((each) => each.dispose?.());
    const expected = oracle(...tensors, options);
    assert.deepEqual(Object.keys(actual), Object.keys(expected));
    for (const name of Object.keys(expected)) assertClose(actual[name], expected[name], TOLERANCE, name);
    if (options.out) assert.equal(actual.output, options.out);
    cases++;
  };
  const checkAll = (names, numRuns) => fc.assert(fc.property(shapes, (shape) => check(shape, names)), { numRuns });

  test('each option alone', () => {
    checkAll([], EACH.alone);
    for (const name of NAMES) checkAll([name], EACH.alone);
  });

  test('each pair of options', () => {
    for (const pair of PAIRS) checkAll(pair, EACH.pair);
  });

  test('any options together', () => {
    fc.assert(fc.property(shapes, fc.subarray(NAMES), check), { numRuns: EACH.together });
  });

  test('these were at least 5,000 cases', () => {
    assert.ok(PAIRS.length >= 140, `${PAIRS.length} pairs`);
    assert.ok(cases >= 5000, `${cases} cases`);
  });
});
