// The package in every bundler: built for production in a fresh folder, and opened in Chromium under the strict
// policy. It is the same page each time, that of page/: the core, the core inlined, the steps, the transformer, two
// threads, and a worker of the page's own.

import assert from 'node:assert/strict';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build as viteBuild, createServer, version as viteVersion } from 'vite';
import { copyBinaries, ISOLATION, NUMBERS, project, resultsAt, resultsOf, run, tool, versionOf } from './stack.js';

/** What page/ comes to; the tutorial's is the score of "animal". */
const EXPECTED = {
  ...NUMBERS, worker: NUMBERS.core, 'worker-transformer': NUMBERS.transformer, tutorial: '2.80',
};

/**
 * @param {import('node:test').TestContext} t
 * @param {string} folder
 */
async function comesToTheNumbers(t, folder) {
  const { results, problems } = await resultsOf(t, join(folder, 'dist'));
  assert.deepEqual(results, EXPECTED);
  assert.deepEqual(problems, []);
}

test('Vite', async (t) => {
  const folder = await project('vite', ['page']);
  t.diagnostic(`Vite ${viteVersion}`);
  await viteBuild({ root: folder, configFile: false, logLevel: 'warn' });
  await comesToTheNumbers(t, folder);
});

test('Vite, its development server', async (t) => {
  const folder = await project('vite-dev', ['page']);
  const server = await createServer({
    root: folder, configFile: false, logLevel: 'warn', server: { host: '127.0.0.1', port: 0, headers: ISOLATION },
  });
  await server.listen();
  t.after(() => server.close());
  const [address] = server.resolvedUrls?.local ?? [];
  assert.deepEqual((await resultsAt(t, address)).results, EXPECTED);
});

test('webpack', async (t) => {
  const folder = await project('webpack', ['page']);
  t.diagnostic(`webpack ${await versionOf('webpack')}`);
  const webpack = tool('webpack');
  const stats = await new Promise((resolve, reject) => {
    webpack({ mode: 'production', context: folder, entry: './main.js', output: { path: join(folder, 'dist') } },
      (/** @type {Error} */ error, /** @type {any} */ result) => (error ? reject(error) : resolve(result)));
  });
  assert.ok(!stats.hasErrors() && !stats.hasWarnings(), stats.toString());
  await cp(join(folder, 'index.html'), join(folder, 'dist/index.html'));
  await comesToTheNumbers(t, folder);
});

// It reads `exports` where it is told to, and else knows `main` alone.
const READ_EXPORTS = { '@parcel/resolver-default': { packageExports: true } };

/** @param {string} folder */
const parcel = (folder) => run(process.execPath, [tool.resolve('parcel/lib/bin.js'), 'build', 'index.html',
  '--no-source-maps', '--cache-dir', join(folder, '.cache')], { cwd: folder });

test('Parcel, told to read exports', async (t) => {
  const folder = await project('parcel', ['page'], READ_EXPORTS);
  t.diagnostic(`Parcel ${await versionOf('parcel')}`);
  await parcel(folder);
  await comesToTheNumbers(t, folder);
});

test('Parcel as it comes: the core', async (t) => {
  const folder = await project('parcel-main', ['page']);
  await writeFile(join(folder, 'main.js'), `import { loadAttention } from 'attention-wasm';
    import { six } from './six.js';
    document.body.dataset.results = JSON.stringify({ core: await loadAttention().then(six) });`);
  await parcel(folder);
  const { results } = await resultsOf(t, join(folder, 'dist'));
  assert.deepEqual(results, { core: '6.0000' });
});

// The next two leave `new URL('…', import.meta.url)` as it stands: a file beside the bundle. So that is where the
// documentation says to copy the files.

test('Rollup, the binaries copied beside the bundle', async (t) => {
  const folder = await project('rollup', ['page']);
  const { rollup, VERSION } = tool('rollup');
  t.diagnostic(`Rollup ${VERSION}`);
  const { nodeResolve } = tool('@rollup/plugin-node-resolve');
  const input = ['main.js', 'work.js'].map((name) => join(folder, name));
  const bundle = await rollup({ input, plugins: [nodeResolve({ browser: true })] });
  await bundle.write({ dir: join(folder, 'dist') });
  await bundle.close();
  await copyBinaries(folder);
  await comesToTheNumbers(t, folder);
});

test('esbuild, the binaries copied beside the bundle', async (t) => {
  const folder = await project('esbuild', ['page']);
  const { build, version } = tool('esbuild');
  t.diagnostic(`esbuild ${version}`);
  const { warnings } = await build({
    absWorkingDir: folder, entryPoints: ['main.js', 'work.js'], bundle: true, splitting: true, minify: true,
    format: 'esm', outdir: 'dist', logLevel: 'silent',
  });
  assert.deepEqual(warnings, []);
  await copyBinaries(folder);
  await comesToTheNumbers(t, folder);
});

// A classic script has no import.meta.url.
test('esbuild, one classic script: inlined, or handed in by its address; from the disk, inlined', async (t) => {
  const folder = await project('classic', ['page', 'classic']);
  await tool('esbuild').build({
    absWorkingDir: folder, entryPoints: ['main.js'], bundle: true, minify: true, format: 'iife', outdir: 'dist',
    loader: { '.wasm': 'file' }, logLevel: 'silent',
  });
  await cp(join(folder, 'index.html'), join(folder, 'dist/index.html'));
  const refused = /^AttentionError: .*where this script is.*pass the binary as 'wasm'; attention-wasm\/inline/;
  const { neither, ...rest } = (await resultsOf(t, join(folder, 'dist'))).results;
  assert.deepEqual(rest, { inline: '6.0000', handedIn: '6.0000' });
  assert.match(neither, refused);

  const fromDisk = (await resultsAt(t, pathToFileURL(join(folder, 'dist/index.html')).href)).results;
  assert.equal(fromDisk.inline, '6.0000');
  assert.match(fromDisk.handedIn, /^AttentionError: .*Serve the page over http, .*attention-wasm\/inline/);
  assert.match(fromDisk.neither, refused);
});

test('the core with one binary is at most 35 kB gzipped, and what is not used stays out', async (t) => {
  const folder = await project('size', []);
  const bundled = async (/** @type {string} */ contents) => (await tool('esbuild').build({
    absWorkingDir: folder, stdin: { contents, resolveDir: folder }, bundle: true, splitting: true, minify: true,
    format: 'esm', outdir: 'dist', write: false, metafile: true, logLevel: 'silent',
  }));
  const { outputFiles } = await bundled("export { loadAttention } from 'attention-wasm';");
  // Threads are a chunk that is loaded where they are asked for.
  const zipped = (/** @type {Uint8Array} */ bytes) => gzipSync(bytes, { level: 9 }).length;
  const entry = outputFiles.filter(({ path }) => !path.includes('threads')).map(({ contents }) => zipped(contents));
  for (const variant of ['simd', 'relaxed']) {
    const binary = await readFile(join(folder, `node_modules/attention-wasm/web/core/attention.${variant}.wasm`));
    const total = entry.reduce((a, b) => a + b) + zipped(binary);
    t.diagnostic(`${variant}: ${total} bytes`);
    assert.ok(total <= 35_000, `${variant}: ${total} bytes`);
  }
  const unused = await bundled(['', '/inline', '/steps', '/transformer', '/tutorial']
    .map((name) => `import 'attention-wasm${name}';`).join(''));
  // What would be loaded on request may lie there as chunks, which nothing loads.
  assert.equal(unused.outputFiles.find((/** @type {any} */ { path }) => path.endsWith('stdin.js')).text, '');
});
