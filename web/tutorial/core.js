// The one instance of the core that every figure on a page shares.

import { loadAttention } from '../core/index.js';

/** @type {Promise<import('../core/index.js').Attention> | undefined} */
let shared;

/** Loads the core at the first call; a failure is forgotten, so that a later call tries again. */
export function sharedAttention() {
  shared ??= loadAttention().catch((error) => {
    shared = undefined;
    throw error;
  });
  return shared;
}
