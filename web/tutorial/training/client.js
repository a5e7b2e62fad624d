// Owns the worker: asks it, hears from it, notices when it is gone, and keeps the last good model.

const PATIENCE = 5; // seconds without a word while it trains

/**
 * @typedef {{ name: string, step: number, losses: number[], pictures: import('./run.js').Picture[],
 *   evaluation: import('./run.js').Evaluation, bytes?: Uint8Array, broke?: string }} Report
 * @typedef {{ step: number, config: any, evaluation: import('./run.js').Evaluation,
 *   pictures: import('./run.js').Picture[], bytes: Uint8Array }} Made
 */

export class Client {
  #worker = /** @type {Worker | undefined} */ (undefined);
  #asked = /** @type {Map<number, { resolve: (result: any) => void, reject: (error: Error) => void }>} */ (new Map());
  #count = 0;
  #silence = 0;
  #watch = 0;

  /**
   * @param {{ progress: (reports: Report[], done: boolean) => void, lost: (reason: string) => void }} listener
   */
  constructor(listener) {
    this.listener = listener;
    /** @type {Map<string, Uint8Array>} models as they last were, by name */ this.kept = new Map();
  }

  get training() { return this.#watch !== 0; }

  /** Starts a worker; resolves with what its corpus holds. */
  open() {
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
    this.#worker.onmessage = ({ data }) => this.#hear(data);
    this.#worker.onmessageerror = () => this.#lose('its message could not be read');
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#lose(event.message || 'its script did not load');
    };
    return this.ask('hello');
  }

  /**
   * @param {string} type
   * @param {any} [data]
   * @returns {Promise<any>}
   */
  ask(type, data) {
    return new Promise((resolve, reject) => {
      const id = ++this.#count;
      this.#asked.set(id, { resolve, reject });
      if (this.#worker) this.#worker.postMessage({ id, type, ...data });
      else reject(new Error('there is no worker'));
    });
  }

  /**
   * A model under a name: a new one, or the one that bytes describe.
   * @param {string} name
   * @param {any} settings
   * @param {Uint8Array} [bytes]
   * @returns {Promise<Made>}
   */
  async make(name, settings, bytes) {
    const made = await this.ask('make', { name, settings, bytes });
    this.kept.set(name, made.bytes);
    return made;
  }

  /** @param {{ names: string[], until: number, speed: number }} plan */
  train(plan) {
    this.#listenFor(true);
    return this.ask('train', plan);
  }

  pause() {
    this.#listenFor(false);
    return this.ask('pause');
  }

  /** @param {string} [reason] */
  close(reason = 'the worker has ended') {
    this.#listenFor(false);
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const { reject } of this.#asked.values()) reject(new Error(reason));
    this.#asked.clear();
  }

  /** @param {any} message */
  #hear({ id, result, error, event, reports, done }) {
    this.#silence = 0;
    if (event) {
      for (const { name, bytes } of reports) if (bytes) this.kept.set(name, bytes);
      if (done) this.#listenFor(false);
      this.listener.progress(reports, done);
      return;
    }
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (error === undefined) asked?.resolve(result);
    else asked?.reject(new Error(error));
  }

  /**
   * Counts seconds, not time: after a computer has slept, its messages come before the next count.
   * @param {boolean} on
   */
  #listenFor(on) {
    clearInterval(this.#watch);
    this.#silence = 0;
    this.#watch = on ? setInterval(() => {
      this.#silence += 1;
      if (this.#silence >= PATIENCE) this.#lose('it no longer answers');
    }, 1000) : 0;
  }

  /** @param {string} reason */
  #lose(reason) {
    if (!this.#worker) return;
    this.close(reason);
    this.listener.lost(reason);
  }
}
