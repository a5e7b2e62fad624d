// Trains, away from the page: it works in slices, and between any two of them it listens.

import { createCorpus } from '../../transformer/index.js';
import { Run } from './run.js';

const SLICE = 12; // ms of work at a time
const REPORT = 60; // ms from one report to the next

const scope = /** @type {any} */ (globalThis);
const corpus = /** @type {any} */ (createCorpus());
const wake = new MessageChannel(); // a timeout would wait for 4 ms

/** @type {Map<string, Run>} */ const runs = new Map();
/** @type {import('./run.js').Sentence[]} */ let shown = [];
/** @type {any} what is being trained: its runs, until which step, how fast, since when */ let training;

const HANDLERS = /** @type {Record<string, (data: any) => any>} */ ({
  hello: () => ({
    vocabulary: corpus.vocabulary,
    counts: { train: corpus.train.length, heldOut: corpus.heldOut.length },
    adjectives: corpus.adjectives, nouns: corpus.nouns,
  }),
  make: async ({ name, settings, bytes }) => {
    const run = await Run.create(corpus, settings, bytes);
    runs.get(name)?.model.dispose();
    runs.set(name, run);
    const parameters = Object.values(run.model.parameters());
    const count = parameters.reduce((sum, { data }) => sum + data.length, 0);
    const { layers, heads, dim, seed } = run.model.config;
    const evaluation = run.evaluate();
    return { config: { layers, heads, dim, seed, count }, evaluation, ...state(run), bytes: run.save() };
  },
  drop: ({ name }) => {
    runs.get(name)?.model.dispose();
    runs.delete(name);
  },
  show: ({ sentences }) => {
    shown = sentences;
    return Object.fromEntries([...runs].map(([name, run]) => [name, state(run)]));
  },
  train: ({ names, until, speed }) => {
    const list = names.map((/** @type {string} */ name) => ({ name, until, run: runs.get(name), losses: [] }));
    training = { runs: list, speed, since: performance.now(), from: stepOf(list), reported: 0 };
    wake.port2.postMessage(0);
  },
  pause: () => {
    const paused = training;
    training = undefined;
    if (paused) report(paused);
  },
  vectors: ({ name, sentence, layer }) => runs.get(name)?.vectors(sentence, layer),
});

globalThis.onmessage = async (/** @type {MessageEvent} */ { data: { id, type, ...data } }) => {
  try {
    scope.postMessage({ id, result: await HANDLERS[type](data) });
  } catch (error) {
    scope.postMessage({ id, error: String(/** @type {Error} */ (error).message) });
  }
};

wake.port1.onmessage = work;

/** @param {Run} run */
function state(run) {
  try {
    return { step: run.step, pictures: shown.map((sentence) => run.picture(sentence)) };
  } catch {
    return { step: run.step, pictures: [] }; // its numbers have grown beyond what can be computed with
  }
}

/** @param {{ run: Run }[]} list */
function stepOf(list) {
  return Math.min(...list.map(({ run }) => run.step));
}

function work() {
  if (!training) return;
  const end = performance.now() + SLICE;
  let next = nextOf(training);
  while (next && performance.now() < end) {
    advance(next);
    next = nextOf(training);
  }
  const now = performance.now();
  const done = training.runs.every((/** @type {any} */ { run, over, until }) =>
    over || (run.step >= until && !run.evaluates(until)));
  if (done || now > training.reported + REPORT) report(training, done);
  if (done) training = undefined;
  else if (next) wake.port2.postMessage(0);
  else setTimeout(work, 8);
}

/**
 * The run that is furthest behind, unless all are ahead of their time.
 * @param {any} training
 */
function nextOf({ runs: list, speed, since, from }) {
  const due = from + ((performance.now() - since) / 1000) * speed;
  return list.filter((/** @type {any} */ { run, over, until }) =>
    !over && (run.evaluates(until) || run.step < Math.min(until, due)))
    .sort((/** @type {any} */ a, /** @type {any} */ b) => a.run.step - b.run.step)[0];
}

/** @param {any} entry */
function advance(entry) {
  const { run, losses, until } = entry;
  try {
    if (!run.evaluates(until)) losses.push(run.step, run.train());
    else if (run.evaluateSome()) entry.bytes = run.save();
  } catch (error) {
    // The step was not made, so the model is still that of the step before: it is evaluated, if that can be done.
    entry.over = entry.broke !== undefined;
    entry.broke ??= String(/** @type {Error} */ (error).message);
    entry.until = run.step;
  }
}

/**
 * @param {any} training
 * @param {boolean} [done]
 */
function report(training, done = false) {
  training.reported = performance.now();
  const reports = training.runs.map((/** @type {any} */ entry) => {
    const { name, run, losses, bytes, broke } = entry;
    Object.assign(entry, { losses: [], bytes: undefined });
    return { name, losses, bytes, broke, evaluation: run.evaluation, ...state(run) };
  });
  const transfer = reports.flatMap((/** @type {any} */ { bytes }) => (bytes ? [bytes.buffer] : []));
  scope.postMessage({ event: 'progress', reports, done }, transfer);
}
