// attention.decode(): queries against a key/value cache.

import { readOperand } from './inputs.js';
import { KeyValueCache } from './key-value-cache.js';
import { attend } from './scaled-dot-product.js';

/** @import { Core } from './load.js' */
/** @import { AttentionOptions, AttentionResult } from './scaled-dot-product.js' */

/**
 * @param {Core} core
 * @param {unknown} queryTensor
 * @param {unknown} cache
 * @param {AttentionOptions} options
 * @returns {AttentionResult}
 */
export function decode(core, queryTensor, cache, options) {
  const query = readOperand(core.memory, queryTensor, 'query', '[B, H, M, D]');
  return attend(core, KeyValueCache.operands(core, cache, query), options, 'lower-right');
}
