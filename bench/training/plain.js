// The transformer in plain JavaScript, written to be fast: the pointer objective, one sentence after the other, flat
// Float32Arrays that are made once, loops that engines compile well. In the last layer nothing is computed that has no
// part in the loss, as in ours.

const EPSILON = 1e-5;
const SMALLEST = 1e-30;
const ROOT = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;
const DECAYED = /\.(query|key|value|output|expand|contract)$/;

/** y [N, O] (+)= x [N, I] · w [I, O] */
function product(x, w, y, N, I, O) {
  for (let n = 0; n < N; n++) {
    for (let i = 0; i < I; i++) {
      const a = x[n * I + i];
      for (let o = 0; o < O; o++) y[n * O + o] += a * w[i * O + o];
    }
  }
}

/** Adds to gx [N, I] and gw [I, O], from gy [N, O]. */
function productBackward(gy, x, w, gx, gw, N, I, O) {
  for (let n = 0; n < N; n++) {
    for (let i = 0; i < I; i++) {
      const a = x[n * I + i];
      let sum = 0;
      for (let o = 0; o < O; o++) {
        sum += gy[n * O + o] * w[i * O + o];
        gw[i * O + o] += a * gy[n * O + o];
      }
      gx[n * I + i] += sum;
    }
  }
}

function norm(x, gain, bias, y, standard, inverse, N, C) {
  for (let n = 0; n < N; n++) {
    let mean = 0;
    let variance = 0;
    for (let c = 0; c < C; c++) mean += x[n * C + c];
    mean /= C;
    for (let c = 0; c < C; c++) variance += (x[n * C + c] - mean) ** 2;
    inverse[n] = 1 / Math.sqrt(variance / C + EPSILON);
    for (let c = 0; c < C; c++) {
      standard[n * C + c] = (x[n * C + c] - mean) * inverse[n];
      y[n * C + c] = standard[n * C + c] * gain[c] + bias[c];
    }
  }
}

/** Adds to gx, ggain and gbias. */
function normBackward(gy, gain, standard, inverse, gx, ggain, gbias, N, C) {
  for (let n = 0; n < N; n++) {
    let mean = 0;
    let along = 0;
    for (let c = 0; c < C; c++) {
      const g = gy[n * C + c];
      ggain[c] += g * standard[n * C + c];
      gbias[c] += g;
      mean += g * gain[c];
      along += g * gain[c] * standard[n * C + c];
    }
    for (let c = 0; c < C; c++) {
      const at = n * C + c;
      gx[at] += inverse[n] * (gy[at] * gain[c] - (mean + standard[at] * along) / C);
    }
  }
}

/** Weights of query rows `from` … `to - 1`, every head: p [H, N, N]. */
function softmaxScores(q, k, p, from, to, N, C, H, scale) {
  const D = C / H;
  for (let h = 0; h < H; h++) {
    for (let m = from; m < to; m++) {
      const row = (h * N + m) * N;
      let largest = -Infinity;
      for (let n = 0; n < N; n++) {
        let dot = 0;
        for (let d = h * D; d < (h + 1) * D; d++) dot += q[m * C + d] * k[n * C + d];
        p[row + n] = dot * scale;
        if (p[row + n] > largest) largest = p[row + n];
      }
      let sum = 0;
      for (let n = 0; n < N; n++) sum += p[row + n] = Math.exp(p[row + n] - largest);
      for (let n = 0; n < N; n++) p[row + n] /= sum;
    }
  }
}

/** From the gradient of a row of weights, in `gp`, to that of its query and the keys. */
function softmaxBackward(gp, q, k, p, gq, gk, h, m, N, C, H, scale) {
  const D = C / H;
  const row = (h * N + m) * N;
  let mean = 0;
  for (let n = 0; n < N; n++) mean += p[row + n] * gp[n];
  for (let n = 0; n < N; n++) {
    const g = scale * p[row + n] * (gp[n] - mean);
    for (let d = h * D; d < (h + 1) * D; d++) {
      gq[m * C + d] += g * k[n * C + d];
      gk[n * C + d] += g * q[m * C + d];
    }
  }
}

const WIDE = ['x', 'h', 'standard', 'q', 'k', 'v', 'mixed', 'middle', 'u', 'standard2', 'result'];
const NAMES = [
  'attentionNorm.gain', 'attentionNorm.bias', 'query', 'key', 'value', 'output', 'feedForwardNorm.gain',
  'feedForwardNorm.bias', 'expand', 'expandBias', 'contract', 'contractBias',
];

export async function create({ config, parameters }) {
  const { maxLength: L, layers, dim: C, hidden: F, heads: H, scale, target } = config;
  const zeros = (length) => new Float32Array(length);
  const tables = Object.entries(parameters).map(([name, { data }]) => ({
    name, w: Float32Array.from(data), g: zeros(data.length), first: zeros(data.length), second: zeros(data.length),
  }));
  const by = (key) => Object.fromEntries(tables.map((table) => [table.name, table[key]]));
  const layerOf = (all, l) => Object.fromEntries(NAMES.map((name) => [name, all[`layer${l}.${name}`]]));
  const [w, g] = [by('w'), by('g')];
  const stages = Array.from({ length: layers }, (_, l) => ({
    w: layerOf(w, l), g: layerOf(g, l), p: zeros(H * L * L), inverse: zeros(L), inverse2: zeros(L),
    expanded: zeros(L * F), tanh: zeros(L * F), activated: zeros(L * F),
    ...Object.fromEntries(WIDE.map((name) => [name, zeros(L * C)])),
  }));
  const gradients = Object.fromEntries(['x', 'h', 'q', 'k', 'v', 'mixed', 'u'].map((name) => [name, zeros(L * C)]));
  const [gradWide, gradRow] = [zeros(L * F), zeros(L)];

  function project({ w: p, x, h, standard, inverse, q, k, v }, N, query, last) {
    norm(x, p['attentionNorm.gain'], p['attentionNorm.bias'], h, standard, inverse, N, C);
    q.fill(0, 0, N * C);
    k.fill(0, 0, N * C);
    product(h, p.key, k, N, C, C);
    if (last) {
      product(h.subarray(query * C), p.query, q.subarray(query * C), 1, C, C);
      return;
    }
    v.fill(0, 0, N * C);
    product(h, p.query, q, N, C, C);
    product(h, p.value, v, N, C, C);
  }

  function layerForward(s, N) {
    const { w: p, x, q, k, v, p: weights, mixed, middle, u, result, expanded, tanh, activated } = s;
    softmaxScores(q, k, weights, 0, N, N, C, H, scale);
    mixed.fill(0, 0, N * C);
    const D = C / H;
    for (let h = 0; h < H; h++) {
      for (let m = 0; m < N; m++) {
        for (let n = 0; n < N; n++) {
          const weight = weights[(h * N + m) * N + n];
          for (let d = h * D; d < (h + 1) * D; d++) mixed[m * C + d] += weight * v[n * C + d];
        }
      }
    }
    for (let i = 0; i < N * C; i++) middle[i] = x[i];
    product(mixed, p.output, middle, N, C, C);
    norm(middle, p['feedForwardNorm.gain'], p['feedForwardNorm.bias'], u, s.standard2, s.inverse2, N, C);
    for (let i = 0; i < N * F; i++) expanded[i] = p.expandBias[i % F];
    product(u, p.expand, expanded, N, C, F);
    for (let i = 0; i < N * F; i++) {
      const z = expanded[i];
      tanh[i] = Math.tanh(ROOT * (z + CUBIC * z * z * z));
      activated[i] = 0.5 * z * (1 + tanh[i]);
    }
    for (let i = 0; i < N * C; i++) result[i] = middle[i] + p.contractBias[i % C];
    product(activated, p.contract, result, N, F, C);
  }

  /** gradients.x becomes that of the layer's x; what it holds before is that of the result. */
  function layerBackward(s, N) {
    const { w: p, g: to, expanded, tanh, activated, q, k, v, p: weights, mixed, u } = s;
    const { x, h, q: gq, k: gk, v: gv, mixed: gm, u: gu } = gradients;
    for (const each of [h, gq, gk, gv, gm, gu]) each.fill(0, 0, N * C);
    gradWide.fill(0, 0, N * F);
    for (let i = 0; i < N * C; i++) to.contractBias[i % C] += x[i];
    productBackward(x, activated, p.contract, gradWide, to.contract, N, F, C);
    for (let i = 0; i < N * F; i++) {
      const [z, t] = [expanded[i], tanh[i]];
      gradWide[i] *= 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * ROOT * (1 + 3 * CUBIC * z * z);
      to.expandBias[i % F] += gradWide[i];
    }
    productBackward(gradWide, u, p.expand, gu, to.expand, N, C, F);
    const gain = 'feedForwardNorm.gain';
    normBackward(gu, p[gain], s.standard2, s.inverse2, x, to[gain], to['feedForwardNorm.bias'], N, C);
    productBackward(x, mixed, p.output, gm, to.output, N, C, C);
    const D = C / H;
    for (let head = 0; head < H; head++) {
      for (let m = 0; m < N; m++) {
        for (let n = 0; n < N; n++) {
          const weight = weights[(head * N + m) * N + n];
          let sum = 0;
          for (let d = head * D; d < (head + 1) * D; d++) {
            sum += gm[m * C + d] * v[n * C + d];
            gv[n * C + d] += weight * gm[m * C + d];
          }
          gradRow[n] = sum;
        }
        softmaxBackward(gradRow, q, k, weights, gq, gk, head, m, N, C, H, scale);
      }
    }
    productBackward(gv, s.h, p.value, h, to.value, N, C, C);
    projectBackward(s, 0, N, N);
  }

  /** From queries of rows `from` … `to - 1` and all keys to x. */
  function projectBackward({ w: p, g: to, h: inputs, standard, inverse }, from, end, N) {
    const { x, h, q, k } = gradients;
    const rows = (array) => array.subarray(from * C);
    productBackward(rows(q), rows(inputs), p.query, rows(h), to.query, end - from, C, C);
    productBackward(k, inputs, p.key, h, to.key, N, C, C);
    const [gain, bias] = ['attentionNorm.gain', 'attentionNorm.bias'];
    normBackward(h, p[gain], standard, inverse, x, to[gain], to[bias], N, C);
  }

  /** The loss of the last layer's rows; its gradient goes to gradients.x. */
  function point(s, { tokens: { length: N }, query, answer }, share) {
    const { q, k, p: weights } = s;
    const { x, h, q: gq, k: gk } = gradients;
    for (const each of [x, h, gq, gk]) each.fill(0, 0, N * C);
    softmaxScores(q, k, weights, query, query + 1, N, C, H, scale);
    let loss = 0;
    for (let head = 0; head < H; head++) {
      for (let n = 0; n < N; n++) {
        const wanted = n === answer ? target : (1 - target) / (N - 1);
        const weight = Math.max(weights[(head * N + query) * N + n], SMALLEST);
        loss -= (wanted * Math.log(weight)) / H;
        gradRow[n] = (-share * wanted) / weight / H;
      }
      softmaxBackward(gradRow, q, k, weights, gq, gk, head, query, N, C, H, scale);
    }
    projectBackward(s, query, query + 1, N);
    return loss;
  }

  function learnFrom(sentence, share) {
    const { tokens, query } = sentence;
    const N = tokens.length;
    const first = stages[0].x;
    for (let n = 0; n < N; n++) {
      for (let c = 0; c < C; c++) first[n * C + c] = w.embedding[tokens[n] * C + c] + w.position[n * C + c];
    }
    for (let l = 0; l < layers - 1; l++) {
      project(stages[l], N, query, false);
      layerForward(stages[l], N);
      stages[l + 1].x.set(stages[l].result);
    }
    project(stages[layers - 1], N, query, true);
    const loss = point(stages[layers - 1], sentence, share);
    for (let l = layers - 2; l >= 0; l--) layerBackward(stages[l], N);
    for (let n = 0; n < N; n++) {
      for (let c = 0; c < C; c++) {
        g.embedding[tokens[n] * C + c] += gradients.x[n * C + c];
        g.position[n * C + c] += gradients.x[n * C + c];
      }
    }
    return loss * share;
  }

  let steps = 0;
  return {
    /** @returns {number} the loss before the update */
    step(sentences, { rate, decay }) {
      for (const table of tables) table.g.fill(0);
      let loss = 0;
      for (const sentence of sentences) loss += learnFrom(sentence, 1 / sentences.length);
      steps += 1;
      for (const table of tables) update(table, rate, DECAYED.test(table.name) ? decay : 0, steps);
      return loss;
    },
    dispose() {},
  };
}

function update({ w, g, first, second }, rate, decay, step) {
  const [mean, square] = [1 - 0.9 ** step, 1 - 0.99 ** step];
  for (let i = 0; i < w.length; i++) {
    first[i] = 0.9 * first[i] + 0.1 * g[i];
    second[i] = 0.99 * second[i] + 0.01 * g[i] * g[i];
    w[i] -= rate * (first[i] / mean / (Math.sqrt(second[i] / square) + 1e-8) + decay * w[i]);
  }
}
