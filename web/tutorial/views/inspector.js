// Where a number comes from, spelled out; and, if it is the reader's to change, the means to change it.

import { html, nothing } from 'lit';
import { isEditable } from '../cells.js';
import { LIMIT } from '../state.js';
import { words } from '../words.js';
import { arithmetic } from './arithmetic.js';

/** @typedef {import('./cell.js').Context} Context */

/**
 * @param {Context} context
 * @param {import('../pointing.js').Pointing} pointing
 */
export function inspector(context, pointing) {
  const { active, selected } = context;
  return html`<section class="inspector ${active ? 'busy' : ''}" aria-label=${words('inspector.label')}>
    <p class="arithmetic" id="arithmetic">${active ? arithmetic(context.model, active)
      : html`${words('inspector.hint')} ${words('inspector.hintEdit')}`}</p>
    ${selected && selected === active && isEditable(selected) ? editor(context, selected, pointing) : nothing}
  </section>`;
}

/**
 * @param {Context} context
 * @param {string} id
 * @param {import('../pointing.js').Pointing} pointing
 */
function editor({ model, store, value }, id, pointing) {
  const { problem } = pointing;
  const number = Math.round(value(id) * 1e6) / 1e6;
  const keydown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault();
    pointing.back();
  };
  return html`<div class="editor" @keydown=${keydown}>
    <input class="slider" type="range" min="-4" max="4" step="0.05" aria-label=${words('cell.slider')} .value=${String(number)}
      @input=${(/** @type {any} */ event) => pointing.enter(event.target.value)}>
    <input class="entry" type="number" step="0.1" min=${-LIMIT} max=${LIMIT} aria-label=${words('cell.number')} .value=${String(number)}
      aria-invalid=${problem ? 'true' : 'false'} @input=${(/** @type {any} */ event) => pointing.enter(event.target.value)}>
    ${Object.hasOwn(model.edits, id) ? html`<button class="plain" @click=${() => store.restore((cell) => cell === id)}
      >${words('cell.giveBack')}</button>` : nothing}
    ${problem ? html`<p class="problem" role="alert">${problem}</p>` : nothing}
  </div>`;
}
