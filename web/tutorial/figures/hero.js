// The sentence at the top of the page, alive: it shows the tutorial's own numbers, and a tap changes them.

import { css, html } from 'lit';
import { TutorialFigure, figureStyles } from './figure.js';
import { sharesLine } from '../views/shares-line.js';

export class AttentionHero extends TutorialFigure {
  static styles = [figureStyles, css`
    :host { text-align: center; container-type: inline-size; }
    attention-sentence { --arc-room: 3rem; --line-room: 2.9rem; --arc-thickness: 26; }
    .line {
      min-height: 3em; max-width: 40rem; margin: 1.25rem auto 0; font-family: var(--serif);
      font-size: 1.02rem; text-wrap: balance;
    }
    @container (min-width: 880px) {
      attention-sentence { --arc-room: 10.5rem; --arc-thickness: 36; }
      .line { min-height: 1.5em; }
    }
  `];

  draw() {
    const { tokens, current, buffers } = this.model;
    const weights = buffers.weights.data;
    return html`
      <attention-sentence .tokens=${tokens} .current=${current} .weights=${weights}
        @pick=${this.#pick}></attention-sentence>
      <p class="line">${sharesLine({ tokens, current, weights })}</p>`;
  }

  #pick(/** @type {CustomEvent} */ { detail }) {
    this.store?.set({ token: detail.index });
  }
}
