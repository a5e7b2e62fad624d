// A curve with hairlines, its latest number beside its name. What it shows is said in words too.

import { html, nothing, svg } from 'lit';
import { words } from '../words.js';
import { curve, placeOf, ticks } from './curve.js';

const [WIDTH, HEIGHT] = [320, 96]; // units of the path; the picture is stretched to the room there is

/**
 * @typedef {{ name?: string, points: number[], dashed?: boolean }} Line
 * @param {object} plot
 * @param {string} plot.title
 * @param {unknown} plot.now the latest number
 * @param {string} plot.alternative all that the curve says, in words
 * @param {Line[]} plot.lines
 * @param {number} plot.steps
 * @param {number} plot.most
 * @param {(tick: number) => string} plot.label
 * @param {string} [plot.empty] said where there is no curve yet
 */
export function plot({ title, now, alternative, lines, steps, most, label, empty }) {
  const frame = { width: WIDTH, height: HEIGHT, steps, least: 0, most };
  const marks = ticks(most, 3);
  const drawn = lines.filter(({ points }) => points.length > 0);
  return html`<div class="plot">
    <p class="head"><span>${title}</span> ${now}</p>
    <div class="frame">
      <div class="ticks" aria-hidden="true">${marks.map((tick) =>
        html`<span .style=${`--at: ${1 - tick / most}`}>${label(tick)}</span>`)}</div>
      <svg role="img" aria-label=${alternative} viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none">
        ${marks.map((tick) => {
          const [, y] = placeOf(0, tick, frame);
          return svg`<path class="hairline" d=${`M0 ${y}H${WIDTH}`}></path>`;
        })}
        ${drawn.map(({ points, dashed }) => {
          const [x, y] = placeOf(points[points.length - 2], points[points.length - 1], frame);
          return svg`<path class=${dashed ? 'line dashed' : 'line'} d=${curve(points, frame)}></path>
            <path class="dot" d=${`M${x} ${y}h0`}></path>`;
        })}
      </svg>
      ${drawn.some(({ points }) => points.length > 2) || !empty ? nothing : html`<p class="empty soft">${empty}</p>`}
    </div>
    <p class="axis soft" aria-hidden="true"><span>0</span><span>${words('learn.steps', { steps })}</span></p>
    ${drawn.length > 1 ? html`<p class="lines soft">${drawn.map(({ name, dashed }) =>
      html`<span class=${dashed ? 'dashed' : 'solid'}>${name}</span>`)}</p>` : nothing}
  </div>`;
}
