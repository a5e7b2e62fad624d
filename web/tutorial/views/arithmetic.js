// A number and what it is made of, spelled out: “Score of “animal” = 2.00 · 1.24 + … = 2.80”.

import { css, html } from 'lit';
import { CELLS, expressionOf } from '../cells.js';
import { parseCell, value } from '../compute.js';
import { evaluate, writeOut } from '../expression.js';
import { format, parse } from '../format.js';
import { words } from '../words.js';
import { cellName } from './describe.js';

export const arithmeticStyles = css`
  .arithmetic { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
  .arithmetic .name, .arithmetic .origin { color: var(--ink-soft); }
  .arithmetic .query { color: var(--query-text); }
  .arithmetic .key { color: var(--key-text); }
  .arithmetic .value { color: var(--value-text); }
  .arithmetic .piece { border-bottom: 1px dashed currentcolor; }
  .arithmetic .chain { direction: ltr; unicode-bidi: isolate; }
  .arithmetic sup { font-size: 0.85em; line-height: 1; }
`;

/**
 * @param {import('../compute.js').Model} model
 * @param {string} id
 */
export function arithmetic(model, id) {
  const valueOf = (/** @type {string} */ cell) => value(model, cell);
  const expression = expressionOf(model, id);
  const result = html`<b class=${familyOf(id)}>${format(valueOf(id))}</b>`;
  const name = html`<span class="name">${cellName(model, id)}</span>`;
  if (!expression) return html`${name} = ${result} <span class="origin">(${words(origin(model, id))})</span>`;
  if (expression.op === 'number') {
    return html`${name} = ${result} <span class="origin">(${words(whyZero(model, id))})</span>`;
  }
  const pieces = writeOut(expression, valueOf, format).map(({ text, cell, raised }) => {
    const part = cell ? html`<span class="piece ${familyOf(cell)}">${text}</span>` : text;
    return raised ? html`<sup>${part}</sup>` : part;
  });
  const shown = evaluate(expression, (cell) => parse(format(valueOf(cell))));
  return html`${name} = <span class="chain">${pieces} ${format(shown) === format(valueOf(id)) ? '=' : '≈'} ${result}</span>`;
}

/** @param {string} cell */
function familyOf(cell) {
  return CELLS[parseCell(cell).name].family ?? 'plain';
}

/**
 * @param {import('../compute.js').Model} model
 * @param {string} id
 */
function origin({ edits }, id) {
  if (!Object.hasOwn(edits, id)) return 'cell.input';
  return CELLS[parseCell(id).name].of ? 'cell.byHandDetached' : 'cell.byHand';
}

/**
 * A token without a weight is hidden by the mask, or switched off.
 * @param {import('../compute.js').Model} model
 * @param {string} id
 */
function whyZero({ tokens }, id) {
  const { name, indices } = parseCell(id);
  return tokens[name === 'matrix' ? indices[1] : indices[0]].on ? 'stage.hidden' : 'stage.off';
}
