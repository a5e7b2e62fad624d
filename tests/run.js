// Runs the suites:    node tests/run.js [part of a file name]...
//
// All suites but those of tests/browser/, tests/browsers/, tests/native/, tests/recipes/ and tests/stacks/ run once per
// variant of the core and Node that can run it: `simd` under the Node that runs this, `simd` and `relaxed` under the newer
// one of ./build.sh newer-node. Those of tests/core/ run a second time with two threads. The browser suites run one after
// the other, the running Node driving Chromium, then Firefox and WebKit, then Chromium again on what others built.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const filters = process.argv.slice(2);

/** Test files of a folder, as paths from the root of the repository. */
function suites(folder) {
  if (!existsSync(root + folder)) return [];
  return readdirSync(root + folder).filter((name) => name.endsWith('.test.js')).sort()
    .map((name) => `${folder}/${name}`)
    .filter((path) => filters.length === 0 || filters.some((part) => path.includes(part)));
}

function newerNode() {
  const path = `${root}build/newer-node/node`;
  return existsSync(path) ? path : undefined;
}

function runsRelaxed() {
  return WebAssembly.validate(readFileSync(`${root}web/core/attention.relaxed.wasm`));
}

/**
 * @typedef {{ name: string, node: string, files: string[], variant?: string, threads?: number, flags?: string[] }} Run
 */

/** Suites that choose the number of threads themselves. */
const CHOOSING = ['tests/core/backward-kernel.test.js', 'tests/core/load.test.js', 'tests/core/threads.test.js'];

/** @returns {Run[]} */
function plan() {
  const files = ['tests', 'tests/core', 'tests/embed', 'tests/onnx', 'tests/transformer', 'tests/tutorial', 'tests/course'].flatMap(suites);
  const threaded = ['tests/core', 'tests/onnx'].flatMap(suites).filter((path) => !CHOOSING.includes(path));
  const runs = [];
  const add = (name, node, variants) => variants.forEach((variant) => runs.push(
    { name: `${variant}, ${name}`, node, files, variant },
    { name: `${variant}, 2 threads, ${name}`, node, files: threaded, variant, threads: 2 },
  ));
  const here = `Node ${process.version.slice(1)}`;
  add(here, process.execPath, runsRelaxed() ? ['simd', 'relaxed'] : ['simd']);
  const newer = newerNode();
  if (newer) add('newer Node', newer, ['simd', 'relaxed']);
  else if (!runsRelaxed()) throw new Error('No Node with relaxed SIMD: run ./build.sh newer-node.');
  runs.push({ name: 'stacks', node: process.execPath, files: suites('tests/stacks') });
  runs.push({ name: 'native', node: process.execPath, files: suites('tests/native') });
  runs.push({
    name: 'browser', node: process.execPath, files: suites('tests/browser'), flags: ['--test-concurrency=1'],
  }, {
    name: 'firefox and webkit', node: process.execPath, files: suites('tests/browsers'),
    flags: ['--test-concurrency=1', '--test-timeout=300000'],
  }, {
    name: 'recipes', node: process.execPath, files: suites('tests/recipes'),
    flags: ['--test-concurrency=1', '--test-timeout=300000'],
  });
  return runs.filter((run) => run.files.length > 0);
}

/**
 * @param {Run} run
 * @param {number} index
 * @returns {Promise<{ run: Run, ok: boolean, seconds: number, counts: Record<string, number>, failed: string[],
 *   chosen: string[] }>}
 */
function execute(run, index) {
  const started = performance.now();
  const report = `build/tests/${index}.tap`;
  console.log(`\n--- ${run.name}\n`);
  const child = spawn(run.node, [
    '--test', '--test-reporter=spec', '--test-reporter-destination=stdout',
    '--test-reporter=tap', `--test-reporter-destination=${report}`, ...(run.flags ?? []), ...run.files,
  ], { cwd: root, stdio: 'inherit', env: environment(run) });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const seconds = (performance.now() - started) / 1000;
      resolve({ run, ok: code === 0, seconds, ...readReport(root + report) });
    });
  });
}

/** @param {Run} run */
function environment({ variant = 'auto', threads = 1 }) {
  return { ...process.env, ATTENTION_VARIANT: variant, ATTENTION_THREADS: String(threads) };
}

/** The totals at the end of a TAP report, what failed, and which build each browser chose. */
function readReport(path) {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const counts = Object.fromEntries([...text.matchAll(/^# (tests|pass|fail|cancelled|skipped) (\d+)$/gm)]
    .map(([, name, number]) => [name, Number(number)]));
  const failed = [...text.matchAll(/^ *not ok \d+ - (.*)\n *---\n[\s\S]*?location: '(.*)'$[\s\S]*?error: (?:\|-\n *)?(.*)$/gm)]
    .map(([, name, place, error]) => `${place.replace(root, '')} ${name}: ${error}`);
  return { counts, failed, chosen: [...text.matchAll(/^ *# (.* chose the \w+ build)$/gm)].map(([, said]) => said) };
}

mkdirSync(`${root}build/tests`, { recursive: true });
const results = [];
for (const [index, run] of plan().entries()) results.push(await execute(run, index));

console.log('\n--- summary\n');
for (const { run, ok, seconds, failed, counts: { pass = 0, tests = 0, skipped = 0 } } of results) {
  const skips = skipped ? `, ${skipped} skipped` : '';
  console.log(`${ok ? 'passed' : 'FAILED'}  ${run.name.padEnd(31)} ${pass} of ${tests} tests${skips}, ` +
    `${seconds.toFixed(1)} s`);
  for (const test of failed) console.log(`        ${test}`);
}
for (const said of results.flatMap(({ chosen }) => chosen)) console.log(`        ${said}`);
if (results.length === 0) console.log('No suite of that name.');
process.exitCode = results.length > 0 && results.every(({ ok }) => ok) ? 0 : 1;
