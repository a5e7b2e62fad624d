// Small arithmetic over cells: enough to say what a number is made of. One expression can be evaluated, written
// out for a reader (in pieces, so that a view can colour them) and asked for its sources.

/**
 * @typedef {{ op: 'cell', cell: string }
 *   | { op: 'number', value: number }
 *   | { op: 'sum' | 'product' | 'quotient' | 'difference' | 'exp', of: Expression[] }} Expression
 * @typedef {{ text: string, cell?: string, raised?: boolean }} Piece
 */

/** @param {string} cell @returns {Expression} */
export const cell = (cell) => ({ op: 'cell', cell });
/** @param {number} value @returns {Expression} */
export const number = (value) => ({ op: 'number', value });
/** @param {Expression[]} of @returns {Expression} */
export const sum = (of) => ({ op: 'sum', of });
/** @param {...Expression} of @returns {Expression} */
export const product = (...of) => ({ op: 'product', of });
/** @param {...Expression} of @returns {Expression} */
export const quotient = (...of) => ({ op: 'quotient', of });
/** @param {...Expression} of @returns {Expression} */
export const difference = (...of) => ({ op: 'difference', of });
/** @param {Expression} of @returns {Expression} */
export const exp = (of) => ({ op: 'exp', of: [of] });

/**
 * The cells that an expression is made of, each once.
 * @param {Expression} expression
 * @returns {string[]}
 */
export function sources(expression) {
  if (expression.op === 'cell') return [expression.cell];
  if (expression.op === 'number') return [];
  return [...new Set(expression.of.flatMap(sources))];
}

/**
 * @param {Expression} expression
 * @param {(cell: string) => number} valueOf
 * @returns {number}
 */
export function evaluate(expression, valueOf) {
  if (expression.op === 'cell') return valueOf(expression.cell);
  if (expression.op === 'number') return expression.value;
  const parts = expression.of.map((part) => evaluate(part, valueOf));
  switch (expression.op) {
    case 'sum': return parts.reduce((total, part) => total + part, 0);
    case 'product': return parts.reduce((total, part) => total * part, 1);
    case 'quotient': return parts.reduce((total, part) => total / part);
    case 'difference': return parts.reduce((total, part) => total - part);
    case 'exp': return Math.exp(parts[0]);
  }
}

const SIGNS = { sum: ' + ', product: ' · ', quotient: ' ÷ ', difference: ' − ' };
const BINDING = { sum: 1, difference: 1, product: 2, quotient: 2, exp: 3, cell: 3, number: 3 };

/**
 * The expression with its numbers, as pieces of text; those that stand for a cell name it.
 * @param {Expression} expression
 * @param {(cell: string) => number} valueOf
 * @param {(value: number) => string} format
 * @returns {Piece[]}
 */
export function writeOut(expression, valueOf, format) {
  if (expression.op === 'cell') {
    const value = valueOf(expression.cell);
    return [{ text: signed(value, format), cell: expression.cell }];
  }
  if (expression.op === 'number') return [{ text: format(expression.value) }];
  if (expression.op === 'exp') {
    const exponent = writeOut(expression.of[0], valueOf, format);
    return [{ text: 'e' }, ...exponent.map((piece) => ({ ...piece, raised: true }))];
  }
  const sign = SIGNS[expression.op];
  return expression.of.flatMap((part, index) => {
    const written = writeOut(part, valueOf, format);
    const wrapped = BINDING[part.op] < BINDING[expression.op] || (expression.op === 'quotient' && index > 0
      && BINDING[part.op] === 2) ? [{ text: '(' }, ...written, { text: ')' }] : written;
    return index === 0 ? wrapped : [{ text: sign }, ...wrapped];
  });
}

/**
 * A negative operand stands in parentheses: 1.30 · (−0.20).
 * @param {number} value
 * @param {(value: number) => string} format
 */
function signed(value, format) {
  const text = format(value);
  return text.startsWith('−') ? `(${text})` : text;
}
