// Training, in one run: attention-wasm, TensorFlow.js with its WebAssembly backend and plain JavaScript, each with the
// same model, the same start, the same batches and the same optimiser, on one thread.
//
//     npm run bench:train                   who trains how fast
//     npm run bench:train -- --seeds        steps and seconds from each of ten seeds to 98 % of the held-out sentences
//     npm run bench:train -- --chromium     the same in Chromium, from sources

import { createCorpus, createRandom, createTransformer } from '../web/transformer/index.js';
import { median } from './results.js';
import * as plain from './training/plain.js';
import { inChromium } from './training/chromium.js';
import { printSeeds, trainSeeds } from './training/seeds.js';
import * as tfjs from './training/tfjs.js';

const ROUNDS = 9;
const SECONDS = 1; // of each contender in a round
const BATCH = 32;
const CHECKED = 10; // steps in which the losses must agree
const DECAY = 0.01;
// The page's, where calls cost more than arithmetic, and one with nearly forty times its weights.
const SIZES = [{ dim: 8, heads: 2, hidden: 16 }, { dim: 64, heads: 4, hidden: 128 }];
const rateOf = (step) => 0.01 * Math.min(1, step / 20);

/** Ours, of a build. */
async function ours(options) {
  const transformer = await createTransformer(options);
  return {
    transformer,
    step: (sentences) => transformer.trainStep(sentences), // its warm-up and decay are these
    dispose: () => transformer.dispose(),
  };
}

const corpus = createCorpus();
const numbers = new Map(corpus.vocabulary.map((word, i) => [word, i]));
const numbered = (sentence) => ({ ...sentence, tokens: sentence.tokens.map((token) => numbers.get(token)) });

/** Batches as each takes them: ours looks words up itself, which counts as its work. */
function batches(count, seed) {
  const random = createRandom(seed);
  const words = Array.from({ length: count }, () => corpus.sample(BATCH, random));
  return { words, numbers: words.map((sentences) => sentences.map(numbered)) };
}

async function contenders(size) {
  const options = { vocabulary: corpus.vocabulary, seed: 1, batch: BATCH, ...size };
  const reference = await createTransformer({ ...options, variant: 'simd' });
  const start = { config: reference.config, parameters: reference.parameters() };
  reference.dispose();
  const found = [{ name: 'ours simd', takes: 'words', ...await ours({ ...options, variant: 'simd' }) }];
  try {
    found.push({ name: 'ours relaxed', takes: 'words', ...await ours({ ...options, variant: 'relaxed' }) });
  } catch (error) {
    if (error.code !== 'variant-unavailable') throw error;
    console.log('relaxed is not in this Node');
  }
  const library = await tfjs.create(start);
  found.push({ name: `tfjs-wasm ${library.version}`, takes: 'numbers', ...library });
  found.push({ name: 'plain JavaScript', takes: 'numbers', ...await plain.create(start) });
  return found;
}

/** Losses of the first steps, side by side. @throws where they differ */
function check(all) {
  const first = batches(CHECKED, 1);
  let furthest = 0;
  for (let step = 1; step <= CHECKED; step++) {
    const losses = all.map((each) => each.step(first[each.takes][step - 1], { rate: rateOf(step), decay: DECAY }));
    for (const [i, loss] of losses.entries()) {
      const difference = Math.abs(loss - losses[0]);
      if (!(difference < 1e-4)) throw new Error(`step ${step}: ${all[i].name} has a loss of ${loss}, not ${losses[0]}`);
      furthest = Math.max(furthest, difference);
    }
  }
  console.log(`the losses of ${CHECKED} steps agree to ${furthest.toExponential(1)}`);
}

/** Sentences a second over about `seconds`. */
function measure(each, lists, seconds) {
  const started = performance.now();
  let steps = 0;
  do {
    for (const sentences of lists) each.step(sentences, { rate: 0.01, decay: DECAY });
    steps += lists.length;
  } while (performance.now() - started < 1000 * seconds);
  return (steps * BATCH) / ((performance.now() - started) / 1000);
}

async function compare(size) {
  const all = await contenders(size);
  console.log(`\ntraining, ${BATCH} sentences a step, layers: 2, ` +
    `${Object.entries(size).map(([name, value]) => `${name}: ${value}`).join(', ')}; ` +
    `Node ${process.version.slice(1)}, one thread`);
  check(all);
  const lists = batches(20, 2);
  const rates = new Map(all.map(({ name }) => [name, []]));
  for (const each of all) measure(each, lists[each.takes], SECONDS); // until it is compiled well
  for (let round = 0; round < ROUNDS; round++) {
    // Another one begins in each round, so that nobody always comes after the same other.
    const turn = all.map((_, i) => all[(i + round) % all.length]);
    for (const each of turn) rates.get(each.name).push(measure(each, lists[each.takes], SECONDS / 4));
  }
  const fastest = all.filter(({ takes }) => takes === 'words').at(-1).name; // relaxed where there is one
  for (const { name } of all) {
    const own = rates.get(name);
    const ratios = rates.get(fastest).map((rate, i) => rate / own[i]).sort((a, b) => a - b);
    const spread = `${ratios[0].toFixed(1)}–${ratios[ratios.length - 1].toFixed(1)}`;
    console.log(`${name.padEnd(20)} ${Math.round(median(own)).toLocaleString('en').padStart(8)} sentences/s, ` +
      `${((1000 * BATCH) / median(own)).toFixed(2).padStart(5)} ms a step` +
      (name === fastest ? '' : `; ${fastest} is ${median(ratios).toFixed(1)} times as fast (${spread})`));
  }
  for (const each of all) each.dispose();
}

if (process.argv.includes('--chromium')) printSeeds('Chromium', await inChromium());
else if (process.argv.includes('--seeds')) printSeeds(`Node ${process.version.slice(1)}`, await trainSeeds());
else for (const size of SIZES) await compare(size);
