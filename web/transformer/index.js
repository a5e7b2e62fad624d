/**
 * attention-wasm/transformer: a small transformer that learns in WebAssembly, for browsers, workers and Node.
 * Importing it does nothing but define; `createTransformer()` fetches and compiles the binary.
 * @module attention-wasm/transformer
 */
export { createTransformer } from './transformer.js';
export { ABOUT_CORPUS, createCorpus, createRandom } from './corpus.js';
export { AttentionError } from '../core/errors.js';

/** @typedef {import('./transformer.js').Transformer} Transformer */
/** @typedef {import('./transformer.js').Layer} Layer */
/** @typedef {import('./transformer.js').Answer} Answer */
/** @typedef {import('./transformer.js').Evaluation} Evaluation */
/** @typedef {import('./options.js').Objective} Objective */
/** @typedef {import('./options.js').TransformerConfig} TransformerConfig */
/** @typedef {import('./options.js').TransformerOptions} TransformerOptions */
/** @typedef {import('./sentences.js').Sentence} Sentence */
/** @typedef {import('./snapshot.js').Precision} Precision */
/** @typedef {import('./corpus.js').Sentence} CorpusSentence */
/** @typedef {import('../core/errors.js').AttentionErrorCode} AttentionErrorCode */
/** @typedef {import('../core/index.js').Result} Result */
