// Words with markup: a placeholder becomes an element, and <sub>, <sup>, <em> in a text become real ones. Nothing else
// of a text is read as markup.

import { html } from 'lit';
import { pieces } from '../words.js';

/**
 * The text of a key as a template.
 * @param {string} key
 * @param {Record<string, unknown>} [values] texts or templates
 */
export function rich(key, values) {
  return pieces(key, values).map((piece) => (typeof piece === 'string' ? tagged(piece) : piece));
}

/**
 * A token within a sentence: set off by italics, and never read as markup.
 * @param {{ text: string }} token
 */
export function word(token) {
  return html`<i class="word">${token.text}</i>`;
}

const TAGS = {
  sub: (/** @type {string} */ inner) => html`<sub>${inner}</sub>`,
  sup: (/** @type {string} */ inner) => html`<sup>${inner}</sup>`,
  em: (/** @type {string} */ inner) => html`<em>${inner}</em>`,
};

/** @param {string} text */
function tagged(text) {
  return text.split(/<(su[bp]|em)>(.*?)<\/(?:su[bp]|em)>/).map((piece, index, all) => {
    if (index % 3 === 0) return piece;
    if (index % 3 === 2) return ''; // said with the tag before it
    return TAGS[/** @type {keyof typeof TAGS} */ (piece)](all[index + 1]);
  });
}
