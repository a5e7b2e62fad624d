// Snapshots: what is saved comes back to the bit, and whatever else comes is refused with a reason. A file that the
// checksum lets pass was made by someone who meant it: those are tried too, with the checksum put right.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createTransformer } from '../../web/transformer/index.js';
import { crc32 } from '../../web/transformer/crc32.js';
import { fromBfloat16, toBfloat16 } from '../../web/transformer/bfloat16.js';
import { assertThrows, variant } from '../core/helpers.js';
import { assertSameParameters, batch, create, sentences, TINY, trained, vocabulary } from './helpers.js';

const FORMS = [
  { precision: 'float32' }, { precision: 'bfloat16' }, { precision: 'float32', optimizer: true },
  { precision: 'bfloat16', optimizer: true },
];
const START = 20;
const revive = (snapshot, options = {}) => createTransformer({ snapshot, variant, ...options });
const headerLength = (file) => new DataView(file.buffer).getUint32(16, true);
const headerOf = (file) => JSON.parse(new TextDecoder().decode(file.subarray(START, START + headerLength(file))));

/** The file with the checksum that fits it. */
function sealed(file) {
  new DataView(file.buffer).setUint32(12, crc32(file.subarray(16)), true);
  return file;
}

/** The file with another header: text, bytes, or a change of what it says. */
function withHeader(file, header) {
  const change = () => {
    const value = headerOf(file);
    return JSON.stringify(header(value) ?? value);
  };
  const text = typeof header === 'function' ? change() : header;
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const rest = file.subarray(START + headerLength(file));
  const changed = new Uint8Array(START + bytes.length + rest.length);
  changed.set(file.subarray(0, START));
  changed.set(bytes, START);
  changed.set(rest, START + bytes.length);
  new DataView(changed.buffer).setUint32(16, bytes.length, true);
  return sealed(changed);
}

describe(`snapshots (${variant})`, () => {
  test('float32 comes back to the bit', async () => {
    for (const options of [{}, { objective: 'token', causal: true, scale: 1 / 3, target: 0.7, seed: 9, batch: 64 }]) {
      const original = await trained(options);
      original.learningRate = 0.003;
      const copy = await revive(original.save());
      assert.deepEqual(copy.config, original.config);
      assert.deepEqual([copy.step, copy.learningRate], [3, 0.003]);
      assertSameParameters(copy.parameters(), original.parameters());
      assert.deepEqual(copy.evaluate(sentences), original.evaluate(sentences));
      assert.deepEqual(copy.forward(batch[0]), original.forward(batch[0]));
      assert.deepEqual(copy.save(), original.save());
      for (const each of [copy, original]) each.dispose();
    }
  });

  test('bfloat16 comes back rounded, in half the bytes', async () => {
    const original = await trained();
    const [full, half] = [original.save(), original.save({ precision: 'bfloat16' })];
    const count = Object.values(original.parameters()).reduce((sum, { data }) => sum + data.length, 0);
    assert.equal(full.length, START + headerLength(full) + 4 * count);
    assert.equal(half.length, START + headerLength(half) + 2 * count);
    const copy = await revive(half);
    const parameters = original.parameters();
    for (const { data } of Object.values(parameters)) data.set(data.map((number) => fromBfloat16(toBfloat16(number))));
    assertSameParameters(copy.parameters(), parameters);
    assert.deepEqual(copy.save({ precision: 'bfloat16' }), half);
    for (const each of [copy, original]) each.dispose();
  });

  test('with the optimizer, training goes on as if it had never stopped', async () => {
    for (const updates of [0, 3, 25]) {
      const original = await trained({ learningRate: 0.004, weightDecay: 0.1 }, updates);
      const copy = await revive(original.save({ optimizer: true }));
      const other = await create({ seed: 2, learningRate: 0.004, weightDecay: 0.1 });
      other.trainStep(batch);
      other.load(original.save({ optimizer: true }));
      for (let i = 0; i < 3; i++) {
        const loss = original.trainStep(batch);
        for (const each of [copy, other]) assert.equal(each.trainStep(batch), loss);
      }
      for (const each of [copy, other]) {
        assert.equal(each.step, updates + 3);
        assertSameParameters(each.parameters(), original.parameters());
      }
      for (const each of [copy, other, original]) each.dispose();
    }
  });

  test('without the optimizer, it starts anew', async () => {
    const original = await trained({}, 30);
    const file = original.save();
    const [one, two] = [await revive(file), original];
    two.load(file);
    const before = one.parameters()['layer0.query'].data;
    assert.equal(one.trainStep(batch), two.trainStep(batch));
    assertSameParameters(one.parameters(), two.parameters());
    assert.equal(one.step, 31);
    // A first update, after which learning warms up again: 1/20 of the rate, and weight decay.
    one.parameters()['layer0.query'].data.forEach((number, i) => assert.ok(Math.abs(number - before[i]) < 0.00052));
    const again = await revive(one.save({ optimizer: true }));
    assert.equal(again.trainStep(batch), one.trainStep(batch));
    assertSameParameters(again.parameters(), one.parameters());
    for (const each of [one, two, again]) each.dispose();
  });

  test('what goes on can be changed', async () => {
    const original = await trained();
    const copy = await revive(original.save(), { learningRate: 0.5, weightDecay: 0, batch: 100 });
    assert.deepEqual(copy.config, { ...original.config, weightDecay: 0, batch: 100 });
    assert.equal(copy.learningRate, 0.5);
    const undefineds = { learningRate: undefined, weightDecay: undefined, batch: undefined, layers: undefined };
    const same = await revive(original.save(), undefineds);
    assert.deepEqual(same.config, original.config);
    for (const each of [copy, same, original]) each.dispose();
  });

  test('bytes are taken from a view, an ArrayBuffer, shared memory', async () => {
    const original = await trained();
    const file = original.save();
    const wide = new Uint8Array(new SharedArrayBuffer(file.length + 3)).subarray(3);
    wide.set(file);
    for (const bytes of [file.buffer, wide, Buffer.from(file)]) {
      original.trainStep(batch);
      original.load(bytes);
      assert.deepEqual(original.save(), file);
    }
    original.dispose();
  });

  test('what is not finite in bfloat16 is not saved', async () => {
    const transformer = await create();
    const large = transformer.save();
    new DataView(large.buffer).setFloat32(large.length - 4, 3.4e38, true); // bfloat16 ends at 3.39e38
    transformer.load(sealed(large));
    const error = await assertThrows(() => transformer.save({ precision: 'bfloat16' }), { code: 'not-finite' });
    assert.match(error.message, /^finalNorm.bias: expected parameters that are finite in bfloat16, got 3.39/);
    transformer.load(transformer.save());
    transformer.dispose();
  });
});

describe(`snapshots that are refused (${variant})`, () => {
  let transformer;
  let files;
  let kept;

  before(async () => {
    transformer = await trained(TINY);
    files = FORMS.map((form) => transformer.save(form));
    transformer.trainStep(batch);
    kept = transformer.save({ optimizer: true });
  });
  after(() => transformer.dispose());

  const refused = async (bytes, { code = 'snapshot', argument, message } = {}) => {
    const error = await assertThrows(() => transformer.load(bytes), { code, argument, message });
    assert.match(error.argument, /^snapshot(\.|$)/);
    assert.ok(error.expected !== '' && error.actual !== '' && error.message.length < 250, error.message);
  };
  const unchanged = () => assert.deepEqual(transformer.save({ optimizer: true }), kept);
  /** As a model to make, too. */
  const refusedBoth = async (bytes, expected) => {
    await refused(bytes, expected);
    unchanged();
    await assertThrows(() => revive(bytes), { code: 'snapshot', ...expected });
  };

  test('any byte changed', async () => {
    for (const file of files) {
      for (let i = 0; i < file.length; i++) {
        for (const bits of [0xff, 1 << (i % 8)]) {
          const changed = file.slice();
          changed[i] ^= bits;
          await refused(changed);
        }
      }
    }
    unchanged();
  });

  test('any part cut off, or bytes added', async () => {
    for (const file of files) {
      for (let length = 0; length < file.length; length++) await refused(file.subarray(0, length));
      for (const more of [1, 2, 4, 1000]) {
        const longer = new Uint8Array(file.length + more);
        longer.set(file);
        await refused(longer);
        await refused(sealed(longer), { message: /expected \d+ bytes, for a model of this size, got \d+/ });
      }
      for (let less = 1; less < 50; less++) await refused(sealed(file.slice(0, -less)));
    }
    unchanged();
  });

  test('what is no file', async () => {
    for (const wrong of [undefined, null, 'file', [1, 2], {}, new Float32Array(9), new DataView(new ArrayBuffer(9))]) {
      await refused(wrong, { code: 'type' });
    }
    await refusedBoth(new Uint8Array(0), { message: /0 bytes that do not begin/ });
    await refusedBoth(new TextEncoder().encode('<!doctype html><title>Not found</title>'));
    const text = new TextEncoder().encode(new TextDecoder().decode(files[0]));
    await refusedBoth(text);
    const newer = files[0].slice();
    newer[8] = 2;
    await refusedBoth(newer, { message: /expected version 1, got version 2/ });
    await refusedBoth(files[0].map((byte, i) => (i > 30 ? 0 : byte)), { message: /another checksum/ });
  });

  test('headers that lie about sizes', async () => {
    for (const length of [0, 1, 5000, 2 ** 31, 2 ** 32 - 1]) {
      const file = files[0].slice();
      new DataView(file.buffer).setUint32(16, length, true);
      await refusedBoth(sealed(file));
    }
    const sizes = { layers: 8, dim: 256, hidden: 1024, maxLength: 256, batch: 256 };
    const grow = (header) => { Object.assign(header.config, sizes); };
    await refusedBoth(withHeader(files[0], grow), { message: /expected \d{8} bytes, for a model of this size/ });
    const words = Array.from({ length: 4096 }, (_, i) => `w${i}`);
    await refusedBoth(withHeader(files[0], (header) => { header.vocabulary = words; }));
    await refusedBoth(withHeader(files[0], (header) => { header.precision = 'bfloat16'; }));
    await refusedBoth(withHeader(files[0], (header) => { header.optimizer = 1; }));
    await refusedBoth(withHeader(files[2], (header) => { header.optimizer = 0; }));
  });

  test('headers that are none', async () => {
    const none = ['', 'null', '3', '[]', '{}', '"config"', '{"config":null}', '{"config":{},"vocabulary":[]}', '{',
      `${'['.repeat(100000)}`, '\ufeff{}'];
    for (const text of none) await refusedBoth(withHeader(files[0], text));
    const text = JSON.stringify(headerOf(files[0]));
    for (const other of [` ${text}`, `${text}\n`, `\ufeff${text}`, text.replace('"step":3', '"step":3,"step":3')]) {
      await refusedBoth(withHeader(files[0], other));
    }
    const invalid = new TextEncoder().encode(text);
    invalid[invalid.indexOf('d'.charCodeAt(0), text.indexOf('"dog"'))] = 0xff;
    await refusedBoth(withHeader(files[0], invalid), { message: /a header of JSON in UTF-8/ });
    const overlong = Uint8Array.from([...new TextEncoder().encode(text), 0xc0, 0xa0]);
    await refusedBoth(withHeader(files[0], overlong));
  });

  test('fields of the wrong kind, missing or unknown', async () => {
    const wrongs = {
      step: [-1, 0.5, '3', null, 2 ** 31, undefined], precision: ['float64', null, 16, undefined],
      optimizer: [-1, 4, true, false, null, undefined], config: [null, 5, [], undefined],
      vocabulary: [null, [], 'cat', {}, [1], undefined],
    };
    for (const [name, values] of Object.entries(wrongs)) {
      for (const value of values) {
        await refusedBoth(withHeader(files[0], (header) => { header[name] = value; }));
      }
    }
    for (const name of Object.keys(headerOf(files[0]).config)) {
      for (const value of [null, 'x', {}, [1], undefined]) {
        const changed = withHeader(files[0], ({ config }) => { config[name] = value; });
        await refusedBoth(changed);
      }
    }
    await refusedBoth(withHeader(files[0], (header) => { header.more = 1; }), { message: /other fields/ });
    await refusedBoth(withHeader(files[0], ({ config }) => { config.more = 1; }), { message: /other fields/ });
    const infinite = JSON.stringify(headerOf(files[0])).replace('"scale":', '"scale":1e999,"was":');
    await refusedBoth(withHeader(files[0], infinite), { argument: 'snapshot.scale' });
    const proto = JSON.stringify(headerOf(files[0])).replace('"config":{', '"config":{"__proto__":{"dim":16},');
    await refusedBoth(withHeader(files[0], proto));
  });

  test('what is wrong with a field is said as for an option', async () => {
    const words = [...vocabulary.slice(1), vocabulary[3]];
    await refusedBoth(withHeader(files[0], (header) => { header.vocabulary = words; }),
      { argument: 'snapshot.vocabulary[10]', message: /a word that is not there yet, got "street"/ });
    await refusedBoth(withHeader(files[0], ({ config }) => { config.dim = 12; }),
      { argument: 'snapshot.dim', message: /a multiple of 8 from 8 to 256, got 12/ });
  });

  test('numbers that are not finite, second moments below 0', async () => {
    const put = (file, back, value, half) => {
      const changed = file.slice();
      const view = new DataView(changed.buffer);
      if (half) view.setUint16(changed.length - back, value, true);
      else view.setFloat32(changed.length - back, value, true);
      return sealed(changed);
    };
    const size = (file) => file.length - START - headerLength(file);
    for (const value of [NaN, Infinity, -Infinity]) {
      for (const file of [files[0], files[2]]) {
        for (const back of [4, size(file)]) {
          await refusedBoth(put(file, back, value), { message: /finite numbers, got (NaN|-?Infinity)/ });
        }
      }
    }
    for (const half of [0x7f80, 0xff80, 0x7fc0, 0xffff]) await refusedBoth(put(files[1], 2, half, true));
    await refusedBoth(put(files[2], 4, -1e-20), { message: /second moments of 0 or more/ });
    transformer.load(put(files[2], 4, 0));
    transformer.load(kept);
  });

  test('another model', async () => {
    const others = {
      layers: 2, heads: 2, dim: 16, hidden: 16, maxLength: 7, objective: 'token', causal: true, scale: 0.3, target: 0.9,
    };
    for (const [name, value] of Object.entries(others)) {
      const { heads, dim } = TINY;
      const scale = 1 / Math.sqrt(8); // that of TINY, so that only one thing differs
      const other = await create({ ...TINY, heads, dim, scale, [name]: value });
      await refused(other.save(), { argument: `snapshot.${name}`, message: /expected .*, as here, got / });
      other.dispose();
    }
    const lists = [[...vocabulary, 'more'], vocabulary.slice(0, -1), [...vocabulary].reverse()];
    for (const [i, words] of lists.entries()) {
      const other = await create({ ...TINY, vocabulary: words });
      await refused(other.save(), { argument: `snapshot.vocabulary[${[11, 10, 0][i]}]` });
      other.dispose();
    }
    unchanged();
    const same = await create({ ...TINY, seed: 77, learningRate: 1, weightDecay: 1, batch: 2 });
    transformer.load(same.save());
    transformer.load(kept);
    same.dispose();
  });

  test('options beside it that it says itself', async () => {
    for (const [name, value] of Object.entries({ layers: 1, vocabulary, seed: 1, causal: false, scale: null })) {
      await assertThrows(() => revive(files[0], { [name]: value }), { code: 'type', argument: name });
    }
    await assertThrows(() => revive(files[0], { batch: 0 }), { code: 'range', argument: 'batch' });
    await assertThrows(() => revive(files[0], { learningRate: 0 }), { code: 'range', argument: 'learningRate' });
    await assertThrows(() => revive(null), { code: 'type', argument: 'snapshot' });
  });

  test('at random: nothing but an AttentionError is thrown', async () => {
    // A checksum that fits, and a byte or a few of the header changed.
    const [file] = files;
    for (let i = 0; i < 1500; i++) {
      const changed = file.slice();
      const at = START + (i * 7919) % headerLength(file);
      changed[at] = (i * 31) % 128;
      if (i % 3 === 0) changed[at + 1] = 48 + (i % 10);
      try {
        transformer.load(sealed(changed));
      } catch (error) {
        assert.equal(error.code, 'snapshot', error.stack);
      }
    }
    transformer.load(kept);
    unchanged();
  });
});
