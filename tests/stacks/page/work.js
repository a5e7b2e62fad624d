// A worker that loads the core, and trains. No await at its top: bundlers make classic scripts of workers.
import { loadAttention } from 'attention-wasm';
import { learn } from './learn.js';
import { six } from './six.js';

const core = loadAttention().then(six).catch(String);
const transformer = learn().catch(String);
Promise.all([core, transformer]).then(([worker, learned]) => postMessage({ worker, 'worker-transformer': learned }));
