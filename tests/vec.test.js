// The vocabulary that the kernels are written in, on the build for this variant.

import { variant } from './core/helpers.js';
import { webAssemblyLanes } from './vec/lanes.js';
import { testVocabulary } from './vec/suite.js';

const chosen = variant === 'auto' ? 'simd' : variant;
testVocabulary(chosen, webAssemblyLanes(chosen));
