// The node tests that ONNX has of `Attention` (onnx/backend/test/case/node/attention.py, opsets 23 and 24, as of
// the summer of 2026), by name: their shapes and attributes. Numbers are in [0, 1), as theirs.

import { narrow } from '../oracle/half.js';

const PAST = 12;

/**
 * @typedef {(random: () => number) => { inputs: object, attributes: object, outputs: string[], opset: number }} Make
 */

/**
 * @param {object} features of a case; the default is Q [2, 3, 4, 8] with K and V [2, 3, 6, 8]
 * @returns {Make}
 */
function make({
  three = false, heads = [3, 3], E = 8, past = false, mask, bool = false, half = false, nonpad, attributes = {},
  outputs = past ? ['Y', 'present_key', 'present_value'] : ['Y'], opset = nonpad ? 24 : 23,
  sizes: [B, M, L, P] = [2, 4, 6, PAST],
}) {
  return (random) => {
    const cast = half ? narrow : (tensor) => tensor;
    const numbers = (dims) => cast({
      data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => (random() + 1) / 2), dims,
    });
    const [H, G] = heads;
    const operand = (count, length, width) => numbers(three ? [B, length, count * width] : [B, count, length, width]);
    const inputs = { Q: operand(H, M, 8), K: operand(G, L, 8), V: operand(G, L, E) };
    if (Array.isArray(mask)) {
      inputs.attn_mask = bool
        ? { data: Uint8Array.from(numbers(mask).data, () => Number(random() < 0)), dims: mask } : numbers(mask);
    } else if (mask) inputs.attn_mask = mask;
    if (past) Object.assign(inputs, { past_key: numbers([B, G, P, 8]), past_value: numbers([B, G, P, E]) });
    if (nonpad) inputs.nonpad_kv_seqlen = { data: BigInt64Array.from(nonpad, BigInt), dims: [B], type: 'int64' };
    return {
      inputs, outputs, opset,
      attributes: { ...attributes, ...(three && { q_num_heads: H, kv_num_heads: G }) },
    };
  };
}

/** A mask given row by row: 1 = attend. */
const booleans = (rows, dims = [rows.length, rows[0].length]) => ({ data: Uint8Array.from(rows.flat()), dims });

const gqa = { heads: [9, 3] };
const wide = { E: 10 };
const causal = { attributes: { is_causal: 1 } };
const scaled = { attributes: { scale: 1e-2 } };
const soft = (softcap) => ({ attributes: { softcap } });
const all = ['Y', 'present_key', 'present_value', 'qk_matmul_output'];
const qk = (mode, more = {}) => ({
  outputs: ['Y', 'qk_matmul_output'], attributes: { qk_matmul_output_mode: mode, ...more },
});
const pastQk = (mode, more = {}) => ({ ...qk(mode, more), past: true, outputs: all, mask: [4, 18] });

/** What exists for 3-D and 4-D inputs alike. */
const both = (three) => Object.entries({
  '': {}, fp16: { half: true }, gqa, diff_heads_sizes: wide,
  scaled, gqa_scaled: { ...gqa, ...scaled }, diff_heads_sizes_scaled: { ...wide, ...scaled },
  causal, gqa_causal: { ...gqa, ...causal }, diff_heads_sizes_causal: { ...wide, ...causal },
  attn_mask: { mask: [4, 6] }, gqa_attn_mask: { ...gqa, mask: [4, 6] },
  diff_heads_sizes_attn_mask: { ...wide, mask: [4, 6] },
  softcap: soft(3), gqa_softcap: { ...gqa, ...soft(2) }, diff_heads_sizes_softcap: { ...wide, ...soft(2) },
  with_past_and_present: { past: true, mask: [4, 18] },
  gqa_with_past_and_present: { ...gqa, past: true, mask: [4, 18] },
  diff_heads_with_past_and_present: { ...wide, past: true, mask: [4, 18] },
  with_past_and_present_qk_matmul: pastQk(0),
  // "bias" had mode 1 and "softcap" mode 2 until 2026; each is tried with both.
  with_past_and_present_qk_matmul_bias: pastQk(2),
  with_past_and_present_qk_matmul_bias_mode_1: pastQk(1),
  with_past_and_present_qk_matmul_softcap: pastQk(1, { softcap: 2 }),
  with_past_and_present_qk_matmul_softcap_mode_2: pastQk(2, { softcap: 2 }),
  with_past_and_present_qk_matmul_softmax: pastQk(3),
}).map(([name, features]) => [`${three ? '3d' : '4d'}${name && '_'}${name}`, make({ ...features, three })]);

const hidden = (...columns) => {
  const data = new Float32Array(24);
  for (let i = 0; i < 24; i++) if (columns.includes(i % 6)) data[i] = -Infinity;
  return { data, dims: [4, 6] };
};
const one = { heads: [1, 1], sizes: [1, 4, 6] };
const twoHeads = { heads: [2, 2] };
const empty = { ...twoHeads, sizes: [1, 2, 2], mask: booleans([[0, 0], [1, 1]]) };

/** @type {Record<string, Make>} */
export const CASES = {
  ...Object.fromEntries([...both(true), ...both(false)]),
  '4d_attn_mask_3d': make({ mask: [2, 1, 4, 6] }),
  '4d_attn_mask_3d_causal': make({ mask: [2, 1, 4, 6], ...causal }),
  '4d_attn_mask_4d': make({ mask: [2, 3, 4, 6] }),
  '4d_attn_mask_4d_causal': make({ mask: [2, 3, 4, 6], ...causal }),
  '4d_attn_mask_of_heads': make({ mask: [3, 4, 6] }),
  '4d_attn_mask_bool': make({ mask: [4, 6], bool: true }),
  '4d_attn_mask_bool_4d': make({ mask: [2, 3, 4, 6], bool: true }),
  '4d_gqa_with_past_and_present_fp16': make({ ...gqa, past: true, half: true, mask: [4, 18] }),
  '4d_diff_heads_with_past_and_present_mask3d': make({ ...wide, past: true, mask: [2, 1, 4, 18] }),
  '4d_diff_heads_with_past_and_present_mask4d': make({ ...wide, past: true, mask: [2, 3, 4, 18] }),
  '4d_with_qk_matmul': make(qk(0)),
  '4d_with_qk_matmul_bias': make({ ...qk(2), mask: [4, 6] }),
  '4d_with_qk_matmul_softcap': make({ ...qk(1, { softcap: 2 }), mask: [4, 6] }),
  '4d_with_qk_matmul_softmax': make({ ...qk(3), mask: [4, 6] }),
  '4d_with_past_and_present_qk_matmul_bias_3d_mask': make({ ...pastQk(2), mask: [2, 1, 4, 18] }),
  '4d_with_past_and_present_qk_matmul_bias_3d_mask_causal':
    make({ ...pastQk(2, { is_causal: 1 }), mask: [2, 1, 4, 18] }),
  '4d_with_past_and_present_qk_matmul_bias_4d_mask': make({ ...pastQk(2), mask: [2, 3, 4, 18] }),
  '4d_with_past_and_present_qk_matmul_bias_4d_mask_causal':
    make({ ...pastQk(2, { is_causal: 1 }), mask: [2, 3, 4, 18] }),
  '4d_causal_with_past_and_present': make({ ...causal, past: true, sizes: [2, 4, 4, 3] }),
  '4d_diff_heads_mask4d_padded_kv': make({ ...wide, mask: [2, 3, 4, 4], nonpad: [3, 4] }),
  '4d_softcap_neginf_mask': make({ ...one, mask: hidden(4, 5), ...soft(0.5) }),
  '4d_softcap_neginf_mask_poison': (random) => {
    const built = make({ ...one, mask: hidden(4, 5), ...soft(0.5) })(random);
    built.inputs.V.data.fill(1000, 32);
    return built;
  },
  '4d_gqa_causal_nonpad_decode': make({ heads: [4, 2], sizes: [2, 1, 8], nonpad: [8, 5], ...causal }),
  '4d_gqa_causal_nonpad_decode_fp16':
    make({ heads: [4, 2], sizes: [2, 1, 8], nonpad: [8, 5], half: true, ...causal }),
  '4d_causal_nonpad_continued_prefill': make({ ...twoHeads, sizes: [1, 2, 4], nonpad: [4], ...causal }),
  '4d_causal_nonpad_batch_prefill': make({ ...twoHeads, sizes: [3, 2, 6], nonpad: [4, 5, 6], ...causal }),
  '4d_causal_nonpad_negative_offset_structural_empty':
    make({ ...twoHeads, sizes: [1, 4, 4], nonpad: [2], ...causal }),
  '4d_causal_nonpad_attn_mask_composition': make({
    ...twoHeads, sizes: [2, 3, 6], nonpad: [4, 5], ...causal,
    mask: booleans([
      [1, 1, 1, 0, 0, 0], [1, 1, 1, 0, 0, 0], [1, 0, 1, 1, 0, 0],
      [1, 1, 1, 1, 0, 0], [1, 1, 1, 1, 0, 0], [1, 1, 0, 1, 1, 0],
    ], [2, 1, 3, 6]),
  }),
  causal_boolmask_nan_robustness:
    make({ ...twoHeads, sizes: [1, 2, 2], mask: booleans([[1, 0], [0, 0]]), ...causal, opset: 24 }),
  '23_boolmask_fullymasked_row_nan_robustness': make(empty),
  '23_fullymasked_qk_matmul_output_mode3_zero': make({ ...empty, ...qk(3) }),
  '24_fullymasked_qk_matmul_output_mode3_zero': make({ ...empty, ...qk(3), opset: 24 }),
  '24_qk_matmul_output_mode3_softmax_precision':
    make({ ...empty, ...qk(3, { softmax_precision: 1 }), half: true, opset: 24 }),
};
