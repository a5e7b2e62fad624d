// Numbers as the reader sees them, in the language that is spoken. The tests hold every displayed number to the first two
// functions.

import { language } from './words.js';

export const COMMA = ['de', 'es', 'fr', 'pt']; // these write 0,5
const CLOSE = ['ar', 'ja', 'pt', 'zh']; // these leave no space before %

const LEFT_TO_RIGHT = '\u200e'; // said before a number in Arabic, whose order of signs would else turn

const MINUS = '\u2212';
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/**
 * Two decimals with a true minus sign; fewer decimals from 100 on, one digit and a power of ten from 100 000
 * on, so that a number is never wider than its cell: six characters and the sign.
 * @param {number} value
 * @returns {string}
 */
export function format(value) {
  if (Number.isNaN(value)) return 'not a number';
  const size = Math.abs(value);
  const digits = size === Infinity ? '∞' : size >= 99999.5 ? scientific(size) : size.toFixed(decimals(size));
  return (value < 0 && /[1-9∞]/.test(digits) ? MINUS + digits : digits)
    .replace('.', COMMA.includes(language().name) ? ',' : '.').replace(/^/, mark());
}

function mark() {
  return language().name === 'ar' ? LEFT_TO_RIGHT : '';
}

/**
 * The number that a reader has written, in whatever language.
 * @param {string} text with a comma or a point, an ordinary or a true minus sign
 */
export function parse(text) {
  return Number(text.replace(LEFT_TO_RIGHT, '').replace(',', '.').replace(MINUS, '-'));
}

/**
 * A share of 1 as a whole percentage, with the thin space that typographers put before the sign. Only nothing
 * at all is 0 %, and only the whole is 100 %.
 * @param {number} share
 */
export function percent(share) {
  const whole = Math.round(share * 100);
  const few = share > 0 && whole === 0;
  const most = share < 1 && whole === 100;
  const space = CLOSE.includes(language().name) ? '' : '\u202f';
  return `${mark()}${few ? `<${space}1` : most ? `>${space}99` : whole}${space}%`;
}

/** @param {number} size */
function decimals(size) {
  if (size >= 999.5) return 0;
  return size >= 99.995 ? 1 : 2;
}

/** @param {number} size */
function scientific(size) {
  const [mantissa, exponent] = size.toExponential(0).split('e+');
  return `${mantissa}×10${[...exponent].map((digit) => SUPERSCRIPTS[+digit]).join('')}`;
}
