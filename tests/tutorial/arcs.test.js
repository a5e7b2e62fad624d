import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { arcs, between, folded, path } from '../../web/tutorial/figures/arcs.js';

const options = { thickness: 20, span: 600, rooms: [80, 40] };

const sentence = fc.array(fc.record({
  x: fc.integer({ min: 0, max: 600 }), top: fc.constant(100), bottom: fc.constant(130),
  line: fc.integer({ min: 0, max: 1 }),
}), { minLength: 2, maxLength: 12 }).chain((places) => fc.record({
  places: fc.constant(places),
  current: fc.integer({ min: 0, max: places.length - 1 }),
  weights: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
    minLength: places.length, maxLength: places.length,
  }),
}));

test('one arc a word, as thick as its weight, none to the word itself', () => {
  fc.assert(fc.property(sentence, ({ places, current, weights }) => {
    const drawn = arcs(places, current, weights, options);
    assert.equal(drawn.length, places.length);
    for (const [index, { width, points, opacity }] of drawn.entries()) {
      const expected = index === current ? 0 : options.thickness * weights[index];
      assert.ok(Math.abs(width - expected) < 1e-9);
      assert.equal(points.length, 8);
      assert.ok(points.every(Number.isFinite) && opacity >= 0 && opacity <= 1);
    }
  }));
});

test('on one line the arcs leave side by side, as wide together as their weights', () => {
  fc.assert(fc.property(sentence, ({ places, current, weights }) => {
    const line = places.map((place) => ({ ...place, line: 0 }));
    const drawn = arcs(line, current, weights, options).filter(({ width }) => width > 0)
      .sort((a, b) => a.points[0] - b.points[0]);
    let right = line[current].x - drawn.reduce((sum, { width }) => sum + width, 0) / 2;
    for (const { points: [start], width } of drawn) {
      right += width;
      assert.ok(Math.abs(start + width / 2 - right) < 1e-6, `${start} and ${width} end at ${right}`);
    }
  }));
});

test('an arc ends over its word', () => {
  const places = [{ x: 10, top: 100, bottom: 130, line: 0 }, { x: 300, top: 100, bottom: 130, line: 0 }];
  const [arc] = arcs(places, 1, [1, 0], options);
  assert.equal(arc.points[6], 10);
  assert.match(path(arc.points), /^M[-\d. ]+C[-\d. ]+$/);
});

test('an arc grows from its folded shape to its own', () => {
  const places = [{ x: 10, top: 100, bottom: 130, line: 0 }, { x: 300, top: 100, bottom: 130, line: 0 }];
  const [arc] = arcs(places, 1, [0.5, 0.5], options);
  const start = folded(places[1], arc);
  assert.deepEqual(between(start, arc, 1), arc);
  assert.deepEqual(between(start, arc, 0).points, start.points);
});
