// Gradients by central differences of the oracle's forward, in float64: no chain rule, only attention itself.

import { scaledDotProductAttention } from './forward.js';
import { widen } from './half.js';

const STEP = 1e-4;

/** The error of a difference: about a sixth of the third derivative · STEP², plus 1e-16 / STEP of rounding. */
export const DIFFERENCE = 2e-7;

const float64 = (tensor) => ({ data: Float64Array.from(widen(tensor).data), dims: tensor.dims });

/** The gradients of Σ gradOutput · output by query, key, value and an additive mask. */
export function centralDifferences(gradOutput, query, key, value, options) {
  const additive = options.mask && !(options.mask.data instanceof Uint8Array);
  const operands = [query, key, value].map(float64);
  const mask = additive ? float64(options.mask) : options.mask;
  const loss = () => scaledDotProductAttention(...operands, { ...options, mask, weights: false }).output.data
    .reduce((sum, x, i) => sum + x * gradOutput.data[i], 0);
  const slopes = ({ data, dims }) => ({
    data: Float64Array.from(data, (x, i) => {
      const [above, below] = [STEP, -STEP].map((change) => { data[i] = x + change; return loss(); });
      data[i] = x;
      return (above - below) / (2 * STEP);
    }),
    dims,
  });
  const [gradQuery, gradKey, gradValue] = operands.map(slopes);
  // A hidden key stays hidden: -Infinity plus a step is -Infinity.
  return { gradQuery, gradKey, gradValue, ...(additive && { gradMask: slopes(mask) }) };
}
