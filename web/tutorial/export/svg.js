// The figure as a picture of its own: the sentence with its arcs, and the groups of numbers that the step has lit.

import { CELLS } from '../cells.js';
import { percent, format } from '../format.js';
import { words } from '../words.js';
import { GROUPS, cellId, dimensionNames, standing } from '../views/groups.js';
import { referenceOf } from '../views/stage.js';

const COLUMN = 72;
const ROW = 24;
const LABELS = 190; // the width of the row names and of the query beside them
const MARGIN = 24;
const ARCS = 120;
const BAR = 80;
const INK = '#1b1b1b';
const SOFT = '#5c5c5c';
const LINE = '#cfcfcf';
const FAMILY = { query: '#0072b2', key: '#9c5700', value: '#00714f', plain: INK };

/**
 * @param {import('../views/cell.js').Context} context
 * @returns {{ text: string, width: number, height: number }} width and height in px
 */
export function svgFigure(context) {
  const tokens = context.model.tokens.filter(({ shown, index }) => shown || index === context.model.current);
  const columns = new Map(tokens.map(({ index }, place) => [index, MARGIN + LABELS + COLUMN * (place + 0.5)]));
  const width = 2 * MARGIN + LABELS + COLUMN * (tokens.length + 1);
  let y = MARGIN + ARCS;
  const parts = [...arcs(context, columns, y), ...header(context, columns, y + 18)];
  y += 30;
  for (const group of GROUPS.filter((each) => standing(each, context.step) === 'lit')) {
    parts.push(rule(y, width));
    const drawn = groupRows(context, group, columns, y, width);
    parts.push(...drawn.parts);
    y = drawn.y;
  }
  const height = y + MARGIN + 16;
  parts.push(text(width / 2, y + MARGIN, caption(context), { fill: SOFT }));
  return {
    width, height,
    text: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`
      + ` font-family="Helvetica, Arial, sans-serif" font-size="13" text-anchor="middle">`
      + `<title>${escape(caption(context))}</title><rect width="100%" height="100%" fill="#fff"/>${parts.join('')}</svg>`,
  };
}

/** @param {import('../views/cell.js').Context} context */
function caption({ model, step }) {
  return `${model.lesson.title}: ${words('step.of', { step })}, ${words(`step.${step}.name`)}`;
}

/**
 * @param {import('../views/cell.js').Context} context
 * @param {Map<number, number>} columns
 * @param {number} y
 */
function arcs({ model, value }, columns, y) {
  const from = columns.get(model.current) ?? 0;
  return model.tokens.filter(({ attended, index }) => attended && index !== model.current && columns.has(index))
    .map(({ index }) => {
      const to = columns.get(index) ?? 0;
      const rise = Math.min(ARCS, 24 + Math.abs(to - from) / 5);
      return `<path d="M${from} ${y}C${from} ${y - rise} ${to} ${y - rise} ${to} ${y}" fill="none" stroke="${INK}"`
        + ` stroke-opacity="0.55" stroke-width="${(24 * value(`weights[${index}]`)).toFixed(2)}"/>`;
    });
}

/**
 * @param {import('../views/cell.js').Context} context
 * @param {Map<number, number>} columns
 * @param {number} y
 */
function header({ model, value }, columns, y) {
  return [...columns].map(([index, x]) => text(x, y, model.tokens[index].text, {
    'font-weight': index === model.current ? 'bold' : 'normal',
    fill: index === model.current ? FAMILY.query : INK,
  }) + (model.tokens[index].attended ? `<title>${percent(value(`weights[${index}]`))}</title>` : ''));
}

/**
 * @param {import('../views/cell.js').Context} context
 * @param {import('../views/groups.js').Group} group
 * @param {Map<number, number>} columns
 * @param {number} top
 * @param {number} width
 */
function groupRows(context, group, columns, top, width) {
  const { model, value } = context;
  const fill = FAMILY[CELLS[group.id].family ?? 'plain'];
  const parts = [];
  let y = top + ROW;
  parts.push(text(MARGIN, y, words(`group.${group.id}`), { 'text-anchor': 'start', fill: SOFT }));
  for (const [row, name] of dimensionNames(group, model.dims).entries()) {
    if (name) parts.push(text(MARGIN + LABELS - 70, y, name, { 'text-anchor': 'end', fill: SOFT }));
    if (group.lead) parts.push(text(MARGIN + LABELS - 30, y, format(value(`${group.lead}[${model.current},${row}]`)), { fill: FAMILY.query }));
    if (group.tail) parts.push(text(width - MARGIN - COLUMN / 2, y, format(value(`${group.tail}[${row}]`)), { fill, 'font-weight': 'bold' }));
    for (const [index, x] of columns) {
      if (!model.tokens[index].shown) continue;
      const number = value(cellId(group, index, row));
      if (group.kind === 'bar') parts.push(...barAt(model, index, x, y + BAR - ROW / 2, number));
      parts.push(text(x, group.kind === 'bar' ? y + BAR + 6 : y, format(number), { fill }));
    }
    y += group.kind === 'bar' ? BAR + ROW + 6 : ROW;
  }
  return { parts, y: y - ROW + 10 };
}

/**
 * @param {import('../compute.js').Model} model
 * @param {number} index
 * @param {number} x
 * @param {number} foot
 * @param {number} share
 */
function barAt(model, index, x, foot, share) {
  const reference = referenceOf(model, 'weights')?.[index];
  const bar = `<rect x="${x - 14}" y="${foot - share * BAR}" width="28" height="${share * BAR}" fill="${INK}" fill-opacity="0.65"/>`;
  return reference == null ? [bar] : [bar,
    `<rect x="${x - 18}" y="${foot - reference * BAR - 2}" width="36" height="4" fill="#fff" stroke="${INK}"/>`];
}

/**
 * @param {number} y
 * @param {number} width
 */
function rule(y, width) {
  return `<path d="M${MARGIN} ${y}H${width - MARGIN}" stroke="${LINE}"/>`;
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} content
 * @param {Record<string, string>} [attributes]
 */
function text(x, y, content, attributes = {}) {
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${value}"`).join('');
  return `<text x="${x}" y="${y}"${written}>${escape(content)}</text>`;
}

/** @param {string} content */
function escape(content) {
  return content.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
