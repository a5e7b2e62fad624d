// Who takes part. One file a contender, the same in Node and in the page:
//
//   load(options) → { unavailable } or { version?, prepare }
//   prepare(shape) → {
//     run()          one call, what is timed; may give a promise
//     output(result) its output as numbers in the order [B, H, M, D], not timed
//     note?          what to say beside the time
//     work?          floating-point operations or bytes a call, where the shape doesn't tell
//     memory?()      bytes of WebAssembly memory
//     dispose() }
//
// Spelled-out imports, since that is what bundlers can follow.

const modules = {
  ours: () => import('./ours.js'),
  onnxruntime: () => import('./onnxruntime.js'),
  tfjs: () => import('./tfjs.js'),
  jax: () => import('./jax.js'),
  ceiling: () => import('./ceiling.js'),
};

/** @type {Record<string, { module: keyof typeof modules, options?: object }>} */
export const contenders = {
  'ours relaxed': { module: 'ours', options: { variant: 'relaxed' } },
  'ours simd': { module: 'ours', options: { variant: 'simd' } },
  'onnxruntime-web': { module: 'onnxruntime' },
  'tfjs-wasm': { module: 'tfjs' },
  'jax-js': { module: 'jax' },
  'ceiling relaxed': { module: 'ceiling', options: { variant: 'relaxed' } },
  'ceiling simd': { module: 'ceiling', options: { variant: 'simd' } },
};

/** @param {string} name @param {number} threads */
export async function loadContender(name, threads) {
  const { module, options } = contenders[name];
  const { load } = await modules[module]();
  return load({ ...options, threads });
}
