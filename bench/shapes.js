// What is computed: shapes, how much work they are, and their data.
//
// A shape is a plain object that messages can carry:
//   { kind: 'prefill', B, H, M, N, D, causal? }             attention over tensors; as many key heads as query heads
//   { kind: 'decode', B, H, M, N, D, cache }                 M queries against a cache of N keys
//   { kind: 'steps', N, D }                                  the whole `steps` call of the tutorial
//   { kind: 'multiplyAdd' } and { kind: 'read', bytes }      the ceilings

/** @typedef {{ kind: string, [name: string]: any }} Shape */

export const prefill = (H, length, D = 64, more = {}) => (
  { kind: 'prefill', B: 1, H, M: length, N: length, D, causal: false, ...more });

export const decode = (H, N, D = 64, cache = 'float32', more = {}) => (
  { kind: 'decode', B: 1, H, M: 1, N, D, cache, ...more });

/** Bytes of an element of a cache. The scales of int8 rows, 4 bytes for each D, are counted too. */
const ELEMENT = { float32: () => 4, float16: () => 2, int8: (D) => 1 + 4 / D };

/** Bytes of the keys and values, which decoding reads once. */
export function cacheBytes({ B, H, N, D, cache = 'float32' }) {
  return 2 * B * H * N * D * ELEMENT[cache](D);
}

/**
 * Floating-point operations: a multiply-add is two; q·k and the mix of values are one each for every pair of query and
 * key. Only pairs that a query may see count, so a causal shape has about half. Softmax is not counted, as usual.
 */
export function flops({ kind, B, H, M, N, D, causal }) {
  if (kind === 'steps') return undefined;
  let pairs = M * N;
  if (causal) {
    pairs = 0;
    for (let m = 0; m < M; m++) pairs += Math.min(m + 1, N);
  }
  return 4 * B * H * pairs * D;
}

export function describeShape(shape) {
  const { kind, B, H, M, N, D, causal, cache, bytes } = shape;
  switch (kind) {
    case 'prefill': return `B${B} H${H} ${M === N ? `M=N=${M}` : `M=${M} N=${N}`} D${D}${causal ? ' causal' : ''}`;
    case 'decode': return `B${B} H${H} M=${M} N=${N} D${D} ${cache}`;
    case 'steps': return `${N} tokens, ${D} dimensions`;
    case 'read': return `${(bytes / 1e6).toFixed(1)} MB`;
    default: return kind;
  }
}

/** Numbers of -1 … 1, the same for every contender (mulberry32). */
export function random(length, seed) {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1;
  });
}

/** The tensors of a shape, [B, H, length, D]. */
export function tensors(shape) {
  if (shape.kind === 'steps') return stepsTensors(shape);
  const { B, H, M, N, D } = shape;
  const tensor = (length, seed) => ({ data: random(B * H * length * D, seed), dims: [B, H, length, D] });
  return { query: tensor(M, 1), key: tensor(N, 2), value: tensor(N, 3) };
}

function stepsTensors({ N, D }) {
  const tensor = (rows, seed) => ({ data: random(rows * D, seed), dims: [rows, D] });
  return {
    embeddings: tensor(N, 1), queryWeight: tensor(D, 2), keyWeight: tensor(D, 3), valueWeight: tensor(D, 4),
    queryIndex: N - 1,
  };
}

/** [B, H, L, D] to [B, L, H, D] or back, for a contender that wants the heads inside. */
export function swapHeads(data, B, outer, inner, D) {
  const swapped = new Float32Array(data.length);
  for (let b = 0; b < B; b++) {
    for (let i = 0; i < outer; i++) {
      for (let j = 0; j < inner; j++) {
        const from = ((b * outer + i) * inner + j) * D;
        swapped.set(data.subarray(from, from + D), ((b * inner + j) * outer + i) * D);
      }
    }
  }
  return swapped;
}
