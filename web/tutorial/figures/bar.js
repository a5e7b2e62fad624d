// A bar that starts at zero and goes left or right, on a scale that several bars share.

import { css, html } from 'lit';

export const barStyles = css`
  .signed { position: relative; height: 0.75rem; }
  .signed::before {
    content: ""; position: absolute; inset-block: -0.3rem; inset-inline-start: calc(var(--zero) * 100%);
    border-inline-start: 1px solid var(--outline);
  }
  .signed i {
    position: absolute; inset-block: 0; inset-inline-start: calc(var(--from) * 100%); width: calc(var(--length) * 100%);
    border: 1px solid var(--value); background: var(--value); transition: inset-inline-start 400ms, width 400ms;
  }
  .signed.hollow i { border-color: var(--ink-soft); background: none; }
  @media (prefers-reduced-motion: reduce) { .signed i { transition: none; } }
  @media (forced-colors: active) {
    .signed i { forced-color-adjust: none; border-color: CanvasText; background: CanvasText; }
    .signed.hollow i { border-color: CanvasText; background: none; }
  }
`;

/**
 * A scale that has room for all of these numbers and for zero.
 * @param {ArrayLike<number>} values
 */
export function scaleOf(values) {
  const all = Array.from(values).filter(Number.isFinite);
  return { least: Math.min(0, ...all), most: Math.max(1e-6, ...all) };
}

/**
 * @param {number} value
 * @param {{ least: number, most: number }} scale
 * @param {boolean} [hollow]
 */
export function signedBar(value, { least, most }, hollow = false) {
  const place = (/** @type {number} */ number) => (number - least) / (most - least);
  const [from, to] = [Math.min(0, value), Math.max(0, value)].map(place);
  return html`<div class="signed ${hollow ? 'hollow' : ''}" aria-hidden="true"
    .style=${`--zero: ${place(0)}`}><i .style=${`--from: ${from}; --length: ${to - from}`}></i></div>`;
}
