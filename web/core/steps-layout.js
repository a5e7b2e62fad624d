// The argument struct of attention_steps(), apart from the others in layout.js: who takes the steps alone shall not
// load those.

import { struct } from './struct.js';

export const STEPS = struct(['scale', 'temperature', 'shift'], [
  'tokens', 'embeddingDim', 'headDim', 'valueDim', 'queryIndex',
  'embeddings', 'queryWeight', 'keyWeight', 'valueWeight', 'attend',
  'queries', 'keys', 'values', 'products', 'scores', 'scaled', 'exponentials', 'sum', 'weights',
  'contributions', 'output',
]);
