// attention-wasm/steps: the same bits as the large binaries, the same errors, from a binary without SIMD.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { AttentionError, loadSteps } from 'attention-wasm/steps';
import { loadAttention, AttentionError as Same } from '../../web/core/index.js';
import { assertSame, assertThrows, generator, load, randomTensor, tensor, variant } from './helpers.js';

const url = new URL('../../web/core/attention.steps.wasm', import.meta.url);
const html = '<!doctype html><title>Not found</title>';
const query = { queries: tensor([1, 1], [1]), keys: tensor([1, 1], [2]), values: tensor([1, 1], [3]), queryIndex: 0 };

describe(`the steps alone against those of the ${variant} binary`, () => {
  let attention;
  let alone;
  before(async () => { [attention, alone] = await Promise.all([load(), loadSteps()]); });
  after(() => [attention, alone].forEach((each) => each.dispose()));

  const assertSameSteps = (options) => {
    const [expected, actual] = [attention.steps(options), alone.steps(options)];
    assert.deepEqual(Object.keys(actual), Object.keys(expected));
    for (const name of Object.keys(expected)) assertSame(actual[name], expected[name], name);
  };
  const size = fc.integer({ min: 0, max: 9 });
  const sizes = fc.record({ N: fc.integer({ min: 1, max: 24 }), C: size, D: size, E: size, seed: fc.nat() });

  test('the same bits from embeddings, for every query, mask, scale, temperature and shift', () => {
    const options = fc.record({
      sizes, index: fc.nat(),
      scale: fc.double({ min: -2, max: 2, noNaN: true }),
      temperature: fc.double({ min: 0.01, max: 100, noNaN: true }),
      shift: fc.double({ min: -3, max: 3, noNaN: true }),
      attend: fc.uint8Array({ minLength: 24, maxLength: 24, max: 1 }),
    });
    fc.assert(fc.property(options, ({ sizes: { N, C, D, E, seed }, index, attend, ...rest }) => {
      const random = generator(seed);
      const of = (...dims) => randomTensor(dims, random, 2);
      assertSameSteps({
        embeddings: of(N, C), queryWeight: of(C, D), keyWeight: of(C, D), valueWeight: of(C, E),
        queryIndex: index % N, attend: attend.slice(0, N), ...rest,
      });
    }), { numRuns: 300 });
  });

  test('the same bits from queries, keys and values of any size: overflowing, vanishing, subnormal', () => {
    const finite = { noNaN: true, noDefaultInfinity: true };
    const options = fc.integer({ min: 1, max: 6 }).chain((N) => fc.record({
      N: fc.constant(N), index: fc.nat(), all: fc.float32Array({ minLength: 6 * N, maxLength: 6 * N, ...finite }),
      scale: fc.float(finite),
    }));
    fc.assert(fc.property(options, ({ N, index, all, scale }) => {
      const [queries, keys, values] = [0, 1, 2].map((part) =>
        ({ data: all.slice(2 * N * part, 2 * N * (part + 1)), dims: [N, 2] }));
      assertSameSteps({ queries, keys, values, queryIndex: index % N, scale });
    }), { numRuns: 300 });
  });

  test('a bad argument is refused, and the instance keeps working', async () => {
    await assertThrows(() => alone.steps({ ...query, queryIndex: 1 }), { code: 'range', argument: 'queryIndex' });
    await assertThrows(() => alone.steps({ ...query, keys: tensor([1, 1], [NaN]) }),
      { code: 'not-finite', argument: 'keys' });
    await assertThrows(() => alone.steps(), { code: 'type', argument: 'options' });
    assert.equal(alone.steps(query).output.data[0], 3);
  });
});

describe('loadSteps', () => {
  let bytes;
  before(async () => { bytes = await readFile(url); });

  const works = async (options) => {
    const { steps, dispose } = await loadSteps(options);
    assert.equal(steps(query).output.data[0], 3);
    dispose();
  };

  test('wasm: the usual one, a URL, bytes, a module, a response, a promise; a larger binary', async () => {
    await works();
    await works({});
    await works({ wasm: undefined });
    const response = () => new Response(bytes, { headers: { 'content-type': 'application/wasm' } });
    const module = await WebAssembly.compile(bytes);
    for (const wasm of [url, url.href, bytes, module, response(), Promise.resolve(response())]) await works({ wasm });
    for (const name of [variant, `${variant}.threads`]) await works({ wasm: new URL(`./attention.${name}.wasm`, url) });
  });

  test('the binary is small, and exports no more than is needed', () => {
    assert.ok(bytes.length < 2500, `${bytes.length} bytes`);
    const module = new WebAssembly.Module(bytes);
    assert.deepEqual(WebAssembly.Module.exports(module).map(({ name }) => name).sort(),
      ['__heap_base', 'attention_interface', 'attention_steps']);
  });

  test('each instance has a memory of its own', async () => {
    const wasm = await WebAssembly.compile(bytes);
    const [one, other] = await Promise.all([loadSteps({ wasm }), loadSteps({ wasm })]);
    one.dispose();
    one.dispose();
    await assertThrows(() => one.steps(query), { code: 'disposed', argument: 'attention' });
    assert.equal(other.steps(query).output.data[0], 3);
  });

  test('what comes in place of the binary is named', async () => {
    const refused = (wasm, code, message) =>
      assertThrows(() => loadSteps({ wasm }), { code, argument: 'wasm', message });
    await refused(new Response(html, { status: 404 }), 'wasm-not-found', /404.*'wasm'/s);
    await refused(new Response(html), 'wasm-invalid', /HTML page/);
    await refused('no/such.wasm', 'wasm-not-found', /ENOENT/);
    await refused(bytes.subarray(0, 700), 'wasm-invalid', /cut off/);
    await refused(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), 'wasm-invalid', /some other/);
    for (const wasm of [null, 5, {}, true]) await refused(wasm, 'type', /./);
    // (func (export "attention_interface") (result i32) i32.const 99)
    const name = Buffer.from('attention_interface');
    await refused(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7f, 3, 2, 1, 0,
      7, name.length + 4, 1, name.length, ...name, 0, 0, 10, 7, 1, 5, 0, 0x41, 0xe3, 0, 0x0b),
    'wasm-invalid', /interface 99/);
  });

  test('options of the wrong kind', async () => {
    for (const options of [null, 5, 'x']) {
      await assertThrows(() => loadSteps(options), { code: 'type', argument: 'options' });
    }
    await assertThrows(() => loadSteps({ variant: 'simd' }), { code: 'type', argument: 'variant' });
  });

  test('WebAssembly that is missing or blocked; an engine without SIMD will do', async () => {
    const real = globalThis.WebAssembly;
    const under = async (fake, call) => {
      globalThis.WebAssembly = fake;
      try {
        return await call();
      } finally {
        globalThis.WebAssembly = real;
      }
    };
    const blocked = async () => { throw new real.CompileError('Refused to compile'); };
    const { Memory, Module, compile, instantiate } = real;
    await under(undefined, () => assertThrows(() => loadSteps(),
      { code: 'webassembly-missing', message: /another browser/ }));
    await under({ Memory, compile: blocked }, () => assertThrows(() => loadSteps({ wasm: bytes }),
      { code: 'webassembly-blocked', message: /wasm-unsafe-eval/ }));
    await under({ Memory, Module, compile, instantiate, validate: () => false }, () => works());
  });

  test('loadAttention() refuses it, saying what it lacks', async () => {
    await assertThrows(() => loadAttention({ wasm: bytes }),
      { code: 'wasm-invalid', argument: 'wasm', message: /lacks attention_forward/ });
  });

  test('its AttentionError is that of the whole', () => assert.equal(AttentionError, Same));
});
