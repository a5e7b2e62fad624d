// The weights as one bar of length 1, cut into shares.

import { html } from 'lit';
import { attended } from '../cells.js';
import { words } from '../words.js';

const NAMED = 0.06; // a narrower share has no room for its word

/** @param {import('./cell.js').Context} context */
export function shares({ model }) {
  const weights = model.buffers.weights.data;
  return html`<div class="shares" role="img" aria-label=${words('shares.label')}>
    ${attended(model).map((index) => html`<span .style=${`--share: ${weights[index]}`}
      >${weights[index] >= NAMED ? model.tokens[index].text : ''}</span>`)}
  </div>`;
}
