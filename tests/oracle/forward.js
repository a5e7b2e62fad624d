// softmax(scale · query · keyᵀ …) · value in float64, one row after the other. The order of what happens to a
// score: scale, softcap, ALiBi and additive mask, hiding, softmax with the sink.

import { widen } from './half.js';

/** The key position of query 0. */
function offsetOf({ queryOffset, causal, keyLengths }, b, M, N) {
  if (typeof queryOffset === 'number') return queryOffset;
  if (queryOffset) return queryOffset[b];
  return causal === 'lower-right' ? (keyLengths ? keyLengths[b] : N) - M : 0;
}

/** Where a position of [B, H, M, N] finds its element in the mask, by NumPy's broadcasting. */
export function maskIndex({ dims }, position) {
  let index = 0;
  dims.forEach((dim, i) => {
    const along = position[position.length - dims.length + i];
    index = index * dim + (dim === 1 ? 0 : along);
  });
  return index;
}

/** What the mask adds to the score at a position; -Infinity hides the key. */
function addedBy(mask, position) {
  const element = mask.data[maskIndex(mask, position)];
  if (mask.data instanceof Uint8Array) return element === 0 ? -Infinity : 0;
  return element;
}

/** May the query at position p see key n, as far as the mask has no say? */
function visible({ causal, window: [left, right] = [-1, -1], keyLengths }, b, p, n) {
  if (keyLengths && n >= keyLengths[b]) return false;
  if (left !== -1 && n < p - left) return false;
  if (right !== -1 && n > p + right) return false;
  return !causal || n <= p;
}

/** Softmax over the keys that are seen and the sink; all zeros when no key is. */
function softmax(masked, seen, sink) {
  let max = sink;
  masked.forEach((score, n) => { if (seen[n] && !(score <= max)) max = score; });
  const exponentials = masked.map((score, n) => (seen[n] && score !== -Infinity ? Math.exp(score - max) : 0));
  const keys = exponentials.reduce((total, x) => total + x, 0);
  const sum = keys + (sink === -Infinity ? 0 : Math.exp(sink - max));
  return {
    shares: exponentials.map((x) => (keys === 0 ? 0 : x / sum)),
    logSumExp: sum === 0 ? -Infinity : max + Math.log(sum),
  };
}

/** Letters, widened data and defaults of a call. */
export function problem(query, key, value, options) {
  const [B, H, M, D] = query.dims;
  const [, G, N] = key.dims;
  const E = value.dims[3];
  const { scale = 1 / Math.sqrt(D || 1) } = options;
  const [q, k, v] = [query, key, value].map((tensor) => widen(tensor).data);
  return { q, k, v, B, H, G, M, N, D, E, scale, options };
}

/** Where row (b, h, m) of the query, and the first row of its key/value head, start; in rows. */
export function rowsOf({ H, G, M, N }, b, h, m) {
  return { row: (b * H + h) * M + m, first: (b * G + Math.floor(h / (H / G))) * N };
}

/** The four stages of one row, which keys it sees, and its logSumExp. */
export function attendRow(whole, b, h, m) {
  const { q, k, M, N, D, scale, options } = whole;
  const { mask, softcap = 0, alibiSlopes, sinks } = options;
  const { row, first } = rowsOf(whole, b, h, m);
  const p = m + offsetOf(options, b, M, N);
  const [scores, capped, masked] = [new Float64Array(N), new Float64Array(N), new Float64Array(N)];
  const seen = [];
  for (let n = 0; n < N; n++) {
    for (let d = 0; d < D; d++) scores[n] += q[row * D + d] * k[(first + n) * D + d];
    scores[n] *= scale;
    capped[n] = softcap > 0 ? softcap * Math.tanh(scores[n] / softcap) : scores[n];
    const added = mask ? addedBy(mask, [b, h, m, n]) : 0;
    seen[n] = visible(options, b, p, n) && added !== -Infinity;
    const distance = alibiSlopes ? alibiSlopes[h] * Math.abs(p - n) : 0;
    masked[n] = seen[n] ? capped[n] - distance + added : -Infinity;
  }
  const { shares, logSumExp } = softmax(masked, seen, sinks ? sinks[h] : -Infinity);
  return { scores, capped, masked, softmax: shares, seen, logSumExp };
}

/** Calls `each(b, h, m)` for every row. */
export function forEachRow({ B, H, M }, each) {
  for (let b = 0; b < B; b++) {
    for (let h = 0; h < H; h++) {
      for (let m = 0; m < M; m++) each(b, h, m);
    }
  }
}

/** @returns {{ output, logSumExp, weights }} data in Float64Arrays; weights only where asked for */
export function scaledDotProductAttention(query, key, value, options = {}) {
  const whole = problem(query, key, value, options);
  const { v, B, H, M, N, E } = whole;
  const { weights = false } = options;
  const output = new Float64Array(B * H * M * E);
  const logSumExp = new Float64Array(B * H * M);
  const matrix = new Float64Array(weights ? B * H * M * N : 0);
  forEachRow(whole, (b, h, m) => {
    const { row, first } = rowsOf(whole, b, h, m);
    const stages = attendRow(whole, b, h, m);
    logSumExp[row] = stages.logSumExp;
    for (let n = 0; n < N; n++) {
      if (!stages.seen[n]) continue;
      for (let e = 0; e < E; e++) output[row * E + e] += stages.softmax[n] * v[(first + n) * E + e];
    }
    if (weights) matrix.set(stages[weights], row * N);
  });
  return {
    output: { data: output, dims: [B, H, M, E] },
    logSumExp: { data: logSumExp, dims: [B, H, M] },
    ...(weights && { weights: { data: matrix, dims: [B, H, M, N] } }),
  };
}
