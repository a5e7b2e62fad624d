// What may be given as `wasm`, where there are types for it: a browser's, a worker's or Node's.
import { loadAttention } from 'attention-wasm';

export async function load(address: URL, answer: Response): Promise<void> {
  for (const wasm of [address, answer, fetch(address)]) await loadAttention({ wasm });
  // @ts-expect-error: nothing that a binary could be
  await loadAttention({ wasm: 7 });
}
