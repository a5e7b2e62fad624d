// The sentence with its arcs, laid out as <attention-sentence> does it on the page.

import { arcs, path } from '../figures/arcs.js';
import { percent } from '../format.js';
import { COLOURS, FAMILIES, FONTS, element, line, measure, rect, text } from './svg-shapes.js';

const ARC_ROOM = 88; // above the first line, as in the tutorial
const LINE_ROOM = 44; // between lines
const THICKNESS = 26; // of a weight of 1
const LETTERS = 20; // from the baseline up to where an arc lands
const SHARE = 22; // from the baseline down to that of the share
const FOOT = 8; // from there to the foot of the line
const LITTLE = 0.005; // a smaller share has no number, as on the page

/**
 * @typedef {import('../compute.js').Token} Token
 * @typedef {{ token: Token, width: number }} Box a word and the room that it takes
 * @typedef {{ token: Token, x: number, row: number }} Word x: its middle
 */

/**
 * @param {import('../compute.js').Model} model
 * @param {{ left: number, right: number, middle: number, top: number }} place the room there is, and the
 *   middle that the sentence stands over where it can
 * @returns {{ parts: string[], bottom: number }}
 */
export function sentence({ tokens, current, buffers }, { left, right, middle, top }) {
  const weights = tokens.map(({ attended, index }) => (attended ? buffers.weights.data[index] : 0));
  const lines = broken(tokens, weights, right - left);
  const words = lines.flatMap((boxes, row) => aligned(boxes, row, { left, right, middle }));
  const baseline = (/** @type {number} */ row) =>
    top + ARC_ROOM + LETTERS + row * (LETTERS + SHARE + FOOT + LINE_ROOM);
  const drawn = arcs(words.map(({ x, row }) => ({
    x, line: row, top: baseline(row) - LETTERS, bottom: baseline(row) + SHARE + FOOT,
  })), current, weights, {
    thickness: THICKNESS, span: span(words),
    rooms: lines.map((_, row) => (row ? LINE_ROOM / 2 : ARC_ROOM - 4)),
  });
  const most = Math.max(...weights);
  return {
    parts: [
      ...drawn.filter(({ width }) => width > 0).map(arc),
      ...words.flatMap(({ token, x, row }) => [
        lines.length > 1 ? plate(token, x, baseline(row)) : '',
        ...word(token, x, baseline(row), token.index === current),
        numbered(token, weights) ? share(weights[token.index], x, baseline(row), most) : '',
      ]),
    ],
    bottom: baseline(lines.length - 1) + SHARE + FOOT,
  };
}

/**
 * The words by line; short ones have room for the share below them.
 * @param {Token[]} tokens
 * @param {number[]} weights
 * @param {number} room
 * @returns {Box[][]}
 */
function broken(tokens, weights, room) {
  const gap = measure(' ', FONTS.word);
  /** @type {Box[][]} */
  const lines = [[]];
  let used = 0;
  for (const token of tokens) {
    const number = numbered(token, weights) ? measure(percent(weights[token.index]), FONTS.most) : 0;
    const width = Math.max(measure(token.text, FONTS.word), number) + gap;
    if (used > 0 && used + width > room) {
      lines.push([]);
      used = 0;
    }
    lines[lines.length - 1].push({ token, width });
    used += width;
  }
  return lines;
}

/**
 * @param {Token} token
 * @param {number[]} weights
 */
function numbered({ attended, index }, weights) {
  return attended && weights[index] >= LITTLE;
}

/**
 * @param {Box[]} boxes
 * @param {number} row
 * @param {{ left: number, right: number, middle: number }} room
 * @returns {Word[]}
 */
function aligned(boxes, row, { left, right, middle }) {
  const whole = boxes.reduce((sum, { width }) => sum + width, 0);
  let x = Math.max(left, Math.min(middle - whole / 2, right - whole));
  return boxes.map(({ token, width }) => {
    x += width;
    return { token, x: x - width / 2, row };
  });
}

/**
 * The widest distance on any line.
 * @param {Word[]} words
 */
function span(words) {
  const first = new Map();
  return words.reduce((widest, { x, row }) => {
    if (!first.has(row)) first.set(row, x);
    return Math.max(widest, x - first.get(row));
  }, 1);
}

/** @param {import('../figures/arcs.js').Arc} arc */
function arc({ points, width, opacity }) {
  return element('path', {
    d: path(points), fill: 'none', stroke: COLOURS.weight, 'stroke-width': width, 'stroke-opacity': opacity,
  });
}

/**
 * @param {Token} token
 * @param {number} x
 * @param {number} y
 * @param {boolean} current
 */
function word({ text: content, attended }, x, y, current) {
  const quiet = !attended && !current;
  const width = measure(content, FONTS.word);
  const fill = current ? FAMILIES.query.digits : quiet ? COLOURS.soft : COLOURS.ink;
  // Another viewer may have other fonts: the words keep the room that was measured for them.
  const held = { textLength: width, lengthAdjust: 'spacingAndGlyphs' };
  const parts = [text(content, x, y, FONTS.word, { fill, ...held })];
  const under = (/** @type {string} */ stroke, /** @type {import('./svg-shapes.js').Look} */ look) =>
    line(x - width / 2, y + 4.5, width, stroke, look);
  if (current) parts.push(under(FAMILIES.query.hue, { 'stroke-width': 2 }));
  if (quiet) parts.push(under(COLOURS.outline, { 'stroke-width': 1.4, 'stroke-dasharray': '1.4 2.4' }));
  return parts;
}

/**
 * An arc on its way to another line passes behind a word, never through its letters.
 * @param {Token} token
 * @param {number} x
 * @param {number} y
 */
function plate({ text: content }, x, y) {
  const width = measure(content, FONTS.word);
  return rect({ x: x - width / 2, y: y - LETTERS, width, height: LETTERS + 6 }, { fill: COLOURS.paper });
}

/**
 * @param {number} weight
 * @param {number} x
 * @param {number} y
 * @param {number} most
 */
function share(weight, x, y, most) {
  const [font, fill] = weight === most ? [FONTS.most, COLOURS.ink] : [FONTS.share, COLOURS.soft];
  return text(percent(weight), x, y + SHARE, font, { fill });
}
