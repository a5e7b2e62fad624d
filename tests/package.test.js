// The package as npm users get it: packed, installed into an empty folder, and run to a correct number.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { access, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
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
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
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

// All that may be in it, as patterns: each is needed, and matches something.
const CONTENTS = [
  /^(package\.json|README\.md|LICENSE)$/,
  /^web\/core\/[\w-]+\.js$/, /^web\/core\/attention\.(steps|(simd|relaxed)(\.threads)?)\.wasm$/,
  /^web\/inline\/(index|simd|relaxed)\.js$/,
  /^web\/transformer\/(?!example)[\w-]+\.js$/, /^web\/transformer\/transformer\.(simd|relaxed)\.wasm$/,
  /^web\/cli\/[\w-]+\.js$/, /^web\/tutorial\/(own|complete)-lesson\.js$/, // the latter two are what check-lesson reads
  /^web\/lessons\/lesson\.schema\.json$/, /^docs\/(embedding\.md|examples\/[\w-]+\.(md|js|html))$/,
  /^web\/element\/server\.js$/, /^build\/element\/[\w-]+\.js$/,
  /^build\/types\/(core|inline|transformer|element)\/[\w-]+\.d\.ts$/,
  /^build\/site\/([\w-]+\/)*[\w.-]+\.(html|js|css|json|wasm|bin|svg|png)$/, // what the command serves
];

test('it holds what is needed and nothing else', async () => {
  const home = `${folder}/node_modules/attention-wasm`;
  const entries = await readdir(home, { recursive: true, withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile())
    .map((entry) => relative(home, join(entry.parentPath ?? entry.path, entry.name)).replaceAll('\\', '/'));
  assert.deepEqual(names.filter((name) => !CONTENTS.some((pattern) => pattern.test(name))), []);
  for (const pattern of CONTENTS) assert.ok(names.some((name) => pattern.test(name)), String(pattern));
});

test('it needs no other package, runs nothing when installed, and all that it promises is there', async () => {
  const manifest = JSON.parse(await readFile(`${folder}/node_modules/attention-wasm/package.json`, 'utf8'));
  const { dependencies, peerDependencies, optionalDependencies, scripts } = manifest;
  assert.deepEqual([dependencies, peerDependencies, optionalDependencies], [undefined, undefined, undefined]);
  assert.deepEqual(Object.keys(scripts).filter((name) => /install|prepare/.test(name)), []);
  // Whoever packs it packs what was built, and `npm pack --json` still prints nothing else.
  assert.equal(scripts.prepack, 'npm run build >&2');
  for (const [entry, target] of Object.entries(manifest.exports)) {
    if (typeof target !== 'string') assert.equal(Object.keys(target)[0], 'types', entry);
    for (const path of typeof target === 'string' ? [target] : Object.values(target)) {
      if (!path.includes('*')) await access(join(folder, 'node_modules/attention-wasm', path));
    }
  }
  const resolved = ['lesson.schema.json', 'attention.relaxed.threads.wasm', 'transformer.simd.wasm', 'package.json'];
  for (const name of resolved) await node('-e', `fs.readFileSync(require.resolve('attention-wasm/${name}'))`);
});

/**
 * Starts the command; resolves with the address that it prints.
 * @param {import('node:test').TestContext} t
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<string>}
 */
async function start(t, args, env = process.env) {
  const child = spawn(process.execPath, ['node_modules/.bin/attention-wasm', ...args], { cwd: folder, env });
  t.after(() => child.kill());
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (said) => resolve(String(said).match(/http:\S+/)?.[0] ?? ''));
    child.once('exit', (code) => reject(new Error(`it ended with code ${code}`)));
  });
}

test('the command serves the tutorial, and nothing outside it', async (t) => {
  const url = await start(t, ['--port', '0', '--no-open']);
  const page = await fetch(url);
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-security-policy') ?? '', /wasm-unsafe-eval/);
  const text = await page.text();
  assert.match(text, /<attention-tutorial/);
  const script = text.match(/src="\.\/(assets\/[^"]+\.js)"/)?.[1];
  assert.equal((await fetch(url + script)).headers.get('content-type'), 'text/javascript');
  for (const path of ['package.json', '..%2f..%2fpackage.json', '%2e%2e/%2e%2e/package.json', '%', 'assets/']) {
    assert.equal((await fetch(url + path)).status, 404, path);
  }
  assert.equal((await fetch(url, { method: 'POST' })).status, 404);
});

test('where its port is taken the command takes one of the next, unless it was told which', async (t) => {
  const ports = [];
  for (let i = 0; i < 2; i++) ports.push(Number(new URL(await start(t, ['--no-open'])).port));
  assert.ok(ports[0] >= 4173 && ports[1] > ports[0] && ports[1] <= 4193, String(ports));
  await assert.rejects(cli('--no-open', '--port', String(ports[0])),
    ({ code, stderr }) => code === 1 && /^attention-wasm: port \d+ is in use: choose another with --port/.test(stderr));
});

test('the command opens the page with what the platform has for that', async (t) => {
  const [opener, opened] = [process.platform === 'darwin' ? 'open' : 'xdg-open', join(folder, 'opened')];
  await mkdir(join(folder, 'bin'));
  const script = `#!/bin/sh\nprintf %s "$1" >"${opened}.part" && mv "${opened}.part" "${opened}"\n`;
  await writeFile(join(folder, 'bin', opener), script, { mode: 0o755 });
  const url = await start(t, ['--port', '0'], { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}` });
  for (let tries = 0; tries < 100 && !existsSync(opened); tries++) await setTimeout(50);
  assert.equal(await readFile(opened, 'utf8'), url);
  const none = await start(t, ['--port', '0'], { ...process.env, PATH: join(folder, 'none') });
  assert.equal((await fetch(none)).status, 200); // there is nothing to open it with, and it's served all the same
});

test('the command checks lessons', async () => {
  const { stdout } = await cli('check-lesson', lesson);
  assert.match(stdout, /animal\.json: “.+”, 2 versions \(10 tokens, 10 tokens\)/);
  await writeFile(join(folder, 'broken.json'), '{ "format": 2 }');
  for (const [file, reason] of [['broken.json', /format: expected 1, came 2/], ['none.json', /none\.json: there is no such file/]]) {
    await assert.rejects(cli('check-lesson', file), ({ code, stderr }) => code === 1 && reason.test(stderr));
  }
});

test('the command says what is wrong with its arguments', async () => {
  for (const [args, reason] of [[['--port', '99999'], /--port: expected 0 to 65535, got 99999/],
    [['--port', '1.5'], /got 1\.5/],
    [['play'], /no command 'play'/], [['check-lesson'], /name a file/],
    [['--port', ''], /--port: expected 0 to 65535, got ''/], [['--port', '--no-open'], /got --no-open/],
    [['--port'], /--port: expected 0 to 65535, got nothing/], [['--no-open=1'], /--no-open: expected no value, got one/],
    [['--loud'], /--loud: expected --port, --no-open or --help, got/], [['-p', '80'], /^attention-wasm: -p: expected --port/],
    [['--constructor'], /--constructor: expected --port/]]) {
    await assert.rejects(cli(...args), ({ code, stderr }) => code === 1 && reason.test(stderr), String(args));
  }
  assert.match((await cli('--help')).stdout, /check-lesson/);
});
