// The transformer in TensorFlow.js with its WebAssembly backend: the pointer objective, sentences of a batch side by
// side, padded to the longest. Gradients are the library's, its optimiser is Adam, and decay is done by hand as AdamW
// says. In the last layer nothing is computed that has no part in the loss, as in ours.
//
// One thing differs from what one would write first: rows are looked up by a product with one-hot rows, since the
// backend has no kernel for the gradient of `gather` (UnsortedSegmentSum).

import { start } from '../contenders/tfjs.js';
import { registerGradients } from './tfjs-gradients.js';

const HIDDEN = -1e9; // added to the score of padding: its weight becomes exactly 0
const SMALLEST = 1e-30;
const DECAYED = /\.(query|key|value|output|expand|contract)$/;

export async function create({ config, parameters }) {
  const tf = await start(1);
  await registerGradients();
  const names = Object.keys(parameters);
  const variables = Object.fromEntries(names.map((name) =>
    [name, tf.variable(tf.tensor(parameters[name].data, parameters[name].dims), true, name)]));
  const optimizer = tf.train.adam(0.01, 0.9, 0.99, 1e-8);
  const model = { tf, variables, config };
  return {
    version: tf.version_core,
    /** @returns {number} the loss before the update */
    step(sentences, { rate, decay }) {
      optimizer.learningRate = rate;
      return tf.tidy(() => {
        const inputs = encode(tf, sentences, config);
        const { value, grads } = tf.variableGrads(() => lossOf(model, inputs), Object.values(variables));
        const kept = tf.scalar(1 - rate * decay);
        for (const name of Object.keys(grads)) {
          if (DECAYED.test(name)) variables[name].assign(tf.mul(variables[name], kept));
        }
        optimizer.applyGradients(grads);
        return value.dataSync()[0];
      });
    },
    dispose() {
      optimizer.dispose();
      tf.dispose(Object.values(variables));
    },
  };
}

/** One-hot tokens, which row asks, what its weights are to be, and what hides padding. */
function encode(tf, sentences, { vocabulary: { length: W }, target }) {
  const B = sentences.length;
  const N = Math.max(...sentences.map(({ tokens }) => tokens.length));
  const [tokens, queries] = [new Float32Array(B * N * W), new Float32Array(B * N)];
  const [targets, hidden] = [new Float32Array(B * N), new Float32Array(B * N).fill(HIDDEN)];
  sentences.forEach(({ tokens: words, query, answer }, b) => {
    queries[b * N + query] = 1;
    words.forEach((word, n) => {
      tokens[(b * N + n) * W + word] = 1;
      targets[b * N + n] = n === answer ? target : (1 - target) / (words.length - 1);
      hidden[b * N + n] = 0;
    });
  });
  return {
    B, N, tokens: tf.tensor(tokens, [B * N, W]), queries: tf.tensor(queries, [B, 1, N]),
    targets: tf.tensor(targets, [B, 1, 1, N]), hidden: tf.tensor(hidden, [B, 1, 1, N]),
  };
}

function lossOf({ tf, variables, config }, { B, N, tokens, queries, targets, hidden }) {
  const { layers, heads: H, dim: C, scale } = config;
  const D = C / H;
  const of = (l, name) => variables[`layer${l}.${name}`];
  const norm = (x, l, name) => {
    const centred = tf.sub(x, tf.mean(x, -1, true));
    const deviation = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), 1e-5));
    return tf.add(tf.mul(tf.mul(centred, deviation), of(l, `${name}.gain`)), of(l, `${name}.bias`));
  };
  const split = (x, rows) => tf.transpose(tf.reshape(x, [B, rows, H, D]), [0, 2, 1, 3]);
  const scores = (q, k) => tf.add(tf.matMul(tf.mul(q, scale), k, false, true), hidden);
  const gelu = (u) => tf.mul(tf.mul(0.5, u),
    tf.add(1, tf.tanh(tf.mul(Math.sqrt(2 / Math.PI), tf.add(u, tf.mul(0.044715, tf.mul(u, tf.square(u))))))));

  const positions = tf.slice(variables.position, [0, 0], [N, C]);
  const embedded = tf.add(tf.reshape(tf.matMul(tokens, variables.embedding), [B, N, C]), positions);
  let x = tf.reshape(embedded, [B * N, C]);
  for (let l = 0; l < layers; l++) {
    const h = norm(x, l, 'attentionNorm');
    const k = split(tf.matMul(h, of(l, 'key')), N);
    if (l === layers - 1) {
      const asking = tf.reshape(tf.matMul(queries, tf.reshape(h, [B, N, C])), [B, C]);
      const weights = tf.softmax(scores(split(tf.matMul(asking, of(l, 'query')), 1), k));
      const logs = tf.log(tf.maximum(weights, SMALLEST));
      return tf.div(tf.neg(tf.sum(tf.mul(targets, logs))), B * H);
    }
    const [q, v] = ['query', 'value'].map((name) => split(tf.matMul(h, of(l, name)), N));
    const mixed = tf.transpose(tf.matMul(tf.softmax(scores(q, k)), v), [0, 2, 1, 3]);
    x = tf.add(x, tf.matMul(tf.reshape(mixed, [B * N, C]), of(l, 'output')));
    const u = tf.add(tf.matMul(norm(x, l, 'feedForwardNorm'), of(l, 'expand')), of(l, 'expandBias'));
    x = tf.add(x, tf.add(tf.matMul(gelu(u), of(l, 'contract')), of(l, 'contractBias')));
  }
  throw new Error('a model without layers');
}
