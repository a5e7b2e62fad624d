// The stage's grid as a picture: what the step has lit, the rows that wait for the keys, the bars to come.
// Groups at rest are left out: on the page they are a way back, in a picture they would only be small.

import { format } from '../format.js';
import { words } from '../words.js';
import { GROUPS, cellId, comparable, dimensionNames, standing } from '../views/groups.js';
import { referenceOf } from '../views/stage.js';
import { BAR, ROW, bar, baseline, hollow, number, stripes } from './svg-cells.js';
import { COLOURS, FAMILIES, FONTS, line, text, widest, wrapped } from './svg-shapes.js';

const CELL = 54; // the least width of a number's column
const HEAD = 84; // a token wider than this is broken
const ARROW = '\u00a0→'; // the current token is on its way to its new vector
const BAR_GAP = 6; // above the bars
const GAP = 12; // between the names of the groups, of the dimensions, and the numbers

/**
 * Where things stand, from left to right. Columns keep their places through all steps; the picture ends where
 * the step's last column does.
 * @typedef {object} Layout
 * @property {Context} context
 * @property {number} left
 * @property {number} names the right edge of the dimensions' names
 * @property {number} cell the width of each column of numbers
 * @property {number} lead the middle of the current token's own column
 * @property {Map<number, number>} tokens the middle of each token's column, by its index
 * @property {number[]} tails the middle of each column of results
 * @property {number} end the right edge of the tokens' columns
 * @property {number} right
 *
 * @typedef {import('../views/cell.js').Context} Context
 * @typedef {import('../views/groups.js').Group} Group
 * @typedef {{ parts: string[], bottom: number }} Drawn
 */

/**
 * @param {Context} context
 * @param {number} left
 * @returns {Layout}
 */
export function layout(context, left) {
  const { model, step } = context;
  const shown = model.tokens.filter((token) => token.shown);
  const cell = Math.ceil(Math.max(CELL, widestHead(model) + 8, widestNumber(context) + 10));
  const names = Math.ceil(left + widthOfNames(model));
  const column = (/** @type {number} */ place) => names + GAP + cell * (place + 0.5);
  const results = !visible(step).some(({ tail }) => tail) ? 0 : step === 6 && comparable(model) ? 2 : 1;
  return {
    context, left, names, cell,
    lead: column(0),
    tokens: new Map(shown.map(({ index }, place) => [index, column(place + 1)])),
    tails: Array.from({ length: results }, (_, place) => column(shown.length + 1 + place)),
    end: column(shown.length + 0.5),
    right: column(shown.length + 0.5 + results),
  };
}

/**
 * @param {Layout} layout
 * @param {number} top
 * @returns {Drawn}
 */
export function grid(layout, top) {
  const heads = header(layout, top);
  const parts = [stripes(), ...heads.parts];
  let y = heads.bottom;
  for (const group of visible(layout.context.step)) {
    const drawn = groupAt(layout, group, y);
    parts.push(...drawn.parts);
    y = drawn.bottom;
  }
  return { parts, bottom: y };
}

/**
 * The groups of numbers that are open at a step.
 * @param {number} step
 */
function visible(step) {
  return GROUPS.filter((group) => ['lit', 'room', 'preview'].includes(standing(group, step)));
}

/**
 * Names of vectors have those of their dimensions beside them; other names may take the room of both.
 * @param {import('../compute.js').Model} model
 */
function widthOfNames({ dims }) {
  const of = (/** @type {boolean} */ vector) => widest(GROUPS
    .filter(({ kind }) => (kind === 'vector') === vector).map(({ id }) => words(`group.${id}`)), FONTS.lit);
  const reference = widest([words('group.reference')], FONTS.number);
  return Math.max(of(true) + GAP + widest(Object.values(dims).flat(), FONTS.name), of(false), reference);
}

/** @param {import('../compute.js').Model} model */
function widestHead({ tokens, current }) {
  const lines = tokens.flatMap(({ index, text: content }) => {
    const head = wrapped([...content], HEAD, FONTS.lead);
    return index === current ? [...head, head[head.length - 1] + ARROW] : head;
  });
  const results = ['queries', 'output', 'before', 'total'].map((name) => words(`group.${name}`));
  return Math.max(widest(lines, FONTS.lead), widest(results, FONTS.lit));
}

/** @param {Context} context */
function widestNumber({ model, step }) {
  const names = visible(step).flatMap(({ id, lead, tail }) => [id, lead ?? [], tail ?? []].flat());
  return widest(names.flatMap((name) => Array.from(model.buffers[name].data, format)), FONTS.number);
}

/**
 * The tokens over their columns, long ones on several lines.
 * @param {Layout} layout
 * @param {number} top
 * @returns {Drawn}
 */
function header({ context: { model, step }, lead, tokens }, top) {
  // Where nothing stands below it, the current token has no head of its own.
  const own = visible(step).some((group) => group.lead) ? [[model.current, lead]] : [];
  const drawn = [...own, ...tokens].map(([index, x]) => {
    const look = headLook(model.tokens[index], index === model.current);
    const lines = wrapped([...model.tokens[index].text], HEAD, look.font);
    return { x, look, lines: x === lead ? [...lines.slice(0, -1), lines[lines.length - 1] + ARROW] : lines };
  });
  const rows = Math.max(...drawn.map(({ lines }) => lines.length));
  return {
    parts: drawn.flatMap(({ x, look: { font, ...look }, lines }) => lines.map((content, row) =>
      text(content, x, top + 18 * (rows - lines.length + row) + 14, font, look))),
    bottom: top + 18 * rows + 3,
  };
}

/**
 * @param {import('../compute.js').Token} token
 * @param {boolean} current
 */
function headLook({ attended }, current) {
  if (current) return { font: FONTS.lead, fill: FAMILIES.query.digits };
  if (attended) return { font: FONTS.head, fill: COLOURS.ink };
  return { font: FONTS.silent, fill: COLOURS.soft, 'text-decoration': 'line-through' };
}

/**
 * @param {Layout} layout
 * @param {Group} group
 * @param {number} top
 * @returns {Drawn}
 */
function groupAt(layout, group, top) {
  const { left, right, names, context: { model, step } } = layout;
  const lit = standing(group, step) === 'lit';
  const parts = lit ? [line(left, top + 0.5, right - left, COLOURS.hairline)] : [];
  let y = top + 1;
  const heads = headsOf(layout, group);
  parts.push(...heads.map(({ x, content, fill }) => text(content, x, y + 16, FONTS.lit, { fill })));
  if (heads.length) y += 21;
  const numbers = group.kind === 'bar' ? y + BAR + BAR_GAP : y;
  parts.push(text(words(`group.${group.id}`), left, baseline(numbers), lit ? FONTS.lit : FONTS.number, {
    'text-anchor': 'start', fill: lit ? COLOURS.ink : COLOURS.soft,
  }));
  for (const [row, name] of dimensionNames(group, model.dims).entries()) {
    const look = { 'text-anchor': 'end', fill: COLOURS.soft };
    if (name) parts.push(text(name, names, baseline(y), FONTS.name, look));
    const drawn = rowAt(layout, group, row, y);
    parts.push(...drawn.parts);
    y = drawn.bottom;
  }
  const reference = referenceRow(layout, group, y);
  return { parts: [...parts, ...reference.parts], bottom: reference.bottom + 4 };
}

/**
 * What stands above the numbers at the left and at the right, which belong to no token's column.
 * @param {Layout} layout
 * @param {Group} group
 * @returns {{ x: number, content: string, fill: string }[]}
 */
function headsOf({ lead, tails: [result, before], context: { step } }, { lead: own, tail, lit }) {
  const head = (/** @type {string} */ name, /** @type {number} */ x, /** @type {string} */ fill) =>
    ({ x, content: words(`group.${name}`), fill });
  const heads = [];
  if (own === 'queries') heads.push(head('queries', lead, FAMILIES.query.digits));
  if (!lit.includes(step)) return heads;
  if (tail === 'sum') heads.push(head('total', result, COLOURS.ink));
  if (tail === 'output') heads.push(head('output', result, FAMILIES.value.digits));
  if (tail === 'output' && before) heads.push(head('before', before, COLOURS.soft));
  return heads;
}

/**
 * @param {Layout} layout
 * @param {Group} group
 * @param {number} row
 * @param {number} top
 * @returns {Drawn}
 */
function rowAt(layout, group, row, top) {
  const { context, cell: width, lead, tails: [result, before] } = layout;
  const { current, tokens } = context.model;
  const state = standing(group, context.step);
  const [bars, preview] = [group.kind === 'bar', state === 'preview'];
  const y = bars ? top + BAR + BAR_GAP : top;
  const parts = [];
  if (group.lead) parts.push(...number(context, `${group.lead}[${current},${row}]`, { x: lead, y, width }));
  if (state === 'room') {
    // Where the keys will stand beside the query.
    parts.push(line(lead + width / 2, y + ROW - 0.5, layout.end - lead - width / 2, COLOURS.hairline));
    return { parts, bottom: y + ROW };
  }
  for (const [index, x] of layout.tokens) {
    const look = { quiet: preview || !tokens[index].attended, bare: bars };
    if (bars) parts.push(...bar(context, index, x, y, preview));
    parts.push(...number(context, cellId(group, index, row), { x, y, width }, look));
  }
  if (group.tail) parts.push(...number(context, `${group.tail}[${row}]`, { x: result, y, width }));
  if (group.tail === 'output' && before) {
    parts.push(...number(context, `embeddings[${current},${row}]`, { x: before, y, width }, { quiet: true }));
  }
  return { parts, bottom: y + ROW };
}

/**
 * @param {Layout} layout
 * @param {Group} group
 * @param {number} y
 * @returns {Drawn}
 */
function referenceRow({ context: { model, step }, left, tokens }, { reference, lit }, y) {
  const figures = reference && lit.includes(step) && referenceOf(model, reference);
  if (!figures) return { parts: [], bottom: y };
  const look = { 'text-anchor': 'start', fill: COLOURS.soft };
  const parts = [text(words('group.reference'), left, baseline(y), FONTS.number, look)];
  for (const [index, x] of tokens) {
    const figure = figures[index];
    if (figure != null) parts.push(...hollow(figure, x, y));
  }
  return { parts, bottom: y + ROW };
}
