// The two curves of a model, or of several models in one plot: its loss, and how often it is right.

import { html } from 'lit';
import { format, percent } from '../format.js';
import { words } from '../words.js';
import { plot } from './plot.js';

const USUAL = 2; // a loss that has room for what guessing costs

/**
 * @param {{ name: string, model: import('./session.js').Model }[]} models the one spoken of first
 * @param {number} steps
 * @param {string} [empty] said where there is no curve yet
 */
export function curves(models, steps, empty) {
  const [{ model }] = models;
  const lossLines = models.map(({ name, model: { losses, step, evaluation } }, index) =>
    ({ name, points: losses.length ? losses : [step, evaluation.loss], dashed: index > 0 }));
  const rightLines = models.map(({ name, model: { accuracies } }, index) =>
    ({ name, points: accuracies, dashed: index > 0 }));
  const number = (/** @type {string} */ text) => html`<b class="number">${text}</b>`;
  return html`<div class="plots">
    ${plot({
      title: words('learn.loss'), now: number(format(latest(lossLines[0].points))), steps, empty,
      lines: lossLines, most: highest(lossLines), label: String,
      alternative: lossLines.map((line) => inWords('learn.lossCurve', line, format)).join(' '),
    })}
    ${plot({
      title: words('learn.right'), now: number(percent(model.evaluation.accuracy)), steps,
      lines: rightLines, most: 1, label: (tick) => percent(tick),
      alternative: rightLines.map((line) => inWords('learn.rightCurve', line, percent)).join(' '),
    })}
  </div>`;
}

/** @param {import('./plot.js').Line[]} lines */
function highest(lines) {
  const numbers = lines.flatMap(({ points }) => points.filter((number, index) => index % 2 && Number.isFinite(number)));
  return Math.max(USUAL, ...numbers.map((number) => Math.min(number, 100)));
}

/** @param {number[]} points */
function latest(points) {
  return points[points.length - 1];
}

/**
 * @param {string} key
 * @param {import('./plot.js').Line} line
 * @param {(number: number) => string} show
 */
function inWords(key, { name, points }, show) {
  return words(key, {
    name, from: points[0], to: points[points.length - 2], first: show(points[1]), last: show(latest(points)),
  });
}
