import { defineAttentionTutorial } from 'attention-wasm/tutorial';
import { results } from './ways.js';

defineAttentionTutorial(); // nothing to do where there is no document, and no harm
console.log(JSON.stringify(await results()));
