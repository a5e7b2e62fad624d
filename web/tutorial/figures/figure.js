// What the figures of the prose have in common: they wait for the core, and without it keep their fallback.

import { css, html } from 'lit';
import { expressionOf } from '../cells.js';
import { value } from '../compute.js';
import { sharedSteps } from '../core.js';
import { writeOut } from '../expression.js';
import { format } from '../format.js';
import { cellAt, cellOf, keepTabStops } from '../grid.js';
import { Speaking } from '../speaking.js';
import { Store } from '../store.js';
import { resetStyles } from '../styles/shared.js';
import { translated } from '../translated.js';
import { arithmetic, arithmeticStyles } from '../views/arithmetic.js';
import { cellName } from '../views/describe.js';
import { words } from '../words.js';
import { sharedLesson } from './preset.js';

export const figureStyles = css`
  ${resetStyles}
  ${arithmeticStyles}
  .inspector { display: grid; padding-top: 0.6rem; text-align: center; text-wrap: balance; }
  .arithmetic { grid-area: 1 / 1; }
  .arithmetic sup { line-height: 0; } /* a line with a power is as high as one without */
  /* A shorter answer may break into lines less well, so the longest is spaced out a little. */
  .arithmetic.room { visibility: hidden; letter-spacing: 0.04em; }
  td[data-cell].asked { outline: 2px solid var(--ink); outline-offset: -2px; }

  :host {
    display: block; font-family: var(--sans); font-size: max(0.76rem, 14.5px); line-height: 1.45;
    color: var(--ink); text-underline-offset: 0.2em;
  }
  em { font-style: var(--slant, italic); }
  .status, .soft { color: var(--ink-soft); }
  .status { padding-top: 0.5rem; text-align: center; }
  .number { font-variant-numeric: tabular-nums; }
  a { color: inherit; text-decoration: underline; text-decoration-color: var(--outline); }
  a:hover { text-decoration-color: currentcolor; }
  button { min-height: 24px; padding: 0; border: 0; background: none; color: inherit; font: inherit; cursor: pointer; }
  @media print {
    :host { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    .inspector { display: none; } /* nothing can be pointed at on paper */
  }
`;

/** A figure that computes for itself, once the core is there. */
export class Figure extends Speaking {
  /** @type {import('lit').PropertyDeclarations} */
  static properties = { status: { type: String, reflect: true } };

  constructor() {
    super();
    /** @type {'loading' | 'ready' | 'failed'} */ this.status = 'loading';
  }

  connectedCallback() {
    super.connectedCallback();
    this.#begin();
  }

  async #begin() {
    try {
      this.attention = await sharedSteps();
      await this.prepare();
      this.status = 'ready';
    } catch (error) {
      console.error(error);
      this.status = 'failed';
    }
  }

  /** What else must be there before the figure can be drawn. */
  async prepare() {}

  /** @returns {unknown} */
  draw() { return ''; }

  render() {
    if (this.status === 'ready') return this.draw();
    return html`<slot></slot><p class="status" role="status">${words(`figure.${this.status}`)}</p>`;
  }
}

/**
 * A figure that shows the numbers of a store: that of the <attention-tutorial> whose id is `for`, or else one of
 * its own that holds the usual lesson as it comes, so that prose which speaks of these numbers stays true.
 */
export class TutorialFigure extends Figure {
  /** @type {import('lit').PropertyDeclarations} */
  static properties = { for: { type: String }, asked: { state: true } };

  #unsubscribe = () => {};
  #longest = { model: /** @type {unknown} */ (undefined), cell: '' };

  constructor() {
    super();
    this.for = '';
    /** @type {string | undefined} the number that the reader points at */ this.asked = undefined;
    /** @type {import('../store.js').Store | undefined} */ this.store = undefined;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#unsubscribe();
  }

  /** Resolves with the first numbers; later ones redraw the figure. */
  async prepare() {
    const store = this.store = this.for ? await this.#tutorialStore() : await this.#ownStore();
    await new Promise((resolve) => {
      const changed = () => {
        if (!store.model) return;
        resolve(undefined);
        this.requestUpdate();
      };
      this.#unsubscribe();
      this.#unsubscribe = store.subscribe(changed);
      changed();
    });
  }

  /** @returns {Promise<Store>} */
  async #tutorialStore() {
    await customElements.whenDefined('attention-tutorial');
    const root = /** @type {Document | ShadowRoot} */ (this.getRootNode());
    const tutorial = /** @type {any} */ (root.getElementById(this.for));
    if (!tutorial?.store) throw new Error(`no <attention-tutorial id="${this.for}">`);
    return tutorial.store;
  }

  async #ownStore() {
    const store = new Store();
    store.load({ attention: this.attention, lesson: await sharedLesson(store.state.lesson) });
    return store;
  }

  get model() {
    return translated(/** @type {import('../compute.js').Model} */ (this.store?.model));
  }

  get tokens() {
    return /** @type {import('../compute.js').Token[]} */ (this.model.tokens);
  }

  firstUpdated() {
    this.renderRoot.addEventListener('pointerover', (event) => {
      // A finger that scrolls passes over many numbers; the one that it taps is focused.
      if (/** @type {PointerEvent} */ (event).pointerType === 'touch') return;
      this.asked = cellOf(event)?.dataset.cell ?? this.#focused();
    });
    this.renderRoot.addEventListener('focusin', () => { this.asked = this.#focused(); });
    this.renderRoot.addEventListener('click', (event) => cellOf(event)?.focus());
    this.renderRoot.addEventListener('keydown', (event) => {
      const cell = cellOf(event);
      const to = cell && cellAt(cell, /** @type {KeyboardEvent} */ (event));
      if (!to) return;
      event.preventDefault();
      to.focus();
    });
    this.addEventListener('pointerleave', () => { this.asked = this.#focused(); });
  }

  updated() {
    keepTabStops(this.renderRoot, this.asked);
  }

  #focused() {
    const { activeElement } = /** @type {ShadowRoot} */ (this.renderRoot);
    return /** @type {HTMLElement | null} */ (activeElement)?.dataset.cell;
  }

  /**
   * The line below a figure that says what the number pointed at is made of. It keeps room for the longest
   * answer, so that nothing below it moves.
   * @param {string[]} cells the numbers with the longest answers are among these
   */
  answer(cells) {
    return html`<div class="inspector">
      <p class="arithmetic" id="arithmetic">${this.asked && this.#exists(this.asked)
        ? arithmetic(this.model, this.asked) : html`<span class="soft">${words('inspector.hint')}</span>`}</p>
      <p class="arithmetic room" aria-hidden="true">${arithmetic(this.model, this.#longestOf(cells))}</p>
    </div>`;
  }

  /** @param {string[]} cells */
  #longestOf(cells) {
    const { model } = this;
    if (this.#longest.model !== this.store?.model) {
      const length = (/** @type {string} */ cell) => {
        const expression = expressionOf(model, cell);
        const pieces = expression ? writeOut(expression, (source) => value(model, source), format) : [];
        return pieces.reduce((sum, { text }) => sum + text.length, cellName(model, cell).length);
      };
      const lengths = cells.map(length);
      this.#longest = { model: this.store?.model, cell: cells[lengths.indexOf(Math.max(...lengths))] };
    }
    return this.#longest.cell;
  }

  /** @param {string} cell */
  #exists(cell) {
    return value(this.model, cell) !== undefined;
  }
}
