// The gradients of scaledDotProductAttention in float64, by the chain rule, one row after the other. It needs
// no saved output or logSumExp: it computes the rows anew. Above each line: the line of forward.js that it
// differentiates.

import { attendRow, forEachRow, maskIndex, problem, rowsOf } from './forward.js';

/** @returns {{ gradQuery, gradKey, gradValue, gradMask }} gradMask only for an additive mask */
export function scaledDotProductAttentionBackward(gradOutput, query, key, value, options = {}) {
  const whole = problem(query, key, value, options);
  const additive = options.mask && !(options.mask.data instanceof Uint8Array);
  const zeros = ({ dims }) => ({ data: new Float64Array(dims.reduce((a, b) => a * b, 1)), dims });
  const gradients = {
    gradQuery: zeros(query),
    gradKey: zeros(key),
    gradValue: zeros(value),
    ...(additive && { gradMask: zeros(options.mask) }),
  };
  forEachRow(whole, (b, h, m) => addRow(gradients, gradOutput.data, whole, b, h, m));
  return gradients;
}

function addRow({ gradQuery, gradKey, gradValue, gradMask }, g, whole, b, h, m) {
  const { q, k, v, N, D, E, scale, options: { mask, softcap = 0 } } = whole;
  const { row, first } = rowsOf(whole, b, h, m);
  const { capped, softmax, seen } = attendRow(whole, b, h, m);

  // output[e] = Σ softmax[n] v[n, e]
  const gradSoftmax = new Float64Array(N);
  for (let n = 0; n < N; n++) {
    if (!seen[n]) continue;
    for (let e = 0; e < E; e++) {
      gradSoftmax[n] += g[row * E + e] * v[(first + n) * E + e];
      gradValue.data[(first + n) * E + e] += softmax[n] * g[row * E + e];
    }
  }
  // softmax[n] = e^masked[n] / (e^sink + Σ e^masked[j]), so
  // ∂softmax[j] / ∂masked[n] = softmax[j] ([j = n] - softmax[n])
  let mean = 0;
  for (let n = 0; n < N; n++) if (seen[n]) mean += softmax[n] * gradSoftmax[n];
  for (let n = 0; n < N; n++) {
    if (!seen[n]) continue;
    const gradMasked = softmax[n] * (gradSoftmax[n] - mean);
    // masked = capped - slope |p - n| + mask
    if (gradMask) gradMask.data[maskIndex(mask, [b, h, m, n])] += gradMasked;
    // capped = c tanh(scores / c), and tanh' = 1 - tanh²
    const gradScore = softcap > 0 ? gradMasked * (1 - (capped[n] / softcap) ** 2) : gradMasked;
    // scores[n] = scale Σ q[d] k[n, d]
    for (let d = 0; d < D; d++) {
      gradQuery.data[row * D + d] += scale * gradScore * k[(first + n) * D + d];
      gradKey.data[(first + n) * D + d] += scale * gradScore * q[row * D + d];
    }
  }
}
