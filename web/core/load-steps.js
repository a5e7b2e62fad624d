/**
 * attention-wasm/steps: the six steps alone, from a binary of about 1 kB. It has no SIMD, so it runs in every
 * engine that has WebAssembly; results are the same to the bit as those of `Attention.steps()`.
 * @module attention-wasm/steps
 */

import { checkOptions } from './arguments.js';
import { wrong } from './errors.js';
import { instantiate } from './instantiate.js';
import { needWebAssembly, ownModule, toModule } from './module.js';
import { steps } from './steps.js';
import { INTERFACE } from './version.js';

export { AttentionError } from './errors.js';

/** @import { LoadOptions } from './load.js' */
/** @typedef {import('./errors.js').AttentionErrorCode} AttentionErrorCode */
/** @typedef {import('./steps.js').StepsOptions} StepsOptions */
/** @typedef {import('./steps.js').StepsResult} StepsResult */
/** @typedef {Pick<LoadOptions, 'wasm'>} LoadStepsOptions */

/**
 * The six steps, with a memory of their own. An `Attention` will do as one.
 * @typedef {object} AttentionSteps
 * @property {(options: StepsOptions) => StepsResult} steps for one query token, every intermediate kept, each number
 *   the correctly rounded float32 result of those before it; all inputs must be finite
 * @property {() => void} dispose gives all memory back; the instance can't be used afterwards. May be called twice
 */

const KNOWN = new Set(['wasm']);
const EXPECTED = { reports: 'attention_interface', version: INTERFACE, needed: 'attention_steps' };

/**
 * Loads the binary of the six steps. Each call makes an instance with a memory of its own. `wasm` may also be one
 * of the larger binaries: they all have the steps.
 * @param {LoadStepsOptions} [options]
 * @returns {Promise<AttentionSteps>}
 */
export async function loadSteps(options = {}) {
  checkOptions(options, KNOWN);
  needWebAssembly();
  const { wasm } = options;
  const module = wasm === undefined
    // Spelled out, since this is the form in which bundlers find the file and take it along.
    ? await ownModule(() => new URL('./attention.steps.wasm', import.meta.url))
    : await toModule(await wasm);
  /** @type {Pick<import('./load.js').Core, 'memory' | 'exports'> | undefined} */
  let core = await instantiate(module, EXPECTED);
  return {
    steps(given) {
      if (core === undefined) throw wrong('disposed', 'attention', 'an instance in use', 'one disposed of');
      return steps(core, given);
    },
    dispose() {
      core?.memory.close();
      core = undefined;
    },
  };
}
