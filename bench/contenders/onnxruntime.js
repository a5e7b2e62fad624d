// onnxruntime-web with its WebAssembly provider. Two operators compute attention: ONNX's own `Attention` and
// `com.microsoft.MultiHeadAttention`. Which is faster depends on the shape, so both are tried and the faster is timed.
//
// Counted is a whole `session.run()`: it copies the inputs into wasm memory and the output out of it, which no option
// avoids. The tensors themselves are made once, outside. For decoding that means that the cache goes in anew with
// every token; `constants: true` in a shape makes keys and values part of the model instead, where they stay. No
// program can decode so, since a cache grows, but it shows what the kernel alone does.

import * as ort from 'onnxruntime-web';
import { estimate } from '../measure.js';
import { oneNodeModel } from '../onnx-model.js';
import { swapHeads, tensors } from '../shapes.js';

/** @param {{ threads: number }} options */
export async function load({ threads }) {
  if (threads > 1 && globalThis.crossOriginIsolated === false) {
    return { unavailable: 'the page is not cross-origin isolated' };
  }
  ort.env.wasm.numThreads = threads; // they spin for a moment after a call, as they do by default, then sleep
  return { version: ort.env.versions.web, prepare: (shape) => prepareFastest(shape) };
}

function models({ B, H, M, N, D, causal }) {
  const [queries, keys, packed] = [[B, H, M, D], [B, H, N, D], [B, M, H * D]];
  return [
    {
      type: 'Attention', version: 23, attributes: { is_causal: Number(causal ?? false) },
      inputs: { query: queries, key: keys, value: keys }, outputs: { output: queries },
    },
    {
      type: 'MultiHeadAttention', domain: 'com.microsoft', version: 1,
      attributes: { num_heads: H, unidirectional: Number(causal ?? false) },
      inputs: { query: packed, key: keys, value: keys }, outputs: { output: packed },
    },
  ];
}

async function prepareFastest(shape) {
  const candidates = [];
  let failure;
  for (const model of models(shape)) {
    try {
      candidates.push(await prepareModel(model, shape));
    } catch (error) {
      failure = error;
    }
  }
  if (candidates.length === 0) throw new Error(reason(failure));
  const [fastest, ...others] = candidates.sort((a, b) => a.seconds - b.seconds);
  for (const other of others) await other.dispose();
  return fastest;
}

async function prepareModel(model, shape) {
  const data = tensors(shape);
  const { B, H, M, D } = shape;
  if (model.type === 'MultiHeadAttention') {
    data.query = { data: swapHeads(data.query.data, B, H, M, D), dims: [B, M, H * D] };
  }
  const constants = shape.constants ? { key: data.key, value: data.value } : {};
  const session = await ort.InferenceSession.create(oneNodeModel({ ...model, constants }), {
    executionProviders: ['wasm'], logSeverityLevel: 4,
  });
  const feeds = Object.fromEntries(Object.entries(data).filter(([name]) => !(name in constants))
    .map(([name, tensor]) => [name, new ort.Tensor('float32', tensor.data, tensor.dims)]));
  const run = () => session.run(feeds);
  try {
    return {
      run,
      seconds: await estimate(run),
      note: model.type,
      output: ({ output }) => (model.type === 'Attention' ? output.data : swapHeads(output.data, B, M, H, D)),
      dispose: () => session.release(),
    };
  } catch (error) {
    await session.release();
    throw error;
  }
}

/** What went wrong, without the addresses of the machine on which onnxruntime-web was built. */
function reason(error) {
  const text = String(error?.message ?? error);
  if (text.includes('SafeInt') || text.includes('safeint')) return 'throws: integer overflow';
  return `throws: ${text.replace(/\S*\/\S*\//g, '').slice(0, 120)}`;
}
