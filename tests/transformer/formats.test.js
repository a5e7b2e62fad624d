// What a snapshot is made of: CRC-32, and half-precision numbers.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crc32 } from '../../web/transformer/crc32.js';
import { fromHalf, toHalf } from '../../web/transformer/float16.js';

describe('CRC-32', () => {
  test('the check value of its specification, and nothing', () => {
    assert.equal(crc32(new TextEncoder().encode('123456789')), 0xcbf43926);
    assert.equal(crc32(new Uint8Array(0)), 0);
  });
});

describe('half-precision numbers', () => {
  const halves = Array.from({ length: 65536 }, (_, half) => half);
  const finite = halves.filter((half) => (half & 0x7c00) !== 0x7c00);

  test('values of the standard', () => {
    const known = [
      [0, 0], [0x8000, -0], [1, 2 ** -24], [0x3ff, 1023 * 2 ** -24], [0x400, 2 ** -14], [0x3555, 0.333251953125],
      [0x3c00, 1], [0xc000, -2], [0x7bff, 65504], [0x7c00, Infinity], [0xfc00, -Infinity],
    ];
    for (const [half, value] of known) assert.ok(Object.is(fromHalf(half), value), `${half}: ${fromHalf(half)}`);
    assert.ok(Number.isNaN(fromHalf(0x7e00)) && Number.isNaN(fromHalf(0xfc01)));
  });

  test('every one of them is itself again', () => {
    for (const half of finite) assert.equal(toHalf(fromHalf(half)), half);
    for (const half of [0x7c00, 0xfc00]) assert.equal(toHalf(fromHalf(half)), half);
    assert.ok(Number.isNaN(fromHalf(toHalf(NaN))));
  });

  test('between two of them the nearer one, half way the even one', () => {
    const float = new Float32Array(1);
    const bits = new Uint32Array(float.buffer);
    const next = (value, step) => {
      float[0] = value;
      bits[0] += step;
      return float[0];
    };
    for (let half = 0; half < 0x7bff; half++) {
      const [low, high] = [fromHalf(half), fromHalf(half + 1)];
      const middle = (low + high) / 2; // exact in float32
      const even = half & 1 ? half + 1 : half;
      for (const sign of [0, 0x8000]) {
        const rounded = (value) => toHalf(sign ? -value : value) ^ sign;
        assert.equal(rounded(middle), even, `${middle}`);
        assert.equal(rounded(next(middle, -1)), half, `below ${middle}`);
        assert.equal(rounded(next(middle, 1)), half + 1, `above ${middle}`);
      }
    }
  });

  test('too large is infinity, too small is zero, with their sign', () => {
    assert.equal(toHalf(65519.99609375), 0x7bff);
    for (const value of [65520, 65536, 1e38, Infinity]) {
      assert.equal(toHalf(value), 0x7c00);
      assert.equal(toHalf(-value), 0xfc00);
    }
    for (const value of [2 ** -25, 1e-10, 2 ** -149, 0]) {
      assert.equal(toHalf(value), 0);
      assert.equal(toHalf(-value), 0x8000);
    }
  });
});
