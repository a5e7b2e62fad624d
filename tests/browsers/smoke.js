// What the core is asked in a browser, as a module of a page: random problems with tails and edges, against the float64
// oracle run beside it. Everything is given as the largest error, as a multiple of the tolerance.

import { createCorpus, createRandom, createTransformer } from '../../web/transformer/index.js';
import { loadAttention } from '../../web/core/index.js';
import { AdamW } from '../oracle/adamw.js';
import * as transformerOracle from '../oracle/transformer.js';
import * as oracle from '../oracle.js';

const CASES = { steps: 200, forward: 60, backward: 40, decode: 60, merge: 40 };
const EDGES = [1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 31, 33, 59, 60, 61, 63, 64, 65, 72, 73, 128, 129];

/** As PyTorch's for float32; each of the six steps is held to less. The suites of tests/core/ say why. */
const TOLERANCE = [1.3e-6, 1e-5];
const TOLERANCE_OF_STEPS = [1e-6, 1e-6];

/** Park and Miller's generator: the same cases each time, everywhere. */
let seed = 12345;
function random() {
  seed = (seed * 16807) % 2147483647;
  return seed / 2147483647;
}

const oneOf = (/** @type {any[]} */ list) => list[Math.floor(random() * list.length)];

/** @param {number} size @param {number[]} dims */
function tensor(size, ...dims) {
  return { data: Float32Array.from({ length: dims.reduce((a, b) => a * b) }, () => size * (2 * random() - 1)), dims };
}

/** @param {any} actual @param {any} expected tensors by name @param {number[]} tolerance */
function excess(actual, expected, [rtol, atol] = TOLERANCE) {
  let worst = 0;
  for (const [name, { data }] of Object.entries(expected)) {
    if (actual[name].data.length !== data.length) return NaN;
    data.forEach((/** @type {number} */ right, /** @type {number} */ index) => {
      const number = actual[name].data[index];
      if (Object.is(number, right)) return;
      worst = Math.max(worst, Math.abs(number - right) / (atol + rtol * Math.abs(right)));
    });
  }
  return worst;
}

/** Queries, keys and values of a random shape. */
function operands() {
  const [B, G, group] = [oneOf([1, 2]), oneOf([1, 2]), oneOf([1, 3])];
  const [M, N, D, E] = [oneOf(EDGES), oneOf(EDGES), oneOf(EDGES.slice(0, -2)), oneOf([1, 3, 4, 8, 17, 33, 64])];
  return [tensor(2, B, G * group, M, D), tensor(2, B, G, N, D), tensor(1, B, G, N, E)];
}

function options() {
  return {
    causal: oneOf([false, 'upper-left', 'lower-right']),
    ...oneOf([{}, { softcap: 5 }, { window: [9, 2] }, { scale: 0.2 }]),
  };
}

/** One random problem of each kind: how far the core was off. @type {Record<string, (core: any) => number>} */
const ASK = {
  steps(core) {
    const [N, C, D, E] = [oneOf([1, 2, 7, 13]), oneOf([1, 4, 8]), oneOf([1, 3, 8]), oneOf([1, 5, 8])];
    const problem = {
      embeddings: tensor(0.7, N, C), queryWeight: tensor(0.7, C, D), keyWeight: tensor(0.7, C, D),
      valueWeight: tensor(0.7, C, E), queryIndex: Math.floor(random() * N), scale: random() / 4,
      attend: Uint8Array.from({ length: N }, () => Number(random() < 0.8)),
    };
    return excess(core.steps(problem), oracle.steps(problem), TOLERANCE_OF_STEPS);
  },
  forward(core) {
    const problem = [...operands(), { ...options(), weights: oneOf([false, 'softmax', 'masked']) }];
    return excess(core.scaledDotProductAttention(...problem), oracle.scaledDotProductAttention(...problem));
  },
  backward(core) {
    const [tensors, chosen] = [operands(), options()];
    const { output, logSumExp } = core.scaledDotProductAttention(...tensors, chosen);
    const gradOutput = tensor(1, ...output.dims);
    const actual = core.scaledDotProductAttentionBackward(gradOutput, ...tensors, { output, logSumExp, ...chosen });
    // A gradient is a sum over all rows and keys: its rounding goes with the root of how many there are.
    const terms = Math.max(tensors[0].dims[2] * (tensors[0].dims[1] / tensors[1].dims[1]), tensors[1].dims[2]);
    const tolerance = [TOLERANCE[0], TOLERANCE[1] * Math.max(1, Math.sqrt(terms) / 10)];
    return excess(actual, oracle.scaledDotProductAttentionBackward(gradOutput, ...tensors, chosen), tolerance);
  },
  decode(core) {
    const [query, key, value] = operands();
    const sizes = { batch: key.dims[0], heads: key.dims[1], headDim: key.dims[3], valueDim: value.dims[3] };
    const cached = { ...sizes, capacity: key.dims[2], type: oneOf(['float32', 'float16']) };
    const [cache, expected] = [core.createKeyValueCache(cached), new oracle.KeyValueCache(cached)];
    for (const each of [cache, expected]) each.append(key, value);
    const worst = excess(core.decode(query, cache), oracle.decode(query, expected));
    cache.dispose();
    return worst;
  },
  merge(core) {
    const [query, key, value] = operands();
    const parts = Array.from({ length: key.dims[2] }, () => oneOf([0, 1, 2]));
    const states = [0, 1, 2].map((part) => core.scaledDotProductAttention(query, key, value,
      { mask: { data: Uint8Array.from(parts, (of) => Number(of === part)), dims: [parts.length] } }));
    return excess(core.mergeStates(states), oracle.scaledDotProductAttention(query, key, value));
  },
};

/** @param {{ variant: string, threads: number }} options */
async function attention({ variant, threads }) {
  seed = 12345;
  const core = await loadAttention({ variant, threads });
  const worst = Object.fromEntries(Object.entries(CASES).map(([kind, count]) =>
    [kind, Math.max(...Array.from({ length: count }, () => ASK[kind](core)))]));
  const found = { variant: core.variant, threads: core.threads, why: core.threadsUnavailable ?? '', worst };
  core.dispose();
  return found;
}

/**
 * Ten steps of training, and the oracle's beside them: the largest difference between the losses.
 * @param {string} variant
 */
async function transformer(variant) {
  const corpus = createCorpus();
  const model = await createTransformer({ vocabulary: corpus.vocabulary, seed: 1, variant });
  const parameters = Object.fromEntries(Object.entries(model.parameters())
    .map(([name, { data, dims }]) => [name, { data: Float64Array.from(data), dims: [...dims] }]));
  const [optimizer, sample] = [new AdamW(), createRandom(1)];
  const words = new Map(corpus.vocabulary.map((word, index) => [word, index]));
  const losses = Array.from({ length: 10 }, () => {
    const sentences = corpus.sample(32, sample);
    const numbered = sentences.map((each) => ({ ...each, tokens: each.tokens.map((token) => words.get(token)) }));
    const expected = transformerOracle.loss(parameters, model.config, numbered);
    optimizer.update(parameters, transformerOracle.gradients(parameters, model.config, numbered));
    return { actual: model.trainStep(sentences), expected };
  });
  const found = { variant: model.variant, steps: model.step, losses };
  model.dispose();
  return found;
}

/** What is chosen where nothing is asked for. */
async function chosen() {
  const core = await loadAttention();
  const { variant, threads } = core;
  core.dispose();
  return { variant, threads };
}

/** What can't be had, in words. @param {any} options */
function refusal(options) {
  return loadAttention(options).then(() => 'nothing was refused', (error) => error.message);
}

/** Likewise. @param {string} variant */
function refusedModel(variant) {
  return createTransformer({ vocabulary: ['it'], variant }).then(() => 'nothing was refused', (error) => error.message);
}

/** What the browser has, asked without the core: does it take the binaries, and can workers share memory? */
async function features() {
  const [simd, relaxed] = await Promise.all(['simd', 'relaxed'].map(async (name) => {
    const response = await fetch(`/web/core/attention.${name}.wasm`);
    return WebAssembly.validate(await response.arrayBuffer());
  }));
  return { simd, relaxed, threads: crossOriginIsolated && typeof SharedArrayBuffer === 'function' };
}

Object.assign(globalThis, { smoke: { attention, transformer, chosen, refusal, refusedModel, features } });
