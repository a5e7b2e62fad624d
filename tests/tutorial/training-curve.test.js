// The geometry of the curves.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { curve, placeOf, ticks } from '../../web/tutorial/training/curve.js';

const frame = { width: 300, height: 100, steps: 600, least: 0, most: 2 };

test('a number stands where its step and size say, and never outside of the frame', () => {
  assert.deepEqual(placeOf(0, 0, frame), [0, 100]);
  assert.deepEqual(placeOf(600, 2, frame), [300, 0]);
  assert.deepEqual(placeOf(150, 0.5, frame), [75, 75]);
  assert.deepEqual(placeOf(300, 50, frame), [150, 0]);
  assert.deepEqual(placeOf(300, NaN, frame), [150, 0]);
  assert.deepEqual(placeOf(300, -Infinity, frame), [150, 100]);
});

test('points that share a unit of width become their mean', () => {
  assert.equal(curve([], frame), '');
  assert.equal(curve([0, 1], frame), 'M0 50');
  assert.equal(curve([0, 2, 1, 0, 2, 1], frame), 'M0.5 50L1 50');
});

test('a curve never has many more points than units of width, and ends where the numbers end', () => {
  const number = fc.double({ min: 0, max: 2, noNaN: true });
  fc.assert(fc.property(fc.array(number, { minLength: 1, maxLength: 900 }), (numbers) => {
    const points = numbers.flatMap((number, step) => [step, number]);
    const path = curve(points, { ...frame, steps: Math.max(1, numbers.length) });
    const places = path.slice(1).split('L').map((place) => place.split(' ').map(Number));
    assert.ok(places.length <= frame.width + 1);
    assert.ok(places.every(([x, y]) => x >= 0 && x <= 300 && y >= 0 && y <= 100));
    assert.ok(places.every(([x], index) => index === 0 || x > places[index - 1][0]));
  }));
});

test('ticks are few and round, and lie within the frame', () => {
  assert.deepEqual(ticks(2, 3), [0, 1, 2]);
  assert.deepEqual(ticks(1, 3), [0, 0.5, 1]);
  assert.deepEqual(ticks(67.4, 3), [0, 50]);
  fc.assert(fc.property(fc.double({ min: 0.5, max: 1000, noNaN: true }), (most) => {
    const list = ticks(most, 3);
    assert.ok(list.length >= 2 && list.length <= 4 && list.every((tick) => tick <= most + 0.01), String(list));
  }));
});
