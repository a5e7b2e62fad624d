// The figure as a picture of its own: the sentence with its arcs, the numbers that the step has lit, the
// weights as shares of one bar, and which step of which lesson it is. The same from every screen.

import { attended } from '../cells.js';
import { words } from '../words.js';
import { grid, layout } from './svg-grid.js';
import { sentence } from './svg-sentence.js';
import { COLOURS, FONTS, measure, picture, rect, text, wrapped } from './svg-shapes.js';

const MARGIN = 24;
const LEAST = 480; // the least width, for the sake of the caption
const SHARES = 30;

/**
 * @typedef {import('../views/cell.js').Context} Context
 * @typedef {{ left: number, right: number, top: number }} Place
 */

/**
 * @param {Context} context
 * @returns {{ text: string, width: number, height: number }} width and height in px
 */
export function svgFigure(context) {
  const columns = layout(context, MARGIN);
  const [left, right] = [MARGIN, Math.max(columns.right, LEAST - MARGIN)];
  const top = sentence(context.model, { left, right, middle: (left + columns.end) / 2, top: MARGIN / 2 });
  const numbers = grid(columns, top.bottom + 22);
  const bar = context.step >= 5 ? shares(context, { left, right, top: numbers.bottom + 12 })
    : { parts: [], bottom: numbers.bottom };
  const foot = caption(context, { left, right, top: bar.bottom + 26 });
  const [width, height] = [right + MARGIN, foot.bottom + MARGIN];
  const parts = [top, numbers, bar, foot].flatMap((part) => part.parts);
  return { width, height, text: picture(width, height, title(context), parts) };
}

/** @param {Context} context */
function title({ model, step }) {
  return `${words('step.of', { step })}, ${words(`step.${step}.name`)}. ${model.lesson.title}`;
}

/**
 * @param {Context} context
 * @param {Place} place top: the first baseline
 */
function caption(context, { left, right, top }) {
  const lines = wrapped(title(context).split(/(?<=\s)/), right - left, FONTS.caption);
  const [middle, look] = [(left + right) / 2, { fill: COLOURS.soft }];
  return {
    parts: lines.map((content, row) => text(content, middle, top + 18 * row, FONTS.caption, look)),
    bottom: top + 18 * (lines.length - 1),
  };
}

/**
 * @param {Context} context
 * @param {Place} place
 */
function shares({ model }, { left, right, top: y }) {
  const parts = [];
  let x = left;
  for (const [place, index] of attended(model).entries()) {
    const width = model.buffers.weights.data[index] * (right - left);
    const { text: content } = model.tokens[index];
    const look = { fill: COLOURS.weight, 'fill-opacity': place % 2 ? 0.18 : 0.3 };
    parts.push(rect({ x, y, width, height: SHARES }, look));
    if (place) parts.push(rect({ x: x - 0.5, y, width: 1, height: SHARES }, { fill: COLOURS.paper }));
    if (measure(content, FONTS.number) + 8 < width) {
      parts.push(text(content, x + width / 2, y + 19.5, FONTS.number, { fill: COLOURS.ink }));
    }
    x += width;
  }
  const around = { x: left + 0.5, y: y + 0.5, width: right - left - 1, height: SHARES - 1 };
  parts.push(rect(around, { fill: 'none', stroke: COLOURS.outline }));
  return { parts, bottom: y + SHARES };
}
