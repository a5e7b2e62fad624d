// One number: its text, its tint, and how it is told apart when it is selected, a source, or edited.

import { html, nothing } from 'lit';
import { CELLS, isEditable } from '../cells.js';
import { parseCell } from '../compute.js';
import { format } from '../format.js';
import { classes } from './classes.js';
import { cellName } from './describe.js';

/**
 * What a view needs to draw: the numbers, and which of them the reader looks at.
 * @typedef {{ model: import('../compute.js').Model, step: number, value: (cell: string) => number,
 *   active: string | undefined, selected: string | undefined, sources: Set<string>, narrow: boolean,
 *   store: import('../store.js').Store, look: number, lookAtToken: (token: number) => void,
 *   hrefOf: (step: number) => string, closest: { divisor: number, distance: number } | null,
 *   asking: import('./question.js').Asking, shows: (group: string) => boolean }} Context
 */

/**
 * A table cell for the number of a cell of the model.
 * @param {Context} context
 * @param {string} id
 * @param {{ quiet?: boolean, before?: unknown, named?: boolean }} [look] quiet: without tint; before: what
 *   stands above the number, such as a bar; named: its own name is read with it, where row and column don't give it
 */
export function numberCell(context, id, { quiet = false, before = nothing, named = false } = {}) {
  const value = context.value(id);
  const { name } = parseCell(id);
  const { family = 'plain' } = CELLS[name];
  return html`<td class=${classes({
    number: true,
    [family]: true,
    quiet,
    negative: value < 0,
    active: id === context.active,
    selected: id === context.selected,
    source: context.sources.has(id),
    editable: isEditable(id) && context.shows('edit'),
    edited: Object.hasOwn(context.model.edits, id),
  })} .style=${`--tint: ${tint(value)}`} data-cell=${id} data-value=${String(value)}
    aria-label=${named ? `${cellName(context.model, id)}: ${format(value)}` : nothing}
    aria-describedby=${id === context.selected && context.shows('inspector') ? 'arithmetic' : nothing}>${before}<span>${format(value)}</span></td>`;
}

/**
 * How strongly a number is tinted, 0 to 1: proportional up to 2, where most of a lesson's numbers lie below.
 * @param {number} value
 */
export function tint(value) {
  return Math.min(Math.abs(value) / 2, 1).toFixed(3);
}

/**
 * A whole vector at rest, as small tinted squares; its numbers are still there for a screen reader.
 * @param {Context} context
 * @param {string[]} ids
 */
export function restingVector(context, ids) {
  const { family = 'plain' } = CELLS[parseCell(ids[0]).name];
  return html`<span class="resting ${family}">${ids.map((id) => {
    const value = context.value(id);
    return html`<i class=${value < 0 ? 'negative' : ''} .style=${`--tint: ${tint(value)}`}></i>`;
  })}<span class="unseen">${ids.map((id) => format(context.value(id))).join(', ')}</span></span>`;
}
