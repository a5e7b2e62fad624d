// The operator `Attention` from the words of its specification, in float64, on nested arrays [b][head][i][j]: no
// code of the core, the adapter or the oracle, and none of their terms.

/** A tensor as nested arrays of numbers (or of booleans). */
export function nested({ data, dims }, at = 0) {
  if (dims.length === 0) return data[at];
  const [count, ...rest] = dims;
  const size = rest.reduce((a, b) => a * b, 1);
  return Array.from({ length: count }, (_, i) => nested({ data, dims: rest }, at + i * size));
}

export const flattened = (array) => (Array.isArray(array) ? array.flat(Infinity) : [array]);

const zip = (a, b) => a.map((x, i) => [x, b[i]]);

/** [b][i][heads · size] → [b][head][i][size] */
const toHeads = (tensor, heads) => tensor.map((rows) => Array.from({ length: heads }, (_, head) =>
  rows.map((row) => row.slice(head * (row.length / heads), (head + 1) * (row.length / heads)))));

/** [b][head][i][size] → [b][i][heads · size] */
const fromHeads = (tensor) => tensor.map((heads) => heads[0].map((_, i) => heads.flatMap((rows) => rows[i])));

/** past and present, one behind the other on the axis of the sequence */
const appended = (past, present) => zip(past, present).map(([a, b]) => zip(a, b).map(([x, y]) => [...x, ...y]));

/** Element [b][head][i][j] of a mask of 1 to 4 dimensions, aligned at the last one. */
function element(mask, indices) {
  let depth = 0;
  for (let each = mask; Array.isArray(each); each = each[0]) depth++;
  return indices.slice(4 - depth).reduce((rest, index) => rest[rest.length === 1 ? 0 : index], mask);
}

/** -inf (or false) behind the end of each row that is shorter than `length` */
function padded(mask, length) {
  if (Array.isArray(mask[0])) return mask.map((each) => padded(each, length));
  const filler = typeof mask[0] === 'boolean' ? false : -Infinity;
  return [...mask, ...Array(Math.max(0, length - mask.length)).fill(filler)];
}

const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);

/**
 * @param {object} inputs nested arrays by ONNX's names
 * @param {object} attributes by ONNX's names
 * @returns {{ Y, present_key, present_value, qk_matmul_output }} nested arrays
 */
export function reference(inputs, attributes) {
  const { attn_mask, past_key, past_value, nonpad_kv_seqlen } = inputs;
  const { is_causal = 0, q_num_heads, kv_num_heads, qk_matmul_output_mode = 0, softcap = 0 } = attributes;
  const three = !Array.isArray(inputs.Q[0][0][0]);
  const Q = three ? toHeads(inputs.Q, q_num_heads) : inputs.Q;
  const K = three ? toHeads(inputs.K, kv_num_heads) : inputs.K;
  const V = three ? toHeads(inputs.V, kv_num_heads) : inputs.V;
  const present_key = past_key ? appended(past_key, K) : K;
  const present_value = past_value ? appended(past_value, V) : V;
  const group = Q[0].length / K[0].length;
  const scale = attributes.scale ?? 1 / Math.sqrt(Q[0][0][0].length);
  const total = present_key[0][0].length;
  const mask = attn_mask && padded(attn_mask, total);

  const qk = [];
  const Y = Q.map((heads, b) => {
    qk.push([]);
    return heads.map((queries, head) => {
      const keys = present_key[b][Math.floor(head / group)];
      const values = present_value[b][Math.floor(head / group)];
      qk[b].push([]);
      return queries.map((query, i) => {
        // "offset is the number of valid keys preceding the current query block"
        let offset = 0;
        if (past_key) offset = past_key[0][0].length;
        else if (nonpad_kv_seqlen) offset = nonpad_kv_seqlen[b] - queries.length;
        const bias = keys.map((_, j) => {
          const entry = mask ? element(mask, [b, head, i, j]) : 0;
          const added = typeof entry === 'boolean' ? (entry ? 0 : -Infinity) : entry;
          const hidden = (is_causal && j > i + offset) || (nonpad_kv_seqlen && j >= nonpad_kv_seqlen[b]);
          return hidden ? -Infinity : added;
        });
        const products = keys.map((key) => dot(query, key) * scale);
        const capped = products.map((x) => (softcap > 0 ? softcap * Math.tanh(x / softcap) : x));
        const biased = capped.map((x, j) => x + bias[j]);
        const largest = Math.max(...biased);
        const exponentials = biased.map((x) => Math.exp(x - largest));
        const sum = exponentials.reduce((a, x) => a + x, 0);
        const empty = bias.every((x) => x === -Infinity);
        const probabilities = exponentials.map((x) => (empty ? 0 : x / sum));
        qk[b][head].push([products, capped, biased, probabilities][qk_matmul_output_mode]);
        return values[0].map((_, e) => values.reduce((a, value, j) => a + probabilities[j] * value[e], 0));
      });
    });
  });
  return { Y: three ? fromHeads(Y) : Y, present_key, present_value, qk_matmul_output: qk };
}
