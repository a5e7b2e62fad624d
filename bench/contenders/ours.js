// Ours. Tensors lie in the memory of the instance, as a program keeps them that calls often; `copies: true` in a shape
// hands in plain arrays instead and takes a new one back, as onnxruntime-web always does.

import { loadAttention } from '../../web/core/index.js';
import { tensors } from '../shapes.js';

/** @param {{ variant: 'simd' | 'relaxed', threads: number }} options */
export async function load({ variant, threads }) {
  const attention = await loadAttention({ variant, threads });
  if (attention.threads < threads) {
    return { unavailable: attention.threadsUnavailable ?? `it runs with ${attention.threads} threads` };
  }
  const prepare = { prefill: prepareAttention, decode: prepareDecode, steps: prepareSteps };
  return { prepare: (shape) => prepare[shape.kind](attention, shape) };
}

/** A copy of a tensor in the memory of the instance. */
function inside(attention, { data, dims }) {
  const tensor = attention.tensor(dims);
  tensor.data.set(data);
  return tensor;
}

const disposeAll = (things) => things.forEach((thing) => thing.dispose());

function prepareAttention(attention, shape) {
  const { query, key, value } = tensors(shape);
  const { causal } = shape;
  if (shape.copies) {
    return {
      run: () => attention.scaledDotProductAttention(query, key, value, { causal }),
      output: (result) => result.output.data,
      dispose() {},
    };
  }
  const [q, k, v] = [query, key, value].map((tensor) => inside(attention, tensor));
  const options = { causal, out: attention.tensor(query.dims) };
  return {
    run: () => attention.scaledDotProductAttention(q, k, v, options),
    output: () => options.out.data,
    memory: () => attention.memoryUsage?.().reserved,
    dispose: () => disposeAll([q, k, v, options.out]),
  };
}

function prepareDecode(attention, shape) {
  // Without a cache of ours, keys and values are plain tensors that are copied in for each token.
  if (shape.copies) return prepareAttention(attention, { ...shape, causal: false });
  const { B, H, N, D, cache: type } = shape;
  const { query, key, value } = tensors(shape);
  const before = attention.memoryUsage().used;
  const cache = attention.createKeyValueCache({ batch: B, heads: H, headDim: D, valueDim: D, capacity: N, type });
  const bytes = attention.memoryUsage().used - before;
  cache.append(key, value);
  const q = inside(attention, query);
  const options = { out: attention.tensor(query.dims) };
  return {
    run: () => attention.decode(q, cache, options),
    output: () => options.out.data,
    memory: () => bytes,
    dispose: () => disposeAll([cache, q, options.out]),
  };
}

function prepareSteps(attention, shape) {
  const options = tensors(shape);
  return { run: () => attention.steps(options), output: (result) => result.output.data, dispose() {} };
}
