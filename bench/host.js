// One contender, alone in a process (Node) or a Worker (page) of its own, told by messages what to do and idle between.
//
//   { do: 'load', contender, threads }  → { unavailable?, version? }
//   { do: 'check', shape }              → { error }   how far the output is from the oracle's
//   { do: 'prepare', key, shape, milliseconds } → { note?, work?, memory?, seconds? }
//   { do: 'sample', key, milliseconds } → { seconds, idle? }
//   { do: 'dispose', key }              → {}

import { loadContender } from './contenders/index.js';
import { measure, warmUp } from './measure.js';
import { tensors } from './shapes.js';

/** @type {Awaited<ReturnType<typeof loadContender>>} */
let contender;
const prepared = new Map();
let rested;

const actions = {
  async load({ contender: name, threads }) {
    contender = await loadContender(name, threads);
    const { unavailable, version } = contender;
    return { unavailable, version };
  },

  async check({ shape }) {
    const { run, output, dispose } = await contender.prepare(shape);
    const result = Float64Array.from(output(await run()));
    await dispose();
    const expected = (await expectedOutput(shape)).data;
    if (result.length !== expected.length) return { error: Infinity };
    let error = 0;
    // Written so that NaN counts as far off.
    result.forEach((x, i) => { if (!(Math.abs(x - expected[i]) <= error)) error = Math.abs(x - expected[i]); });
    return { error: Number.isNaN(error) ? Infinity : error };
  },

  async prepare({ key, shape, milliseconds }) {
    const made = await contender.prepare(shape);
    const { batch, seconds } = await warmUp(made.run, milliseconds);
    prepared.set(key, { ...made, batch });
    return { note: made.note, work: made.work, memory: made.memory?.(), seconds };
  },

  async sample({ key, milliseconds }) {
    const idle = idleLoad();
    const { run, batch } = prepared.get(key);
    return { seconds: await measure(run, batch, milliseconds), idle };
  },

  async dispose({ key }) {
    await prepared.get(key)?.dispose();
    prepared.delete(key);
    return {};
  },
};

async function expectedOutput(shape) {
  const oracle = await import('../tests/oracle.js');
  const inputs = tensors(shape);
  if (shape.kind === 'steps') return oracle.steps(inputs).output;
  const { query, key, value } = inputs;
  return oracle.scaledDotProductAttention(query, key, value, { causal: shape.causal ?? false }).output;
}

/**
 * Seconds of processor time that this process took since it last did something, and how long ago that was: threads that
 * spin while they wait would slow down the others' runs. Only Node can tell.
 */
function idleLoad() {
  if (!rested) return undefined;
  const { user, system } = globalThis.process.cpuUsage(rested.usage);
  return { busy: (user + system) / 1e6, waited: (performance.now() - rested.at) / 1000 };
}

async function answer({ id, ...message }) {
  try {
    return { id, ...await actions[message.do](message) };
  } catch (error) {
    return { id, failed: String(error?.message ?? error), code: error?.code };
  } finally {
    if (globalThis.process?.cpuUsage) rested = { usage: globalThis.process.cpuUsage(), at: performance.now() };
  }
}

if (globalThis.process?.send) {
  globalThis.process.on('message', async (message) => globalThis.process.send(await answer(message)));
} else {
  globalThis.onmessage = async ({ data }) => globalThis.postMessage(await answer(data));
}
