// The declarations as a TypeScript program meets them. Compiled by tests/types.test.js, never run: a line that
// must not compile says so, and the compiler complains where it does.

import { AttentionError, loadAttention } from '../../build/types/core/index.js';
import type {
  Attention, AttentionOptions, AttentionState, BooleanTensor, Float16Tensor, Gradients, KeyValueCache, Result, Tensor,
  WasmTensor,
} from '../../build/types/core/index.js';
import { AttentionError as SameError, loadSteps } from '../../build/types/core/load-steps.js';
import type { AttentionSteps, StepsOptions, StepsResult } from '../../build/types/core/load-steps.js';
import { loadAttention as loadInline } from '../../build/types/inline/index.js';
import { createCorpus, createRandom, createTransformer } from '../../build/types/transformer/index.js';
import type {
  Answer, Evaluation, Layer, Sentence, Transformer, TransformerOptions,
} from '../../build/types/transformer/index.js';

/** As onnxruntime-common declares a tensor of a known type. */
interface TypedTensor<Type extends string, Data> {
  readonly dims: readonly number[];
  readonly type: Type;
  readonly data: Data;
  readonly location: 'none' | 'cpu' | 'gpu-buffer';
  readonly size: number;
  dispose(): void;
}

declare const float32: TypedTensor<'float32', Float32Array>;
declare const float16: TypedTensor<'float16', Uint16Array>;
declare const uint16: TypedTensor<'uint16', Uint16Array>;
declare const int64: TypedTensor<'int64', BigInt64Array>;
declare const bool: TypedTensor<'bool', Uint8Array>;
declare const halves: { data: Float16Array, dims: number[] };
declare const doubles: { data: Float64Array, dims: number[] };

export async function use(): Promise<void> {
  const attention: Attention = await loadAttention({ variant: 'auto', threads: 'auto' });
  const variant: 'simd' | 'relaxed' = attention.variant;
  const why: string | undefined = attention.threadsUnavailable;

  const options: AttentionOptions = {
    scale: 1, causal: 'lower-right', queryOffset: Int32Array.of(1), window: [3, -1], mask: bool,
    alibiSlopes: new Float32Array(2), softcap: 30, sinks: new Float32Array(2), keyLengths: Int32Array.of(1),
    weights: 'softmax', out: float32,
  };
  const { output, logSumExp, weights } = attention.scaledDotProductAttention(float32, float16, halves, options);
  const plain: Tensor = output;
  const matrix: Result | undefined = weights;
  const own: Float32Array<ArrayBuffer> = logSumExp.data;
  // @ts-expect-error: `weights` of AttentionOptions may be false
  weights.data;
  const some = Math.random() < 0.5;
  const certain: Result[] = [
    attention.scaledDotProductAttention(float32, float16, halves, { weights: 'softmax', causal: true }).weights,
    attention.scaledDotProductAttention(float32, float16, halves, { weights: some ? 'scores' : 'masked' }).weights,
  ];
  const uncertain = attention.scaledDotProductAttention(float32, float32, float32, { weights: some && 'softmax' });
  // @ts-expect-error: nor is it certain here
  certain.push(uncertain.weights, attention.scaledDotProductAttention(float32, float32, float32).weights);
  // @ts-expect-error: no such stage
  attention.scaledDotProductAttention(float32, float32, float32, { weights: true });
  // @ts-expect-error: which binary it is was settled when it was loaded
  attention.variant = 'simd';

  const gradients: Gradients = attention.scaledDotProductAttentionBackward(output, float32, float16, halves,
    { output, logSumExp, ...options });
  const gradMask: Result | undefined = gradients.gradMask;
  // @ts-expect-error: it needs what the forward call returned
  attention.scaledDotProductAttentionBackward(output, float32, float32, float32, options);

  const state: AttentionState = { output, logSumExp };
  const merged: { output: Result, logSumExp: Result } = attention.mergeStates([state, { output, logSumExp }]);

  const cache: KeyValueCache = attention.createKeyValueCache({
    batch: 1, heads: 2, headDim: 64, valueDim: 64, capacity: 128, type: 'int8',
  });
  cache.append(float32, float16);
  cache.truncate(cache.length - 1);
  attention.decode(halves, cache, { softcap: 20 }).output.data.fill(0);
  certain.push(attention.decode(halves, cache, { weights: 'softmax' }).weights);
  // @ts-expect-error: it grows by append()
  cache.length = 0;
  // @ts-expect-error: it's of one size
  cache.capacity = 0;
  // @ts-expect-error: every size is needed
  attention.createKeyValueCache({ batch: 1, heads: 1, headDim: 1, valueDim: 1 });

  const inside: WasmTensor = attention.tensor([1, 2, 3, 4]);
  // @ts-expect-error: its memory is of one size
  inside.dims = [24];
  attention.scaledDotProductAttention(inside, inside, inside, { out: inside, mask: { data: new Uint8Array(1), dims: [1] } });
  cache.dispose();
  inside.dispose();

  // @ts-expect-error
  attention.scaledDotProductAttention(uint16, float32, float32);
  // @ts-expect-error
  attention.scaledDotProductAttention(int64, float32, float32);
  // @ts-expect-error
  attention.scaledDotProductAttention(doubles, float32, float32);
  // @ts-expect-error
  attention.scaledDotProductAttention(float32, float32, float32, { mask: doubles });
  // @ts-expect-error
  attention.scaledDotProductAttention(float32, float32, float32, { isCausal: true });
  // @ts-expect-error
  attention.scaledDotProductAttention(float32, float32, float32, { causal: 'lower' });
  // @ts-expect-error
  attention.scaledDotProductAttention(float32, float32, float32, { window: [1] });
  // @ts-expect-error
  attention.scaledDotProductAttention(float32, float32, float32, { keyLengths: new Float32Array(1) });

  const booleans: BooleanTensor = bool;
  const sixteen: Float16Tensor[] = [float16, halves];
  const all: unknown[] = [variant, why, plain, matrix, own, certain, gradMask, merged, booleans, sixteen];
  try {
    attention.memoryUsage().used.toFixed(all.length);
  } catch (error) {
    if (error instanceof AttentionError && error.code === 'out-of-memory') error.argument.toUpperCase();
    // @ts-expect-error: no such code
    if (error instanceof AttentionError) return error.code === 'oops' ? undefined : undefined;
  }
  attention.dispose();
}

export async function useInline(): Promise<Attention> {
  return loadInline({ variant: 'simd' });
}

export async function useSteps(): Promise<void> {
  const alone: AttentionSteps = await loadSteps({ wasm: new URL('https://example.org/attention.steps.wasm') });
  const options: StepsOptions = { queries: float32, keys: float32, values: float32, queryIndex: 0, attend: bool };
  const { weights, output }: StepsResult = alone.steps(options);
  const sum: number = weights.data.length + output.dims.length;
  // @ts-expect-error: which token asks must be said
  alone.steps({ queries: float32, keys: float32, values: float32 });
  // @ts-expect-error: there is but one build of it
  await loadSteps({ variant: 'simd' });
  // Whatever has the steps will do.
  const whole: AttentionSteps = await loadAttention();
  alone.dispose();
  if (!Number.isFinite(sum)) throw new SameError('internal', { actual: String(whole) });
}

export async function learn(snapshot: Uint8Array): Promise<void> {
  const corpus = createCorpus({ seed: 2 });
  const options: TransformerOptions = {
    vocabulary: corpus.vocabulary, layers: 1, heads: 1, dim: 8, hidden: 16, maxLength: 12, objective: 'token',
    causal: true, seed: 1, scale: 1, target: 0.9, learningRate: 0.01, weightDecay: 0, batch: 16, variant: 'simd',
  };
  const transformer: Transformer = await createTransformer(options);
  const sentence: Sentence = { tokens: ['a', 'b'] as const, query: 1, answer: 0 };
  const loss: number = transformer.trainStep(corpus.sample(8, createRandom(1)), { learningRate: 0.1 });
  const found: Evaluation = transformer.evaluate([sentence]);
  const { layers, answer }: { layers: Layer[], answer: Answer | undefined } = transformer.forward(sentence);
  transformer.forward({ tokens: sentence.tokens });
  const word: string | undefined = answer?.word;
  if (answer && 'index' in answer) answer.index.toFixed(answer.weight);
  const { gradients } = transformer.gradients([corpus.headline.wide]);
  const gradient: Tensor | undefined = gradients['layer0.query'];
  const embedding: Tensor | undefined = transformer.parameters()['embedding'];
  const scores: Result | undefined = layers[0]?.scores;
  transformer.learningRate = transformer.learningRate / transformer.step;
  const bytes: Uint8Array<ArrayBuffer> = transformer.save({ precision: 'bfloat16', optimizer: true });
  transformer.load(bytes);
  const copy = await createTransformer({ snapshot, learningRate: 1, batch: 4 });
  copy.config.vocabulary.includes([loss, found, word, gradient, embedding, scores].join());
  copy.dispose();

  // @ts-expect-error: a snapshot says it
  await createTransformer({ snapshot, layers: 2 });
  // @ts-expect-error: words are needed
  await createTransformer({ layers: 2 });
  // @ts-expect-error
  await createTransformer({ vocabulary: ['a'], objective: 'words' });
  // @ts-expect-error: a sentence to learn from has an answer
  transformer.trainStep([{ tokens: ['a'], query: 0 }]);
  // @ts-expect-error
  transformer.step = 3;
  // @ts-expect-error
  transformer.config.layers = 3;
  // @ts-expect-error
  transformer.config.vocabulary.push('c');
  // @ts-expect-error
  transformer.save({ precision: 'float64' });
}
