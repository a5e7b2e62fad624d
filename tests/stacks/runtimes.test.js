// The package in what runs JavaScript outside a browser, from its tarball, to numbers that are known.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { binary, NUMBERS, project, root, run, tool } from './stack.js';

const NODES = { 'the running Node': process.execPath, 'the newest Node': join(root, 'build/newer-node/node') };

for (const [name, node] of Object.entries(NODES)) {
  test(`${name}: import and require`, async (t) => {
    const folder = await project('node', ['page', 'runtimes']);
    t.diagnostic(`Node ${(await run(node, ['--version'])).trim()}`);
    assert.deepEqual(JSON.parse(await run(node, ['print.js'], { cwd: folder })), NUMBERS);
    const required = JSON.parse(await run(node, ['required.cjs'], { cwd: folder }));
    assert.deepEqual({ ...required, threads: NUMBERS.threads }, NUMBERS);
  });
}

test('Deno', async (t) => {
  const deno = await binary('@deno/*/deno');
  t.diagnostic((await run(deno, ['--version'])).split('\n')[0]);
  const folder = await project('deno', ['page', 'runtimes']);
  const environment = { ...process.env, DENO_DIR: join(folder, '.deno'), DENO_NO_UPDATE_CHECK: '1' };
  const said = await run(deno, ['run', '--allow-read', '--allow-sys', 'print.js'], { cwd: folder, env: environment });
  assert.deepEqual(JSON.parse(said), NUMBERS);
});

test('Bun', async (t) => {
  const bun = await binary('@oven/bun-*/bin/bun');
  t.diagnostic(`Bun ${(await run(bun, ['--version'])).trim()}`);
  const folder = await project('bun', ['page', 'runtimes']);
  assert.deepEqual(JSON.parse(await run(bun, ['print.js'], { cwd: folder })), NUMBERS);
});

test('workerd: the binaries handed in as modules', async (t) => {
  const workerd = await binary('@cloudflare/workerd-*/bin/workerd');
  t.diagnostic((await run(workerd, ['--version'])).trim());
  const folder = await project('workerd', ['page', 'workerd']);
  await tool('esbuild').build({
    absWorkingDir: folder, entryPoints: ['worker.js'], bundle: true, format: 'esm', outdir: 'dist',
    conditions: ['workerd'], external: ['attention-wasm/*.wasm'], logLevel: 'silent',
  });
  const child = spawn(workerd, ['serve', 'config.capnp', '--control-fd=3'],
    { cwd: folder, stdio: ['ignore', 'inherit', 'inherit', 'pipe'] });
  t.after(() => child.kill());
  const { port } = await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`it ended with code ${code}`)));
    /** @type {import('node:stream').Readable} */ (child.stdio[3]).once('data', (said) => resolve(JSON.parse(said)));
  });
  const { notHandedIn, inline, ...rest } = await (await fetch(`http://127.0.0.1:${port}/`)).json();
  const { core, steps, transformer } = NUMBERS;
  assert.deepEqual(rest, { core, steps, transformer });
  assert.match(notHandedIn, /^AttentionError .*WebAssembly\.Module/);
  assert.match(inline, /^AttentionError webassembly-blocked: .*WebAssembly\.Module/);
});
