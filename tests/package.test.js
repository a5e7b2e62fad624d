// The package as npm users get it: packed, installed into an empty folder, and run to a correct number.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const lesson = `${root}web/lessons/animal.json`;
/** @type {string} */ let folder;

const node = (...args) => run(process.execPath, args, { cwd: folder });
const cli = (...args) => node('node_modules/attention-wasm/web/cli/attention-wasm.js', ...args);

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attention-wasm-'));
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root });
  const [{ filename }] = JSON.parse(stdout);
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${filename}`], { cwd: folder });
});
after(() => rm(folder, { recursive: true }));

// Two keys that score 0 and ln 3: weights ¼ and ¾, of the values 0 and 8.
const program = (load, name) => `${load}.then(async ({ loadAttention }) => {
  const attention = await loadAttention();
  const tensor = (...data) => ({ data: Float32Array.from(data), dims: [1, 1, data.length, 1] });
  const { output } = attention.scaledDotProductAttention(tensor(1), tensor(0, Math.log(3)), tensor(0, 8));
  console.log('${name}', output.data[0].toFixed(4));
})`;

test('imported, required, and with its binary inside, it comes to the right number', async () => {
  const ways = {
    'import.mjs': program("import('attention-wasm')", 'import'),
    'require.cjs': program("Promise.resolve(require('attention-wasm'))", 'require'),
    'inline.mjs': program("import('attention-wasm/inline')", 'inline'),
    'inline.cjs': program("Promise.resolve(require('attention-wasm/inline'))", 'inline'),
  };
  for (const [name, text] of Object.entries(ways)) {
    await writeFile(join(folder, name), text);
    const { stdout } = await node(name);
    assert.match(stdout, /^\w+ 6\.0000\n$/, name);
  }
});

test('the binary inside is that of the file', async () => {
  const modules = `${folder}/node_modules/attention-wasm/web`;
  for (const name of ['simd', 'relaxed']) {
    const text = (await readFile(`${modules}/inline/${name}.js`, 'utf8')).match(/'(.*)'/)?.[1] ?? '';
    assert.ok(Buffer.from(text, 'base64').equals(await readFile(`${modules}/core/attention.${name}.wasm`)), name);
  }
});

test('inline: what is wrong is refused as everywhere', async () => {
  await writeFile(join(folder, 'wrong.mjs'), `import { AttentionError, loadAttention } from 'attention-wasm/inline';
    for (const options of [{ variant: 'fast' }, { threads: 0 }, { wasm: 7 }, 3, null, { unknown: 1 }]) {
      await loadAttention(options).then(() => console.log('nothing thrown'), (error) =>
        console.log(error instanceof AttentionError, error.argument));
    }`);
  const { stdout } = await node('wrong.mjs');
  assert.deepEqual(stdout.trim().split('\n').map((line) => line.split(' ')[0]), Array(6).fill('true'));
});

test('it holds what is needed and nothing else', async () => {
  const names = await readdir(`${folder}/node_modules/attention-wasm`, { recursive: true });
  for (const name of ['build/site/index.html', 'build/types/core/index.d.ts', 'web/core/attention.steps.wasm', 'LICENSE']) {
    assert.ok(names.includes(name), name);
  }
  assert.deepEqual(names.filter((name) => /tests|c_src|bench|tsconfig|node_modules|\.map$|locales/.test(name)), []);
  const { dependencies } = JSON.parse(await readFile(`${folder}/node_modules/attention-wasm/package.json`, 'utf8'));
  assert.equal(dependencies, undefined);
});

test('the command serves the tutorial, and nothing outside it', async (t) => {
  const child = spawn(process.execPath,
    ['node_modules/attention-wasm/web/cli/attention-wasm.js', '--port', '0', '--no-open'], { cwd: folder });
  t.after(() => child.kill());
  const url = await new Promise((resolve) => {
    child.stdout.on('data', (said) => resolve(String(said).match(/http:\S+/)?.[0]));
  });
  const page = await fetch(url);
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-security-policy') ?? '', /wasm-unsafe-eval/);
  const text = await page.text();
  assert.match(text, /<attention-tutorial/);
  const script = text.match(/src="\.\/(assets\/page[^"]+)"/)?.[1];
  assert.equal((await fetch(url + script)).headers.get('content-type'), 'text/javascript');
  for (const path of ['package.json', '..%2f..%2fpackage.json', '%2e%2e/%2e%2e/package.json', '%', 'assets/']) {
    assert.equal((await fetch(url + path)).status, 404, path);
  }
  assert.equal((await fetch(url, { method: 'POST' })).status, 404);
});

test('the command checks lessons', async () => {
  const { stdout } = await cli('check-lesson', lesson);
  assert.match(stdout, /animal\.json: “.+”, 2 versions \(10 tokens, 10 tokens\)/);
  await writeFile(join(folder, 'broken.json'), '{ "format": 2 }');
  for (const [file, reason] of [['broken.json', /format: expected 1, came 2/], ['none.json', /ENOENT/]]) {
    await assert.rejects(cli('check-lesson', file), ({ code, stderr }) => code === 1 && reason.test(stderr));
  }
});

test('the command says what is wrong with its arguments', async () => {
  for (const [args, reason] of [[['--port', '99999'], /--port: expected 0 to 65535, got 99999/],
    [['play'], /no command 'play'/], [['--loud'], /--loud/], [['check-lesson'], /name a file/]]) {
    await assert.rejects(cli(...args), ({ code, stderr }) => code === 1 && reason.test(stderr), String(args));
  }
  assert.match((await cli('--help')).stdout, /check-lesson/);
});
