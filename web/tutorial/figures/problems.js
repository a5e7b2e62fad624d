// Four small sentences. The reader guesses which word decides before the arcs of each are shown.

import { css, html } from 'lit';
import { percent } from '../format.js';
import { translated } from '../translated.js';
import { pieces, words } from '../words.js';
import { Figure, figureStyles } from './figure.js';
import { sharedLesson, stepsOf } from './preset.js';
import { sharesLine } from '../views/shares-line.js';

const PROBLEMS = ['bank', 'animal', 'keys', 'umbrella'];

export class AttentionProblems extends Figure {
  static properties = { guesses: { state: true } };

  static styles = [figureStyles, css`
    :host { container-type: inline-size; }
    ol {
      display: grid; gap: 0; margin: 0; padding: 0; list-style: none; border-top: 1px solid var(--hairline);
    }
    li { padding: 1.1rem 0 1.25rem; border-bottom: 1px solid var(--hairline); }
    h3 { margin: 0; font-size: inherit; font-weight: 600; }
    attention-sentence {
      margin: 0.4rem 0 0.75rem;
      --sentence-align: flex-start; --sentence-size: clamp(1.15rem, 0.9rem + 1cqi, 1.5rem);
      --arc-room: 3rem; --line-room: 1.9rem; --arc-thickness: 18;
    }
    .answer { min-height: 9.4em; } /* a question takes the room of its answer */
    @container (min-width: 480px) { .answer { min-height: 6.5em; } }
    .actions { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin-top: 0.35rem; }
    .actions > * { min-height: 24px; text-decoration: underline; text-decoration-color: var(--outline); }
    @container (min-width: 780px) {
      ol { grid-template-columns: 1fr 1fr; column-gap: 3.5rem; }
    }
    @media print {
      ol { grid-template-columns: 1fr; }
      li { break-inside: avoid; }
      .actions { display: none; }
      .answer { min-height: 0; }
    }
  `];

  constructor() {
    super();
    // The word guessed in each sentence; -1 = just show it.
    this.guesses = /** @type {Record<string, number>} */ ({});
    this.rows = /** @type {{ id: string, row: ReturnType<typeof stepsOf> }[]} */ ([]);
  }

  connectedCallback() {
    super.connectedCallback();
    addEventListener('beforeprint', this.#showAll);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener('beforeprint', this.#showAll);
  }

  // Nothing can be tapped on paper.
  #showAll = () => {
    this.guesses = { ...Object.fromEntries(PROBLEMS.map((id) => [id, -1])), ...this.guesses };
  };

  async prepare() {
    const attention = /** @type {import('../../core/load-steps.js').AttentionSteps} */ (this.attention);
    this.rows = await Promise.all(PROBLEMS.map(async (id) => ({
      id, row: stepsOf(attention, await sharedLesson(id)),
    })));
  }

  draw() {
    return html`<ol>${this.rows.map(({ id, row }) => this.#problem(id, row))}</ol>`;
  }

  /**
   * @param {string} id
   * @param {ReturnType<typeof stepsOf>} row
   */
  #problem(id, row) {
    const { tokens, current, steps, source } = translated(row);
    const guess = this.guesses[id];
    const open = guess !== undefined;
    const weights = steps.weights.data;
    return html`
      <li>
        <h3>${words(`problems.${id}.title`)}</h3>
        <attention-sentence .tokens=${tokens} .current=${current} .weights=${weights}
          .source=${source} ?veiled=${!open} .chosen=${guess}
          @pick=${(/** @type {CustomEvent} */ { detail }) => this.#guess(id, detail.index)}>
        </attention-sentence>
        <div class="answer" role="status">
          ${open
            ? this.#answer(id, { tokens, current, weights, guess })
            : this.#question(id, tokens[current].text)}
        </div>
      </li>`;
  }

  /**
   * @param {string} id
   * @param {string} token
   */
  #question(id, token) {
    return html`
      <p>${pieces(`problems.${id}.ask`, { token: html`<em>${token}</em>` })}</p>
      <p class="actions"><button @click=${() => this.#guess(id, -1)}>${words('problems.show')}</button></p>`;
  }

  /**
   * @param {string} id
   * @param {{ tokens: any[], current: number, weights: Float32Array, guess: number }} row
   */
  #answer(id, { tokens, current, weights, guess }) {
    return html`
      <p>
        ${this.#verdict({ tokens, current, weights, guess })}
        ${sharesLine({ tokens, current, weights, count: 2 })} ${words(`problems.${id}.why`)}
      </p>
      <p class="actions"><a href="?lesson=${id}#tutorial">${words('problems.open')}</a></p>`;
  }

  /** @param {{ tokens: any[], current: number, weights: Float32Array, guess: number }} row */
  #verdict({ tokens, current, weights, guess }) {
    const guessed = tokens[guess];
    if (!guessed || guess === current) return '';
    const right = weights[guess] === Math.max(...weights);
    return pieces(`problems.${!guessed.attended ? 'silent' : right ? 'agreed' : 'guessed'}`, {
      token: html`<em>${guessed.text}</em>`, share: percent(weights[guess]),
    });
  }

  /**
   * @param {string} id
   * @param {number} index
   */
  #guess(id, index) {
    this.guesses = { ...this.guesses, [id]: index };
  }
}
