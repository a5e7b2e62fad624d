// What there is to be seen of the models that learn, and what may be done with them. Knows no DOM: it is told what to
// do, keeps what comes back from the worker, and calls back when that has changed.

import { Client } from './client.js';

export const COURSE = 600; // steps that the model is trained for at a time
const EXPERIMENT_SPEED = 150; // steps a second: as fast as an eye can follow
const AT_ONCE = 1e9;

/**
 * `losses` and `accuracies` are step and number in turn; `kept` whether it's the model that comes with the page.
 * @typedef {object} Model
 * @property {any} config
 * @property {number} step
 * @property {number} seed
 * @property {boolean} kept
 * @property {import('./run.js').Evaluation} evaluation
 * @property {import('./run.js').Picture[]} pictures
 * @property {number[]} losses
 * @property {number[]} accuracies
 * @property {string} [broke]
 *
 * @typedef {'asleep' | 'loading' | 'ready' | 'failed'} Status
 * @typedef {{ key: string, values?: any }} Said
 * @typedef {{ experiment: import('./experiments.js').Experiment, id: string, guess: string,
 *   phase: 'making' | 'running' | 'paused' | 'done' }} Trial
 */

export class Session {
  /** @type {Status} */ status = 'asleep';
  /** @type {any} what the worker's corpus holds */ corpus = undefined;
  /** @type {Map<string, Model>} */ models = new Map();
  /** @type {'' | 'main' | 'trial'} what is being trained */ active = '';
  /** @type {Said} what has happened last */ said = { key: 'loading' };
  /** @type {Trial | undefined} an experiment that was begun */ trial = undefined;
  until = COURSE;
  /** @type {import('./run.js').Sentence[]} */ #sentences = [];
  #loading = /** @type {Promise<void> | undefined} */ (undefined);
  #making = 0;

  /**
   * @param {() => void} changed
   * @param {any} [client]
   */
  constructor(changed, client) {
    this.changed = changed;
    this.client = client ?? new Client({
      progress: (reports, done) => this.progress(reports, done),
      lost: (reason) => this.lost(reason),
    });
  }

  get main() { return this.models.get('main'); }

  /** The models of the experiment, the changed one first. */
  get trialModels() {
    return [this.models.get('changed'), this.models.get('usual')].filter((model) => model !== undefined);
  }

  /**
   * Starts the worker and loads the trained model. A second call waits for the first.
   * @param {number} seed of the model to begin with where the trained one can't be had
   * @param {() => Promise<Uint8Array>} fetchSnapshot
   */
  wake(seed, fetchSnapshot) {
    this.#loading ??= this.#load(seed, fetchSnapshot);
    return this.#loading;
  }

  /**
   * @param {number} seed
   * @param {() => Promise<Uint8Array>} fetchSnapshot
   */
  async #load(seed, fetchSnapshot) {
    this.#tell({ status: 'loading', said: { key: 'loading' } });
    try {
      this.corpus = await this.client.open();
      await this.client.ask('show', { sentences: this.#sentences });
      try {
        await this.#make('main', { seed }, await fetchSnapshot());
        this.said = { key: 'kept', values: { step: this.main?.step } };
      } catch (error) {
        await this.#make('main', { seed });
        this.said = { key: 'noSnapshot', values: { reason: /** @type {Error} */ (error).message } };
      }
      this.until = Math.max(COURSE, this.main?.step ?? 0);
      this.#tell({ status: 'ready' });
    } catch (error) {
      this.#fail(/** @type {Error} */ (error).message);
    }
  }

  /**
   * @param {string} name
   * @param {any} settings
   * @param {Uint8Array} [bytes]
   */
  async #make(name, settings, bytes) {
    const { config, step, evaluation, pictures } = await this.client.make(name, settings, bytes);
    this.models.set(name, {
      config, step, evaluation, pictures, seed: config.seed, kept: bytes !== undefined, losses: [],
      accuracies: [step, evaluation.accuracy],
    });
  }

  /** @param {import('./run.js').Sentence[]} sentences whose pictures are wanted */
  async show(sentences) {
    this.#sentences = sentences;
    if (this.status !== 'ready') return;
    const states = await this.client.ask('show', { sentences });
    for (const [name, state] of Object.entries(states)) this.#update(name, state);
    this.changed();
  }

  /** @param {number} speed */
  async play(speed) {
    const { main } = this;
    if (this.status !== 'ready' || !main) return;
    if (main.step >= this.until) this.until = (Math.floor(main.step / COURSE) + 1) * COURSE;
    await this.#train('main', { names: ['main'], until: this.until, speed });
  }

  async stepOnce() {
    const { main } = this;
    if (this.status !== 'ready' || !main) return;
    this.until = Math.max(this.until, main.step + 1);
    await this.#train('main', { names: ['main'], until: main.step + 1, speed: AT_ONCE });
  }

  /**
   * @param {'main' | 'trial'} active
   * @param {{ names: string[], until: number, speed: number }} plan
   */
  async #train(active, plan) {
    if (this.active && this.active !== active) await this.pause();
    this.#tell(active === 'main' ? { active, said: { key: 'training' } } : { active });
    await this.client.train(plan);
  }

  /** @param {string} [key] what is said of it */
  async pause(key = 'paused') {
    const { active } = this;
    if (!active) return;
    if (this.trial?.phase === 'running') this.trial = { ...this.trial, phase: 'paused' };
    this.#tell({ active: '' });
    await this.client.pause();
    if (active === 'main') this.#tell({ said: { key } });
  }

  /** @param {number} seed */
  async restart(seed) {
    if (this.status !== 'ready') return;
    await this.pause();
    await this.#make('main', { seed });
    this.until = COURSE;
    this.#tell({ said: { key: 'fresh' } });
  }

  /**
   * @param {import('./experiments.js').Experiment} experiment
   * @param {string} guess
   * @param {number} seed
   */
  async begin(experiment, guess, seed) {
    const making = ++this.#making;
    const { id, runs } = experiment;
    await this.pause();
    if (making !== this.#making) return;
    this.#forgetTrial();
    this.#tell({ trial: { experiment, id, guess, phase: 'making' } });
    try {
      for (const { name, settings } of runs) {
        await this.#make(name, { seed, ...settings });
        if (making === this.#making) continue;
        if (!this.trial) this.#forgetTrial(); // it was left in the meantime
        return;
      }
    } catch (error) {
      const { message: reason } = /** @type {Error} */ (error);
      this.#tell({ trial: undefined, said: { key: 'noTrial', values: { reason } } });
      return;
    }
    await this.resume();
  }

  /** Lets the experiment go on, to its end. */
  async resume() {
    if (!this.trial) return;
    const { runs, steps } = this.trial.experiment;
    this.trial = { ...this.trial, phase: 'running' };
    await this.#train('trial', { names: runs.map(({ name }) => name), until: steps, speed: EXPERIMENT_SPEED });
  }

  /** Another experiment was chosen, or this one is to be asked again. */
  async leaveTrial() {
    this.#making += 1;
    if (this.active === 'trial') await this.pause();
    this.#forgetTrial();
    this.#tell({ trial: undefined });
  }

  #forgetTrial() {
    for (const name of ['changed', 'usual']) {
      if (!this.models.delete(name)) continue;
      this.client.ask('drop', { name }).catch(() => {}); // a worker that is gone has dropped it
      this.client.kept.delete(name);
    }
  }

  /**
   * @param {import('./run.js').Sentence} sentence
   * @param {number} layer counted from 0
   */
  vectors(sentence, layer) {
    return this.client.ask('vectors', { name: 'main', sentence, layer });
  }

  /**
   * @param {import('./client.js').Report[]} reports
   * @param {boolean} done
   */
  progress(reports, done) {
    for (const { name, losses, evaluation, broke, ...state } of reports) {
      const model = this.models.get(name);
      if (!model) continue;
      const news = evaluation && evaluation.step !== model.evaluation?.step;
      this.#update(name, {
        ...state, broke, evaluation: evaluation ?? model.evaluation,
        kept: model.kept && losses.length === 0,
        losses: losses.length ? [...model.losses, ...losses] : model.losses,
        accuracies: news ? [...model.accuracies, evaluation.step, evaluation.accuracy] : model.accuracies,
      });
    }
    if (done) this.#finish();
    this.changed();
  }

  #finish() {
    const { active } = this;
    this.active = '';
    if (active === 'trial' && this.trial) {
      this.trial = { ...this.trial, phase: 'done' };
    } else if (active === 'main' && this.main) {
      const { broke, step } = this.main;
      this.said = { key: broke ? 'broke' : step >= this.until ? 'done' : 'stepped' };
    }
  }

  /**
   * @param {string} name
   * @param {any} change
   */
  #update(name, { bytes, ...change }) {
    const model = this.models.get(name);
    if (model) this.models.set(name, { ...model, ...change });
  }

  /**
   * The worker is gone: another one takes over, with the model as it was last kept.
   * @param {string} reason
   */
  async lost(reason) {
    const { main } = this;
    const bytes = this.client.kept.get('main');
    this.active = '';
    this.trial = undefined;
    this.models.delete('changed');
    this.models.delete('usual');
    if (this.status !== 'ready' || !bytes || !main) return;
    try {
      await this.client.open();
      await this.client.ask('show', { sentences: this.#sentences });
      await this.#make('main', { seed: main.seed }, bytes);
      const now = /** @type {Model} */ (this.main);
      const until = (/** @type {number[]} */ points) => upTo(points, now.step);
      this.#update('main', { kept: main.kept, losses: until(main.losses), accuracies: until(main.accuracies) });
      this.#tell({ said: { key: 'lost', values: { reason, step: now.step } } });
    } catch {
      this.#fail(reason);
    }
  }

  /** @param {string} reason */
  #fail(reason) {
    this.client.close();
    this.#loading = undefined; // so that it can be tried again
    this.#tell({ status: 'failed', said: { key: 'failed', values: { reason } } });
  }

  /** @param {Partial<Session>} change */
  #tell(change) {
    Object.assign(this, change);
    this.changed();
  }
}

/**
 * @param {number[]} points step and number in turn
 * @param {number} step
 */
function upTo(points, step) {
  return points.filter((_, index) => points[index - (index % 2)] <= step);
}
