// Numbers and bars of the exported picture, looking as they do on the page's stage.

import { CELLS } from '../cells.js';
import { parseCell } from '../compute.js';
import { format } from '../format.js';
import { tint } from '../views/cell.js';
import { fullBar } from '../views/groups.js';
import { referenceOf } from '../views/stage.js';
import { COLOURS, FAMILIES, FONTS, element, frame, line, measure, rect, text } from './svg-shapes.js';

export const ROW = 26;
export const BAR = 88;
const BELOW_ZERO = 'below-zero';

/** @typedef {import('../views/cell.js').Context} Context */

/** @param {number} y the top of a row */
export function baseline(y) {
  return y + ROW / 2 + 4.5;
}

/**
 * A number over its tint, below zero over grey stripes; with a corner where the reader has changed it.
 * @param {Context} context
 * @param {string} id
 * @param {{ x: number, y: number, width: number }} place x: its middle, y: the top of its row
 * @param {{ quiet?: boolean, bare?: boolean }} [look] bare: without a tint
 */
export function number({ value, model }, id, { x, y, width }, { quiet = false, bare = false } = {}) {
  const shown = value(id);
  const family = CELLS[parseCell(id).name].family ?? 'plain';
  const { hue, digits } = FAMILIES[family];
  const parts = [text(format(shown), x, baseline(y), FONTS.number, { fill: quiet ? COLOURS.soft : digits })];
  const strength = shown < 0 ? 0.14 : quiet ? 0.05 : family === 'plain' ? 0.12 : 0.22;
  const opacity = Number(tint(shown)) * strength;
  if (!bare && opacity > 0) {
    parts.unshift(rect({ x: x - width / 2 + 1, y: y + 1, width: width - 2, height: ROW - 2 }, {
      rx: 2, fill: shown < 0 ? `url(#${BELOW_ZERO})` : hue, 'fill-opacity': opacity.toFixed(3),
    }));
  }
  if (Object.hasOwn(model.edits, id)) {
    parts.push(element('path', { d: `M${x + width / 2 - 3} ${y + 3}v7l-7 -7z`, fill: digits }));
  }
  return parts;
}

/** The stripes of numbers below zero. */
export function stripes() {
  return element('defs', {}, element('pattern', {
    id: BELOW_ZERO, width: 5, height: 5, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)',
  }, element('rect', { width: 2, height: 5, fill: COLOURS.ink })));
}

/**
 * A weight as a bar, with the reference as a hollow mark where the lesson has one.
 * @param {Context} context
 * @param {number} index
 * @param {number} x
 * @param {number} foot
 * @param {boolean} faint
 */
export function bar({ model, value }, index, x, foot, faint) {
  const width = 32;
  const full = fullBar(model);
  const tall = (/** @type {number} */ weight) => weight / full * BAR;
  const height = tall(value(`weights[${index}]`));
  const reference = referenceOf(model, 'weights')?.[index];
  const [left, opacity] = [x - width / 2, faint ? 0.4 : undefined];
  return [
    rect({ x: left, y: foot - height, width, height }, { fill: COLOURS.weight, 'fill-opacity': opacity }),
    line(left, foot + 0.5, width, COLOURS.outline),
    reference == null ? ''
      : frame({ x: left - 4, y: foot - tall(reference) - 3, width: width + 8, height: 6 }, COLOURS.ink),
  ];
}

/**
 * A figure that the lesson's source prints: never computed, so in a hollow frame.
 * @param {number} figure
 * @param {number} x
 * @param {number} y
 */
export function hollow(figure, x, y) {
  const width = measure(format(figure), FONTS.number) + 10;
  return [
    frame({ x: x - width / 2, y: y + 3, width, height: ROW - 6 }, COLOURS.outline),
    text(format(figure), x, baseline(y), FONTS.number, { fill: COLOURS.soft }),
  ];
}
