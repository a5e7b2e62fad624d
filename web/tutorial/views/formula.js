// The formula, with the part that a step is about lit.

import { html } from 'lit';

/**
 * softmax(q·Kᵀ / √d_k)·V as MathML.
 * @param {number} step
 */
export function formula(step) {
  const lit = (/** @type {number[]} */ ...steps) => (steps.includes(step) ? 'lit' : 'rest');
  return html`<math class="formula" display="block"><mrow>
    <mi class="upright ${lit(5)}">softmax</mi>
    <mo class=${lit(5)}>(</mo>
    <mfrac class=${lit(4)}>
      <mrow>
        <mi class="query ${lit(1, 3)}">q</mi>
        <msup class="key ${lit(2, 3)}"><mi>K</mi><mi class="upright">T</mi></msup>
      </mrow>
      <msqrt class=${lit(4)}><msub><mi>d</mi><mi>k</mi></msub></msqrt>
    </mfrac>
    <mo class=${lit(5)}>)</mo>
    <mi class="value ${lit(2, 6)}">V</mi>
  </mrow></math>`;
}
