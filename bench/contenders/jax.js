// jax-js, its WebAssembly backend and its own dotProductAttention. Without `jit`, which was no faster here. Arrays are
// made once; `data()` gives the output.

import { defaultDevice, init, nn, numpy as np } from '@jax-js/jax';
import { swapHeads, tensors } from '../shapes.js';

/** @param {{ threads: number }} options */
export async function load({ threads }) {
  if (threads > 1 && typeof Worker === 'undefined') return { unavailable: 'it has no threads in Node' };
  if (threads > 1 && typeof SharedArrayBuffer === 'undefined') return { unavailable: 'no shared memory here' };
  // It takes as many threads as there are cores and has no setting for it.
  Object.defineProperty(globalThis.navigator, 'hardwareConcurrency', { value: threads, configurable: true });
  await init('wasm');
  defaultDevice('wasm');
  return { prepare };
}

function prepare(shape) {
  const { B, H, M, D, causal } = shape;
  // Its layout is [B, length, H, D].
  const arrays = Object.values(tensors(shape)).map(({ data, dims: [, , length] }) =>
    np.array(swapHeads(data, B, H, length, D)).reshape([B, length, H, D]));
  const [q, k, v] = arrays;
  return {
    run: () => nn.dotProductAttention(q.ref, k.ref, v.ref, { isCausal: causal ?? false }).data(),
    output: (data) => swapHeads(data, B, M, H, D),
    dispose: () => arrays.forEach((array) => array.dispose()),
  };
}
