// Words with markup: a placeholder becomes an element, and <sub>, <sup> in a text become real ones. Nothing else
// of a text is read as markup.

import { html } from 'lit';
import { pieces } from '../words.js';

/**
 * The text of a key as a template.
 * @param {string} key
 * @param {Record<string, unknown>} [values] texts or templates
 */
export function rich(key, values) {
  return pieces(key, values).map((piece) => (typeof piece === 'string' ? subscripts(piece) : piece));
}

/**
 * A token within a sentence: set off by italics, and never read as markup.
 * @param {{ text: string }} token
 */
export function word(token) {
  return html`<i class="word">${token.text}</i>`;
}

/** @param {string} text */
function subscripts(text) {
  return text.split(/<(su[bp])>(.*?)<\/su[bp]>/).map((piece, index, all) => {
    if (index % 3 === 0) return piece;
    if (index % 3 === 2) return ''; // said with the tag before it
    const inner = all[index + 1];
    return piece === 'sub' ? html`<sub>${inner}</sub>` : html`<sup>${inner}</sup>`;
  });
}
