// The weights as one bar of length 1, cut into shares.

import { html } from 'lit';
import { attended } from '../cells.js';
import { words } from '../words.js';

const LETTER = 7; // px, about

/** @param {import('./cell.js').Context} context */
export function shares({ model, narrow }) {
  const room = (narrow ? 290 : 620) / LETTER; // letters, in the whole bar
  const weights = model.buffers.weights.data;
  return html`<div class="shares" role="img" aria-label=${words('shares.label')}>
    ${attended(model).map((index) => html`<span .style=${`--share: ${weights[index]}`}
      >${weights[index] * room >= model.tokens[index].text.length ? model.tokens[index].text : ''}</span>`)}
  </div>`;
}
