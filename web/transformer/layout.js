// Where the fields of the structs of c_src/transformer/transformer.h lie, one 32-bit word each, and what the table of
// parameters holds. A test compares the former with the header.

/** TRANSFORMER_INTERFACE of the header: what a binary must report to fit this JavaScript. */
export const INTERFACE = 1;

export const CONFIG = /** @type {const} */ ([
  'vocabulary', 'maxLength', 'layers', 'heads', 'dim', 'hidden', 'objective', 'causal', 'batch', 'scale', 'target',
  'arena',
]);

/** After `loss`, a double, which comes first. */
export const BATCH = /** @type {const} */ ([
  'count', 'tokens', 'lengths', 'queries', 'answers', 'losses', 'chosen', 'probabilities', 'weights',
]);

export const VIEW = /** @type {const} */ ([
  'inputs', 'queries', 'keys', 'values', 'scores', 'weights', 'output',
]);

/**
 * The parameters, in the order of the table, without gaps.
 * @param {{ vocabulary: number, maxLength: number, layers: number, dim: number, hidden: number }} config
 * @returns {{ name: string, dims: number[] }[]}
 */
export function tableOf({ vocabulary, maxLength, layers, dim, hidden }) {
  const ofLayer = {
    'attentionNorm.gain': [dim], 'attentionNorm.bias': [dim],
    query: [dim, dim], key: [dim, dim], value: [dim, dim], output: [dim, dim],
    'feedForwardNorm.gain': [dim], 'feedForwardNorm.bias': [dim],
    expand: [dim, hidden], expandBias: [hidden], contract: [hidden, dim], contractBias: [dim],
  };
  const table = [
    { name: 'embedding', dims: [vocabulary, dim] },
    { name: 'position', dims: [maxLength, dim] },
  ];
  for (let i = 0; i < layers; i++) {
    for (const [name, dims] of Object.entries(ofLayer)) table.push({ name: `layer${i}.${name}`, dims });
  }
  return [...table, { name: 'finalNorm.gain', dims: [dim] }, { name: 'finalNorm.bias', dims: [dim] }];
}
