// Score, weight, combine: the same words three times, each time one operation further.

import { css, html, nothing } from 'lit';
import { format } from '../format.js';
import { words } from '../words.js';
import { barStyles, scaleOf, signedBar } from './bar.js';
import { TutorialFigure, figureStyles } from './figure.js';

export class AttentionIntuition extends TutorialFigure {
  static properties = { active: { state: true } };

  static styles = [figureStyles, barStyles, css`
    :host { container-type: inline-size; }
    .boxes { display: grid; gap: 1.75rem; }
    section { border: 1px solid var(--hairline); padding: 0.9rem 1rem 1rem; min-width: 0; }
    h3 { margin: 0; font-size: 1.1em; font-weight: 600; }
    h3 + p { margin: 0.1rem 0 0.6rem; color: var(--ink-soft); }
    table { width: 100%; border-collapse: collapse; }
    th, td { height: 1.5rem; padding: 0; padding-inline-end: 0.3rem; font-weight: 400; text-align: start; }
    th { width: 5.2em; font-family: var(--serif); font-size: 1.12em; white-space: nowrap; }
    td.number { width: 3.2em; text-align: end; }
    tr.active th, .mix .active { text-decoration: underline; }
    tr.active td.number { font-weight: 700; }
    tfoot th, tfoot td {
      border-top: 1px solid var(--ink); color: var(--ink-soft); font-family: var(--sans); font-size: inherit;
    }
    .score .signed i { border-color: var(--ink-soft); background: var(--ink-soft); }
    .share { position: relative; height: 0.75rem; outline: 1px solid var(--hairline); }
    .share i {
      position: absolute; inset-block: 0; inset-inline-start: 0; width: calc(var(--part) * 100%);
      background: var(--weight); transition: width 400ms;
    }
    .mix { display: flex; direction: ltr; height: 2.6rem; margin: 0 0 0.4rem; border: 1px solid var(--weight); }
    .mix span {
      flex: var(--part) 0 0; min-width: 0; overflow: hidden; padding: 0 0.2rem;
      border-inline-end: 1px solid var(--paper);
      background: color-mix(in oklab, var(--heat) calc(25% + var(--part) * 75%), var(--paper));
      font: 1em/2.6rem var(--serif); text-align: center; white-space: nowrap; transition: flex-grow 400ms;
    }
    .mix .narrow { color: transparent; }
    .flow { padding: 0 0 0.6rem; color: var(--ink-soft); text-align: center; }
    .result th { font-family: inherit; font-size: inherit; }
    @container (min-width: 780px) { .boxes { grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 2.25rem; }
      section { position: relative; }
      h3 + p { min-height: 3em; }
      section:not(:last-child)::after {
        content: "→"; position: absolute; inset-inline-end: -1.75rem; top: 50%;
        color: var(--ink-soft); font-size: 1.3rem;
      }
      section:dir(rtl)::after { scale: -1 1; }
    }
    @media (prefers-reduced-motion: reduce) { .share i, .mix span { transition: none; } }
    @media print { section { break-inside: avoid; } }
    @media (forced-colors: active) {
      .share i, .score .signed i {
        forced-color-adjust: none; border-color: CanvasText; background: CanvasText;
      }
      .mix span { border-right-color: CanvasText; }
      .mix span:last-child { border-right: 0; }
      .mix .narrow { font-size: 0; } /* a transparent colour would be replaced */
    }
  `];

  constructor() {
    super();
    /** @type {number | undefined} the word looked at, in all three boxes */ this.active = undefined;
  }

  draw() {
    const name = this.tokens[this.model.current].text;
    return html`
      <div class="boxes" @pointerleave=${() => this.#look(undefined)}>
        ${['score', 'weight', 'combine'].map((box) => html`
          <section aria-labelledby=${box}>
            <h3 id=${box}>${words(`intuition.${box}.title`)}</h3>
            <p>${words(`intuition.${box}.text`, { token: name })}</p>
            ${box === 'combine' ? this.#mix() : this.#column(box)}
          </section>`)}
      </div>
      ${this.answer(this.#cells())}`;
  }

  /** @returns {string[]} all that it shows */
  #cells() {
    const { tokens, buffers } = this.model;
    return [
      ...tokens.flatMap(({ index, attended }) => (attended ? [`scores[${index}]`, `weights[${index}]`] : [])),
      ...Array.from(buffers.output.data, (_, index) => `output[${index}]`),
    ];
  }

  /** @param {string} box */
  #column(box) {
    const { buffers } = this.model;
    const [name, kind] = box === 'score' ? ['scores', 'score'] : ['weights', 'share'];
    const numbers = buffers[name].data;
    const attended = this.tokens.filter(({ attended }) => attended);
    const scale = scaleOf(attended.map(({ index }) => numbers[index]));
    return html`
      <table class=${box} role="grid" aria-labelledby=${box}>
        <tbody>${attended.map(({ index, text }) => html`
          <tr class=${index === this.active ? 'active' : ''} @pointerenter=${() => this.#look(index)}>
            <th scope="row">${text}</th>
            <td>${kind === 'share' ? shareBar(numbers[index]) : signedBar(numbers[index], scale)}</td>
            ${number(`${name}[${index}]`, numbers[index], this.asked)}
          </tr>`)}
        </tbody>
        ${kind === 'share' ? total(attended.reduce((sum, { index }) => sum + numbers[index], 0)) : ''}
      </table>`;
  }

  #mix() {
    const { tokens } = this;
    const { current, buffers, dims } = this.model;
    const weights = buffers.weights.data;
    const { data } = buffers.output;
    const scale = scaleOf(data);
    return html`
      <div class="mix" aria-hidden="true">
        ${tokens.filter(({ attended }) => attended).map(({ index, text }) => html`
          <span class="${weights[index] < 0.12 ? 'narrow' : ''} ${index === this.active ? 'active' : ''}"
            @pointerenter=${() => this.#look(index)} .style=${`--part: ${weights[index]}`}>${text}</span>`)}
      </div>
      <p class="flow" aria-hidden="true">↓</p>
      <table class="result" role="grid" aria-labelledby="combine">
        <caption class="soft">${words('intuition.result', { token: tokens[current].text })}</caption>
        <tbody>${[...data].map((value, index) => html`
          <tr>
            <th scope="row">${dims.value[index]}</th>
            <td>${signedBar(value, scale)}</td>
            ${number(`output[${index}]`, value, this.asked)}
          </tr>`)}
        </tbody>
      </table>`;
  }

  /** @param {number | undefined} index */
  #look(index) {
    this.active = index;
  }
}

/** @param {number} sum */
function total(sum) {
  return html`<tfoot><tr>
    <th scope="row">${words('intuition.sum')}</th><td></td><td class="number">${format(sum)}</td>
  </tr></tfoot>`;
}

/** @param {number} part */
function shareBar(part) {
  return html`<div class="share" aria-hidden="true"><i .style=${`--part: ${part}`}></i></div>`;
}

/**
 * @param {string} cell
 * @param {number} value
 * @param {string | undefined} asked
 */
function number(cell, value, asked) {
  return html`<td class="number ${cell === asked ? 'asked' : ''}" data-cell=${cell}
    data-value=${String(value)} aria-describedby=${cell === asked ? 'arithmetic' : nothing}
    >${format(value)}</td>`;
}
