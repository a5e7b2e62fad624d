// What a transformer is made of besides attention, in float64, each with its gradients by the chain rule. Matrices are
// row-major, one row a token; a parameter is { data, dims }. In the gradients: above each line, the line that it
// differentiates.

const EPSILON = 1e-5;

/** @returns y [N, O] = x [N, I] · weight [I, O] + bias [O] */
export function linear(x, { data: w, dims: [I, O] }, bias) {
  const N = x.length / I;
  const y = new Float64Array(N * O);
  for (let n = 0; n < N; n++) {
    for (let o = 0; o < O; o++) {
      for (let i = 0; i < I; i++) y[n * O + o] += x[n * I + i] * w[i * O + o];
      if (bias) y[n * O + o] += bias.data[o];
    }
  }
  return y;
}

/** Adds to the gradients of weight and bias. @returns that of x */
export function linearBackward(gradY, x, { data: w, dims: [I, O] }, gradWeight, gradBias) {
  const N = x.length / I;
  const gradX = new Float64Array(N * I);
  for (let n = 0; n < N; n++) {
    for (let o = 0; o < O; o++) {
      const g = gradY[n * O + o];
      // y[n, o] += x[n, i] w[i, o]
      for (let i = 0; i < I; i++) {
        gradX[n * I + i] += g * w[i * O + o];
        gradWeight.data[i * O + o] += g * x[n * I + i];
      }
      // y[n, o] += bias[o]
      if (gradBias) gradBias.data[o] += g;
    }
  }
  return gradX;
}

/** A row less its mean, over its standard deviation, and that deviation. */
function standardise(row) {
  const mean = row.reduce((sum, x) => sum + x, 0) / row.length;
  const variance = row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / row.length;
  const deviation = Math.sqrt(variance + EPSILON);
  return { standard: row.map((x) => (x - mean) / deviation), deviation };
}

/** LayerNorm: each row standardised, times gain, plus bias. */
export function norm(x, gain, bias) {
  const C = gain.data.length;
  const y = new Float64Array(x.length);
  for (let at = 0; at < x.length; at += C) {
    const { standard } = standardise(x.subarray(at, at + C));
    standard.forEach((s, c) => { y[at + c] = s * gain.data[c] + bias.data[c]; });
  }
  return y;
}

/** Adds to the gradients of gain and bias. @returns that of x */
export function normBackward(gradY, x, gain, gradGain, gradBias) {
  const C = gain.data.length;
  const gradX = new Float64Array(x.length);
  for (let at = 0; at < x.length; at += C) {
    const { standard, deviation } = standardise(x.subarray(at, at + C));
    // y[c] = standard[c] gain[c] + bias[c]
    const gradStandard = standard.map((s, c) => {
      gradGain.data[c] += gradY[at + c] * s;
      gradBias.data[c] += gradY[at + c];
      return gradY[at + c] * gain.data[c];
    });
    // standard[c] = (x[c] - mean) / deviation, so ∂standard[c] / ∂x[j] =
    // ([c = j] - 1/C - standard[c] standard[j] / C) / deviation
    const mean = gradStandard.reduce((sum, g) => sum + g, 0) / C;
    const along = gradStandard.reduce((sum, g, c) => sum + g * standard[c], 0) / C;
    gradStandard.forEach((g, j) => { gradX[at + j] = (g - mean - standard[j] * along) / deviation; });
  }
  return gradX;
}

const ROOT = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/** GELU in its tanh form (Hendrycks and Gimpel, 2016). */
export const gelu = (u) => 0.5 * u * (1 + Math.tanh(ROOT * (u + CUBIC * u ** 3)));

export function geluSlope(u) {
  const t = Math.tanh(ROOT * (u + CUBIC * u ** 3));
  return 0.5 * (1 + t) + 0.5 * u * (1 - t * t) * ROOT * (1 + 3 * CUBIC * u ** 2);
}
