// A user's program, compiled as strictly as TypeScript can and never run.
import { AttentionError, loadAttention, VERSION } from 'attention-wasm';
import type { Attention, AttentionOptions, KeyValueCache, Tensor } from 'attention-wasm';
import { loadAttention as loadInline } from 'attention-wasm/inline';
import { loadSteps } from 'attention-wasm/steps';
import { createCorpus, createRandom, createTransformer } from 'attention-wasm/transformer';
import type { Sentence, Transformer } from 'attention-wasm/transformer';
import { AttentionTutorial, defineAttentionTutorial } from 'attention-wasm/tutorial';
import type { TutorialSnapshot } from 'attention-wasm/tutorial';

const tensor = (...dims: number[]): Tensor =>
  ({ data: new Float32Array(dims.reduce((a, b) => a * b)), dims });

export async function attend(module: WebAssembly.Module): Promise<Float32Array> {
  const attention: Attention = await loadAttention({ variant: 'simd', threads: 'auto', wasm: module });
  const options: AttentionOptions = { causal: true, window: [16, 0], weights: 'softmax' };
  const shape = { batch: 1, heads: 2, headDim: 8, valueDim: 8, capacity: 4 };
  const cache: KeyValueCache = attention.createKeyValueCache({ ...shape, type: 'int8' });
  cache.append(tensor(1, 2, 1, 8), tensor(1, 2, 1, 8));
  const { output } = attention.decode(tensor(1, 2, 1, 8), cache);
  const { weights } = attention.scaledDotProductAttention(output, output, output, options);
  // @ts-expect-error: there is no such option
  attention.scaledDotProductAttention(output, output, output, { casual: true });
  return weights?.data ?? output.data;
}

export async function learn(): Promise<string> {
  const corpus = createCorpus();
  const transformer: Transformer = await createTransformer({ vocabulary: corpus.vocabulary, layers: 1 });
  const sentences: Sentence[] = corpus.sample(4, createRandom(1));
  transformer.trainStep(sentences);
  return transformer.forward(corpus.headline.tired).answer?.word ?? VERSION;
}

export async function explain(): Promise<number | undefined> {
  try {
    const [steps, inline] = await Promise.all([loadSteps(), loadInline()]);
    const one = tensor(1, 1);
    inline.dispose();
    return steps.steps({ embeddings: one, queryWeight: one, keyWeight: one, valueWeight: one, queryIndex: 0 })
      .weights.data[0];
  } catch (error) {
    if (error instanceof AttentionError && error.code === 'wasm-not-found') return undefined;
    throw error;
  }
}

export async function show(element: AttentionTutorial): Promise<TutorialSnapshot> {
  defineAttentionTutorial();
  await element.ready;
  element.setState({ step: 3 });
  // @ts-expect-error: steps are numbers
  element.goTo('3');
  return element.getState();
}
