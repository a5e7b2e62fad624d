// Runs jobs. A job is a list of entries that are compared with each other; they are taken in turn, one sample each a
// round, so that whatever else the machine does hits all of them. Each contender with each number of threads has a
// host of its own (see host.js): a process or a Worker, started once and kept, since starting one costs more than
// most samples. A host that waits for a message takes no time; that its threads don't spin meanwhile is measured.

import { describeShape, flops, cacheBytes } from './shapes.js';

// onnxruntime-web's threads spin for some 20 ms after a call before they sleep, which is not to be the next one's loss.
const PAUSE = 40; // ms
// From here on a contender counts as busy while it waits: a share of a core, and seconds in all.
const BUSY = { share: 0.1, seconds: 0.1 };

/**
 * @typedef {object} Entry
 * @property {string} key unique in its job, what tables call it
 * @property {string} contender
 * @property {number} threads
 * @property {import('./shapes.js').Shape} shape
 * @property {string} [ceiling] the key of the entry that its rate is a share of
 * @property {number} [hosts] so many run at the same time, and their rates add up
 */
/** @typedef {{ ask: (message: object) => Promise<any>, close: () => void, ended: boolean }} Host */
/** @typedef {{ id: string, group: string, title: string, shape: object, entries: Entry[] }} Job */

export class Runner {
  #hosts = new Map();
  #checked = new Map();
  /** @type {Record<string, string>} */
  versions = {};
  /** @type {Map<string, number>} the largest share of a core that a contender took while it waited, where much */
  #busy = new Map();

  /**
   * @param {object} options
   * @param {() => Host} options.start
   * @param {number} options.rounds
   * @param {number} options.milliseconds of a sample
   * @param {(text: string) => void} [options.progress]
   */
  constructor({ start, rounds, milliseconds, progress = () => {} }) {
    Object.assign(this, { start, rounds, milliseconds, progress });
  }

  /** @param {Job} job */
  async run({ id, group, title, shape, entries }) {
    this.progress(`${title}: preparing`);
    const states = [];
    for (const entry of entries) states.push(await this.#prepare(id, entry));
    for (let round = 0; round < this.rounds; round++) {
      this.progress(`${title}: round ${round + 1} of ${this.rounds}`);
      // Another one begins in each round, so that nobody always comes after the same other.
      const turn = states.map((_, i) => states[(i + round) % states.length]);
      for (const state of turn) {
        await this.#sample(state, round);
        await new Promise((resolve) => { setTimeout(resolve, PAUSE); });
      }
    }
    for (const { hosts, key } of states) {
      for (const host of hosts) if (!host.ended) await host.ask({ do: 'dispose', key });
    }
    const results = Object.fromEntries(states.map(({ entry, result }) => [entry.key, result]));
    return { id, group, title, shape, entries: results };
  }

  async #prepare(job, entry) {
    const { contender, threads, shape, ceiling, hosts: count = 1 } = entry;
    const seconds = /** @type {number[]} */ ([]);
    const result = { contender, threads, shape: describeShape(shape), ceiling, seconds };
    const state = { entry, key: `${job}/${entry.key}`, result, hosts: /** @type {any[]} */ ([]), done: true };
    try {
      // Two hosts of one thread each stand for two threads.
      const each = count > 1 ? 1 : threads;
      for (let i = 0; i < count; i++) state.hosts.push(await this.#host(contender, each, i));
      await this.#check(state.hosts[0], contender, each, shape);
      const answers = await Promise.all(state.hosts.map((host) =>
        host.ask({ do: 'prepare', key: state.key, shape, milliseconds: this.milliseconds })));
      const [{ note, work, memory, seconds: slow }] = answers;
      const bytes = shape.kind === 'read' ? work : shape.kind === 'decode' ? cacheBytes(shape) : undefined;
      const operations = shape.kind === 'read' ? undefined : work ?? flops(shape);
      Object.assign(result, { note, memory, flops: operations, bytes });
      // The work of all hosts together; one that found its first call to be slow isn't asked again.
      if (count > 1) Object.assign(result, scale(result, count));
      if (slow !== undefined) seconds.push(slow);
      state.done = slow !== undefined;
    } catch (error) {
      result.error = error.message;
      state.hosts = [];
    }
    return state;
  }

  async #sample(state, round) {
    const { done, entry: { contender, threads }, key, result, hosts } = state;
    if (done) return;
    try {
      const answers = await Promise.all(hosts.map((host) =>
        host.ask({ do: 'sample', key, milliseconds: this.milliseconds })));
      // Hosts side by side each did the whole of their work in a time of their own: their rates add up.
      result.seconds[round] = hosts.length / answers.reduce((sum, { seconds }) => sum + 1 / seconds, 0);
      // In the first round engines may still be compiling what has been prepared.
      if (round > 0) answers.forEach(({ idle }) => this.#watch(`${contender}, threads: ${threads}`, idle));
    } catch (error) {
      result.error = error.message;
      result.seconds.length = 0;
      state.done = true;
    }
  }

  #watch(name, idle) {
    const share = idle ? idle.busy / idle.waited : 0;
    if (share < BUSY.share || idle.busy < BUSY.seconds) return;
    this.#busy.set(name, Math.max(this.#busy.get(name) ?? 0, share));
  }

  get warnings() {
    const percent = (share) => `${Math.round(share * 100)} % of a core`;
    return [...this.#busy].map(([name, share]) => `busy while it waited: ${name} (${percent(share)})`);
  }

  /** @throws with the reason when the contender can't take part */
  async #host(contender, threads, index) {
    const name = `${contender}/${threads}/${index}`;
    if (!this.#hosts.has(name) || this.#hosts.get(name).host.ended) {
      const host = this.start();
      this.#hosts.set(name, { host, loaded: host.ask({ do: 'load', contender, threads }) });
    }
    const { host, loaded } = this.#hosts.get(name);
    const { unavailable, version } = await loaded;
    if (version) this.versions[contender] = version;
    if (unavailable) throw new Error(`left out: ${unavailable}`);
    return host;
  }

  /** A contender whose output is wrong isn't timed. Checked on a small shape of the same kind, once. */
  async #check(host, contender, threads, shape) {
    if (shape.kind === 'multiplyAdd' || shape.kind === 'read') return;
    const { kind, causal, cache, copies, constants } = shape;
    const name = JSON.stringify([contender, threads, kind, causal, cache, copies, constants]);
    if (!this.#checked.has(name)) {
      const lengths = { M: Math.min(shape.M, 37), N: kind === 'decode' ? 70 : 37 };
      const small = kind === 'steps' ? shape : { ...shape, H: 2, ...lengths };
      this.#checked.set(name, host.ask({ do: 'check', shape: small }));
    }
    const { error } = await this.#checked.get(name);
    // Inputs are of -1 … 1 and so are outputs; an int8 row is exact to 1/254.
    const allowed = { float16: 2e-3, int8: 2e-2 }[cache] ?? 1e-3;
    if (!(error <= allowed)) throw new Error(`wrong: off by ${Number(error).toPrecision(2)}`);
  }

  close() {
    for (const { host } of this.#hosts.values()) host.close();
    this.#hosts.clear();
  }
}

function scale({ flops: operations, bytes }, count) {
  return { flops: operations && operations * count, bytes: bytes && bytes * count };
}

/** Turns `send` and the answers handed to `receive` into a promise for each question. */
export function questions(send) {
  const waiting = new Map();
  let last = 0;
  return {
    ask: (message) => new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject });
      send({ id: last, ...message });
    }),
    receive({ id, failed, code, ...answer }) {
      const { resolve, reject } = waiting.get(id);
      waiting.delete(id);
      if (failed === undefined) resolve(answer);
      else reject(new Error(code === 'not-supported' ? 'not there yet' : failed));
    },
    fail(error) {
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    },
  };
}
