import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { format, parse, percent } from '../../web/tutorial/format.js';
import { speak } from '../../web/tutorial/words.js';

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
  assert.equal(format(99999.4), '99999');
  assert.equal(format(99999.6), '1×10⁵');
  assert.equal(format(1.6e10), '2×10¹⁰');
  assert.equal(format(-3.2e38), '\u22123×10³⁸');
});

test('no number is without a text', () => {
  assert.equal(format(Infinity), '∞');
  assert.equal(format(-Infinity), '\u2212∞');
  assert.equal(format(NaN), 'not a number');
});

test('at most six characters and a sign, and the number to half a unit of its last place', () => {
  fc.assert(fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
    const text = format(value);
    assert.ok(text.replace('\u2212', '').length <= 6, text);
    assert.ok(Math.abs(read(text) - value) <= unitOf(value) * 0.5001, `${value} as ${text}`);
  }));
});

/**
 * The number that a text says.
 * @param {string} text
 */
function read(text) {
  const digits = text.replace('\u2212', '-').replace('×10', 'e');
  return Number(digits.replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹]/g, (digit) => String('⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(digit))));
}

/**
 * What the last digit of a number's text counts.
 * @param {number} value
 */
function unitOf(value) {
  const size = Math.abs(value);
  if (size >= 99999.5) return 10 ** Math.floor(Math.log10(size));
  return size >= 999.5 ? 1 : size >= 99.995 ? 0.1 : 0.01;
}

test('shares in whole percent', () => {
  assert.equal(percent(0.3302), '33\u202f%');
  assert.equal(percent(0.005), '1\u202f%');
  assert.equal(percent(0.994), '99\u202f%');
});

test('a little is not nothing, and nearly all is not all', () => {
  assert.equal(percent(0), '0\u202f%');
  assert.equal(percent(1e-12), '<\u202f1\u202f%');
  assert.equal(percent(0.00499), '<\u202f1\u202f%');
  assert.equal(percent(0.99501), '>\u202f99\u202f%');
  assert.equal(percent(1 - 2 ** -24), '>\u202f99\u202f%');
  assert.equal(percent(1), '100\u202f%');
});

/** @param {string} name @param {() => unknown} work */
const inLanguage = (name, work) => speak({ name, texts: {}, lessons: {} }, work);

test('decimal signs and percentages are those of the language', () => {
  const said = (/** @type {string} */ name) => inLanguage(name, () => [format(-2.8), percent(0.52), percent(0.001)].join(' '));
  for (const name of ['de', 'es', 'fr']) assert.equal(said(name), '\u22122,80 52\u202f% <\u202f1\u202f%', name);
  assert.equal(said('pt'), '\u22122,80 52% <1%');
  for (const name of ['ja', 'zh']) assert.equal(said(name), '\u22122.80 52% <1%', name);
  assert.equal(said('ar').replaceAll('\u200e', ''), '\u22122.80 52% <1%');
});

test('in Arabic a number keeps its order of signs, whatever stands before it', () => {
  assert.deepEqual(inLanguage('ar', () => [format(-1), percent(1)]), ['\u200e\u22121.00', '\u200e100%']);
});

test('what was written is read again, in every language', () => {
  for (const name of ['en', 'de', 'ar', 'ja', 'fr']) {
    for (const value of [0, 2.8, -0.25, 123.4]) assert.equal(inLanguage(name, () => parse(format(value))), value, `${name}: ${value}`);
  }
  assert.equal(parse('-1,5'), -1.5);
  assert.equal(parse('−1.5'), -1.5);
  assert.ok(Number.isNaN(parse('1,2,3')));
});
