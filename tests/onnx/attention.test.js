// The operator `Attention` through the adapter, against the reference made of its specification. The cases have
// the names, shapes and features of ONNX's own node tests; their numbers are drawn here.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fromHalf, narrow, widen } from '../oracle/half.js';
import { assertClose, generator, load, variant } from '../core/helpers.js';
import { onnxAttention } from './attention.js';
import { CASES } from './cases.js';
import { flattened, nested, reference } from './reference.js';

// ONNX compares with rtol 1e-3 and atol 1e-7, made for float16 and outputs of size 1. In float32 PyTorch's
// tolerance is much tighter. A float16 output is rounded once: half a unit in its last place, 2^-11 of it.
const FLOAT32 = { rtol: 1.3e-6, atol: 1e-6 };
const FLOAT16 = { rtol: 2 ** -11 + 1e-6, atol: 2 ** -25 + 1e-6 };

const nestedInputs = (inputs) => Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => {
  if (name === 'nonpad_kv_seqlen') return [name, [...tensor.data].map(Number)];
  const { data, dims } = widen(tensor);
  return [name, nested({ data: data instanceof Uint8Array ? [...data].map(Boolean) : data, dims })];
}));

/** One dimension less deep each time, until numbers come. */
function dimsOf(array) {
  return Array.isArray(array) ? [array.length, ...dimsOf(array[0])] : [];
}

describe(`ONNX Attention (${variant})`, () => {
  let attention;
  before(async () => { attention = await load(); });
  after(() => attention.dispose());

  const assertReference = ({ inputs, attributes, outputs, opset }) => {
    const actual = onnxAttention(attention, inputs, attributes, { outputs, opset });
    const expected = reference(nestedInputs(inputs), attributes);
    const half = inputs.Q.type === 'float16';
    assert.deepEqual(Object.keys(actual), outputs);
    for (const name of outputs) {
      assert.equal(actual[name].type, inputs.Q.type, name);
      const exact = { data: flattened(expected[name]), dims: dimsOf(expected[name]) };
      assertClose(widen(actual[name]), exact, half ? FLOAT16 : FLOAT32, name);
    }
    return actual;
  };

  for (const [name, make] of Object.entries(CASES)) {
    test(name, () => assertReference(make(generator(name.length))));
  }

  test('every combination of features that the specification allows', () => {
    const random = generator(1);
    let combinations = 0;
    for (let bits = 0; bits < 2 ** 7; bits++) {
      const [three, gqa, past, nonpad, causal, softcap, half] = Array.from({ length: 7 }, (_, i) => (bits >> i) & 1);
      if (past && nonpad) continue;
      for (const mask of ['', 'bool', 'float', 'short']) {
        assertReference(combination({ three, gqa, past, nonpad, causal, softcap, half, mask }, random));
        combinations++;
      }
    }
    assert.equal(combinations, 96 * 4);
  });

  test('the case that verifies the transposition of three dimensions, by hand', () => {
    const Q = { data: Float32Array.from({ length: 24 }, (_, i) => Math.floor((i % 12) / 4) + 1), dims: [1, 2, 12] };
    const V = { data: Float32Array.from({ length: 24 }, (_, i) => i), dims: [1, 2, 12] };
    const K = { data: new Float32Array(24).fill(0.1), dims: [1, 2, 12] };
    const { Y, present_key } = onnxAttention(attention, { Q, K, V }, { q_num_heads: 3, kv_num_heads: 3 });
    assert.deepEqual(Y.dims, [1, 2, 12]);
    // All keys alike: each head's mean of its columns over the two positions.
    assertClose(Y, { data: [0, 1].flatMap(() => Array.from({ length: 12 }, (_, i) => i + 6)), dims: [1, 2, 12] },
      FLOAT32, 'Y');
    assert.deepEqual(present_key.dims, [1, 3, 2, 4]);
  });

  test('a mask of one column is for all keys in opset 23, and hides all but the first from 24 on', () => {
    const { inputs } = CASES['4d'](generator(4));
    inputs.attn_mask = { data: Float32Array.of(-Infinity, 0, 1, 2), dims: [4, 1] };
    const rows = (opset) => {
      const { Y } = onnxAttention(attention, inputs, {}, { opset });
      return [0, 1, 2, 3].map((row) => Y.data[row * 8]);
    };
    const plain = onnxAttention(attention, { ...inputs, attn_mask: undefined }).Y.data;
    const near = (data, exact) => assertClose({ data, dims: [4] }, { data: exact, dims: [4] }, FLOAT32, 'Y');
    near(rows(23), [0, plain[8], plain[16], plain[24]]);
    near(rows(24), [0, inputs.V.data[0], inputs.V.data[0], inputs.V.data[0]]);
  });

  test('present_key and present_value are the bits of past and present', () => {
    const { inputs, attributes } = CASES['4d_gqa_with_past_and_present_fp16'](generator(2));
    const { present_key } = onnxAttention(attention, inputs, attributes);
    const [P, L] = [inputs.past_key.dims[2], inputs.K.dims[2]];
    assert.deepEqual(present_key.dims, [2, 3, P + L, 8]);
    assert.deepEqual([...present_key.data.subarray(0, P * 8)], [...inputs.past_key.data.subarray(0, P * 8)]);
    assert.deepEqual([...present_key.data.subarray(P * 8, (P + L) * 8)], [...inputs.K.data.subarray(0, L * 8)]);
    assert.equal(present_key.data[Symbol.toStringTag], 'Uint16Array');
  });

  test('a Float16Array gives a Float16Array, where the engine has it', () => {
    const { inputs, attributes } = CASES['4d_fp16'](generator(3));
    const { Y } = onnxAttention(attention, inputs, attributes);
    if (typeof Float16Array !== 'function') return assert.equal(Y.data[Symbol.toStringTag], 'Uint16Array');
    const native = Object.fromEntries(Object.entries(inputs).map(([name, { data, dims }]) =>
      [name, { data: Float16Array.from(data, fromHalf), dims }]));
    const again = onnxAttention(attention, native, attributes).Y;
    assert.equal(again.data[Symbol.toStringTag], 'Float16Array');
    assert.deepEqual([...again.data], [...Y.data].map(fromHalf));
  });
});

/** Inputs of one combination of features. */
function combination({ three, gqa, past, nonpad, causal, softcap, half, mask }, random) {
  const [B, M, L, P, D, E] = [2, 3, 5, past ? 4 : 0, 4, 6];
  const [H, G] = gqa ? [6, 2] : [3, 3];
  const cast = half ? narrow : (tensor) => tensor;
  const numbers = (dims) => cast({
    data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random() * 2), dims,
  });
  const operand = (heads, length, width) =>
    numbers(three ? [B, length, heads * width] : [B, heads, length, width]);
  const total = P + L;
  const dims = [[M, total], [H, M, total], [B, 1, M, total], [B, H, 1, total]][Math.floor((random() + 1) * 2)];
  const short = [...dims.slice(0, -1), total - 1];
  const masks = {
    bool: () => ({
      data: Uint8Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => Number(random() < 0.5)), dims,
    }),
    float: () => numbers(dims),
    short: () => numbers(short),
  };
  return {
    inputs: {
      Q: operand(H, M, D), K: operand(G, L, D), V: operand(G, L, E),
      ...(mask && { attn_mask: masks[mask]() }),
      ...(past && { past_key: numbers([B, G, P, D]), past_value: numbers([B, G, P, E]) }),
      ...(nonpad && { nonpad_kv_seqlen: { data: BigInt64Array.of(2n, 4n), dims: [B], type: 'int64' } }),
    },
    attributes: {
      is_causal: causal, qk_matmul_output_mode: Math.floor((random() + 1) * 2),
      ...(softcap && { softcap: 1.5 }), ...(three && { q_num_heads: H, kv_num_heads: G }),
    },
    outputs: ['Y', 'present_key', 'present_value', 'qk_matmul_output'],
    opset: 24,
  };
}
