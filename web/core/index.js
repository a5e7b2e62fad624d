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
/** @typedef {import('./tensor.js').Float16Tensor} Float16Tensor */
/** @typedef {import('./tensor.js').BooleanTensor} BooleanTensor */
/** @typedef {import('./tensor.js').Result} Result */
/** @typedef {import('./tensor.js').WasmTensor} WasmTensor */
/** @typedef {import('./problem.js').ProblemOptions} ProblemOptions */
/** @typedef {import('./scaled-dot-product.js').AttentionOptions} AttentionOptions */
/** @typedef {import('./scaled-dot-product.js').AttentionResult} AttentionResult */
/** @typedef {import('./backward.js').BackwardOptions} BackwardOptions */
/** @typedef {import('./backward.js').Gradients} Gradients */
/** @typedef {import('./merge.js').AttentionState} AttentionState */
/** @typedef {import('./key-value-cache.js').KeyValueCache} KeyValueCache */
/** @typedef {import('./key-value-cache.js').KeyValueCacheOptions} KeyValueCacheOptions */
/** @typedef {import('./steps.js').StepsOptions} StepsOptions */
/** @typedef {import('./steps.js').StepsResult} StepsResult */
