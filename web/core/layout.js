// The argument structs of c_src/attention.h. A test compares the order of their fields with the header's.

import { struct } from './struct.js';

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
