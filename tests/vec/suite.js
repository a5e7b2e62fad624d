// The vocabulary of vec.h, lane by lane, for one build of lanes.c.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { generator } from '../core/helpers.js';
import { fromHalf } from '../oracle/half.js';
import { sizesOf } from './lanes.js';
import {
  allows, ARITHMETIC_NAN, BINARY, fromBits, fusedMultiplyAdd, roundedTwice, SPECIAL, TERNARY, toBits, UNARY,
} from './model.js';

const random = generator(6);
const randomBits = () => Math.floor((random() + 1) * 2 ** 31) >>> 0;
const hex = (bits) => `0x${bits.toString(16).padStart(8, '0')}`;
const range = (count, element) => Array.from({ length: count }, (_, i) => element(i));
const HALVES = range(65536, (i) => i);

/** In another order, so that lanes which take a neighbour's operand are seen to. */
function shuffled(list) {
  const result = [...list];
  for (let i = result.length - 1; i > 0; i--) {
    const j = randomBits() % (i + 1);
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}

/** All tuples of special and some random patterns, and tuples of random ones. */
function tuples(size) {
  const values = [...SPECIAL, ...range(6, randomBits)];
  let all = [[]];
  for (let i = 0; i < size; i++) all = all.flatMap((tuple) => values.map((value) => [...tuple, value]));
  return shuffled([...all, ...range(2000, () => range(size, randomBits))]);
}

/** @param {import('./lanes.js').Lanes} lanes */
export function testVocabulary(name, lanes) {
  const called = new Set();

  /** Runs an operation over records of any typed array, and returns its results as another. */
  function run(operation, input, { Result = Uint32Array, n = 0, inputs = 1, count, shift } = {}) {
    if (shift === undefined) called.add(operation);  // at other addresses results are compared with each other only
    const [fromBytes, toBytes] = sizesOf(operation, n, inputs);
    const records = count ?? input.byteLength / fromBytes;
    const bytes = new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
    const call = { count: records, n, toBytes: toBytes * records, shift: shift ?? 0 };
    const result = lanes.run(operation, bytes, call);
    return new Result(result.buffer);
  }

  /** Runs a lane-by-lane operation over tuples, each in each of the four lanes. */
  function inEachLane(operation, cases, model) {
    for (let lane = 0; lane < 4; lane++) {
      const placed = range(cases.length - (cases.length % 4), (i) => cases[(i + lane) % cases.length]);
      const size = cases[0].length;
      const input = new Uint32Array(placed.length * size);
      placed.forEach((tuple, i) => tuple.forEach((bits, argument) => {
        input[(i >> 2) * 4 * size + argument * 4 + (i & 3)] = bits;
      }));
      run(operation, input, { inputs: size }).forEach((bits, i) => {
        const expected = model(...placed[i]);
        if (!allows(expected, bits)) {
          assert.fail(`${operation}(${placed[i].map(hex).join(', ')}) in lane ${i & 3}: ${hex(bits)} ` +
            `instead of ${[expected].flat().map(hex).join(' or ')}`);
        }
      });
    }
  }

  /** Compares bits that an operation gave with those it should have. */
  function same(operation, actual, expected) {
    assert.equal(actual.length, expected.length, operation);
    actual.forEach((bits, i) => {
      if (allows(expected[i], bits)) return;
      assert.fail(`${operation}, lane ${i}: ${hex(bits)} instead of ${hex(expected[i])}`);
    });
  }

  describe(`vec.h, ${name}`, () => {
    for (const [size, models] of [[1, UNARY], [2, BINARY], [3, TERNARY]]) {
      for (const [operation, model] of Object.entries(models)) {
        test(operation, () => inEachLane(operation, tuples(size), model));
      }
    }

    test('vec_madd rounds once or twice, always the same way, and without relaxed SIMD twice', () => {
      const seen = new Set();
      const model = (...tuple) => {
        const numbers = tuple.map(fromBits);
        return [toBits(fusedMultiplyAdd(...numbers)), toBits(roundedTwice(...numbers))];
      };
      // Near cancellation is where the two differ most.
      const cancelling = range(4000, () => {
        const [a, b] = [1 + random() / 2, 1 + random() / 2].map(Math.fround);
        return [a, b, -Math.fround(a * b)].map(toBits);
      });
      for (const cases of [tuples(3), cancelling]) {
        for (const rounding of ['once', 'twice']) {
          const only = (...tuple) => model(...tuple)[rounding === 'once' ? 0 : 1];
          try {
            inEachLane('vec_madd', cases, only);
            seen.add(rounding);
          } catch (error) {
            if (error.code !== 'ERR_ASSERTION') throw error;
            inEachLane('vec_madd', cases, model);
          }
        }
      }
      assert.equal(seen.size, 1, `rounds ${[...seen].join(' and ') || 'now once, now twice'}`);
      if (name !== 'relaxed') assert.deepEqual([...seen], ['twice']);
    });

    test('vec_max and vec_min keep a NaN in the first operand, ignore one in the second, tell no zeros apart', () => {
      const one = 0x3f800000;
      for (const operation of ['vec_max', 'vec_min']) {
        const input = Uint32Array.of(0x7fc12345, one, 0, 0x80000000, one, 0x7fc12345, 0x80000000, 0);
        same(operation, run(operation, input, { inputs: 2 }), [0x7fc12345, one, 0, 0x80000000]);
      }
    });

    test('vec_exponent', () => {
      const powers = range(255, (n) => [toBits(1.5 * 2 ** 23 + n)]);
      inEachLane('vec_exponent', powers, (bits) => {
        const n = fromBits(bits) - 1.5 * 2 ** 23;
        return toBits(n === 0 ? 0 : 2 ** (n - 127));
      });
    });

    test('vec_splat, vec_load_splat', () => {
      for (const operation of ['vec_splat', 'vec_load_splat']) {
        same(operation, run(operation, Uint32Array.from(SPECIAL)), SPECIAL.flatMap((bits) => [bits, bits, bits, bits]));
      }
    });

    test('vec_zero is +0', () => {
      same('vec_zero', run('vec_zero', new Uint32Array(0), { count: 1 }), [0, 0, 0, 0]);
    });

    test('vec_load and vec_store keep all bits', () => {
      const bits = Uint32Array.from([...SPECIAL, ...range(26, randomBits)]);
      for (const operation of ['vec_load', 'vec_store']) same(operation, run(operation, bits), [...bits]);
    });

    test('vec_load_partial and vec_store_partial, from no lane to all', () => {
      for (const n of [0, 1, 2, 3, 4]) {
        const loaded = Uint32Array.from(shuffled(SPECIAL).slice(0, n));
        same('vec_load_partial', run('vec_load_partial', loaded, { n, count: 1 }), [...loaded, 0, 0, 0, 0].slice(0, 4));
        const stored = Uint32Array.from(shuffled(SPECIAL).slice(0, 4));
        same('vec_store_partial', run('vec_store_partial', stored, { n }), [...stored].slice(0, n));
      }
    });

    test('vec_transpose', () => {
      for (let i = 0; i < 20; i++) {
        const rows = Uint32Array.from(shuffled(SPECIAL).slice(0, 16));
        same('vec_transpose', run('vec_transpose', rows), range(16, (at) => rows[(at % 4) * 4 + (at >> 2)]));
      }
    });

    test('vec_sum adds neighbours first', () => {
      const rows = tuples(2).map((pair) => [...pair, ...shuffled(SPECIAL).slice(0, 2)]);
      const sum = (a, b) => Math.fround(fromBits(a) + fromBits(b));
      same('vec_sum', run('vec_sum', Uint32Array.from(rows.flat())),
        rows.map(([a, b, c, d]) => toBits(Math.fround(sum(a, b) + sum(c, d)))));
    });

    test('vec_all', () => {
      const masks = range(16, (i) => range(4, (lane) => (i >> lane & 1 ? 0xffffffff : 0)));
      same('vec_all', run('vec_all', Uint32Array.from(masks.flat())).map((all) => Number(all !== 0)),
        range(16, (i) => Number(i === 15)));
    });

    test('vec_zero_bytes, each byte in each lane', () => {
      const bytes = Uint8Array.from(range(4, (lane) => range(256, (byte) => range(4, (i) =>
        (i === lane ? byte : randomBits() % 3)))).flat(2));
      same('vec_zero_bytes', run('vec_zero_bytes', bytes), [...bytes].map((byte) => (byte === 0 ? 0xffffffff : 0)));
    });

    test('vec_load_bytes, each byte in each lane', () => {
      const bytes = Int8Array.from(range(4, (lane) => range(256, (byte) => range(4, (i) =>
        (i === lane ? byte : randomBits())))).flat(2));
      same('vec_load_bytes', run('vec_load_bytes', bytes), [...bytes].map(toBits));
    });

    test('vec_load_eight_bytes, each byte in each lane: 2^16 times what they are', () => {
      const bytes = Int8Array.from(range(8, (lane) => range(256, (byte) => range(8, (i) =>
        (i === lane ? byte : randomBits())))).flat(2));
      same('vec_load_eight_bytes', run('vec_load_eight_bytes', bytes), [...bytes].map((byte) => toBits(byte * 2 ** 16)));
    });

    for (const [operation, width] of [['vec_load_halves', 4], ['vec_load_eight_halves', 8]]) {
      test(`${operation}, all of them in each lane: 2^-112 of what they are`, () => {
        for (let lane = 0; lane < width; lane++) {
          const halves = Uint16Array.from(HALVES, (i) => i + lane);
          const loaded = run(operation, halves);
          const moved = (half) => ((half & 0x8000) << 16 | (half & 0x7fff) << 13) >>> 0;
          same(operation, loaded, [...halves].map(moved));
          loaded.forEach((bits, i) => {
            const value = fromHalf(halves[i]);
            if (Number.isFinite(value)) assert.ok(Object.is(fromBits(bits), value * 2 ** -112), hex(halves[i]));
            else assert.ok(Math.abs(fromBits(bits)) >= 2 ** -96, hex(halves[i]));
          });
        }
      });
    }

    test('vec_see_halves, all halves in each lane, and the worst at each place of many', () => {
      const finite = (half) => (half & 0x7c00) !== 0x7c00;
      const others = [0x7bff, 0xfbff, 0, 0x8000, ...HALVES.filter(finite)];
      const check = (n, cases, place) => {
        const halves = Uint16Array.from({ length: n * cases.length }, (_, i) =>
          (i % n === place ? cases[(i - place) / n] : others[i * 4099 % others.length]));
        const found = run('vec_see_halves', halves, { n, count: cases.length });
        same('vec_see_halves', found.map((all) => Number(all !== 0)), cases.map((half) => Number(finite(half))));
      };
      for (let place = 0; place < 8; place++) check(8, HALVES, place);
      const eights = Uint16Array.from({ length: 8 * HALVES.length }, (_, i) => (i % 8 === 5 ? HALVES[(i - 5) / 8] : 0));
      same('vec_all_finite', run('vec_all_finite', eights).map((all) => Number(all !== 0)),
        HALVES.map((half) => Number(finite(half))));
      const worst = [0x7c00, 0xfc00, 0x7c01, 0xfe00, 0x7fff, 0xffff, 0x7bff, 0xfbff];
      for (let place = 0; place < 40; place++) check(40, worst, place);
      for (const operation of ['vec_see_halves', 'vec_nothing_seen']) {
        assert.notEqual(run(operation, new Uint16Array(0), { n: 0, count: 1 })[0], 0);
      }
    });

    test('half precision as single: all of them', () => {
      const halves = Uint16Array.from(HALVES);
      for (const operation of ['float_from_half', 'rows_load_halves']) {
        run(operation, halves, { Result: Float32Array }).forEach((x, half) => {
          assert.ok(Object.is(x, fromHalf(half)), `${operation}(${hex(half)}): ${x} instead of ${fromHalf(half)}`);
        });
      }
    });

    test('addresses need the alignment of an element only', () => {
      for (const operation of lanes.operations) {
        const inputs = operation in TERNARY || operation === 'vec_madd' ? 3 : operation in BINARY ? 2 : 1;
        const n = operation === 'vec_see_halves' ? 8 : 3;
        const [fromBytes, , alignment] = sizesOf(operation, n, inputs);
        const input = new Uint8Array(5 * fromBytes).map(() => randomBits() & 63);  // numbers that are small and finite
        const call = { n, inputs, count: 5, Result: Uint8Array };
        const usual = run(operation, input, { ...call, shift: 0 });
        for (let shift = alignment; shift < 16; shift += alignment) {
          assert.deepEqual(run(operation, input, { ...call, shift }), usual, `${operation}, ${shift} bytes away`);
        }
      }
    });
  });

  describe(`exp.h, ${name}`, () => {
    const floats = (operation, numbers) => run(operation, Float32Array.from(numbers), { Result: Float32Array });
    /** Of the last place of a float32. */
    const unit = (x) => 2 ** (Math.max(Math.floor(Math.log2(Math.abs(x))), -126) - 23);
    const worst = (operation, numbers, exact) => {
      const results = floats(operation, numbers);
      return numbers.reduce((most, x, i) => {
        const error = Math.abs(results[i] - exact(x)) / unit(exact(x));
        return Number.isNaN(error) ? Infinity : Math.max(most, error);
      }, 0);
    };
    /** Float32 numbers whose bits lie `step` apart, between two of one sign. */
    const between = (from, to, step) => {
      const [first, last] = [toBits(from), toBits(to)];
      return range(Math.floor((last - first) / step / 4) * 4, (i) => fromBits(first + i * step));
    };
    const LEAST = -125.5 * Math.LN2;  // from here down, n rounds to -126

    test('vec_exp is off by at most 2.5 units in the last place', () => {
      const negative = between(-0, Math.fround(LEAST + 1e-4), 9973);
      const positive = between(0, 88, 9973);
      const wholes = range(84, (n) => [n, -n, n + 0.5, -n - 0.5].map((m) => Math.fround(m * Math.LN2))).flat();
      for (const numbers of [negative, positive, wholes]) {
        const error = worst('vec_exp', numbers, Math.exp);
        // Over all floats it is 2.25 without a fused multiply-add, 1.96 with one.
        assert.ok(error <= 2.5, `${error} units`);
      }
    });

    test('vec_exp of 0 is 1, below -87 it is 0, and NaN stays', () => {
      const numbers = [0, -0, 2 ** -149, -(2 ** -149), -87.01, -87.4, -100, -3e38, -Infinity, -88, -1e9, -103];
      assert.deepEqual([...floats('vec_exp', numbers)], [1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
      const cases = [...SPECIAL.slice(0, 6), ...range(6, () => toBits(-88 + random() / 2))].map((bits) => [bits]);
      inEachLane('vec_exp', cases, (bits) => (Number.isNaN(fromBits(bits)) ? ARITHMETIC_NAN : 0));
      const below = between(-87, -1000, 9973);
      floats('vec_exp', below).forEach((power, i) => assert.ok(Object.is(power, 0), `${below[i]}: ${power}`));
    });

    test('exp_one is vec_exp', () => {
      const numbers = range(400, () => random() * 88);
      assert.deepEqual(floats('exp_one', numbers), floats('vec_exp', numbers));
    });

    test('vec_tanh is off by a few units in the last place, tiny numbers included', () => {
      // Its polynomial is the best for e^r, whose error counts for more in e^r - 1: 14.6 units for numbers of 1/16.
      for (const [from, to, bound] of [[0, 0.25, 16], [0.25, 30, 6], [30, 3.4e38, 0]]) {
        const numbers = between(from, to, from < 30 ? 9973 : 99991);
        for (const one of [numbers, numbers.map((x) => -x)]) {
          const error = worst('vec_tanh', one, Math.tanh);
          assert.ok(error <= bound, `${error} units from ${from} to ${to}`);
        }
      }
    });

    test('vec_tanh is odd, but for rounding', () => {
      const numbers = between(0, 30, 9973);
      const negative = floats('vec_tanh', numbers.map((x) => -x));
      floats('vec_tanh', numbers).forEach((tanh, i) => {
        assert.ok(Math.abs(tanh + negative[i]) <= 32 * unit(tanh), `${numbers[i]}: ${tanh} and ${negative[i]}`);
      });
    });

    test('vec_tanh of infinity is 1, of 0 it is 0, and NaN stays', () => {
      const numbers = [Infinity, -Infinity, 0, -0, 9.1, -9.1, 3e38, -3e38];
      assert.deepEqual([...floats('vec_tanh', numbers)].map((x) => x + 0), [1, -1, 0, 0, 1, -1, 1, -1]);
      inEachLane('vec_tanh', [...SPECIAL.slice(0, 6), 0x41200000, 0x41200000].map((bits) => [bits]),
        (bits) => (Number.isNaN(fromBits(bits)) ? ARITHMETIC_NAN : 0x3f800000));
    });

    test('log_one', () => {
      const numbers = [1, Math.SQRT1_2, Math.SQRT2, 2 ** -1022, Number.MAX_VALUE, 1 - 2 ** -53, 1 + 2 ** -52, 1e-30,
        3e38, ...range(4000, () => 2 ** (random() * 1000)), ...range(4000, () => 1 + random() / 2)];
      const logs = run('log_one', Float64Array.from(numbers), { Result: Float64Array });
      logs.forEach((log, i) => {
        const exact = Math.log(numbers[i]);
        // Rounding f, its square and the eleven steps of the series.
        assert.ok(Math.abs(log - exact) <= 4 * 2 ** -53 * Math.abs(exact), `log ${numbers[i]}: ${log}, not ${exact}`);
      });
      assert.ok(Number.isNaN(run('log_one', Float64Array.of(NaN), { Result: Float64Array })[0]));
    });
  });

  test(`each operation of vec.h is tested, ${name}`, () => {
    const source = readFileSync(new URL('../../c_src/vec.h', import.meta.url), 'utf8');
    const names = new Set([...source.matchAll(/^static .*?\b(vec_\w+)\(/gm)].map(([, operation]) => operation));
    assert.ok(names.size > 20);
    assert.deepEqual([...names].filter((operation) => !lanes.operations.includes(operation)), [], 'not in lanes.c');
    assert.deepEqual(lanes.operations.filter((operation) => !called.has(operation)), [], 'never called');
  });
}
