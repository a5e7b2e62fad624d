// <attention-tutorial> for pages that aren't ours: with colours and type of its own, whatever the page around it says.

import { css, unsafeCSS } from 'lit';
import { AttentionSentence } from '../tutorial/figures/sentence.js';
import { register } from '../tutorial/register.js';
import { AttentionTutorial as Tutorial } from '../tutorial/tutorial.js';
import tokens from '../tokens.css?inline';

/** Light or dark as the page says. The ground is the element's own, since a page may be dark and not say so. */
const alone = css`:host { background: var(--paper); }`;

export class AttentionTutorial extends Tutorial {
  static styles = [unsafeCSS(tokens), alone, ...Tutorial.styles];
}

/**
 * Registers the element. Without a document, as on a server, it does nothing.
 * @param {string} [name]
 */
export function defineAttentionTutorial(name = 'attention-tutorial') {
  register({ 'attention-sentence': AttentionSentence, [name]: AttentionTutorial });
}
