// Where the fields of the argument structs of c_src/attention.h lie. A test compares the order with the
// header's. On wasm32 a double takes two words and everything else one.

/**
 * The offset of each field from the start of its struct: in doubles for `doubles`, else in 32-bit words.
 * @template {string} Name
 * @param {readonly string[]} doubles
 * @param {readonly Name[]} words
 * @__NO_SIDE_EFFECTS__ bundlers leave out the structs that nobody uses
 */
function struct(doubles, words) {
  const first = 2 * doubles.length;
  const offsets = /** @type {Record<Name, number>} */ (
    Object.fromEntries(words.map((name, index) => [name, first + index])));
  // Structs with a double are padded to a multiple of 8.
  const bytes = Math.ceil((first + words.length) / 2) * 8;
  return Object.freeze({ doubles, words, offsets: Object.freeze(offsets), bytes });
}

export const STEPS = struct(['scale', 'temperature', 'shift'], [
  'tokens', 'embeddingDim', 'headDim', 'valueDim', 'queryIndex',
  'embeddings', 'queryWeight', 'keyWeight', 'valueWeight', 'attend',
  'queries', 'keys', 'values', 'products', 'scores', 'scaled', 'exponentials', 'sum', 'weights',
  'contributions', 'output',
]);

// attention_problem, which the structs of forward and backward begin with.
export const PROBLEM = struct([], [
  'batch', 'heads', 'keyHeads', 'queryLength', 'keyLength', 'headDim', 'valueDim', 'keyCapacity',
  'queryType', 'keyType', 'valueType', 'halvesFinite', 'windowLeft', 'windowRight',
  'maskStride0', 'maskStride1', 'maskStride2', 'maskStride3', 'scale', 'softcap',
  'query', 'key', 'value', 'keyScales', 'valueScales', 'queryOffset', 'keyLengths', 'booleanMask',
  'additiveMask', 'alibiSlopes', 'sinks',
]);

export const FORWARD = struct([], [
  ...PROBLEM.words, 'weightsStage', 'output', 'logSumExp', 'weights', 'workspace', 'pool',
]);

export const BACKWARD = struct([], [
  ...PROBLEM.words, 'gradOutput', 'output', 'logSumExp', 'gradQuery', 'gradKey', 'gradValue', 'gradMask',
  'maskDims0', 'maskDims1', 'maskDims2', 'maskDims3', 'workspace', 'pool',
]);

export const MERGE = struct([], [
  'states', 'rows', 'valueDim', 'outputs', 'logSumExps', 'output', 'logSumExp',
]);

export const APPEND = struct([], [
  'heads', 'count', 'dim', 'capacity', 'start', 'fromType', 'type', 'from', 'rows', 'scales', 'halvesFinite',
]);
