// Every token as the query, at once: the table that the formula in capitals speaks of.

import { css, html, nothing } from 'lit';
import { format } from '../format.js';
import { pieces, words } from '../words.js';
import { TutorialFigure, figureStyles } from './figure.js';

export class AttentionMatrix extends TutorialFigure {
  static styles = [figureStyles, css`
    .scroll { overflow-x: auto; padding: 3px; }
    table {
      border-collapse: separate; border-spacing: 2px; margin: 0 auto; direction: ltr; font-variant-numeric: tabular-nums;
    }
    .lead { padding-bottom: 0.6rem; color: var(--ink-soft); text-align: center; text-wrap: balance; }
    .after { padding: 0.6rem 0 0; }
    th, td { height: 2.25rem; padding: 0; font-weight: 400; text-align: center; }
    td {
      min-width: 3.6rem; background: color-mix(in oklab, var(--heat) calc(var(--share) * 100%), var(--paper));
    }
    td.none { background: none; color: var(--ink-soft); }
    thead th { padding: 0 0.3rem; font-family: var(--serif); font-size: 1rem; vertical-align: bottom; }
    tbody th { position: sticky; left: 0; z-index: 1; background: var(--paper); text-align: right; }
    tbody th button {
      min-height: 2.25rem; padding: 0 0.6rem 0 0.3rem; font-family: var(--serif); font-size: 1rem; white-space: nowrap;
    }
    tbody th button:hover { text-decoration: underline; }
    .sum { min-width: 4rem; background: none; color: var(--ink-soft); }
    thead .sum { font-family: inherit; font-size: inherit; }
    .current td:not(.sum) { box-shadow: 0 2px 0 var(--query), 0 -2px 0 var(--query); }
    .current th button {
      color: var(--query-text); font-weight: 700; text-decoration: underline; text-decoration-thickness: 2px;
      text-decoration-color: var(--query);
    }
    .legend {
      display: flex; flex-wrap: wrap; align-items: center; justify-content: center; gap: 0.25rem;
      margin-top: 0.9rem; color: var(--ink-soft);
    }
    .legend span {
      padding: 0.1rem 0.5rem;
      background: color-mix(in oklab, var(--heat) calc(var(--share) * 100%), var(--paper)); color: var(--ink);
    }
    @media print { .lead:not(.after) { display: none; } }
    @media (forced-colors: active) {
      td { border: 1px solid transparent; }
      td.none, td.sum { border-color: Canvas; }
      .current td:not(.sum) { border-block: 2px solid Highlight; }
      .legend { display: none; } /* the numbers alone say it */
    }
    @media (max-width: 40rem) {
      .scroll { padding: 0; }
      table { border-spacing: 1px; margin: 0; font-size: 12px; }
      td { min-width: 31px; }
      thead th { height: 5rem; padding: 0 0 0.3rem; }
      tbody th button { padding: 0 0.3rem 0 0; }
      thead th > span { display: inline-block; writing-mode: vertical-rl; rotate: 180deg; }
      .sum { min-width: 32px; }
    }
  `];

  draw() {
    const { tokens } = this;
    const { current, buffers } = this.model;
    const columns = tokens.filter(({ shown }) => shown);
    // In a row all sums are the same, so the longest answer is that for the longest of the words that are heard.
    const [{ index: longest }] = columns.filter(({ on }) => on || columns.every(({ on }) => !on))
      .sort((a, b) => b.text.length - a.text.length);
    const { data } = buffers.matrix;
    const row = (/** @type {number} */ index) => columns.map((column) => ({
      ...column, cell: `matrix[${index},${column.index}]`, share: data[index * tokens.length + column.index],
    }));
    return html`
      <p class="lead" id="lead">${words('matrix.caption')}</p>
      <div class="scroll">
        <table role="grid" aria-label=${words('matrix.region')} aria-describedby="lead">
          <thead>
            <tr>
              <td class="sum"></td>
              ${columns.map(({ text }) => html`<th scope="col"><span>${text}</span></th>`)}
              <th class="sum" scope="col"><span>${words('matrix.sum')}</span></th>
            </tr>
          </thead>
          <tbody>
            ${tokens.map(({ index, text }) => this.#row(index, text, index === current, row(index)))}
          </tbody>
        </table>
      </div>
      ${this.answer(tokens.map(({ index }) => `matrix[${index},${longest}]`))}
      ${columns.length < tokens.length ? html`<p class="lead after">${this.#unasked(tokens)}</p>` : ''}
      <div class="legend" aria-hidden="true">
        ${words('matrix.legend')} ${[0, 0.25, 0.5, 0.75, 1].map((share) =>
          html`<span .style=${`--share: ${shade(share)}`}>${format(share)}</span>`)}
      </div>`;
  }

  /** @param {import('../compute.js').Token[]} tokens */
  #unasked(tokens) {
    const list = tokens.filter(({ shown }) => !shown)
      .map(({ text }, index) => html`${index ? words('list.comma') : ''}<em>${text}</em>`);
    return pieces('matrix.unasked', { list });
  }

  /**
   * @param {number} index
   * @param {string} text
   * @param {boolean} current
   * @param {{ cell: string, share: number, on: boolean }[]} cells
   */
  #row(index, text, current, cells) {
    return html`
      <tr class=${current ? 'current' : ''}>
        <th scope="row">
          <button aria-pressed=${String(current)} @click=${() => this.store?.set({ token: index })}
            aria-label=${words('matrix.row', { token: text })}>${text}</button>
        </th>
        ${cells.map(({ cell, share }) => html`
          <td class="${share ? '' : 'none'} ${cell === this.asked ? 'asked' : ''}"
            .style=${`--share: ${shade(share)}`} data-cell=${cell} data-value=${String(share)}
            aria-describedby=${cell === this.asked ? 'arithmetic' : nothing}>${format(share)}</td>`)}
        <td class="sum">${format(cells.reduce((sum, { share }) => sum + share, 0))}</td>
      </tr>`;
  }
}

/**
 * How far a cell's tint is from the paper: small shares are told apart better than by a straight line.
 * @param {number} share
 */
function shade(share) {
  return share ** 0.6;
}
