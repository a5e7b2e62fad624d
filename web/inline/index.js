/**
 * attention-wasm/inline: the same as attention-wasm, with its binary carried along as text, for bundlers, pages and
 * workers that can't fetch a file beside their script. A third larger, and with one thread: the binaries for more
 * aren't carried.
 * @module attention-wasm/inline
 */

import { loadAttention as load } from '../core/index.js';
import { chooseVariant } from '../core/variant.js';

export { AttentionError, VERSION } from '../core/index.js';

/** @import { Attention, LoadOptions } from '../core/index.js' */

/**
 * As loadAttention() of attention-wasm, which has all the words on it; only that `wasm` needn't be given.
 * @param {LoadOptions} [options]
 * @returns {Promise<Attention>}
 */
export async function loadAttention(options = {}) {
  if (Object(options) !== options || options.wasm !== undefined) return load(options);
  const { default: text } = chooseVariant(options.variant ?? 'auto') === 'relaxed'
    ? await import('./relaxed.js') : await import('./simd.js');
  return load({ ...options, wasm: `data:application/wasm;base64,${text}` });
}
