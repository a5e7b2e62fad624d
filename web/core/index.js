/**
 * attention-wasm: scaled dot-product attention in WebAssembly SIMD, for browsers, workers and Node.
 * Importing it does nothing but define; `loadAttention()` fetches and compiles the binary.
 * @module attention-wasm
 */
export { loadAttention } from './load.js';
export { AttentionError } from './errors.js';
export { VERSION } from './version.js';

/** @typedef {import('./attention.js').Attention} Attention */
/** @typedef {import('./errors.js').AttentionErrorCode} AttentionErrorCode */
/** @typedef {import('./load.js').LoadOptions} LoadOptions */
/** @typedef {import('./tensor.js').Tensor} Tensor */
/** @typedef {import('./tensor.js').WasmTensor} WasmTensor */
/** @typedef {import('./scaled-dot-product.js').AttentionOptions} AttentionOptions */
/** @typedef {import('./scaled-dot-product.js').AttentionResult} AttentionResult */
/** @typedef {import('./steps.js').StepsOptions} StepsOptions */
/** @typedef {import('./steps.js').StepsResult} StepsResult */
