// Trains the page's transformer in Node, and writes what the page shows before a reader trains one: the model, and the
// course of its training.
//
//     npm run train -- [--seed n] [--steps n] [--objective pointer|token] [--layers n] [--out folder]
//
// The build is always `simd`: it rounds as the standard says, so the same options give the same bytes in every engine.
// With `relaxed`, a multiply-add may be rounded once or twice, as the processor likes.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createCorpus, createTransformer } from '../transformer/index.js';
import { curve } from './curve.js';
import { askHeadline, learn } from './learn.js';

const EVERY = 10; // steps between two points of the curve
const BAR = 24; // characters
const BITS = 4; // of each number in the snapshot: nearly as good as all, and 0.8 kB less to load

// The default seed: with most, the nouns read the adjective; with this one the pronoun does, as one would tell it: "it"
// looks at "tired", then for what can be tired. training.test.js checks that this is what decides.
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '106' },
    steps: { type: 'string', default: '600' },
    objective: { type: 'string', default: 'pointer' },
    layers: { type: 'string', default: '2' },
    out: { type: 'string', default: fileURLToPath(new URL('../tutorial/training', import.meta.url)) },
  },
});
const { objective, out } = values;
const [seed, steps, layers] = [values.seed, values.steps, values.layers].map(Number);
if (!(Number.isInteger(steps) && steps > 0)) fail('--steps: expected a number of steps');

/** @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(1);
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** The loss of a model that does exactly what is asked: the target isn't all on one noun. */
function floorOf({ objective: asked, target }, sentences) {
  if (asked === 'token') return 0;
  return mean(sentences.map(({ tokens: { length: N } }) =>
    -target * Math.log(target) - (target < 1 ? (1 - target) * Math.log((1 - target) / (N - 1)) : 0)));
}

/** The most that a head of the first layer gives from the pronoun to the adjective. */
function onAdjective(sentence) {
  const { data, dims: [H, N] } = kept.forward(sentence).layers[0].weights;
  const column = sentence.tokens.indexOf(sentence.adjective);
  return Math.max(...Array.from({ length: H }, (_, h) => data[(h * N + sentence.query) * N + column]));
}

/** A bar on a terminal, else a line for every eighth. */
function report({ step, loss, accuracy }) {
  const count = String(step).padStart(String(steps).length);
  const line = `step ${count}  loss ${loss.toFixed(3)}  held out ${percent(accuracy)}`;
  if (process.stdout.isTTY) {
    const full = Math.round((BAR * step) / steps);
    process.stdout.write(`\r${'█'.repeat(full)}${'░'.repeat(BAR - full)}  ${line} \x1b[K${step === steps ? '\n' : ''}`);
  } else if (Math.floor((8 * step) / steps) > Math.floor((8 * (step - EVERY)) / steps)) {
    console.log(line);
  }
}

const corpus = createCorpus();
const transformer = await createTransformer({
  vocabulary: corpus.vocabulary, objective, layers, seed, variant: 'simd',
}).catch(({ message }) => fail(`--${message}`));

const history = [];
let losses = [];
const started = performance.now();
learn(transformer, corpus, {
  steps, seed,
  after(step, loss) {
    losses.push(loss);
    if (step > 1 && step % EVERY && step !== steps) return;
    history.push({ step, loss: mean(losses), accuracy: transformer.evaluate(corpus.heldOut).accuracy });
    losses = [];
    report(history[history.length - 1]);
  },
});
const seconds = (performance.now() - started) / 1000;

const snapshot = transformer.save({ precision: 'bfloat16', significantBits: BITS });
const kept = await createTransformer({ snapshot, variant: 'simd' });
const { accuracy } = kept.evaluate(corpus.heldOut);
const headline = askHeadline(kept, corpus);
const files = { 'snapshot.bin': snapshot, 'curve.svg': curve(history, { floor: floorOf(kept.config, corpus.train) }) };
mkdirSync(out, { recursive: true });
for (const [name, content] of Object.entries(files)) writeFileSync(join(out, name), content);

console.log(`${steps} steps in ${seconds.toFixed(1)} s, ${percent(accuracy)} of ${corpus.heldOut.length} held-out ` +
  `sentences right after rounding to ${BITS} bits`);
for (const [adjective, { right, weight }] of Object.entries(headline)) {
  const { tokens, query, answer } = corpus.headline[adjective];
  console.log(`${tokens.join(' ')}: ${percent(weight)} of "${tokens[query]}" on "${tokens[answer]}", ` +
    `${right ? 'right' : 'wrong'}; in layer 1 ${percent(onAdjective(corpus.headline[adjective]))} on "${adjective}"`);
}
for (const [name, content] of Object.entries(files)) {
  console.log(`${relative('.', join(out, name))}  ${Buffer.byteLength(content)} bytes`);
}
kept.dispose();
transformer.dispose();
