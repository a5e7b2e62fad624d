// What is measured: the rows of the table of numbers to reach, and sweeps.

import { decode, describeShape, prefill, cacheBytes } from './shapes.js';
import { median, share, speedup } from './results.js';

const PEERS = ['onnxruntime-web', 'tfjs-wasm', 'jax-js'];
const OURS = ['ours relaxed', 'ours simd'];

/** What a contender's rate is a share of: what its own build could do at most. Peers are built without relaxed SIMD. */
const ceilingOf = (contender) => (contender === 'ours relaxed' ? 'ceiling relaxed' : 'ceiling simd');

const suffix = (threads) => (threads === 1 ? '' : ` ×${threads}`);

function entry(contender, shape, { threads = 1, label = '', ceiling = ceilingOf(contender) } = {}) {
  return { key: contender + label + suffix(threads), contender, threads, shape, ceiling: ceiling + suffix(threads) };
}

function ceiling(variant, threads = 1) {
  const contender = `ceiling ${variant}`;
  return { key: contender + suffix(threads), contender, threads, shape: { kind: 'multiplyAdd' }, hosts: threads };
}

function reading(shape, threads = 1) {
  return {
    key: `reading${suffix(threads)}`, contender: 'ceiling simd', threads, hosts: threads,
    shape: { kind: 'read', bytes: cacheBytes({ ...shape, cache: 'float32' }) / threads },
  };
}

function job(group, shape, entries, title = describeShape(shape)) {
  const id = `${group} ${describeShape(shape)}`;
  return { id, group, title, shape, entries };
}

function prefillJob(group, shape, { peers = PEERS, copies = false, threads = 1, title } = {}) {
  return job(group, shape, [
    ...OURS.map((name) => entry(name, shape, { threads })),
    ...(copies ? [entry('ours relaxed', { ...shape, copies }, { label: ', with copies' })] : []),
    ...peers.map((name) => entry(name, shape, { threads })),
    ceiling('relaxed', threads), ceiling('simd', threads),
  ], title);
}

function decodeJob(group, shape, { title, threads = 1 } = {}) {
  return job(group, shape, [
    ...OURS.map((name) => entry(name, shape, { threads, ceiling: 'reading' })),
    entry('onnxruntime-web', shape, { threads, ceiling: 'reading' }),
    reading(shape, threads),
  ], title);
}

function cacheJob(shape) {
  const read = { ceiling: 'reading' };
  const ours = OURS.flatMap((name) => ['float32', 'float16', 'int8'].map((cache) =>
    entry(name, { ...shape, cache }, { label: `, ${cache}`, ...read })));
  return job('table', shape, [
    ...ours,
    entry('ours relaxed', { ...shape, copies: true }, { label: ', with copies', ...read }),
    entry('onnxruntime-web', shape, read),
    entry('onnxruntime-web', { ...shape, constants: true }, { label: ', cache in the model', ...read }),
    entry('tfjs-wasm', shape, read), entry('jax-js', shape, read),
    reading(shape),
  ], `decode ${describeShape(shape)}`);
}

/** Two threads against one. */
function threadsJob(shape, title) {
  const decoding = shape.kind === 'decode';
  const both = [1, 2];
  const options = decoding ? { ceiling: 'reading' } : {};
  const pair = (name) => both.map((threads) => entry(name, shape, { ...options, threads }));
  const ceilings = both.flatMap((threads) => (decoding
    ? [reading(shape, threads)] : [ceiling('relaxed', threads), ceiling('simd', threads)]));
  // The others have no threads in Node, and the page's run is long enough without their decoding.
  const others = decoding ? [] : PEERS.slice(1).map((name) => entry(name, shape, { threads: 2 }));
  return job('threads', shape, [...[...OURS, 'onnxruntime-web'].flatMap(pair), ...others, ...ceilings], title);
}

const TABLE = {
  prefill: prefill(12, 1024),
  causal: prefill(12, 1024, 64, { causal: true }),
  long: prefill(8, 4096),
  decode: decode(8, 4096),
  steps: { kind: 'steps', N: 10, D: 4 },
};

/** No operator of onnxruntime-web computes the six steps: beside them stands attention over as many tokens, alone. */
function stepsJob() {
  const { N, D } = TABLE.steps;
  return job('table', TABLE.steps, [
    ...OURS.map((name) => entry(name, TABLE.steps)),
    entry('onnxruntime-web', prefill(1, N, D), { label: ', attention alone' }),
  ], `steps, ${describeShape(TABLE.steps)}`);
}

const LENGTHS = [64, 128, 256, 512, 1024, 2048, 4096];
const CACHES = [256, 1024, 4096, 16384];
const DIMENSIONS = [32, 64, 80, 128];

/** Throughput against length, for the chart. */
const lengthJobs = (lengths) => lengths.map((length) => prefillJob('length', prefill(8, length)));

const cacheLengthJobs = (lengths) => lengths.map((N) => decodeJob('decode', decode(8, N)));

const dimensionJobs = () => DIMENSIONS.flatMap((D) => [false, true].map((causal) =>
  prefillJob('dimension', prefill(8, 1024, D, { causal }), { peers: ['onnxruntime-web'] })));

/** What a sweep's table is called. */
export const groupTitle = (group) => ({
  length: 'prefill, by length', decode: 'decode, by keys in the cache', dimension: 'prefill, by head dimension',
}[group] ?? group);

/** Everything with everything. */
const fullSweep = () => [1, 2].flatMap((threads) => [
  ...DIMENSIONS.flatMap((D) => [false, true].flatMap((causal) => LENGTHS.map((length) =>
    prefillJob(`sweep D${D}${causal ? ' causal' : ''}${suffix(threads)}`, prefill(8, length, D, { causal }), {
      threads, peers: ['onnxruntime-web', 'jax-js'],
    })))),
  ...DIMENSIONS.flatMap((D) => [256, 512, 1024, 2048, 4096, 8192, 16384].map((N) =>
    decodeJob(`sweep decode D${D}${suffix(threads)}`, decode(8, N, D), { threads }))),
]);

/**
 * @param {{ quick?: boolean, sweep?: boolean, only?: string }} options `quick` leaves out what takes seconds a call
 * @returns {(import('./runner.js').Job & { group: string, shape: any })[]}
 */
export function plan({ quick = false, sweep = false, only = '' } = {}) {
  const jobs = [
    prefillJob('table', TABLE.prefill, { copies: true, title: `prefill ${describeShape(TABLE.prefill)}` }),
    prefillJob('table', TABLE.causal, { title: `prefill ${describeShape(TABLE.causal)}` }),
    cacheJob(TABLE.decode),
    stepsJob(),
    threadsJob(TABLE.prefill, `two threads, prefill ${describeShape(TABLE.prefill)}`),
    threadsJob(TABLE.decode, `two threads, decode ${describeShape(TABLE.decode)}`),
    ...lengthJobs(quick ? LENGTHS.filter((length) => length <= 512) : LENGTHS),
    ...cacheLengthJobs(quick ? [1024] : CACHES),
    ...(quick ? [] : dimensionJobs()),
    ...(sweep ? fullSweep() : []),
  ];
  return jobs.filter(({ id }) => id.includes(only));
}

const id = (group, shape) => `${group} ${describeShape(shape)}`;
const ratio = (a, b) => (run) => speedup(run, a, b);
const part = (a, b) => (run) => share(run, a, b);
const memory = (a, b) => ({ entries: { [a]: x, [b]: y } }) => x?.memory && y?.memory && { median: x.memory / y.memory };
const seconds = (key) => ({ entries: { [key]: x } }) => x?.seconds.length && { median: median(x.seconds) };

/** @type {import('./results.js').Target[]} the table of numbers to reach */
export const targets = [
  {
    what: 'prefill, relaxed', job: id('table', TABLE.prefill),
    measure: ratio('ours relaxed', 'onnxruntime-web'), atLeast: 2, unit: '×', of: 'onnxruntime-web',
  },
  {
    what: 'prefill, relaxed, of the ceiling', job: id('table', TABLE.prefill),
    measure: part('ours relaxed', 'ceiling relaxed'), atLeast: 0.85, unit: '%', of: 'of the ceiling',
  },
  {
    what: 'prefill causal, relaxed', job: id('table', TABLE.causal),
    measure: ratio('ours relaxed', 'onnxruntime-web'), atLeast: 3.4, unit: '×', of: 'onnxruntime-web',
  },
  {
    what: 'prefill, simd', job: id('table', TABLE.prefill),
    measure: ratio('ours simd', 'onnxruntime-web'), atLeast: 1.5, unit: '×', of: 'onnxruntime-web',
  },
  {
    // Its matrix of scores would have 537 MB; its tensors have 34.
    what: 'memory of prefill H8 M=N=4096', job: id('length', TABLE.long),
    measure: ({ entries: { 'ours relaxed': x } }) => x?.memory && { median: x.memory / 1e6 }, atMost: 64, unit: ' MB',
  },
  {
    what: 'decode, float32 cache', job: id('table', TABLE.decode),
    measure: ratio('ours relaxed, float32', 'onnxruntime-web'), atLeast: 5, unit: '×', of: 'onnxruntime-web',
  },
  {
    what: 'decode, float32 cache, of reading', job: id('table', TABLE.decode),
    measure: part('ours relaxed, float32', 'reading'), atLeast: 0.8, unit: '%', of: 'of reading alone',
  },
  ...[['float16', 0.51], ['int8', 0.27]].flatMap(([cache, most]) => [
    {
      what: `decode, ${cache} cache`, job: id('table', TABLE.decode),
      measure: ratio(`ours relaxed, ${cache}`, 'ours relaxed, float32'), atLeast: 1, unit: '×', of: 'float32',
    },
    {
      what: `memory of a cache of ${cache}`, job: id('table', TABLE.decode),
      measure: memory(`ours relaxed, ${cache}`, 'ours relaxed, float32'), atMost: most, unit: '×', of: 'float32',
    },
  ]),
  {
    what: 'steps, 10 tokens of 4 dimensions', job: id('table', TABLE.steps),
    measure: seconds('ours relaxed'), atMost: 5e-6, unit: 'µs',
  },
  {
    what: 'two threads, prefill', job: id('threads', TABLE.prefill),
    measure: ratio('ours relaxed ×2', 'ours relaxed'), atLeast: 1.8, unit: '×', of: 'one thread',
  },
  {
    what: 'two threads, decode', job: id('threads', TABLE.decode),
    measure: ratio('ours relaxed ×2', 'ours relaxed'), atLeast: 1.8, unit: '×', of: 'one thread',
  },
];
