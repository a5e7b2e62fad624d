// Attention in float64, as it's written down in textbooks: loops, no tricks, nothing shared with the code
// under test. Each function takes the arguments of the method of the same name.

export { steps } from './oracle/steps.js';
export { scaledDotProductAttention } from './oracle/forward.js';
export { scaledDotProductAttentionBackward } from './oracle/backward.js';
export { mergeStates } from './oracle/states.js';
export { KeyValueCache, decode } from './oracle/cache.js';
export { fromHalf, toHalf, widen } from './oracle/half.js';
