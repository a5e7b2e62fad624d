// A sentence with an arc from its current word to each word that it attends to, as thick as the weight.

import { LitElement, css, html, nothing, svg } from 'lit';
import { percent } from '../format.js';
import { FIRST } from '../first-language.js';
import { speak, words } from '../words.js';
import { arcs, between, folded, path } from './arcs.js';

const DURATION = 450;
const GROWTH = 900;
const LITTLE = 0.005; // a smaller share has no arc to be seen, and no number

/**
 * @typedef {{ index: number, text: string, attended: boolean, shown?: boolean, gloss?: string }} SentenceToken
 */

/**
 * Fires `pick` with { index } when a word is chosen.
 * Parts: `words`. Custom properties: `--sentence-size`, `--arc-room` (above the first line), `--line-room`
 * (between lines), `--arc-thickness` (of a weight of 1, in px), `--sentence-align`, `--word-width` (at least).
 */
export class AttentionSentence extends LitElement {
  static properties = {
    tokens: { attribute: false },
    current: { type: Number },
    weights: { attribute: false },
    chosen: { type: Number },
    veiled: { type: Boolean },
    still: { type: Boolean },
    label: { attribute: false },
    source: { type: String },
    language: { attribute: false },
  };

  static styles = css`
    :host { display: block; position: relative; container-type: inline-size; direction: ltr; font-family: var(--serif); }
    .words {
      display: flex; flex-wrap: wrap; justify-content: var(--sentence-align, center);
      row-gap: var(--line-room, 1.6em);
      padding-top: var(--arc-room, 2.4em);
      font-size: var(--sentence-size, clamp(1.3rem, 3.55cqi, 2.35rem)); line-height: 1.2;
    }
    svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; pointer-events: none; }
    path { fill: none; stroke: var(--weight); }
    .word {
      position: relative; min-width: var(--word-width, auto); margin: 0; padding: 0 0.09em 1.1rem; border: 0;
      text-align: center;
      background: none; color: inherit; font: inherit; line-height: inherit;
      user-select: text; -webkit-user-select: text;
    }
    button.word { min-width: max(24px, var(--word-width, 0px)); cursor: pointer; }
    /* An arc on its way to another line passes behind a word, never through its letters. */
    .text {
      position: relative; display: inline-block; padding: 0 0.04em; background: var(--paper); border-radius: 0.2em;
      text-decoration: underline; text-decoration-thickness: 0.06em; text-decoration-color: transparent;
      text-underline-offset: 0.14em;
    }
    .share {
      position: absolute; left: 50%; bottom: 0; translate: -50%;
      color: var(--ink-soft); font: 0.68rem/1.1rem var(--sans);
      font-variant-numeric: tabular-nums; white-space: nowrap;
    }
    .gloss {
      display: block; padding-top: 0.1rem; color: var(--ink-soft); font: max(0.66rem, 11px)/1.35 var(--sans); unicode-bidi: isolate;
    }
    .top .share { color: var(--ink); font-weight: 700; }
    button:not(.current):hover .text { text-decoration-color: var(--outline); }
    .quiet .text { color: var(--ink-soft); text-decoration-style: dotted; text-decoration-color: var(--outline); }
    .current .text {
      color: var(--query-text); text-decoration-style: solid; text-decoration-thickness: 0.09em;
      text-decoration-color: var(--query);
    }
    .chosen .text { outline: 1px dashed var(--ink); outline-offset: 0.08em; }
    button:focus-visible { outline: 3px solid var(--query); outline-offset: 2px; border-radius: 2px; }
    /* Arcs lie where the words were measured, and on paper there is no measuring. So a sentence that is about to be
       printed takes a form that is the same on screen and on paper, in px; any other is printed without arcs. */
    :host([printed]) { width: 600px; margin-inline: auto; }
    :host([printed]) .words { padding-top: 76px; row-gap: 40px; font-size: 19px; }
    :host([printed]) .word { padding-bottom: 15px; }
    :host([printed]) .share { font: 9.5px/15px var(--sans); }
    @media print {
      :host(:not([printed])) svg { display: none; }
      :host(:not([printed])) .words { padding-top: 0.5em; row-gap: 0.5em; }
    }
    @media (forced-colors: active) {
      path { stroke: CanvasText; }
      .text, .chosen .text { text-decoration: none; } /* a transparent line would show */
      button:hover .text { text-decoration: underline; }
      .quiet .text { text-decoration: underline 0.06em dotted; }
      .current .text { text-decoration: underline 0.14em Highlight; }
    }
    @container (max-width: 700px) { .words { row-gap: var(--line-room, 2em); } }
  `;

  #observer = new ResizeObserver(() => this.#draw(0));
  #shown = /** @type {import('./arcs.js').Arc[]} */ ([]);
  #frame = 0;
  #drawnFor = '';

  constructor() {
    super();
    this.tokens = /** @type {SentenceToken[]} */ ([]);
    this.current = 0;
    this.weights = /** @type {ArrayLike<number>} */ ([]);
    this.chosen = /** @type {number | undefined} */ (undefined); // the word that a reader guessed
    this.veiled = false; // no arcs and numbers until a guess is made
    this.still = false; // words are text, not buttons
    this.label = /** @type {((token: SentenceToken) => string) | undefined} */ (undefined); // accessible name
    this.source = ''; // the lesson and preset that the weights are from, where not the tutorial's
    this.language = FIRST; // that of the element around it
  }

  connectedCallback() {
    super.connectedCallback();
    this.#observer.observe(this);
    addEventListener('beforeprint', this.#print);
    addEventListener('afterprint', this.#print);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#observer.disconnect();
    removeEventListener('beforeprint', this.#print);
    removeEventListener('afterprint', this.#print);
    cancelAnimationFrame(this.#frame);
  }

  /**
   * The current word gets the focus.
   * @param {FocusOptions} [options]
   */
  focus(options) {
    /** @type {HTMLElement | null} */ (this.renderRoot.querySelector('button.current'))?.focus(options);
  }

  #print = (/** @type {Event} */ { type }) => {
    this.toggleAttribute('printed', type === 'beforeprint');
    this.#draw(0);
  };

  performUpdate() {
    speak(this.language, () => super.performUpdate());
  }

  render() {
    return html`
      <svg aria-hidden="true">${this.tokens.map(() => svg`<path></path>`)}</svg>
      <div class="words" part="words" role="group" aria-label=${words('sentence.group')}>
        ${this.tokens.map((token) => this.#word(token))}
      </div>`;
  }

  updated() {
    const first = this.#shown.length !== this.tokens.length;
    this.#draw(first ? GROWTH : DURATION);
  }

  /** @param {SentenceToken} token */
  #word(token) {
    const { index, text, attended, gloss } = token;
    const share = this.weights[index] ?? 0;
    const pressed = this.veiled || this.chosen !== undefined ? this.chosen : this.current;
    const numbered = !this.veiled && attended && share >= LITTLE;
    const most = Math.max(...Array.from(this.weights, Number));
    const names = [
      index === this.current && 'current', !attended && index !== this.current && 'quiet',
      index === this.chosen && 'chosen', share === most && 'top',
    ].filter(Boolean);
    const number = numbered ? html`<span class="share" data-source="${this.source} weights[${index}]"
      data-value=${String(share)}>${percent(share)}</span>` : '';
    const content = html`<span class="text" lang=${gloss === undefined ? nothing : 'en'}>${text}</span>${
      gloss ? html`<small class="gloss">${gloss}</small>` : nothing} ${number}`;
    if (this.still) return html`<span class="word ${names.join(' ')}">${content}</span>`;
    return html`
      <button class="word ${names.join(' ')}" aria-pressed=${String(index === pressed)}
        aria-label=${this.label?.(token) ?? nothing}
        @click=${() => this.#pick(index)}>${content}</button>`;
  }

  /** @param {number} index */
  #pick(index) {
    this.dispatchEvent(new CustomEvent('pick', { detail: { index }, bubbles: true }));
  }

  /**
   * Lets the arcs go from where they are to where they belong.
   * @param {number} duration
   */
  #draw(duration) {
    const places = this.#measure();
    if (!places) return;
    const weights = this.tokens.map(({ index, attended }) =>
      (this.veiled || !attended ? 0 : this.weights[index]));
    const key = JSON.stringify([places, this.current, weights]);
    if (key === this.#drawnFor) return;
    this.#drawnFor = key;
    const target = arcs(places, this.current, weights, this.#room(places));
    const from = this.#shown.length === target.length
      ? this.#shown : target.map((arc) => folded(places[this.current], arc));
    const still = this.hasAttribute('printed') || matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.#glide(from, target, still ? 0 : duration);
  }

  /**
   * @param {import('./arcs.js').Arc[]} from
   * @param {import('./arcs.js').Arc[]} to
   * @param {number} duration
   */
  #glide(from, to, duration) {
    cancelAnimationFrame(this.#frame);
    const start = performance.now();
    const draw = (/** @type {number} */ now) => {
      const time = duration ? Math.min(1, Math.max(0, now - start) / duration) : 1;
      this.#paint(to.map((arc, index) => between(from[index], arc, 1 - (1 - time) ** 3)));
      if (time < 1) this.#frame = requestAnimationFrame(draw);
    };
    draw(start);
  }

  /** @param {import('./arcs.js').Arc[]} shown */
  #paint(shown) {
    this.#shown = shown;
    this.renderRoot.querySelectorAll('path').forEach((element, index) => {
      const { points, width, opacity } = shown[index];
      element.setAttribute('d', path(points));
      element.setAttribute('stroke-width', width.toFixed(2));
      element.setAttribute('stroke-opacity', opacity.toFixed(3));
    });
  }

  /** @returns {import('./arcs.js').Place[] | undefined} */
  #measure() {
    const buttons = [...this.renderRoot.querySelectorAll('.word')];
    const box = this.getBoundingClientRect();
    if (!box.width || !buttons.length || buttons.length !== this.tokens.length) return undefined;
    let [line, lastTop] = [-1, -Infinity];
    return buttons.map((button) => {
      const outer = button.getBoundingClientRect();
      const letters = /** @type {Element} */ (button.firstElementChild).getBoundingClientRect();
      if (outer.top > lastTop + outer.height / 2) line += 1;
      lastTop = outer.top;
      const x = (letters.left + letters.right) / 2 - box.left;
      return { x, top: letters.top - box.top, bottom: outer.bottom - box.top + 2, line };
    });
  }

  /** @param {import('./arcs.js').Place[]} places */
  #room(places) {
    const rooms = /** @type {number[]} */ ([]);
    places.forEach(({ top, line }, index) => {
      // Below the first line, arcs to other lines need the upper half.
      if (line === rooms.length) rooms.push(index ? (top - places[index - 1].bottom) / 2 : top - 4);
    });
    const widths = rooms.map((_, row) => {
      const line = places.filter((place) => place.line === row);
      return line[line.length - 1].x - line[0].x;
    });
    const thickness = parseFloat(getComputedStyle(this).getPropertyValue('--arc-thickness')) || 26;
    return { thickness, rooms, span: Math.max(1, ...widths) };
  }
}
