// Threads: the same bits for any number of them, where they can be had and where not, and that they end.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import workerThreads from 'node:worker_threads';
import { loadAttention } from '../../web/core/index.js';
import { loadAttention as loadInline } from '../../web/inline/index.js';
import { assertSame, assertThrows, generator, randomTensor, tensor, variant } from './helpers.js';

const core = new URL('../../web/core/', import.meta.url);
const random = generator(7);
const load = (threads, options) => loadAttention({ variant, threads, ...options });

/** All workers made from here on, and what has become of them. */
const RealWorker = workerThreads.Worker;
const workers = [];
class WatchedWorker extends RealWorker {
  constructor(...options) {
    super(...options);
    workers.push(this);
    this.ended = once(this, 'exit');
  }
}
workerThreads.Worker = WatchedWorker;

/** [B, H, G, M, N, D, E], options */
const PROBLEMS = [
  [[1, 1, 1, 1, 1, 1, 1], {}],
  [[1, 1, 1, 300, 300, 64, 64], {}],
  [[1, 4, 4, 200, 200, 64, 64], { causal: true }],
  [[2, 6, 2, 131, 257, 40, 24], { causal: 'lower-right', softcap: 5 }],
  [[3, 3, 1, 73, 65, 17, 9], { window: [20, 3], weights: 'softmax' }],
  [[1, 8, 8, 512, 512, 32, 32], { alibiSlopes: Float32Array.from({ length: 8 }, (_, h) => 2 ** -h) }],
  [[2, 2, 2, 100, 400, 16, 16], { keyLengths: Int32Array.of(400, 13), sinks: Float32Array.of(1, -2) }],
  [[1, 2, 2, 1, 3000, 64, 64], {}],
  [[1, 2, 2, 0, 10, 8, 8], {}],
  [[1, 2, 2, 10, 0, 8, 8], {}],
  [[0, 2, 2, 10, 10, 8, 8], {}],
];

const operands = ([B, H, G, M, N, D, E]) => [
  randomTensor([B, H, M, D], random, 2), randomTensor([B, G, N, D], random, 2), randomTensor([B, G, N, E], random, 2),
];

/** Calls that take long enough for workers to be woken up, whatever else the machine does. */
const LARGE = [1, 8, 8, 512, 512, 64, 64];

describe(`the same bits for any number of threads (${variant})`, () => {
  /** @type {Awaited<ReturnType<typeof loadAttention>>[]} */
  let instances;
  before(async () => {
    instances = await Promise.all([1, 2, 3].map((threads) => load(threads)));
    assert.deepEqual(instances.map(({ threads }) => threads), [1, 2, 3]);
    assert.deepEqual(instances.map(({ threadsUnavailable }) => threadsUnavailable), [undefined, undefined, undefined]);
  });
  after(() => instances.forEach((attention) => attention.dispose()));

  const compare = (call, what) => {
    const [expected, ...others] = instances.map(call);
    others.forEach((actual, index) => {
      assert.deepEqual(Object.keys(actual), Object.keys(expected));
      for (const name of Object.keys(expected)) assertSame(actual[name], expected[name], `${what}, ${index + 2} threads: ${name}`);
    });
    return expected;
  };

  test('scaledDotProductAttention()', () => {
    for (const [sizes, options] of PROBLEMS) {
      const inputs = operands(sizes);
      for (let round = 0; round < 5; round++) {
        compare((attention) => attention.scaledDotProductAttention(...inputs, options), `[${sizes}]`);
      }
    }
  });

  test('scaledDotProductAttentionBackward()', () => {
    for (const [sizes, { weights, ...options }] of PROBLEMS) {
      const [B, H, , M, N, , E] = sizes;
      const inputs = operands(sizes);
      const mask = randomTensor([H, M, N], random);
      const gradOutput = randomTensor([B, H, M, E], random);
      const forward = instances[0].scaledDotProductAttention(...inputs, { ...options, mask });
      for (let round = 0; round < 3; round++) {
        compare((attention) => attention.scaledDotProductAttentionBackward(gradOutput, ...inputs,
          { ...options, mask, ...forward }), `[${sizes}]`);
      }
    }
  });

  test('decode()', () => {
    for (const type of ['float32', 'float16', 'int8']) {
      for (const [sizes, { weights, ...options }] of PROBLEMS) {
        const [B, , G, , N, D, E] = sizes;
        const [query, key, value] = operands(sizes);
        const caches = instances.map((attention) => {
          const cache = attention.createKeyValueCache({ batch: B, heads: G, headDim: D, valueDim: E, capacity: N, type });
          cache.append(key, value);
          return cache;
        });
        for (let round = 0; round < 3; round++) {
          compare((attention) => attention.decode(query, caches[instances.indexOf(attention)], options), `${type} [${sizes}]`);
        }
        caches.forEach((cache) => cache.dispose());
      }
    }
  });

  // Workers that come late wait for the end of the first phase, and sleep meanwhile. Node 20 lost their item there.
  test('decode() into memory that holds nothing of an earlier call, after pauses', () => {
    const [query, key, value] = operands([1, 2, 2, 1, 3000, 64, 64]);
    const expected = instances[0].scaledDotProductAttention(query, key, value).output;
    for (const attention of instances) {
      const cache = attention.createKeyValueCache({ batch: 1, heads: 2, headDim: 64, valueDim: 64, capacity: 3000 });
      const out = attention.tensor(expected.dims);
      cache.append(key, value);
      for (let round = 0; round < 400; round++) {
        out.data.fill(NaN);
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1); // ms
        attention.decode(query, cache, { out });
        assertSame(out, expected, `${attention.threads} threads, round ${round}`);
      }
      cache.dispose();
      out.dispose();
    }
  });

  test('calls that follow each other closely, and calls with pauses between', async () => {
    const inputs = operands([1, 3, 3, 150, 150, 32, 32]);
    const [one, ...others] = instances;
    const { output } = one.scaledDotProductAttention(...inputs);
    for (let round = 0; round < 300; round++) {
      if (round % 100 === 0) await new Promise((resolve) => { setTimeout(resolve, round / 10); });
      for (const attention of others) assertSame(attention.scaledDotProductAttention(...inputs).output, output, `${round}`);
    }
  });
});

describe(`an instance with threads (${variant})`, () => {
  afterEach(() => { workers.length = 0; });

  test('its results lie in ordinary memory, its tensors in shared memory', async () => {
    const attention = await load(2);
    const [query, key, value] = operands([1, 2, 2, 10, 10, 8, 8]);
    const inside = attention.tensor(query.dims);
    inside.data.set(query.data);
    assert.ok(inside.data.buffer instanceof SharedArrayBuffer);
    const results = attention.scaledDotProductAttention(inside, key, value, { weights: 'softmax' });
    for (const { data } of Object.values(results)) assert.ok(data.buffer instanceof ArrayBuffer);
    const { output } = attention.scaledDotProductAttention(inside, key, value, { out: inside });
    assert.equal(output, inside);
    assertSame(output, results.output, 'out');
    attention.dispose();
  });

  test('a view kept through growth is still known, and still the tensor', async () => {
    const attention = await load(2);
    const [query, key, value] = operands([1, 1, 1, 5, 5, 8, 8]);
    const inside = attention.tensor(query.dims);
    const old = { data: inside.data, dims: query.dims };
    attention.tensor([2 ** 22]).dispose();
    attention.tensor([2 ** 23]).dispose();
    assert.notEqual(inside.data.buffer, old.data.buffer);
    old.data.set(query.data);
    assertSame(inside, query, 'written through the older view');
    const { output } = attention.scaledDotProductAttention(query, key, value);
    assertSame(attention.scaledDotProductAttention(old, key, value).output, output, 'read');
    attention.scaledDotProductAttention(query, key, value, { out: old });
    assertSame(inside, output, 'written');
    inside.dispose();
    await assertThrows(() => attention.scaledDotProductAttention(old, key, value), { code: 'disposed', argument: 'query' });
    attention.dispose();
  });

  test('out of memory: an error, and it goes on', async () => {
    const attention = await load(2);
    const inputs = operands(LARGE);
    const { output } = attention.scaledDotProductAttention(...inputs);
    await assertThrows(() => attention.tensor([2 ** 30]), { code: 'out-of-memory' });
    const wide = tensor([1, 1, 2 ** 20, 0], []);
    await assertThrows(() => attention.scaledDotProductAttention(wide, wide, wide, { weights: 'softmax' }),
      { code: 'out-of-memory' });
    assert.equal(attention.memoryUsage().used, 0);
    assertSame(attention.scaledDotProductAttention(...inputs).output, output, 'afterwards');
    assert.equal(attention.threads, 2);
    attention.dispose();
  });

  test('without room for shared memory of 4 GB it takes less', async () => {
    const { Memory } = WebAssembly;
    const asked = [];
    WebAssembly.Memory = function Small(descriptor) {
      asked.push(descriptor.maximum);
      if (descriptor.maximum > 1024) throw new RangeError('could not allocate memory');
      return new Memory(descriptor);
    };
    try {
      const attention = await load(2);
      assert.equal(attention.threads, 2);
      assert.deepEqual(asked, [65536, 32768, 16384, 8192, 4096, 2048, 1024]);
      await assertThrows(() => attention.tensor([2 ** 24]), { code: 'out-of-memory' });
      attention.tensor([15 * 2 ** 20]).dispose();
      attention.dispose();
    } finally {
      WebAssembly.Memory = Memory;
    }
  });

  test('a worker that ends leaves it with one thread', async () => {
    const attention = await load(3);
    const inputs = operands(LARGE);
    const { output } = attention.scaledDotProductAttention(...inputs);
    await workers[1].terminate();
    await Promise.all(workers.map(({ ended }) => ended));
    assert.equal(attention.threads, 1);
    assert.match(attention.threadsUnavailable, /A worker ended: it exited with code 1/);
    assertSame(attention.scaledDotProductAttention(...inputs).output, output, 'afterwards');
    attention.dispose();
  });

  test('dispose() ends its workers', async () => {
    const attention = await load(4);
    assert.equal(workers.length, 3);
    attention.dispose();
    attention.dispose();
    await Promise.all(workers.map(({ ended }) => ended));
    assert.equal(attention.threads, 4, 'how many it had');
  });

  test('200 instances one after the other leave nothing', async () => {
    const [query, key, value] = operands([1, 2, 2, 80, 80, 16, 16]);
    for (let round = 0; round < 200; round++) {
      const attention = await load(2);
      assert.equal(attention.threads, 2, attention.threadsUnavailable);
      attention.scaledDotProductAttention(query, key, value);
      attention.dispose();
    }
    assert.equal(workers.length, 200);
    await Promise.all(workers.map(({ ended }) => ended));
  });

  test('an instance that nobody refers to is collected, and its workers end', async () => {
    const script = `
      import { loadAttention } from ${JSON.stringify(new URL('index.js', core).href)};
      import workerThreads from 'node:worker_threads';
      let ended;
      const { Worker } = workerThreads;
      workerThreads.Worker = class extends Worker {
        constructor(...options) {
          super(...options);
          ended = new Promise((resolve) => this.on('exit', resolve));
        }
      };
      await (async () => { await loadAttention({ threads: 2 }); })();
      const collecting = setInterval(() => gc(), 20);
      await ended;
      clearInterval(collecting);
      console.log('ended');`;
    assert.equal((await node(['--expose-gc', '--input-type=module', '-e', script])).stdout.trim(), 'ended');
  });

  test('Node exits by itself, or when told to, or when something is thrown', async () => {
    const start = `
      import { loadAttention } from ${JSON.stringify(new URL('index.js', core).href)};
      const attention = await loadAttention({ threads: 3 });
      const data = new Float32Array(200 * 64);
      const one = { data, dims: [1, 1, 200, 64] };
      attention.scaledDotProductAttention(one, one, one);
      console.log(attention.threads);`;
    for (const [end, code] of [['', 0], ['process.exit(3)', 3], ['throw new Error("on purpose")', 1], ['attention.dispose()', 0]]) {
      const { stdout, code: actual } = await node(['--input-type=module', '-e', `${start}${end}`]);
      assert.equal(stdout.trim(), '3');
      assert.equal(actual, code, end);
    }
  });

  test('works inside a worker', async () => {
    const script = `
      import { parentPort } from 'node:worker_threads';
      import { loadAttention } from ${JSON.stringify(new URL('index.js', core).href)};
      const attention = await loadAttention({ threads: 2 });
      parentPort.postMessage(attention.threads);
      attention.dispose();`;
    const worker = new RealWorker(new URL(`data:text/javascript,${encodeURIComponent(script)}`));
    const [[message], [code]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
    assert.equal(message, 2);
    assert.equal(code, 0);
  });
});

/** Runs Node, which has to end within 20 s. */
async function node(args) {
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
  try {
    return { code: 0, ...await promisify(execFile)(process.execPath, args, { timeout: 20_000, env }) };
  } catch (error) {
    assert.equal(error.signal, null, `ended by ${error.signal}: ${error.stderr}`);
    return error;
  }
}

describe(`how many threads, and why not more (${variant})`, () => {
  const binary = (name) => new URL(`attention.${variant}${name}.wasm`, core);

  /** It works, with as many threads, and says why. */
  const has = async (attention, threads, why) => {
    const [query, key, value] = operands([1, 2, 2, 150, 150, 16, 16]);
    const plain = await load(1);
    const expected = plain.scaledDotProductAttention(query, key, value).output;
    assertSame(attention.scaledDotProductAttention(query, key, value).output, expected, 'output');
    assert.equal(attention.threads, threads, attention.threadsUnavailable);
    assert.equal(attention.variant, variant);
    if (why) assert.match(attention.threadsUnavailable, why);
    else assert.equal(attention.threadsUnavailable, undefined);
    attention.dispose();
    plain.dispose();
  };

  /** Runs with a global replaced. */
  const under = async (name, value, call) => {
    const had = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    try {
      return await call();
    } finally {
      if (had) Object.defineProperty(globalThis, name, had);
      else delete globalThis[name];
    }
  };

  test('numbers', async () => {
    await has(await load(undefined), 1);
    await has(await load(1), 1);
    await has(await load(2), 2);
    await has(await load(5), 5);
  });

  test('64 at most', async () => {
    let made = 0;
    // Workers that report and never come: nobody waits for who hasn't joined.
    workerThreads.Worker = class extends EventEmitter {
      postMessage() { queueMicrotask(() => this.emit('message', 'ready')); }
      unref() { made++; }
      terminate() {}
    };
    try {
      await has(await load(65), 64, /64 threads are the most/);
      assert.equal(made, 63);
    } finally {
      workerThreads.Worker = WatchedWorker;
    }
  });

  test("'auto': as many as there are processors, up to 8", async () => {
    const os = process.getBuiltinModule('node:os');
    const { availableParallelism } = os;
    try {
      for (const [processors, threads] of [[1, 1], [3, 3], [8, 8], [64, 8]]) {
        os.availableParallelism = () => processors;
        await has(await load('auto'), threads);
      }
    } finally {
      os.availableParallelism = availableParallelism;
    }
  });

  test('anything else is refused', async () => {
    for (const threads of [0, -1, 1.5, NaN, Infinity, '2', 'all', null, true, [2], 2n]) {
      await assertThrows(() => load(threads), { code: 'range', argument: 'threads', message: /or 'auto'/ });
    }
  });

  test('pages that are not isolated, engines without shared memory', async () => {
    for (const threads of [2, 'auto', 100]) {
      await has(await under('crossOriginIsolated', false, () => load(threads)), 1,
        /not cross-origin isolated.*Opener-Policy: same-origin.*Embedder-Policy: require-corp/);
      await has(await under('SharedArrayBuffer', undefined, () => load(threads)), 1, /no shared memory/);
    }
    await has(await under('crossOriginIsolated', true, () => load(2)), 2);
  });

  test('the binary that attention-wasm/inline carries', async () => {
    await has(await loadInline({ variant, threads: 2 }), 1,
      /give attention\.\w+\.threads\.wasm as 'wasm'\. attention-wasm\/inline carries none/);
    await has(await loadInline({ variant, threads: 2, wasm: binary('.threads') }), 2);
  });

  test('a binary of the other kind than asked for', async () => {
    await has(await load(2, { wasm: binary('') }), 1, /has no threads: give attention\.\w+\.threads\.wasm/);
    await has(await load(2, { wasm: binary('.threads') }), 2);
    await has(await load(1, { wasm: binary('.threads') }), 1);
    await has(await under('crossOriginIsolated', false, () => load(2, { wasm: binary('.threads') })), 1, /isolated/);
    const module = await WebAssembly.compile(await readFile(binary('.threads')));
    const both = await Promise.all([load(2, { wasm: module }), load(3, { wasm: module })]);
    await has(both[0], 2);
    await has(both[1], 3);
  });

  test('what is wrong with the binary is said as ever', async () => {
    await assertThrows(() => load(2, { wasm: 'no/such.wasm' }), { code: 'wasm-not-found', argument: 'wasm' });
    await assertThrows(() => load(2, { wasm: new Uint8Array(10) }), { code: 'wasm-invalid', argument: 'wasm' });
    const other = new URL(`attention.${variant === 'simd' ? 'relaxed' : 'simd'}.threads.wasm`, core);
    const error = await assertThrows(() => load(2, { wasm: other }), { argument: 'wasm' });
    assert.ok(['variant-unavailable', 'wasm-invalid'].includes(error.code), error.message);
  });

  describe('workers that do not start', () => {
    afterEach(() => { workerThreads.Worker = WatchedWorker; });

    const instead = (Worker) => { workerThreads.Worker = Worker; };
    const rest = /A worker could not start: .*worker\.js.*worker-src 'self'.*Cross-Origin-Embedder-Policy/;

    test('refused', async () => {
      instead(class { constructor() { throw new Error('the operation is insecure'); } });
      const attention = await load(2);
      assert.match(attention.threadsUnavailable, rest);
      await has(attention, 1, /insecure/);
    });

    test('a script that is missing, throws, or ends', async () => {
      for (const [script, why] of [['throw new Error("on purpose")', /on purpose/], ['process.exit(5)', /exited with code 5/]]) {
        instead(class extends RealWorker { constructor() { super(script, { eval: true }); } });
        await has(await load(2), 1, why);
      }
      instead(class extends RealWorker { constructor() { super(fileURLToPath(new URL('missing.js', core))); } });
      await has(await load(2), 1, /Cannot find module/);
    });

    test('one of several: the others are ended', async () => {
      let made = 0;
      const ended = [];
      instead(class extends RealWorker {
        constructor(url, options) {
          made++;
          if (made === 2) super('process.exit(0)', { eval: true });
          else super(url, options);
          ended.push(once(this, 'exit'));
        }
      });
      await has(await load(4), 1, /exited with code 0/);
      await Promise.all(ended);
    });

    test('one that never reports', async (t) => {
      instead(class extends RealWorker { constructor() { super('setInterval(() => {}, 1000)', { eval: true }); } });
      t.mock.timers.enable({ apis: ['setTimeout'] });
      const loading = load(2);
      const ticking = setInterval(() => t.mock.timers.tick(1000), 5);
      const attention = await loading;
      clearInterval(ticking);
      t.mock.timers.reset();
      await has(attention, 1, /did not report within \d+ s/);
    });
  });
});
