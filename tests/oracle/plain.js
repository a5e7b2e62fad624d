// Attention and its gradients in the plainest loops, with a rounding after every operation: by Math.fround, what
// a straightforward float32 program computes, the yardstick for the error of the kernels; by no rounding at all,
// a second formulation for the oracle to agree with. Whole matrices and ranges of keys here, where the oracle
// asks of each single key whether it's seen.

import { widen } from './half.js';

/** What is added to each score: a matrix [B, H, M, N], -Infinity where a key is hidden. */
function biasOf({ B, H, M, N }, { causal, queryOffset, window, keyLengths, alibiSlopes, mask }, f) {
  const bias = new Float64Array(B * H * M * N).fill(-Infinity);
  for (let i = 0; i < B * H * M; i++) {
    const [b, h, m] = [Math.floor(i / (H * M)), Math.floor(i / M) % H, i % M];
    const length = keyLengths?.[b] ?? N;
    const p = m + (queryOffset?.[b] ?? queryOffset ?? (causal === 'lower-right' ? length - M : 0));
    let [from, to] = [0, length];
    if (causal) to = Math.min(to, p + 1);
    if (window && window[0] >= 0) from = Math.max(from, p - window[0]);
    if (window && window[1] >= 0) to = Math.min(to, p + window[1] + 1);
    for (let n = from; n < to; n++) bias[i * N + n] = alibiSlopes ? -f(alibiSlopes[h] * Math.abs(p - n)) : 0;
  }
  return mask ? bias.map((x, i) => (x === -Infinity ? x : f(x + maskAt(mask, i, [B, H, M, N])))) : bias;
}

/** What the mask adds at an element of [B, H, M, N]. */
function maskAt(mask, element, dims) {
  const at = indexIn(mask.dims, element, dims);
  if (!(mask.data instanceof Uint8Array)) return mask.data[at];
  return mask.data[at] ? 0 : -Infinity;
}

/** The element of an array of dims `small` that broadcasting pairs with an element of one of dims `dims`. */
function indexIn(small, element, dims) {
  let [at, stride, rest] = [0, 1, element];
  for (let i = 1; i <= small.length; i++) {
    const dim = dims[dims.length - i];
    if (small[small.length - i] !== 1) at += (rest % dim) * stride;
    stride *= small[small.length - i];
    rest = Math.floor(rest / dim);
  }
  return at;
}

function sizes(query, key, value) {
  const [[B, H, M, D], [, G, N], E] = [query.dims, key.dims, value.dims[3]];
  return { B, H, G, M, N, D, E };
}

/** The four stages, each [B, H, M, N], and the rows' logSumExp. */
function stagesOf(query, key, value, options, f) {
  const dims = sizes(query, key, value);
  const { B, H, G, M, N, D } = dims;
  const scale = f(options.scale ?? 1 / Math.sqrt(D || 1));
  const cap = f(options.softcap ?? 0);
  const bias = biasOf(dims, options, f);
  const scores = bias.map((_, i) => {
    const [row, n] = [Math.floor(i / N), i % N];
    const keyRow = Math.floor(Math.floor(row / M) / (H / G)) * N + n;
    let sum = 0;
    for (let d = 0; d < D; d++) sum = f(sum + f(query.data[row * D + d] * key.data[keyRow * D + d]));
    return f(sum * scale);
  });
  const capped = cap > 0 ? scores.map((s) => f(cap * f(Math.tanh(f(s / cap))))) : scores;
  const masked = capped.map((s, i) => (bias[i] === -Infinity ? -Infinity : f(s + bias[i])));
  const softmax = new Float64Array(masked.length);
  const logSumExp = new Float64Array(B * H * M);
  for (let row = 0; row < B * H * M; row++) {
    const sink = options.sinks?.[Math.floor(row / M) % H] ?? -Infinity;
    const logits = masked.subarray(row * N, row * N + N);
    const max = Math.max(sink, ...logits);
    let sum = max === -Infinity ? 0 : f(Math.exp(f(sink - max)));
    for (const logit of logits) if (logit > -Infinity) sum = f(sum + f(Math.exp(f(logit - max))));
    logSumExp[row] = sum === 0 ? -Infinity : f(max + f(Math.log(sum)));
    for (let n = 0; n < N; n++) {
      softmax[row * N + n] = logits[n] === -Infinity ? 0 : f(f(Math.exp(f(logits[n] - max))) / sum);
    }
  }
  return { dims, scale, cap, scores, capped, masked, softmax, logSumExp };
}

/** @param {(x: number) => number} f Math.fround, or no rounding */
export function plainAttention(query, key, value, options = {}, f = Math.fround) {
  const [q, k, v] = [query, key, value].map(widen);
  const stages = stagesOf(q, k, v, options, f);
  const { B, H, G, M, N, E } = stages.dims;
  const output = new Float64Array(B * H * M * E).map((_, i) => {
    const [row, e] = [Math.floor(i / E), i % E];
    const first = Math.floor(Math.floor(row / M) / (H / G)) * N;
    let sum = 0;
    for (let n = 0; n < N; n++) {
      const share = stages.softmax[row * N + n];
      if (share !== 0) sum = f(sum + f(share * v.data[(first + n) * E + e]));
    }
    return sum;
  });
  return {
    output: { data: output, dims: [B, H, M, E] },
    logSumExp: { data: stages.logSumExp, dims: [B, H, M] },
    ...(options.weights && { weights: { data: stages[options.weights], dims: [B, H, M, N] } }),
  };
}

/** @param {(x: number) => number} f Math.fround, or no rounding */
export function plainBackward(gradOutput, query, key, value, options = {}, f = Math.fround) {
  const [q, k, v] = [query, key, value].map(widen);
  const { output } = plainAttention(query, key, value, options, f);
  const stages = stagesOf(q, k, v, options, f);
  const { B, H, G, M, N, D, E } = stages.dims;
  const zeros = ({ dims }) => ({ data: new Float64Array(dims.reduce((a, b) => a * b, 1)), dims });
  const [gradQuery, gradKey, gradValue] = [q, k, v].map(zeros);
  const gradMask = options.mask && !(options.mask.data instanceof Uint8Array) ? zeros(options.mask) : undefined;
  const add = ({ data }, i, x) => { data[i] = f(data[i] + x); };
  const dot = (a, b, i, j, width) => {
    let sum = 0;
    for (let c = 0; c < width; c++) sum = f(sum + f(a.data[i * width + c] * b.data[j * width + c]));
    return sum;
  };
  stages.masked.forEach((s, i) => {
    if (s === -Infinity) return;
    const [row, n] = [Math.floor(i / N), i % N];
    const keyRow = Math.floor(Math.floor(row / M) / (H / G)) * N + n;
    const share = f(Math.exp(f(s - stages.logSumExp[row])));
    const gradShare = f(dot(gradOutput, v, row, keyRow, E) - dot(gradOutput, output, row, row, E));
    let grad = f(share * gradShare);
    for (let e = 0; e < E; e++) add(gradValue, keyRow * E + e, f(share * gradOutput.data[row * E + e]));
    if (gradMask) add(gradMask, indexIn(gradMask.dims, i, [B, H, M, N]), grad);
    if (stages.cap > 0) grad = f(grad * f(1 - f(f(stages.capped[i] / stages.cap) ** 2)));
    grad = f(grad * stages.scale);
    for (let d = 0; d < D; d++) {
      add(gradQuery, row * D + d, f(grad * k.data[keyRow * D + d]));
      add(gradKey, keyRow * D + d, f(grad * q.data[row * D + d]));
    }
  });
  return { gradQuery, gradKey, gradValue, ...(gradMask && { gradMask }) };
}
