// Where a number comes from, spelled out; and, if it is the reader's to change, the means to change it.

import { html, nothing } from 'lit';
import { isEditable } from '../cells.js';
import { words } from '../words.js';
import { arithmetic } from './arithmetic.js';

const STEP = 0.1; // what an arrow key in the field changes

/** @typedef {import('./cell.js').Context} Context */

/**
 * @param {Context} context
 * @param {import('../pointing.js').Pointing} pointing
 */
export function inspector(context, pointing) {
  const { active, selected, model } = context;
  const [tells, edits] = ['inspector', 'edit'].map(context.shows);
  const mine = edits && selected && isEditable(selected) && (selected === active || pointing.editing);
  if (!tells && !mine) return nothing;
  return html`<section class="inspector ${active ? 'busy' : ''}" aria-label=${words('inspector.label')}>
    <p class="arithmetic" id="arithmetic">${active ? arithmetic(model, active)
      : html`${words('inspector.hint')} ${edits ? words('inspector.hintEdit') : nothing}`}
      ${mine && !pointing.editing ? html`<span class="origin">${words('inspector.enter')}</span>` : nothing}</p>
    ${mine ? editor(context, selected, pointing) : nothing}
  </section>`;
}

/**
 * @param {Context} context
 * @param {string} id
 * @param {import('../pointing.js').Pointing} pointing
 */
function editor({ model, store, value }, id, pointing) {
  const { problem, entry } = pointing;
  const number = Math.round(value(id) * 1e6) / 1e6;
  const reach = pointing.editing ? pointing.reach : pointing.reachOf(id);
  const enter = (/** @type {any} */ { target }) => pointing.enter(target.value);
  const leave = (/** @type {any} */ { currentTarget, relatedTarget }) => {
    if (!currentTarget.contains(relatedTarget)) pointing.end();
  };
  return html`<div class="editor" @keydown=${(/** @type {KeyboardEvent} */ event) => key(event, pointing)}
    @focusin=${() => pointing.begin()} @focusout=${leave}>
    <input class="slider" type="range" min=${-reach} max=${reach} step="0.05" aria-label=${words('cell.slider')}
      .value=${String(number)} @input=${enter}>
    <input class="entry" type="text" inputmode="decimal" autocomplete="off" spellcheck="false"
      aria-label=${words('cell.number')} aria-invalid=${problem ? 'true' : 'false'} .value=${entry ?? String(number)}
      @input=${enter}>
    ${Object.hasOwn(model.edits, id) ? html`<button class="plain" @click=${() => store.restore((cell) => cell === id)}
      >${words('cell.giveBack')}</button>` : nothing}
    ${problem ? html`<p class="problem" role="alert">${problem}</p>` : nothing}
  </div>`;
}

/**
 * Enter is done, Escape takes back; the arrows count in the field.
 * @param {KeyboardEvent} event
 * @param {import('../pointing.js').Pointing} pointing
 */
function key(event, pointing) {
  const inField = /** @type {HTMLElement} */ (event.target).matches('.entry');
  const by = inField && { ArrowUp: STEP, ArrowDown: -STEP }[event.key];
  if (by) pointing.nudge(event.shiftKey ? 10 * by : by);
  else if (event.key === 'Enter' && inField) pointing.back(true);
  else if (event.key === 'Escape') pointing.back(false);
  else return;
  event.preventDefault();
}
