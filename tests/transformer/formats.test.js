// What a snapshot is made of: CRC-32, and bfloat16.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crc32 } from '../../web/transformer/crc32.js';
import { fromBfloat16, toBfloat16 } from '../../web/transformer/bfloat16.js';

describe('CRC-32', () => {
  test('the check value of its specification, and nothing', () => {
    assert.equal(crc32(new TextEncoder().encode('123456789')), 0xcbf43926);
    assert.equal(crc32(new Uint8Array(0)), 0);
  });
});

describe('bfloat16', () => {
  const INFINITY = 0x7f80;
  const isNumber = (half) => (half & INFINITY) !== INFINITY || (half & 0x7f) === 0;
  const halves = Array.from({ length: 65536 }, (_, half) => half).filter(isNumber);

  test('values of the format', () => {
    const known = [
      [0, 0], [0x8000, -0], [0x3f80, 1], [0xc000, -2], [0x4049, 3.140625], [1, 2 ** -133], [0x80, 2 ** -126],
      [0x7f7f, 255 * 2 ** 120], [INFINITY, Infinity], [0xff80, -Infinity],
    ];
    for (const [half, value] of known) assert.ok(Object.is(fromBfloat16(half), value), `${half}: ${fromBfloat16(half)}`);
    assert.ok(Number.isNaN(fromBfloat16(0x7fc0)) && Number.isNaN(fromBfloat16(0xff81)));
  });

  test('every one of them is itself again, and NaN stays NaN', () => {
    for (const half of halves) assert.equal(toBfloat16(fromBfloat16(half)), half);
    const payload = new Float32Array(new Uint32Array([0x7fffffff]).buffer);
    for (const value of [NaN, payload[0]]) assert.ok(Number.isNaN(fromBfloat16(toBfloat16(value))));
  });

  test('between two of them the nearer one, half way the even one', () => {
    const bits = new Uint32Array(1);
    const float = new Float32Array(bits.buffer);
    const at = (word) => {
      bits[0] = word;
      return float[0];
    };
    for (const half of halves.filter((each) => (each & INFINITY) !== INFINITY)) {
      const middle = half * 65536 + 0x8000;
      assert.equal(toBfloat16(at(middle)), half & 1 ? half + 1 : half, `${at(middle)}`);
      assert.equal(toBfloat16(at(middle - 1)), half, `below ${at(middle)}`);
      assert.equal(toBfloat16(at(middle + 1)), half + 1, `above ${at(middle)}`);
    }
  });

  test('with fewer bits, the nearest number that has no more', () => {
    for (const [value, bits, rounded] of [[1.3, 3, 1.25], [1.375, 3, 1.5], [1.125, 3, 1], [-2.9, 1, -2], [3.1, 1, 4]]) {
      assert.equal(fromBfloat16(toBfloat16(value, bits)), rounded, `${value}, ${bits} bits`);
    }
    assert.equal(fromBfloat16(toBfloat16(-Infinity, 5)), -Infinity);
  });
});
