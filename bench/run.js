// Ours beside the peers: see plan.js for what is measured.    npm run bench -- [option]...
//
//   --quick      one short round, and nothing that takes long: to see that it works. Its numbers mean little
//   --sweep      every length with every dimension, causal or not, one and two threads (about half an hour more)
//   --only TEXT  the jobs whose name has TEXT in it, such as 'table', 'length' or 'D128 causal'
//   --rounds N   how many times everyone has a turn (5; sweeps 3)
//
// Writes build/bench/results.json and the charts: to bench/ from a whole run, else to build/bench/.

import { fork } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { decodeChart, throughputChart } from './chart.js';
import { groupTitle, plan, targets } from './plan.js';
import { jobTable, sweepTable, verdicts } from './results.js';
import { Runner, questions } from './runner.js';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean' }, sweep: { type: 'boolean' }, only: { type: 'string' }, rounds: { type: 'string' },
  },
});
const root = new URL('../', import.meta.url);
const LINES = ['table', 'threads']; // groups that get a table for each job; the others one for all

/** A process for one contender, which lives until it's closed. */
function start() {
  const child = fork(fileURLToPath(new URL('host.js', import.meta.url)), { serialization: 'advanced' });
  const { ask, receive, fail } = questions((message) => child.send(message));
  const host = { ask, ended: false, close: () => child.kill() };
  child.on('message', receive);
  child.on('exit', (code, signal) => {
    host.ended = true;
    fail(new Error(`its process ended (${signal ?? code})`));
  });
  return host;
}

const progress = (text) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
};

/** Columns as wide as their widest cell, all but the first and the last to the right. */
function print(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) {
    const cells = row.map((cell, column) => (column === 0 || (column === row.length - 1 && rows[0][column] === '')
      ? cell.padEnd(widths[column]) : cell.padStart(widths[column])));
    console.log(`  ${cells.join('  ')}`.trimEnd());
  }
}

function heading(text) {
  progress('');
  console.log(`\n${text}`);
}

/** Rounds, and milliseconds of a sample, by what a job is for. */
function effort({ group }) {
  if (options.quick) return { rounds: Number(options.rounds ?? 1), milliseconds: 30 };
  return { rounds: Number(options.rounds ?? (LINES.includes(group) ? 5 : 3)), milliseconds: 150 };
}

const runner = new Runner({ start, rounds: 1, milliseconds: 150, progress });
const jobs = plan(options);
const results = [];
const started = performance.now();
const machine = { processor: cpus()[0].model.trim(), cores: cpus().length, node: process.versions.node };
console.log(`${machine.processor}, ${machine.cores} cores, Node ${machine.node}`);
if (loadavg()[0] > 0.5) console.log(`The machine is not idle (load ${loadavg()[0].toFixed(1)}): ratios may be off.`);

for (const [index, job] of jobs.entries()) {
  Object.assign(runner, effort(job));
  const result = await runner.run(job);
  results.push(result);
  if (LINES.includes(job.group)) {
    heading(job.title);
    print(jobTable(result));
  } else if (jobs[index + 1]?.group !== job.group) {
    heading(groupTitle(job.group));
    print(sweepTable(results.filter(({ group }) => group === job.group)));
  }
}
runner.close();

heading('numbers to reach');
const reached = verdicts(targets, results);
const core = new URL('web/core/', root);
for (const name of readdirSync(core).filter((file) => file.endsWith('.wasm'))) {
  const size = gzipSync(readFileSync(new URL(name, core)), { level: 9 }).length;
  const measured = `${(size / 1000).toFixed(1)} kB`;
  reached.push({ what: `${name}, gzipped`, goal: '≤ 25 kB', measured, reached: size <= 25e3 });
}
print([
  ['', 'reach', 'measured', ''],
  ...reached.map(({ what, goal, measured, reached: is }) =>
    [what, goal, measured, is === undefined ? '' : is ? 'reached' : 'MISSED']),
]);
const versions = Object.entries(runner.versions).map(([name, version]) => `${name} ${version}`).join(', ');
const minutes = `${((performance.now() - started) / 60e3).toFixed(1)} minutes`;
heading([versions, ...runner.warnings, minutes].filter(Boolean).join('\n'));

const folder = new URL('build/bench/', root);
mkdirSync(folder, { recursive: true });
const record = {
  date: new Date().toISOString(), machine, versions: runner.versions, options, verdicts: reached, jobs: results,
};
writeFileSync(new URL('results.json', folder), `${JSON.stringify(record, null, 2)}\n`);
const charts = options.quick || options.only ? folder : new URL('bench/', root);
for (const [group, name, draw] of [['length', 'throughput', throughputChart], ['decode', 'decode', decodeChart]]) {
  const all = results.filter((job) => job.group === group);
  if (all.length > 1) writeFileSync(new URL(`${name}.svg`, charts), draw(all));
}
