import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { format, percent } from '../../web/tutorial/format.js';

test('two decimals and a true minus sign', () => {
  assert.equal(format(2.8), '2.80');
  assert.equal(format(-0.25), '\u22120.25');
  assert.equal(format(0), '0.00');
});

test('what rounds to zero has no sign', () => {
  assert.equal(format(-0), '0.00');
  assert.equal(format(-0.004), '0.00');
});

test('large numbers stay narrow', () => {
  assert.equal(format(123.456), '123.5');
  assert.equal(format(99.999), '100.0');
  assert.equal(format(999.96), '1000');
  assert.equal(format(12345.6), '12346');
  assert.equal(format(99999.6), '1.0×10⁵');
  assert.equal(format(-3.2e38), '\u22123.2×10³⁸');
});

test('no number is without a text', () => {
  assert.equal(format(Infinity), '∞');
  assert.equal(format(-Infinity), '\u2212∞');
  assert.equal(format(NaN), 'not a number');
});

test('the text never grows beyond nine characters, and is the number to half a unit of its last place', () => {
  fc.assert(fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
    const text = format(value);
    assert.ok(text.length <= 9, text);
    if (Math.abs(value) >= 99999.5) return;
    const size = Math.abs(value);
    const unit = size >= 999.5 ? 1 : size >= 99.995 ? 0.1 : 0.01;
    assert.ok(Math.abs(Number(text.replace('\u2212', '-')) - value) <= unit * 0.5001, `${value} as ${text}`);
  }));
});

test('shares in whole percent', () => {
  assert.equal(percent(0.3302), '33\u202f%');
  assert.equal(percent(1), '100\u202f%');
});
