// Which of the binaries this engine can run.

import { AttentionError, describe, wrong } from './errors.js';
import { needWebAssembly } from './module.js';

/** @typedef {'simd' | 'relaxed'} Variant */

// A module of one function whose body is i32.const 0, i32x4.splat (thrice for relaxed), the opcode in
// question, drop. An engine that doesn't know an opcode refuses the whole module.
const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0];
const VECTOR = [0x41, 0, 0xfd, 0x11];
const RELAXED_MADD = [0xfd, 0x85, 0x02];
const SIMD_PROBE = new Uint8Array([...HEADER, 0x0a, 9, 1, 7, 0, ...VECTOR, 0x1a, 0x0b]);
const RELAXED_PROBE = new Uint8Array([
  ...HEADER, 0x0a, 20, 1, 18, 0, ...VECTOR, ...VECTOR, ...VECTOR, ...RELAXED_MADD, 0x1a, 0x0b,
]);

/**
 * @param {unknown} wanted
 * @returns {Variant}
 */
export function chooseVariant(wanted) {
  if (wanted !== 'auto' && wanted !== 'simd' && wanted !== 'relaxed') {
    throw wrong('range', 'variant', "'auto', 'simd' or 'relaxed'", describe(wanted));
  }
  needWebAssembly();
  const relaxed = WebAssembly.validate(RELAXED_PROBE);
  if (wanted === 'relaxed' && !relaxed) {
    throw unavailable('relaxed', 'relaxed SIMD', "use variant 'simd' or 'auto'");
  }
  if (!WebAssembly.validate(SIMD_PROBE)) throw unavailable('simd', 'SIMD', 'update the browser or Node');
  return relaxed && wanted !== 'simd' ? 'relaxed' : 'simd';
}

/**
 * @param {Variant} variant
 * @param {string} feature
 * @param {string} remedy
 */
function unavailable(variant, feature, remedy) {
  return new AttentionError('variant-unavailable', {
    argument: 'variant', expected: `an engine with WebAssembly ${feature}`, actual: 'one without',
    message: `The ${variant} variant needs WebAssembly ${feature}, which this engine lacks: ${remedy}.`,
  });
}
