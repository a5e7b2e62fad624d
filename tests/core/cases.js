// Random problems: shapes, operands, and every option of the API by a name, so that suites can go through all
// of them, alone, in pairs and together. Values come from a generator of a seed; shapes and choices from
// fast-check, which makes them smaller where a test fails.

import fc from 'fast-check';
import { narrow } from '../oracle/half.js';
import { generator, randomTensor, tensor } from './helpers.js';

/** Around the tiles of 64 keys and 60 to 72 queries, one and two of them. */
const edges = [59, 60, 61, 63, 64, 65, 71, 72, 73, 127, 128, 129, 143, 144, 145];
const edge = fc.constantFrom(...edges);
const few = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 1, max: 9 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 11, 13, 17, 23) });
const narrowWidth = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 9 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 13, 16, 17) });
const wideWidth = fc.constantFrom(24, 31, 32, 33, 40, 63, 64, 65, 80, 127, 128);

const shape = ({ M, N, width, maxB = 2, maxG = 2, maxGroup = 3 }) => fc.record({
  B: fc.integer({ min: maxB === 1 ? 1 : 0, max: maxB }),
  G: fc.integer({ min: 1, max: maxG }),
  group: fc.integer({ min: 1, max: maxGroup }),
  M,
  N,
  D: width,
  E: width,
  seed: fc.nat(),
}).map(({ group, ...rest }) => ({ ...rest, H: rest.G * group }));

/** Small in most cases, so that there can be thousands. */
export const shapes = fc.oneof(
  { weight: 10, arbitrary: shape({ M: few, N: few, width: narrowWidth }) },
  { weight: 4, arbitrary: shape({ M: few, N: edge, width: narrowWidth, maxGroup: 2 }) },
  { weight: 4, arbitrary: shape({ M: edge, N: few, width: narrowWidth, maxGroup: 2 }) },
  { weight: 1, arbitrary: shape({ M: edge, N: edge, width: narrowWidth, maxB: 1, maxG: 1, maxGroup: 2 }) },
  { weight: 2, arbitrary: shape({ M: few, N: few, width: wideWidth, maxGroup: 2 }) },
);

/**
 * Operands in [-size, size), values in [-1, 1). With size 2 and the default scale the scores have a standard
 * deviation of 4/3 and stay below about 8.
 */
export function operands({ B = 1, H = 1, G = H, M, N, D, E = D }, random, size = 2) {
  return [
    randomTensor([B, H, M, D], random, size),
    randomTensor([B, G, N, D], random, size),
    randomTensor([B, G, N, E], random),
  ];
}

const integer = (random, min, max) => min + Math.floor(((random() + 1) / 2) * (max - min + 1));

/** Dims of [B, H, M, N] with leading ones left out and some of the others 1. */
function maskDims({ B, H, M, N }, random) {
  return [B, H, M, N].map((dim) => (random() < -0.3 ? 1 : dim)).slice(integer(random, 0, 4));
}

function mask(shape, random, element) {
  const dims = maskDims(shape, random);
  return { dims, data: element(dims.reduce((a, b) => a * b, 1)) };
}

/** Hides 3 of 10. */
const hides = (random) => random() < -0.4;

/** A position from before the first key to behind the last. */
const offset = ({ M, N }, random) => integer(random, -M - 2, N + 2);

/** What each named option adds to the options of a call. */
export const OPTIONS = {
  scale: ({ D }, random) => ({ scale: (1.5 * random()) / Math.sqrt(D || 1) }),
  causal: (_, random) => ({ causal: random() < 0 ? true : 'upper-left' }),
  lowerRight: () => ({ causal: 'lower-right' }),
  queryOffset: (shape, random) => ({ queryOffset: offset(shape, random) }),
  queryOffsets: (shape, random) => ({
    queryOffset: Int32Array.from({ length: shape.B }, () => offset(shape, random)),
  }),
  window: ({ N }, random) => ({ window: [0, 1].map(() => (random() < -0.5 ? -1 : integer(random, 0, N / 2))) }),
  booleanMask: (shape, random) => ({
    mask: mask(shape, random, (length) => Uint8Array.from({ length }, () => (hides(random) ? 0 : 1))),
  }),
  additiveMask: (shape, random) => ({
    mask: mask(shape, random, (length) =>
      Float32Array.from({ length }, () => (hides(random) ? -Infinity : 3 * random()))),
  }),
  // Distances are below 300, so what ALiBi takes off stays below 45.
  alibiSlopes: ({ H }, random) => ({ alibiSlopes: Float32Array.from({ length: H }, () => 0.15 * random()) }),
  softcap: (_, random) => ({ softcap: 4 + 3.5 * random() }),
  sinks: ({ H }, random) => ({
    sinks: Float32Array.from({ length: H }, () => (random() < -0.8 ? -Infinity : 4 * random())),
  }),
  keyLengths: ({ B, N }, random) => ({ keyLengths: Int32Array.from({ length: B }, () => integer(random, 0, N)) }),
  scores: () => ({ weights: 'scores' }),
  capped: () => ({ weights: 'capped' }),
  masked: () => ({ weights: 'masked' }),
  softmax: () => ({ weights: 'softmax' }),
  out: ({ B, H, M, E }) => ({ out: tensor([B, H, M, E], () => NaN) }),
  float16: () => ({}),
  inside: () => ({}),
};

/** Names of one and the same option with different values. */
const SAME = [['causal', 'lowerRight'], ['queryOffset', 'queryOffsets'], ['booleanMask', 'additiveMask'],
  ['scores', 'capped', 'masked', 'softmax']];

/** @returns {string[][]} all pairs of names that can be given together */
export function pairs(names) {
  return names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b]))
    .filter(([a, b]) => !SAME.some((group) => group.includes(a) && group.includes(b)));
}

/**
 * The operands and options of a case. 'float16' narrows some of the operands; 'inside' is for the caller.
 * @param {string[]} names of options
 */
export function problemOf(shape, names) {
  const random = generator(shape.seed);
  const tensors = operands(shape, random);
  const options = Object.assign({}, ...names.map((name) => OPTIONS[name](shape, random)));
  if (!names.includes('float16')) return { tensors, options };
  const which = integer(random, 1, 7);
  return { tensors: tensors.map((each, i) => ((which >> i) & 1 ? narrow(each) : each)), options };
}

/** The same tensors in the memory of an instance, but for those of float16. */
export function placed(attention, tensors) {
  return tensors.map((each) => {
    if (each.type === 'float16') return each;
    const copy = attention.tensor(each.dims);
    copy.data.set(each.data);
    return copy;
  });
}

const all = (length) => new Uint8Array(length).fill(1);

/**
 * Every way of hiding key n from all queries, where it can be any key; the ways that cut off an end hide a key
 * there instead. @returns {{ options, n: number }} the options of a call with B = 1, and which key they hide
 */
export const HIDING = {
  boolean: (n, { N }) => ({ options: { mask: { data: all(N).fill(0, n, n + 1), dims: [N] } }, n }),
  booleanOfHeads: (n, { M, N }) => ({
    options: { mask: { data: all(M * N).map((_, i) => (i % N === n ? 0 : 1)), dims: [1, 1, M, N] } }, n,
  }),
  additive: (n, { N }) => ({ options: { mask: tensor([N], (i) => (i === n ? -Infinity : 0)) }, n }),
  additiveOfRows: (n, { M, N }) => ({
    options: { mask: tensor([M, N], (i) => (i % N === n ? -Infinity : 0.5)) }, n,
  }),
  keyLengths: (n, { N }) => ({ options: { keyLengths: Int32Array.of(n) }, n: Math.min(N - 1, n + (n % 3)) }),
  // The last query stands N / 2 before the last key.
  causal: (n, { M, N }) => {
    const seen = Math.ceil(N / 2);
    return { options: { causal: true, queryOffset: seen - M }, n: seen + (n % (N - seen)) };
  },
  windowToTheLeft: (n, { N }) => ({ options: { window: [2, -1], queryOffset: n + 3 }, n: Math.min(n, N - 1) }),
  windowToTheRight: (n, { M }) => ({ options: { window: [-1, 0], queryOffset: n - M }, n }),
};
