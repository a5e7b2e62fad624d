// One word in two sentences: the vector it comes with, the same twice, and what each sentence makes of it.

import { css, html } from 'lit';
import { format } from '../format.js';
import { translated } from '../translated.js';
import { words } from '../words.js';
import { barStyles, scaleOf, signedBar } from './bar.js';
import { Figure, figureStyles } from './figure.js';
import { sharedLesson, stepsOf } from './preset.js';
import { sharesLine } from '../views/shares-line.js';

export class AttentionMeaning extends Figure {
  static styles = [figureStyles, barStyles, css`
    :host { container-type: inline-size; }
    .pair { display: grid; gap: 2.5rem; }
    attention-sentence {
      --sentence-align: flex-start; --sentence-size: clamp(1.15rem, 0.9rem + 1cqi, 1.5rem);
      --arc-room: 3.25rem; --line-room: 1.9rem; --arc-thickness: 18;
    }
    .line { min-height: 1.5em; margin: 0.6rem 0 0.9rem; }
    table { width: 100%; border-collapse: collapse; table-layout: fixed; }
    caption { padding-bottom: 0.3rem; color: var(--ink-soft); text-align: start; }
    th, td {
      height: 2rem; padding: 0; border-top: 1px solid var(--hairline); font-weight: 400; text-align: start;
    }
    thead :is(th, td) { height: 1.6rem; border: 0; color: var(--ink-soft); }
    tr > :first-child { width: 4.5em; }
    td + td { padding-inline-start: 1rem; }
    .cell { display: grid; grid-template-columns: minmax(0, 1fr) 3rem; align-items: center; gap: 0.5rem; }
    .number { text-align: end; }
    .most { font-weight: 700; }
    @container (min-width: 780px) { .pair { grid-template-columns: 1fr 1fr; gap: 3.5rem; } }
    @media print { .pair { grid-template-columns: 1fr; gap: 1.5rem; } }
  `];

  constructor() {
    super();
    /** @type {any[]} */ this.sides = [];
  }

  async prepare() {
    const attention = /** @type {import('../../core/load-steps.js').AttentionSteps} */ (this.attention);
    const lesson = await sharedLesson('bank');
    this.sides = lesson.presets.slice(0, 2).map((preset) => ({
      ...stepsOf(attention, lesson, preset),
      before: preset.embeddings[preset.current],
    }));
  }

  draw() {
    const scale = scaleOf(this.sides.flatMap(({ steps, before }) => [...steps.output.data, ...before]));
    return html`<div class="pair">${this.sides.map((side) => this.#side(side, scale))}</div>`;
  }

  /**
   * @param {any} side
   * @param {{ least: number, most: number }} scale
   */
  #side(side, scale) {
    const { source, tokens, current, steps, dims, before } = translated(side);
    const after = steps.output.data;
    const most = Math.max(...after);
    const token = tokens[current].text;
    const weights = steps.weights.data;
    return html`
      <div>
        <attention-sentence still .tokens=${tokens} .current=${current} .weights=${weights}
          .source=${source}></attention-sentence>
        <p class="line">${sharesLine({ tokens, current, weights, count: 2 })}</p>
        <table>
          <caption>${words('meaning.caption', { token })}</caption>
          <thead><tr>
            <td></td>
            <th scope="col">${words('meaning.before')}</th>
            <th scope="col">${words('meaning.after')}</th>
          </tr></thead>
          <tbody>${dims.value.map((/** @type {string} */ name, /** @type {number} */ index) => html`
            <tr>
              <th scope="row">${name}</th>
              <td>${cell(before[index], {
                scale, source: `${source} embeddings[${current},${index}]`, hollow: true,
              })}</td>
              <td>${cell(after[index], {
                scale, source: `${source} output[${index}]`, bold: after[index] === most,
              })}</td>
            </tr>`)}
          </tbody>
        </table>
      </div>`;
  }
}

/**
 * @param {number} value
 * @param {{ scale: { least: number, most: number }, source: string, hollow?: boolean, bold?: boolean }} look
 */
function cell(value, { scale, source, hollow = false, bold = false }) {
  return html`
    <div class="cell">${signedBar(value, scale, hollow)}
      <span class="number ${bold ? 'most' : ''}" data-source=${source}
        data-value=${String(value)}>${format(value)}</span>
    </div>`;
}
