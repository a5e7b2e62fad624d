// A program for anywhere, compiled without the types of any platform: no browser's, no worker's, not Node's.
import { AttentionError, loadAttention } from 'attention-wasm';
import type { Attention, LoadOptions } from 'attention-wasm';
import { loadAttention as loadInline } from 'attention-wasm/inline';
import { loadSteps } from 'attention-wasm/steps';
import { createCorpus, createTransformer } from 'attention-wasm/transformer';

export async function load(bytes: Uint8Array): Promise<Attention[]> {
  const given: LoadOptions[] = [{}, { wasm: bytes }, { wasm: Promise.resolve(bytes.buffer) }, { wasm: 'attention.wasm' }];
  // @ts-expect-error: nothing that a binary could be
  given.push({ wasm: 7 });
  try {
    return await Promise.all(given.map((options) => loadAttention(options)));
  } catch (error) {
    if (error instanceof AttentionError && error.code === 'wasm-invalid') return [await loadInline()];
    throw error;
  }
}

export async function learn(bytes: Uint8Array): Promise<number> {
  const { vocabulary, heldOut } = createCorpus();
  const transformer = await createTransformer({ vocabulary, wasm: bytes });
  (await loadSteps({ wasm: bytes })).dispose();
  return transformer.evaluate(heldOut).accuracy;
}
