// How long a whole steps() call takes on the worked example's size: 10 tokens, 4 dimensions, results
// included.    node bench/steps.js
//
// A sample is the mean of many calls, since one is shorter than the clock is precise. The median of the
// samples is what to quote; the fastest shows what noise the machine added.

import { loadAttention } from '../web/core/index.js';

const SAMPLES = 200;
const CALLS = 500;
const TOKENS = 10;
const WIDTH = 4;

function tensor(dims) {
  return { data: Float32Array.from({ length: dims[0] * dims[1] }, () => Math.random() * 2 - 1), dims };
}

/** Microseconds a call, one number a sample, sorted. */
function sample(attention, options) {
  const samples = [];
  for (let i = 0; i < SAMPLES; i++) {
    const started = performance.now();
    for (let call = 0; call < CALLS; call++) attention.steps(options);
    samples.push(((performance.now() - started) * 1000) / CALLS);
  }
  return samples.sort((a, b) => a - b);
}

const options = {
  embeddings: tensor([TOKENS, WIDTH]),
  queryWeight: tensor([WIDTH, WIDTH]),
  keyWeight: tensor([WIDTH, WIDTH]),
  valueWeight: tensor([WIDTH, WIDTH]),
  queryIndex: 7,
};

console.log(`steps(), ${TOKENS} tokens, ${WIDTH} dimensions, Node ${process.version.slice(1)}, µs a call`);
for (const variant of ['simd', 'relaxed']) {
  let attention;
  try {
    attention = await loadAttention({ variant });
  } catch (error) {
    if (error.code !== 'variant-unavailable') throw error;
    console.log(`${variant.padEnd(8)} not in this Node`);
    continue;
  }
  sample(attention, options); // warms up the compiler
  const samples = sample(attention, options);
  const at = (part) => samples[Math.floor(part * SAMPLES)].toFixed(2);
  console.log(`${variant.padEnd(8)} median ${at(0.5)}   fastest ${at(0)}   95th percentile ${at(0.95)}`);
}
