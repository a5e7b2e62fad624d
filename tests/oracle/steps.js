// The six steps for one query token, in float64. Takes the arguments of `attention.steps`.

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
