// The ceilings: see ceiling.c. A call is one short piece of work, of which several ways are tried, for the best counts.

import { estimate } from '../measure.js';

const here = import.meta.url; // apart, since bundlers take `new URL('…', import.meta.url)` for a file to take along
const MULTIPLY_ADDS = [6, 8, 10, 12];
const STREAMS = [1, 2, 4];
const TURNS = 20000;

/** @param {{ variant: 'simd' | 'relaxed' }} options */
export async function load({ variant }) {
  const memory = new WebAssembly.Memory({ initial: 4 });
  const module = await WebAssembly.compile(await bytes(`../../build/bench/ceiling.${variant}.wasm`));
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  return { prepare: (shape) => (shape.kind === 'read' ? prepareRead : prepareMultiplyAdd)(exports, memory, shape) };
}

async function bytes(path) {
  const url = new URL(path, here);
  if (url.protocol !== 'file:') return (await fetch(url)).arrayBuffer();
  return globalThis.process.getBuiltinModule('node:fs').readFileSync(url);
}

function prepareMultiplyAdd(exports) {
  const ways = MULTIPLY_ADDS.map((count) => ({
    // x and y keep the accumulators of either form finite, and far from subnormal.
    run: () => exports[`multiply_add_${count}`](TURNS, 1, 0.5, 0.25),
    work: TURNS * 4 * count * 4 * 2,
    note: `${count} accumulators`,
  }));
  return fastest(ways);
}

function prepareRead(exports, memory, { bytes: wanted }) {
  const size = Math.ceil(wanted / 512) * 512;
  const start = 65536 * 2; // past the stack and data of the module
  const pages = Math.ceil((start + size) / 65536) - memory.buffer.byteLength / 65536;
  if (pages > 0) memory.grow(pages);
  new Uint8Array(memory.buffer, start, size).fill(1); // pages never written may all be one page of zeros
  const ways = STREAMS.map((count) => ({
    run: () => exports[`read_${count}`](start, size / 16),
    work: size,
    note: `${count} streams`,
  }));
  return fastest(ways);
}

/** @returns the way that does most work a second; `work` says how much a call does */
async function fastest(ways) {
  const rates = [];
  for (const { run, work } of ways) {
    for (let call = 0; call < 50; call++) run(); // lets the engine compile it well
    rates.push(work / await estimate(run));
  }
  return { ...ways[rates.indexOf(Math.max(...rates))], dispose() {} };
}
