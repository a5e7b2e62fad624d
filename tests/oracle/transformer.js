// The trainable transformer in float64: model, both objectives, gradients. One sentence after the other, one thing
// after the other. A sentence is { tokens, query, answer }, tokens being numbers of words. A parameter is
// { data, dims }; all of them are an object of these by name.
//
// Letters: W words, L positions, N tokens of a sentence, C dim, H heads, D = C / H, F hidden.

import { scaledDotProductAttentionBackward } from './backward.js';
import { scaledDotProductAttention } from './forward.js';
import { gelu, geluSlope, linear, linearBackward, norm, normBackward } from './pieces.js';

const SMALLEST = 1e-30;

/** [name, dims] of every parameter, in the order of a snapshot. */
export function parameterTable({ vocabulary: { length: W }, maxLength: L, layers, dim: C, hidden: F }) {
  const layer = (l) => [
    ['attentionNorm.gain', [C]], ['attentionNorm.bias', [C]],
    ['query', [C, C]], ['key', [C, C]], ['value', [C, C]], ['output', [C, C]],
    ['feedForwardNorm.gain', [C]], ['feedForwardNorm.bias', [C]],
    ['expand', [C, F]], ['expandBias', [F]], ['contract', [F, C]], ['contractBias', [C]],
  ].map(([name, dims]) => [`layer${l}.${name}`, dims]);
  return [
    ['embedding', [W, C]], ['position', [L, C]],
    ...Array.from({ length: layers }, (_, l) => layer(l)).flat(),
    ['finalNorm.gain', [C]], ['finalNorm.bias', [C]],
  ];
}

/** The parameters whose names begin so, by the rest of their names. */
function under(parameters, prefix) {
  return Object.fromEntries(Object.entries(parameters)
    .filter(([name]) => name.startsWith(prefix)).map(([name, each]) => [name.slice(prefix.length), each]));
}

/** [N, C] → [1, H, N, D]: head j has columns j · D … (j + 1) · D. */
function splitHeads(x, { heads: H, dim: C }) {
  const [N, D] = [x.length / C, C / H];
  const data = new Float64Array(x.length);
  x.forEach((value, i) => {
    const [n, c] = [Math.floor(i / C), i % C];
    data[(Math.floor(c / D) * N + n) * D + (c % D)] = value;
  });
  return { data, dims: [1, H, N, D] };
}

/** [1, H, N, D] → [N, C] */
function joinHeads({ data, dims: [, H, N, D] }) {
  return Float64Array.from(data, (_, i) => {
    const [n, c] = [Math.floor(i / (H * D)), i % (H * D)];
    return data[(Math.floor(c / D) * N + n) * D + (c % D)];
  });
}

const sum = (x, y) => x.map((value, i) => value + y[i]);

function embed({ embedding, position }, { dim: C }, tokens) {
  return Float64Array.from({ length: tokens.length * C }, (_, i) => {
    const [n, c] = [Math.floor(i / C), i % C];
    return embedding.data[tokens[n] * C + c] + position.data[n * C + c];
  });
}

/** Everything that a layer computes from x [N, C]. */
function layerForward(p, config, x) {
  const { causal, heads: H, dim: C, scale = 1 / Math.sqrt(C / H) } = config;
  const inputs = norm(x, p['attentionNorm.gain'], p['attentionNorm.bias']);
  const [queries, keys, values] = [p.query, p.key, p.value].map((w) => splitHeads(linear(inputs, w), config));
  const { output, weights } = scaledDotProductAttention(queries, keys, values, { causal, scale, weights: 'softmax' });
  const mixed = joinHeads(output);
  const middle = sum(x, linear(mixed, p.output));
  const normed = norm(middle, p['feedForwardNorm.gain'], p['feedForwardNorm.bias']);
  const expanded = linear(normed, p.expand, p.expandBias);
  const activated = expanded.map(gelu);
  const result = sum(middle, linear(activated, p.contract, p.contractBias));
  return { x, inputs, queries, keys, values, weights, output, mixed, middle, normed, expanded, activated, result };
}

/** The scores of a layer, scaled, -Infinity where hidden. */
export function scoresOf({ queries, keys, values }, { causal, heads: H, dim: C, scale = 1 / Math.sqrt(C / H) }) {
  return scaledDotProductAttention(queries, keys, values, { causal, scale, weights: 'masked' }).weights;
}

/** What layer l computes from x [N, C]. */
export function layerAt(parameters, config, l, x) {
  return layerForward(under(parameters, `layer${l}.`), config, x);
}

/** @returns {{ layers: object[], x: Float64Array }} what every layer computes, and what the last one gives */
export function forward(parameters, config, tokens) {
  const layers = [];
  let x = embed(parameters, config, tokens);
  for (let l = 0; l < config.layers; l++) {
    layers.push(layerAt(parameters, config, l, x));
    x = layers[l].result;
  }
  return { layers, x };
}

/** The last layer's weights of token `query`, a row a head. */
function pointerRows({ layers }, { tokens: { length: N }, query }) {
  const { weights: { data, dims: [, H] } } = layers[layers.length - 1];
  return Array.from({ length: H }, (_, h) => data.subarray((h * N + query) * N, (h * N + query + 1) * N));
}

/** What the pointer objective asks each head's row to be. */
function targetRow({ tokens: { length: N }, query, answer }, { causal, target = 0.8 }) {
  const seen = causal ? query + 1 : N;
  return Float64Array.from({ length: N }, (_, n) => {
    if (n >= seen) return 0;
    if (n === answer) return target;
    return seen === 1 ? 0 : (1 - target) / (seen - 1);
  });
}

function pointerLoss(state, sentence, config) {
  const target = targetRow(sentence, config);
  const rows = pointerRows(state, sentence);
  const losses = rows.map((row) => row.reduce((total, p, n) => total - target[n] * Math.log(Math.max(p, SMALLEST)), 0));
  return losses.reduce((total, each) => total + each, 0) / rows.length;
}

/** Of the token objective: the last norm's row of token `query` and the probability of each word. */
function predict(parameters, { dim: C }, { x }, query) {
  const last = x.subarray(query * C, (query + 1) * C);
  const y = norm(last, parameters['finalNorm.gain'], parameters['finalNorm.bias']);
  const { data: embedding, dims: [W] } = parameters.embedding;
  const dot = (w) => y.reduce((total, value, c) => total + value * embedding[w * C + c], 0);
  const logits = Array.from({ length: W }, (_, w) => dot(w));
  const largest = Math.max(...logits);
  const total = logits.reduce((all, logit) => all + Math.exp(logit - largest), 0);
  return { last, y, probabilities: logits.map((logit) => Math.exp(logit - largest) / total) };
}

function sentenceLoss(parameters, config, state, sentence) {
  if (config.objective === 'pointer') return pointerLoss(state, sentence, config);
  const { probabilities } = predict(parameters, config, state, sentence.query);
  return -Math.log(probabilities[sentence.tokens[sentence.answer]]);
}

/** The mean loss of sentences. */
export function loss(parameters, config, sentences) {
  const state = ({ tokens }) => forward(parameters, config, tokens);
  const losses = sentences.map((each) => sentenceLoss(parameters, config, state(each), each));
  return losses.reduce((total, each) => total + each, 0) / sentences.length;
}

/** @returns {{ loss, weight, chosen, right }} of a sentence; chosen is a position, or the number of a word */
export function evaluate(parameters, config, sentence) {
  const state = forward(parameters, config, sentence.tokens);
  const rows = pointerRows(state, sentence);
  const mean = Array.from(sentence.tokens, (_, n) => rows.reduce((all, row) => all + row[n] / rows.length, 0));
  const pointer = config.objective === 'pointer';
  const candidates = pointer ? mean : predict(parameters, config, state, sentence.query).probabilities;
  const chosen = candidates.indexOf(Math.max(...candidates));
  const wanted = pointer ? sentence.answer : sentence.tokens[sentence.answer];
  return {
    loss: sentenceLoss(parameters, config, state, sentence), weight: mean[sentence.answer], chosen,
    right: chosen === wanted, probability: candidates[chosen],
  };
}

/** The gradients of loss(), by the chain rule. */
export function gradients(parameters, config, sentences) {
  const all = Object.fromEntries(Object.entries(parameters)
    .map(([name, { data, dims }]) => [name, { data: new Float64Array(data.length), dims }]));
  for (const each of sentences) addSentence(all, parameters, config, each, 1 / sentences.length);
  return all;
}

/** Adds a sentence's gradients, times `share`. */
function addSentence(all, parameters, config, sentence, share) {
  const state = forward(parameters, config, sentence.tokens);
  const last = config.layers - 1;
  const layer = (l) => [under(all, `layer${l}.`), under(parameters, `layer${l}.`), config, state.layers[l]];
  let gradX;
  if (config.objective === 'pointer') {
    gradX = pointerBackward(...layer(last), pointerRows(state, sentence), sentence, share);
  } else {
    gradX = layerBackward(...layer(last), tokenBackward(all, parameters, config, state, sentence, share));
  }
  for (let l = last - 1; l >= 0; l--) gradX = layerBackward(...layer(l), gradX);
  // x[n, c] = embedding[tokens[n], c] + position[n, c]
  gradX.forEach((g, i) => {
    const [n, c] = [Math.floor(i / config.dim), i % config.dim];
    all.embedding.data[sentence.tokens[n] * config.dim + c] += g;
    all.position.data[i] += g;
  });
}

/** From the token objective to the gradient of x, which is zero but for the row of `query`. */
function tokenBackward(all, parameters, config, state, { tokens, query, answer }, share) {
  const C = config.dim;
  const { last, y, probabilities } = predict(parameters, config, state, query);
  const gradY = new Float64Array(C);
  probabilities.forEach((probability, w) => {
    // loss = -log(probabilities[word]), probabilities = softmax(logits)
    const gradLogit = share * (probability - (w === tokens[answer] ? 1 : 0));
    // logits[w] = Σ y[c] embedding[w, c]
    for (let c = 0; c < C; c++) {
      gradY[c] += gradLogit * parameters.embedding.data[w * C + c];
      all.embedding.data[w * C + c] += gradLogit * y[c];
    }
  });
  // y = norm(x[query]; finalNorm)
  const gradX = new Float64Array(state.x.length);
  const gain = parameters['finalNorm.gain'];
  gradX.set(normBackward(gradY, last, gain, all['finalNorm.gain'], all['finalNorm.bias']), query * C);
  return gradX;
}

/** From the pointer objective to the gradient of the last layer's x. What follows the weights has no part in it. */
function pointerBackward(grad, p, config, stage, rows, sentence, share) {
  const { queries, keys, values } = stage;
  const [, H, N, D] = queries.dims;
  const { scale = 1 / Math.sqrt(D) } = config;
  const target = targetRow(sentence, config);
  const [gradQuery, gradKey] = [queries, keys].map(({ data, dims }) => ({ data: new Float64Array(data.length), dims }));
  rows.forEach((row, h) => {
    // loss = -Σ target[n] log(max(row[n], SMALLEST)) / H
    const gradRow = row.map((weight, n) => (-share * target[n]) / Math.max(weight, SMALLEST) / H);
    // row = softmax(scores)
    const mean = row.reduce((all, weight, n) => all + weight * gradRow[n], 0);
    row.forEach((weight, n) => {
      const gradScore = weight * (gradRow[n] - mean);
      // scores[n] = scale Σ queries[query, d] keys[n, d]
      for (let d = 0; d < D; d++) {
        const [q, k] = [(h * N + sentence.query) * D + d, (h * N + n) * D + d];
        gradQuery.data[q] += scale * gradScore * keys.data[k];
        gradKey.data[k] += scale * gradScore * queries.data[q];
      }
    });
  });
  const gradValue = { data: new Float64Array(values.data.length), dims: values.dims };
  return projectionsBackward(grad, p, stage, { gradQuery, gradKey, gradValue });
}

/** From queries, keys and values to x, as far as it goes through them. */
function projectionsBackward(grad, p, { x, inputs }, { gradQuery, gradKey, gradValue }) {
  // query = inputs · p.query, and so on
  const [q, k, v] = [['query', gradQuery], ['key', gradKey], ['value', gradValue]]
    .map(([name, gradHeads]) => linearBackward(joinHeads(gradHeads), inputs, p[name], grad[name]));
  // inputs = norm(x; attentionNorm)
  const gain = p['attentionNorm.gain'];
  return normBackward(sum(sum(q, k), v), x, gain, grad['attentionNorm.gain'], grad['attentionNorm.bias']);
}

/** From a layer's result to its x; the lines quoted are those of layerForward(). */
function layerBackward(grad, p, config, stage, gradResult) {
  const { causal, heads: H, dim: C, scale = 1 / Math.sqrt(C / H) } = config;
  const { queries, keys, values, mixed, middle, normed, expanded, activated } = stage;
  // result = middle + activated · contract + contractBias
  const gradActivated = linearBackward(gradResult, activated, p.contract, grad.contract, grad.contractBias);
  // activated = gelu(expanded)
  const gradExpanded = gradActivated.map((g, i) => g * geluSlope(expanded[i]));
  // expanded = normed · expand + expandBias
  const gradNormed = linearBackward(gradExpanded, normed, p.expand, grad.expand, grad.expandBias);
  // normed = norm(middle; feedForwardNorm)
  const gradMiddle = sum(gradResult, normBackward(gradNormed, middle, p['feedForwardNorm.gain'],
    grad['feedForwardNorm.gain'], grad['feedForwardNorm.bias']));
  // middle = x + mixed · output
  const gradOutput = splitHeads(linearBackward(gradMiddle, mixed, p.output, grad.output), config);
  // mixed = attention(queries, keys, values)
  const gradHeads = scaledDotProductAttentionBackward(gradOutput, queries, keys, values, { causal, scale });
  return sum(gradMiddle, projectionsBackward(grad, p, stage, gradHeads));
}
