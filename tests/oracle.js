// Attention in float64, as it's written down in textbooks: loops, no tricks, nothing shared with the code
// under test. Takes the arguments of `attention.steps` and `attention.scaledDotProductAttention`.

/** A row-major matrix product of [n, c] and [c, d]. */
function multiply(a, b, n, c, d) {
  const product = new Float64Array(n * d);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) {
      for (let k = 0; k < c; k++) product[i * d + j] += a[i * c + k] * b[k * d + j];
    }
  }
  return product;
}

/** Softmax over the entries that are seen; all zeros when none is. */
function softmax(scores, seen) {
  let max = -Infinity;
  scores.forEach((score, n) => { if (seen[n] && !(score <= max)) max = score; });
  const exponentials = scores.map((score, n) => (seen[n] && score !== -Infinity ? Math.exp(score - max) : 0));
  const sum = exponentials.reduce((total, x) => total + x, 0);
  return { weights: exponentials.map((x) => (sum === 0 ? 0 : x / sum)), max, sum };
}

/** @returns every name of `attention.steps`, as { data: Float64Array, dims } */
export function steps({
  embeddings, queryWeight, keyWeight, valueWeight, queries, keys, values, queryIndex, scale, temperature = 1,
  shift = 0, attend,
}) {
  const project = (given, weight) => (given ? Float64Array.from(given.data)
    : multiply(embeddings.data, weight.data, embeddings.dims[0], weight.dims[0], weight.dims[1]));
  const N = (embeddings ?? queries).dims[0];
  const D = (queries ?? queryWeight).dims[1];
  const E = (values ?? valueWeight).dims[1];
  const q = project(queries, queryWeight);
  const k = project(keys, keyWeight);
  const v = project(values, valueWeight);
  const mask = attend?.data ?? attend;
  const seen = Array.from({ length: N }, (_, n) => !mask || mask[n] !== 0);
  const factor = scale ?? 1 / Math.sqrt(D || 1);

  const products = k.map((x, i) => q[queryIndex * D + (i % D)] * x);
  const sum = (numbers) => numbers.reduce((total, x) => total + x, 0);
  const scores = new Float64Array(N).map((_, n) => sum(products.slice(n * D, (n + 1) * D)));
  const scaled = scores.map((score) => (score * factor) / temperature + shift);
  const exponentials = scaled.map((x, n) => (seen[n] ? Math.exp(x) : 0));
  const { weights } = softmax(scaled, seen);
  const contributions = v.map((x, i) => weights[Math.floor(i / E)] * x);
  const output = new Float64Array(E).map((_, e) => sum(weights.map((weight, n) => weight * v[n * E + e])));
  return {
    queries: { data: q, dims: [N, D] },
    keys: { data: k, dims: [N, D] },
    values: { data: v, dims: [N, E] },
    products: { data: products, dims: [N, D] },
    scores: { data: scores, dims: [N] },
    scaled: { data: scaled, dims: [N] },
    exponentials: { data: exponentials, dims: [N] },
    sum: { data: Float64Array.of(sum(exponentials)), dims: [1] },
    weights: { data: weights, dims: [N] },
    contributions: { data: contributions, dims: [N, E] },
    output: { data: output, dims: [E] },
  };
}

/** What the mask adds to the score at a position, by NumPy's broadcasting; -Infinity hides the key. */
function addedBy(mask, position) {
  let index = 0;
  mask.dims.forEach((dim, i) => {
    const along = position[position.length - mask.dims.length + i];
    index = index * dim + (dim === 1 ? 0 : along);
  });
  const element = mask.data[index];
  if (mask.data instanceof Uint8Array) return element === 0 ? -Infinity : 0;
  return element;
}

/**
 * One row of scores: raw, masked, and which keys are seen.
 * @param {{ query, key, scale, mask, visible }} row `query` a vector, `key` a list of them, `mask` a function
 *   of n or undefined, `visible` how many keys causality leaves
 */
function scoreRow({ query, key, scale, mask, visible }) {
  const scores = Float64Array.from(key, (k) => scale * k.reduce((sum, x, d) => sum + query[d] * x, 0));
  const added = key.map((_, n) => mask?.(n) ?? 0);
  const seen = key.map((_, n) => n < visible && added[n] !== -Infinity);
  return { scores, seen, masked: scores.map((score, n) => (seen[n] ? score + added[n] : -Infinity)) };
}

/** The rows `first` … `first + count - 1` of a tensor, as arrays of its last dimension. */
function rows({ data, dims }, first, count) {
  const width = dims[dims.length - 1];
  return Array.from({ length: count }, (_, i) => data.slice((first + i) * width, (first + i + 1) * width));
}

/** @returns {{ output, logSumExp, weights }} data in Float64Arrays; weights only where asked for */
export function scaledDotProductAttention(query, key, value, options = {}) {
  const [B, H, M, D] = query.dims;
  const [, G, N] = key.dims;
  const E = value.dims[3];
  const { scale = 1 / Math.sqrt(D || 1), causal = false, mask, weights = false } = options;
  const output = new Float64Array(B * H * M * E);
  const logSumExp = new Float64Array(B * H * M);
  const matrix = new Float64Array(B * H * M * N);

  for (let b = 0; b < B; b++) {
    for (let h = 0; h < H; h++) {
      const keyHead = b * G + Math.floor(h / (H / G));
      const keys = rows(key, keyHead * N, N);
      const values = rows(value, keyHead * N, N);
      for (let m = 0; m < M; m++) {
        const row = (b * H + h) * M + m;
        const { scores, seen, masked } = scoreRow({
          query: rows(query, row, 1)[0],
          key: keys,
          scale,
          mask: mask && ((n) => addedBy(mask, [b, h, m, n])),
          visible: causal ? m + 1 + (causal === 'lower-right' ? N - M : 0) : N,
        });
        const { weights: shares, max, sum } = softmax(masked, seen);
        logSumExp[row] = sum === 0 ? -Infinity : max + Math.log(sum);
        values.forEach((v, n) => {
          if (seen[n]) v.forEach((x, e) => { output[row * E + e] += shares[n] * x; });
        });
        if (weights) matrix.set({ scores, capped: scores, masked, softmax: shares }[weights], row * N);
      }
    }
  }
  return {
    output: { data: output, dims: [B, H, M, E] },
    logSumExp: { data: logSumExp, dims: [B, H, M] },
    ...(weights && { weights: { data: matrix, dims: [B, H, M, N] } }),
  };
}
