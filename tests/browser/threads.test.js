// Threads in Chromium: in a page that is cross-origin isolated and in one that isn't, under a strict policy, and in
// a worker of the page's own.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { launch, serveSources } from './harness.js';

const STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";

/** A worker of a page's own, that loads the core for itself. */
const INNER = `
  import { loadAttention } from '/web/core/index.js';
  const attention = await loadAttention({ threads: 3 });
  const one = { data: new Float32Array(200 * 64).fill(1), dims: [1, 1, 200, 64] };
  const { output } = attention.scaledDotProductAttention(one, one, one);
  postMessage({ threads: attention.threads, why: attention.threadsUnavailable, sum: output.data.reduce((a, b) => a + b) });
  attention.dispose();
  close();`;

/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof serveSources>>[]} */ let servers = [];

before(async () => { browser = await launch(); });
after(() => browser.close());
afterEach(() => servers.splice(0).forEach((server) => server.close()));

/**
 * A page of the sources' origin, and what its console says.
 * @param {{ isolated?: boolean, policy?: string }} options
 * @param {Record<string, string | Uint8Array>} [extra] what the server has besides, by path
 */
async function openPage(options, path = 'web/core/index.js', extra = {}) {
  const server = await serveSources({ '/inner.js': INNER, ...extra }, options);
  servers.push(server);
  const page = await (await browser.newContext()).newPage();
  /** @type {string[]} */
  const requested = [];
  page.on('request', (request) => requested.push(new URL(request.url()).pathname));
  await page.goto(server.url + path);
  return { page, requested };
}

/**
 * Runs in the page: loads an instance with one thread and one as told, compares them bit by bit, disposes of both.
 * @param {{ variant?: string, threads: number | 'auto', wasm?: string }} options
 */
async function compare(options) {
  const { loadAttention } = await import(/* @vite-ignore */ `${location.origin}/web/core/index.js`);
  const { variant } = options;
  const [one, several] = [await loadAttention({ variant }), await loadAttention(options)];
  let seed = 99;
  const random = () => { // Park and Miller's generator
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647 - 0.5;
  };
  const tensor = (/** @type {number[]} */ ...dims) =>
    ({ data: Float32Array.from({ length: dims.reduce((a, b) => a * b) }, random), dims });
  let cases = 0;
  const different = [];
  const problems = [[1, 1, 1, 1, 1, 1], [1, 8, 300, 300, 64, 64], [2, 3, 131, 257, 40, 24], [1, 1, 1, 2000, 64, 64]];
  const compareResults = (/** @type {string} */ what, /** @type {(attention: any) => any} */ call) => {
    const [expected, actual] = [one, several].map(call);
    for (const name of Object.keys(expected)) {
      const [a, b] = [expected, actual].map((each) => new Uint32Array(each[name].data.buffer));
      if (a.some((bits, index) => bits !== b[index])) different.push(`${what}: ${name}`);
      if (!(actual[name].data.buffer instanceof ArrayBuffer)) different.push(`${what}: ${name} is shared`);
    }
    cases++;
    return expected;
  };
  for (const [B, H, M, N, D, E] of problems) {
    const operands = [tensor(B, H, M, D), tensor(B, H, N, D), tensor(B, H, N, E)];
    const gradOutput = tensor(B, H, M, E);
    const caches = new Map([one, several].map((each) => {
      const cache = each.createKeyValueCache({ batch: B, heads: H, headDim: D, valueDim: E, capacity: N });
      cache.append(operands[1], operands[2]);
      return [each, cache];
    }));
    for (const causal of [false, 'upper-left', 'lower-right']) {
      for (let round = 0; round < 3; round++) {
        const what = `${[B, H, M, N, D, E]} ${causal}`;
        const forward = compareResults(what, (each) => each.scaledDotProductAttention(...operands, { causal }));
        compareResults(`backward ${what}`, (each) =>
          each.scaledDotProductAttentionBackward(gradOutput, ...operands, { causal, ...forward }));
        compareResults(`decode ${what}`, (each) => each.decode(operands[0], caches.get(each), { causal }));
      }
    }
  }
  const { threads, threadsUnavailable } = several;
  several.variant === one.variant || different.push('variant');
  one.dispose();
  several.dispose();
  return { threads, why: threadsUnavailable, variant: several.variant, cases, different };
}

/** @param {import('playwright-core').Page} page */
async function workersEnd(page) {
  for (let waited = 0; page.workers().length > 0; waited += 50) {
    assert.ok(waited < 10_000, 'workers still run');
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}

for (const variant of ['simd', 'relaxed']) {
  test(`${variant}, isolated, under a strict policy: the same bits over 1, 2 and 3 threads, and workers end`, async () => {
    const { page, requested } = await openPage({ isolated: true, policy: STRICT });
    assert.equal(await page.evaluate(() => crossOriginIsolated), true);
    for (const threads of [1, 2, 3]) {
      const result = await page.evaluate(compare, { variant, threads });
      assert.deepEqual(result, { threads, why: undefined, variant, cases: 108, different: [] });
      await workersEnd(page);
    }
    assert.ok(requested.includes(`/web/core/attention.${variant}.threads.wasm`));
  });
}

test('workers live as long as the instance', async () => {
  const { page } = await openPage({ isolated: true });
  const load = () => page.evaluate(async () => {
    const { loadAttention } = await import(/* @vite-ignore */ `${location.origin}/web/core/index.js`);
    Object.assign(globalThis, { attention: await loadAttention({ threads: 4 }) });
  });
  await load();
  assert.equal(page.workers().length, 3);
  await page.evaluate(() => /** @type {any} */ (globalThis).attention.dispose());
  await workersEnd(page);
  // Nor does leaving the page leave any.
  await load();
  await page.goto('about:blank');
  await workersEnd(page);
});

test('50 instances one after the other', async () => {
  const { page } = await openPage({ isolated: true });
  const threads = await page.evaluate(async () => {
    const { loadAttention } = await import(/* @vite-ignore */ `${location.origin}/web/core/index.js`);
    const one = { data: new Float32Array(100 * 64), dims: [1, 1, 100, 64] };
    const had = new Set();
    for (let round = 0; round < 50; round++) {
      const attention = await loadAttention({ threads: 2 });
      attention.scaledDotProductAttention(one, one, one);
      had.add(attention.threadsUnavailable ?? attention.threads);
      attention.dispose();
    }
    return [...had];
  });
  assert.deepEqual(threads, [2]);
  await workersEnd(page);
});

test('auto: as many as there are processors, up to 8', async () => {
  const { page } = await openPage({ isolated: true });
  const processors = await page.evaluate(() => navigator.hardwareConcurrency);
  const result = await page.evaluate(compare, { threads: 'auto' });
  assert.equal(result.threads, Math.min(processors, 8));
  assert.equal(result.why, undefined);
});

test('a page that is not isolated: one thread, the plain binary, and why', async () => {
  const { page, requested } = await openPage({});
  for (const threads of [2, 'auto']) {
    const result = await page.evaluate(compare, /** @type {any} */ ({ variant: 'simd', threads }));
    assert.equal(result.threads, 1);
    assert.match(result.why, /not cross-origin isolated.*Cross-Origin-Opener-Policy.*Cross-Origin-Embedder-Policy/);
    assert.deepEqual(result.different, []);
  }
  assert.ok(!requested.some((path) => path.includes('.threads.wasm')));
  assert.equal(page.workers().length, 0);
});

test('the binary for threads in a page that is not isolated: one thread', async () => {
  const { page } = await openPage({});
  for (const threads of [1, 2]) {
    const result = await page.evaluate(compare, { variant: 'simd', threads, wasm: '/web/core/attention.simd.threads.wasm' });
    assert.equal(result.threads, 1);
    assert.deepEqual(result.different, []);
  }
});

test('a policy that forbids workers: one thread, and why', async () => {
  const { page } = await openPage({ isolated: true, policy: STRICT.replace("worker-src 'self'", "worker-src 'none'") });
  const result = await page.evaluate(compare, { threads: 2 });
  assert.equal(result.threads, 1);
  assert.match(result.why, /A worker could not start.*worker-src 'self'/);
  assert.deepEqual(result.different, []);
});

test("in a worker of the page's own", async () => {
  const { page } = await openPage({ isolated: true });
  const result = await page.evaluate(() => new Promise((resolve, reject) => {
    const worker = new Worker('/inner.js', { type: 'module' });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  }));
  assert.deepEqual(result, { threads: 3, why: undefined, sum: 200 * 64 });
});

test('in a page that a bundler made', async () => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const entry = '\0page.js';
  const { output } = /** @type {import('vite').Rolldown.RolldownOutput} */ (await build({
    root, configFile: false, base: './', logLevel: 'error',
    plugins: [{
      name: 'page',
      resolveId: (/** @type {string} */ id) => (id === 'page.js' ? entry : null),
      load: (/** @type {string} */ id) => (id === entry
        ? `export { loadAttention } from ${JSON.stringify(`${root}web/core/index.js`)};` : null),
    }],
    build: {
      write: false, target: 'es2023', assetsInlineLimit: 0,
      rolldownOptions: { input: 'page.js', preserveEntrySignatures: 'strict', output: { entryFileNames: 'index.js' } },
    },
  }));
  // compare() looks for the core where the sources have it.
  const files = Object.fromEntries(output.map((file) =>
    [`/web/core/${file.fileName}`, file.type === 'chunk' ? file.code : file.source]));
  const { page, requested } = await openPage({ isolated: true, policy: STRICT }, undefined, files);
  const result = await page.evaluate(compare, { variant: 'simd', threads: 2 });
  assert.deepEqual(result, { threads: 2, why: undefined, variant: 'simd', cases: 108, different: [] });
  assert.ok(!requested.includes('/web/core/load.js'), 'the sources are not used');
});

test('who asks for one thread loads nothing of threads', async () => {
  const { page, requested } = await openPage({ isolated: true });
  assert.equal((await page.evaluate(compare, { threads: 1 })).threads, 1);
  assert.ok(!requested.some((path) => /threads|worker/.test(path)), requested.join());
});
