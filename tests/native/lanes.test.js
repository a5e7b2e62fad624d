// The third implementation of vec.h, which is what the fuzzer runs on, lane by lane like the others.

import { nativeLanes } from '../vec/lanes.js';
import { testVocabulary } from '../vec/suite.js';

testVocabulary('native', nativeLanes());
