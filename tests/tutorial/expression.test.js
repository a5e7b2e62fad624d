import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cell, difference, evaluate, exp, number, product, quotient, sources, sum, writeOut } from '../../web/tutorial/expression.js';
import { format } from '../../web/tutorial/format.js';

const values = { a: 1.3, b: 2, c: -0.5 };
const valueOf = (/** @type {string} */ name) => /** @type {any} */ (values)[name];
const text = (/** @type {any} */ expression) => writeOut(expression, valueOf, format).map((piece) => piece.text).join('');

test('a dot product is written with its numbers', () => {
  const dot = sum([product(cell('a'), cell('b')), product(cell('c'), cell('b'))]);
  assert.equal(text(dot), '1.30 · 2.00 + (−0.50) · 2.00');
  assert.equal(evaluate(dot, valueOf), 1.3 * 2 - 0.5 * 2);
  assert.deepEqual(sources(dot), ['a', 'b', 'c']);
});

test('parentheses stand where they are needed', () => {
  assert.equal(text(quotient(cell('a'), sum([cell('b'), cell('b')]))), '1.30 ÷ (2.00 + 2.00)');
  assert.equal(text(product(quotient(cell('a'), number(2)), number(4))), '1.30 ÷ 2.00 · 4.00');
  assert.equal(text(quotient(cell('a'), product(cell('b'), cell('b')))), '1.30 ÷ (2.00 · 2.00)');
  assert.equal(text(product(sum([cell('a'), number(1)]), cell('b'))), '(1.30 + 1.00) · 2.00');
});

test('an exponent is raised, and a difference stays inside of it', () => {
  const share = exp(difference(cell('a'), cell('b')));
  assert.deepEqual(writeOut(share, valueOf, format).map(({ text, raised = false }) => [text, raised]),
    [['e', false], ['1.30', true], [' − ', true], ['2.00', true]]);
  assert.equal(evaluate(share, valueOf), Math.exp(1.3 - 2));
});
