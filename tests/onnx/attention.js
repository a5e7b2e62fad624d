// ONNX's operator `Attention`, opsets 23 and 24, on top of the public API: its names of inputs, attributes and
// outputs, its layouts, its defaults. It follows the operator as corrected in 2026:
// - softcap comes before the mask, and qk_matmul_output_mode counts stages in that order: 0 the scaled scores, 1
//   after softcap, 2 after the mask, 3 after softmax (onnx/onnx pull requests 7867 and 7913; before, 1 and 2 were
//   the other way round)
// - is_causal lets query i see key j iff j <= i + offset, where offset is the past's length; without a past but
//   with nonpad_kv_seqlen it's nonpad_kv_seqlen[b] - q_sequence_length; else 0 (pull request 8068)
// - a row in which everything is masked gives zeros in Y and in qk_matmul_output of mode 3 (8068 too)
// - from opset 24 on, a mask shorter than the keys is as if padded with -inf, or false

import { toHalf, widen } from '../oracle/half.js';

const STAGES = ['scores', 'capped', 'masked', 'softmax'];
const OUTPUTS = ['Y', 'present_key', 'present_value', 'qk_matmul_output'];

/**
 * @typedef {{ data: Float32Array | Uint16Array | Uint8Array, dims: readonly number[], type?: string }} Tensor
 *   float16 as attention.scaledDotProductAttention() takes it; a mask of booleans is a Uint8Array
 * @param {import('../../web/core/index.js').Attention} attention
 * @param {{ Q: Tensor, K: Tensor, V: Tensor, attn_mask?: Tensor, past_key?: Tensor, past_value?: Tensor,
 *   nonpad_kv_seqlen?: Tensor | ArrayLike<number | bigint> }} inputs
 * @param {{ is_causal?: number, q_num_heads?: number, kv_num_heads?: number, qk_matmul_output_mode?: number,
 *   scale?: number, softcap?: number, softmax_precision?: number }} [attributes] softmax_precision asks for no
 *   more than float32, which is what softmax is computed in
 * @param {{ opset?: number, outputs?: string[] }} [options] which outputs to return; all by default
 * @returns {Record<string, Tensor>} Y, present_key, present_value, qk_matmul_output; Y and qk_matmul_output are of
 *   Q's type
 */
export function onnxAttention(attention, inputs, attributes = {}, { opset = 24, outputs = OUTPUTS } = {}) {
  const { attn_mask, past_key, past_value, nonpad_kv_seqlen } = inputs;
  const { is_causal = 0, q_num_heads, kv_num_heads, qk_matmul_output_mode = 0, scale, softcap } = attributes;
  const flat = inputs.Q.dims.length === 3;
  const [query, key, value] = [[inputs.Q, q_num_heads], [inputs.K, kv_num_heads], [inputs.V, kv_num_heads]]
    .map(([tensor, heads]) => (flat ? splitHeads(tensor, heads) : tensor));
  const present_key = past_key ? concatenate(past_key, key) : key;
  const present_value = past_value ? concatenate(past_value, value) : value;
  const total = present_key.dims[2];
  const keyLengths = nonpad_kv_seqlen && Int32Array.from(nonpad_kv_seqlen.data ?? nonpad_kv_seqlen, Number);

  const { output, weights } = attention.scaledDotProductAttention(query, present_key, present_value, {
    scale,
    softcap,
    keyLengths,
    mask: attn_mask && maskOf(attn_mask, total, opset),
    ...(is_causal && (past_key || !keyLengths
      ? { causal: true, queryOffset: past_key ? past_key.dims[2] : 0 } : { causal: 'lower-right' })),
    weights: outputs.includes('qk_matmul_output') && STAGES[qk_matmul_output_mode],
  });
  const all = {
    Y: likewise(flat ? joinHeads(output) : output, inputs.Q),
    present_key,
    present_value,
    qk_matmul_output: weights && likewise(weights, inputs.Q),
  };
  return Object.fromEntries(outputs.map((name) => [name, all[name]]));
}

const like = ({ type }, data, dims) => (type === undefined ? { data, dims } : { data, dims, type });

/** [B, L, heads · width] → [B, heads, L, width]. */
function splitHeads(tensor, heads) {
  const [B, L, hidden] = tensor.dims;
  const width = hidden / heads;
  if (!Number.isInteger(width)) throw new RangeError(`${hidden} columns are not those of ${heads} heads.`);
  const data = new tensor.data.constructor(tensor.data.length);
  for (let row = 0; row < B * heads * L; row++) {
    const [b, head, l] = [Math.floor(row / (heads * L)), Math.floor(row / L) % heads, row % L];
    const from = (b * L + l) * hidden + head * width;
    data.set(tensor.data.subarray(from, from + width), row * width);
  }
  return like(tensor, data, [B, heads, L, width]);
}

/** [B, heads, L, width] → [B, L, heads · width]: the same walk, with heads and positions exchanged. */
function joinHeads(tensor) {
  const [B, heads, L, width] = tensor.dims;
  const exchanged = splitHeads({ ...tensor, dims: [B, heads, L * width] }, L);
  return { ...tensor, data: exchanged.data, dims: [B, L, heads * width] };
}

/** Along the axis of positions of [B, heads, L, width]. */
function concatenate(past, present) {
  const [B, heads, P, width] = past.dims;
  const L = present.dims[2];
  const data = new present.data.constructor(B * heads * (P + L) * width);
  for (let head = 0; head < B * heads; head++) {
    const at = head * (P + L) * width;
    data.set(past.data.subarray(head * P * width, (head + 1) * P * width), at);
    data.set(present.data.subarray(head * L * width, (head + 1) * L * width), at + P * width);
  }
  return like(present, data, [B, heads, P + L, width]);
}

/** The mask in float32 or bytes, as wide as there are keys. In opset 23 one of width 1 is for all of them. */
function maskOf(given, total, opset) {
  const mask = widen(given);
  const { dims } = mask;
  const width = dims[dims.length - 1];
  if (width >= total || (opset < 24 && width === 1)) return { data: mask.data, dims };
  const rows = dims.slice(0, -1).reduce((a, b) => a * b, 1);
  const data = new mask.data.constructor(rows * total).fill(mask.data instanceof Uint8Array ? 0 : -Infinity);
  for (let row = 0; row < rows; row++) data.set(mask.data.subarray(row * width, (row + 1) * width), row * total);
  return { data, dims: [...dims.slice(0, -1), total] };
}

/** A result in float32, as the type of `model`. */
function likewise({ data, dims }, model) {
  if (model.data[Symbol.toStringTag] === 'Float16Array') return { data: Float16Array.from(data), dims };
  if (model.type === 'float16') return { data: Uint16Array.from(data, toHalf), dims, type: 'float16' };
  return { data, dims };
}
