// loadAttention(): choosing a variant, every way to say where the binary is, and every way that can fail.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { loadAttention, VERSION } from '../../web/core/index.js';
import { assertThrows, tensor, variant } from './helpers.js';

const url = new URL(`../../web/core/attention.${variant}.wasm`, import.meta.url);
const other = variant === 'simd' ? 'relaxed' : 'simd';
const html = '<!doctype html><title>Not found</title>';

describe(`loadAttention (${variant})`, () => {
  let bytes;
  let server;
  let base;
  /** @type {Record<string, { type?: string, status?: number, body: Buffer | string }>} */
  let pages;

  before(async () => {
    bytes = await readFile(url);
    pages = {
      '/right.wasm': { type: 'application/wasm', body: bytes },
      '/charset.wasm': { type: 'application/wasm; charset=utf-8', body: bytes },
      '/type.wasm': { type: 'text/plain', body: bytes },
      '/html.wasm': { type: 'text/html', body: html },
      '/html-as-wasm.wasm': { type: 'application/wasm', body: `\n  ${html}` },
      '/short.wasm': { type: 'application/wasm', body: bytes.subarray(0, 2000) },
      '/empty.wasm': { body: '' },
      '/text.wasm': { body: 'hello' },
      '/lfs.wasm': { body: 'version https://git-lfs.github.com/spec/v1\noid sha256:0' },
      '/error.wasm': { status: 500, body: 'no' },
    };
    server = createServer((request, response) => {
      const missing = { status: 404, type: 'text/html', body: html };
      const { status = 200, type, body } = pages[request.url] ?? missing;
      response.writeHead(status, type ? { 'content-type': type } : {}).end(body);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => { server.once('listening', resolve); });
    base = `http://127.0.0.1:${server.address().port}`;
  });
  after(() => server.close());

  const works = async (options) => {
    const attention = await loadAttention(options);
    const one = tensor([1, 1, 1, 1], [3]);
    assert.equal(attention.scaledDotProductAttention(one, one, one).output.data[0], 3);
    attention.dispose();
    return attention;
  };

  test('the variant asked for, and no other', async () => {
    const attention = await works({ variant });
    assert.equal(attention.variant, variant);
    assert.equal(attention.threads, 1);
    assert.equal(attention.threadsUnavailable, undefined);
  });

  test('auto, the default, takes relaxed where there is relaxed', async () => {
    const source = fileURLToPath(new URL('../../web/core/attention.relaxed.wasm', import.meta.url));
    const best = WebAssembly.validate(await readFile(source)) ? 'relaxed' : 'simd';
    assert.equal((await works()).variant, best);
    assert.equal((await works({ variant: 'auto', wasm: undefined })).variant, best);
  });

  test('wasm: a URL, a path, bytes, a module, a response, a promise', async () => {
    const padded = new Uint8Array(bytes.length + 7);
    padded.set(bytes, 3);
    const shared = new SharedArrayBuffer(bytes.length);
    new Uint8Array(shared).set(bytes);
    const sources = {
      'file URL': url,
      'file URL as a string': url.href,
      'absolute path': fileURLToPath(url),
      'relative path': relative(process.cwd(), fileURLToPath(url)),
      'data URL': `data:application/wasm;base64,${bytes.toString('base64')}`,
      'http URL': `${base}/right.wasm`,
      'with a charset': `${base}/charset.wasm`,
      'of another type': new URL(`${base}/type.wasm`),
      Response: await fetch(`${base}/right.wasm`),
      'promise of a Response': fetch(`${base}/type.wasm`),
      Buffer: bytes,
      ArrayBuffer: Uint8Array.from(bytes).buffer,
      SharedArrayBuffer: shared,
      'part of a buffer': padded.subarray(3, 3 + bytes.length),
      DataView: new DataView(padded.buffer, 3, bytes.length),
      Module: await WebAssembly.compile(bytes),
    };
    for (const [name, wasm] of Object.entries(sources)) {
      const attention = await works({ wasm }).catch((error) => assert.fail(`${name}: ${error.stack}`));
      assert.equal(attention.variant, variant, name);
    }
  });

  test('one compiled module serves many instances', async () => {
    const wasm = await WebAssembly.compile(bytes);
    const [a, b] = await Promise.all([loadAttention({ wasm }), loadAttention({ wasm })]);
    a.tensor([10]);
    assert.equal(b.memoryUsage().used, 0);
  });

  test('what is served in place of the binary is named, with a remedy', async () => {
    const cases = {
      '/missing.wasm': ['wasm-not-found', /404.*Put the package's \.wasm files there.*'wasm'.*attention-wasm\/inline/],
      '/error.wasm': ['wasm-not-found', /500/],
      '/html.wasm': ['wasm-invalid', /HTML page.*Put the package's \.wasm files there.*attention-wasm\/inline/],
      '/html-as-wasm.wasm': ['wasm-invalid', /HTML page/],
      '/short.wasm': ['wasm-invalid', /cut off/],
      '/empty.wasm': ['wasm-invalid', /0 bytes/],
      '/text.wasm': ['wasm-invalid', /5 bytes that are no WebAssembly/],
      '/lfs.wasm': ['wasm-invalid', /bytes that are no WebAssembly: “version https:\/\/git-lfs/],
    };
    for (const [path, [code, message]] of Object.entries(cases)) {
      const call = () => loadAttention({ wasm: base + path });
      const error = await assertThrows(call, { code, argument: 'wasm', message });
      assert.ok(error.message.includes(path), error.message);
    }
    const response = await fetch(`${base}/missing.wasm`);
    await assertThrows(() => loadAttention({ wasm: response }), { code: 'wasm-not-found', message: /404/ });
    await assertThrows(() => loadAttention({ wasm: Response.error() }), { code: 'wasm-not-found', message: /HTTP status 0/ });
    const read = await fetch(`${base}/right.wasm`);
    await read.arrayBuffer();
    await assertThrows(() => loadAttention({ wasm: read }), { code: 'wasm-not-found', message: /already been read/ });
    const damaged = 'data:application/wasm;base64,%%%';
    await assertThrows(() => loadAttention({ wasm: damaged }), { code: 'wasm-not-found', message: /from base64/ });
  });

  test('a file that is not there, a server that is not there', async () => {
    const code = 'wasm-not-found';
    const mistyped = await assertThrows(() => loadAttention({ wasm: 'no/such.wasm' }),
      { code, message: /no\/such\.wasm: ENOENT.*Check the path, or pass the binary as 'wasm'/ });
    assert.doesNotMatch(mistyped.message, /serverExternalPackages/);
    await assertThrows(() => loadAttention({ wasm: 'http://127.0.0.1:9/x.wasm' }),
      { code, message: /Check the server.*connect-src.*CORS.*'wasm'.*attention-wasm\/inline/ });
  });

  test("the package's own binary, left behind by a bundler", async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'attention-wasm-alone-'));
    t.after(() => rm(folder, { recursive: true }));
    const filter = (/** @type {string} */ path) => !path.endsWith('.wasm');
    await cp(fileURLToPath(new URL('.', url)), folder, { recursive: true, filter });
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    const alone = await import(pathToFileURL(join(folder, 'index.js')).href);
    const expected = { code: 'wasm-not-found', message: /ENOENT.*serverExternalPackages.*attention-wasm\/inline/ };
    await assert.rejects(alone.loadAttention({ variant }), expected);
  });

  test('some other WebAssembly module', async () => {
    const refused = (content, message) => {
      const wasm = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...content);
      return assertThrows(() => loadAttention({ wasm }), { code: 'wasm-invalid', message });
    };
    await refused([], /some other/);
    // (import "a" "b" (func))
    await refused([1, 4, 1, 0x60, 0, 0, 2, 7, 1, 1, 0x61, 1, 0x62, 0, 0], /some other/);
    // (func (export "attention_interface") (result i32) i32.const 99)
    const name = Buffer.from('attention_interface');
    await refused([
      1, 5, 1, 0x60, 0, 1, 0x7f, 3, 2, 1, 0,
      7, name.length + 4, 1, name.length, ...name, 0, 0,
      10, 7, 1, 5, 0, 0x41, 0xe3, 0, 0x0b,
    ], /interface 99/);
  });

  test('a binary of the other variant than asked for', async () => {
    const wasm = new URL(`./attention.${other}.wasm`, url);
    const error = await assertThrows(() => loadAttention({ variant, wasm }), {});
    // Where the engine can't even compile it, that is said instead.
    assert.ok(['variant-unavailable', 'wasm-invalid'].includes(error.code), error.message);
  });

  test('options of the wrong kind', async () => {
    for (const options of [null, 5, 'simd']) {
      await assertThrows(() => loadAttention(options), { code: 'type', argument: 'options' });
    }
    await assertThrows(() => loadAttention({ url: 'x' }), { code: 'type', argument: 'url' });
    for (const wrong of ['fast', '', null, 1]) {
      await assertThrows(() => loadAttention({ variant: wrong }), { code: 'range', argument: 'variant' });
    }
    for (const wasm of [null, 5, {}, [], true, () => {}]) {
      await assertThrows(() => loadAttention({ wasm }), { code: 'type', argument: 'wasm' });
    }
    await assertThrows(() => loadAttention({ wasm: 'http://[' }), { code: 'type', argument: 'wasm' });
    for (const threads of [0, -1, 1.5, NaN, '2', null]) {
      await assertThrows(() => loadAttention({ threads }), { code: 'range', argument: 'threads' });
    }
  });

  test('WebAssembly that is missing, blocked, or without SIMD', async () => {
    const real = globalThis.WebAssembly;
    const under = async (fake, options, expected) => {
      globalThis.WebAssembly = fake;
      try {
        await assertThrows(() => loadAttention(options), expected);
      } finally {
        globalThis.WebAssembly = real;
      }
    };
    const wasm = bytes;
    const blocked = async () => { throw new real.CompileError('Refused to compile'); };
    const { Memory, validate, compile } = real;
    const blocking = { Memory, validate, compile: blocked };
    const old = { Memory, validate: () => false, compile };
    await under(undefined, { wasm }, { code: 'webassembly-missing', message: /another browser/ });
    await under(blocking, { wasm }, { code: 'webassembly-blocked', message: /wasm-unsafe-eval/ });
    await under(old, { wasm }, { code: 'variant-unavailable', message: /SIMD.*update/ });
    await under(old, { variant: 'relaxed' },
      { code: 'variant-unavailable', argument: 'variant', message: /relaxed SIMD.*'simd' or 'auto'/ });
  });

  test('importing has no side effect, and needs no WebAssembly', async () => {
    const script = `
      delete globalThis.WebAssembly;
      delete globalThis.fetch;
      const before = Object.getOwnPropertyNames(globalThis).length;
      const core = await import(${JSON.stringify(new URL('../../web/core/index.js', import.meta.url).href)});
      if (Object.getOwnPropertyNames(globalThis).length !== before) throw new Error('a global appeared');
      console.log(Object.keys(core).sort().join());`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    assert.equal(stdout.trim(), 'AttentionError,VERSION,loadAttention');
  });

  test('VERSION is the version of the package', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    assert.equal(VERSION, version);
  });
});
