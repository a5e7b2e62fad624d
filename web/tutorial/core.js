// The one instance of the core that every figure on a page shares: of the six steps alone, which is all they need
// and a kilobyte to load.

import { loadSteps } from '../core/load-steps.js';

/** @type {Promise<import('../core/load-steps.js').AttentionSteps> | undefined} */
let shared;

/** Loads the core at the first call; a failure is forgotten, so that a later call tries again. */
export function sharedSteps() {
  shared ??= loadSteps().catch((error) => {
    shared = undefined;
    throw error;
  });
  return shared;
}
