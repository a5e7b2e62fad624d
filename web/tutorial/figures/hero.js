// The sentence at the top of the page, alive. A tap changes what it shows, and nothing else on the page.

import { css, html } from 'lit';
import { sharesLine } from '../views/shares-line.js';
import { pieces } from '../words.js';
import { TutorialFigure, figureStyles } from './figure.js';

export class AttentionHero extends TutorialFigure {
  static styles = [figureStyles, css`
    :host { text-align: center; container-type: inline-size; }
    attention-sentence { --arc-room: 3rem; --line-room: 2.9rem; --arc-thickness: 26; }
    .line {
      min-height: 3em; max-width: 40rem; margin: 1.25rem auto 0; font-family: var(--serif);
      font-size: 1.02rem; text-wrap: balance;
    }
    .back { padding: 0 0.5rem; color: var(--ink-soft); text-decoration: underline; text-decoration-color: var(--outline); }
    .back:hover { color: var(--ink); }
    .back.idle { visibility: hidden; } /* it keeps its room */
    @media print { .back { display: none; } .line { min-height: 0; } }
    @container (min-width: 880px) {
      attention-sentence { --arc-room: 9.25rem; --arc-thickness: 36; }
      .line { min-height: 1.5em; }
    }
  `];

  draw() {
    const { lesson, preset, tokens, current, buffers } = this.model;
    const weights = buffers.weights.data;
    const home = tokens[preset.current].text;
    return html`
      <attention-sentence .tokens=${tokens} .current=${current} .weights=${weights}
        .source=${`${lesson.id}/${preset.id}`} @pick=${this.#pick}></attention-sentence>
      <p class="line" aria-live="polite">${sharesLine({ tokens, current, weights })}</p>
      <button class="back ${current === preset.current ? 'idle' : ''}" @click=${this.#back}
        >${pieces('figure.back', { token: html`<em>${home}</em>` })}</button>`;
  }

  #pick(/** @type {CustomEvent} */ { detail }) {
    this.store?.set({ token: detail.index });
  }

  /** The button goes, so its focus is handed on to the word that is chosen again. */
  async #back() {
    this.store?.set({ token: null });
    await this.updateComplete;
    const sentence = /** @type {import('./sentence.js').AttentionSentence} */ (
      this.renderRoot.querySelector('attention-sentence'));
    await sentence.updateComplete;
    sentence.focus();
  }
}
