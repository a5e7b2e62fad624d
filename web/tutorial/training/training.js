// <attention-training>: a small transformer that learns while the reader watches.

import { html, nothing } from 'lit';
import { percent } from '../format.js';
import { figureStyles } from '../figures/figure.js';
import { Speaking } from '../speaking.js';
import { controlStyles } from '../styles/shared.js';
import { calm } from '../transition.js';
import { UrlMirror } from '../url-mirror.js';
import { rich } from '../views/markup.js';
import { language, words } from '../words.js';
import { buttons, experimentChoice, wordChoice } from './controls.js';
import { curves } from './curves.js';
import { withWords } from './later.js';
import { Opening } from './opening.js';
import { PLACES, layerNote, opener, selectors, sentence, weightsOf } from './sentences.js';
import { COURSE, Session } from './session.js';
import { Settings } from './settings.js';
import { fetchSnapshot } from './snapshot.js';
import { PREFIX, QUERY, SPEEDS, TRAINING, sentenceOf } from './state.js';
import { trainingStyles } from './styles.js';

/** The pair that is watched while it learns. */
const PAIR = [['animal', 'street', 'tired'], ['animal', 'street', 'wide']].map(sentenceOf);

/**
 * Attributes: `for`, the id of the <attention-tutorial> in which a head can be opened. `status` is reflected:
 * loading, ready or failed.
 */
export class AttentionTraining extends Speaking {
  static styles = [figureStyles, controlStyles, trainingStyles];
  static properties = {
    for: { type: String },
    status: { type: String, reflect: true },
    problem: { state: true },
  };

  settings = new Settings();
  session = new Session(() => this.#later());
  #mirror = /** @type {UrlMirror | undefined} */ (undefined);
  #unsubscribe = () => {};
  #frame = 0;
  #trial = /** @type {Promise<void> | undefined} */ (undefined);
  #drawTrial = /** @type {typeof import('./trial.js').panel | undefined} */ (undefined);
  #asked = ''; // the sentence whose picture was asked for
  #opening = new Opening(this);
  #near = new IntersectionObserver(([{ isIntersecting }]) => { if (isIntersecting) this.wake(); },
    { rootMargin: '100% 0px' });

  constructor() {
    super();
    this.for = '';
    /** @type {'loading' | 'ready' | 'failed'} */ this.status = 'loading';
    this.problem = /** @type {(() => string) | undefined} */ (undefined);
  }

  connectedCallback() {
    super.connectedCallback();
    const reveal = (/** @type {string[]} */ asked) => this.#do(this.#reveal(asked));
    this.#mirror = new UrlMirror(this.settings, this, { table: TRAINING, prefix: PREFIX, reveal });
    const { ignored } = this.#mirror;
    if (ignored) this.problem = () => words('status.ignored', { list: ignored });
    if (location.hash === `#${this.id}`) reveal(this.#mirror.asked);
    this.#unsubscribe = this.settings.subscribe(() => this.#changed());
    this.#near.observe(this);
    document.addEventListener('visibilitychange', this.#hide);
    addEventListener('pagehide', this.#hide);
    this.tutorial?.provide(() => this.#opening.learned(), this.id);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#mirror?.end();
    this.#unsubscribe();
    this.#near.disconnect();
    document.removeEventListener('visibilitychange', this.#hide);
    removeEventListener('pagehide', this.#hide);
    this.session.pause();
  }

  /** @returns {import('../tutorial.js').AttentionTutorial | null} */
  get tutorial() {
    return /** @type {any} */ (document.getElementById(this.for));
  }

  get #own() {
    const { words: chosen, token } = this.settings.state;
    return { ...sentenceOf(chosen), query: token };
  }

  /** Loads the trained model. Far from the reader's eyes nothing is loaded and nothing is computed. */
  async wake() {
    this.#near.disconnect();
    if (this.session.status === 'ready') return;
    await this.session.show([...PAIR, this.#own]); // so that the first picture is whole
    await this.session.wake(this.settings.state.seed, () => fetchSnapshot(this));
    const unknown = this.settings.state.words.find((/** @type {string} */ word) => !this.knows(word));
    if (unknown && this.session.corpus) {
      this.settings.set({ words: TRAINING.words.initial });
      this.problem = () => this.unknown(unknown);
    }
    await this.#showPictures();
  }

  /** Takes the reader to what a link asked for. @param {string[]} asked */
  async #reveal(asked) {
    await this.wake();
    await this.updateComplete;
    const part = asked.includes('experiment') && this.renderRoot.querySelector('.experiments');
    (part || this).scrollIntoView({ behavior: calm() ? 'auto' : 'smooth' });
  }

  /** Writes what was chosen into the address, now. */
  flush() { this.#mirror?.flush(); }

  /** @param {string} word */
  knows(word) {
    return this.session.corpus?.vocabulary.includes(word);
  }

  /** @param {string} word */
  unknown(word) {
    return this.words('learn.unknown', { word, count: this.session.corpus.vocabulary.length });
  }

  #changed() {
    const { trial } = this.session;
    if (trial && trial.id !== this.settings.state.experiment) this.#do(this.session.leaveTrial());
    this.requestUpdate();
    this.#showPictures();
  }

  async #showPictures() {
    const own = this.#own;
    const key = JSON.stringify(own);
    if (key === this.#asked || this.session.status !== 'ready') return;
    this.#asked = key;
    await this.session.show([...PAIR, own]).catch(() => {}); // a worker that is gone is spoken of elsewhere
  }

  /** However often the worker reports, the page is drawn once a frame. */
  #later() {
    if (document.hidden) this.requestUpdate();
    else this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.requestUpdate();
    });
  }

  #hide = (/** @type {Event} */ { type }) => {
    if (type === 'pagehide' || document.hidden) this.#do(this.session.pause('hidden'));
  };

  /** What fails here has been said: the worker is gone. @param {Promise<any>} promise */
  #do(promise) {
    promise.catch((error) => console.warn(error));
  }

  willUpdate() {
    const { status } = this.session;
    this.status = status === 'asleep' ? 'loading' : status;
  }

  render() {
    if (this.status !== 'ready') return this.#waiting();
    const { session } = this;
    const { until } = session;
    const main = /** @type {import('./session.js').Model} */ (session.main);
    const { state } = this.settings;
    const set = (/** @type {any} */ patch) => this.#set(patch);
    return html`
      <p class="said" role="status">${this.#said()}</p>
      ${buttons(session, state, this.#actions)}
      <div class="pair">${PAIR.map((each, index) => this.#sentence(each, index))}</div>
      <div class="row place">${selectors(main.config, state, set)}</div>
      <p class="note soft">${layerNote(main, state)}</p>
      <p class="count">${words('learn.count', { step: main.step, until })}</p>
      ${curves([{ name: words('learn.model'), model: main }], Math.max(COURSE, until),
        words(main.kept ? 'learn.noCurve' : 'learn.noCurveYet'))}
      <section aria-labelledby="own"><h3 id="own">${words('learn.own')}</h3>
        ${wordChoice(session.corpus, state.words, this.problem?.() ?? '', (place, word) => this.#choose(place, word))}
        ${this.#sentence(this.#own, 2)}
      </section>
      <section class="experiments" aria-labelledby="experiments">
        <h3 id="experiments">${words('learn.experiments')}</h3>
        ${experimentChoice(state.experiment, (id) => this.#set({ experiment: id }))}
        ${this.#panel()}
      </section>`;
  }

  #waiting() {
    const { said, status } = this.session;
    const retry = () => this.wake().then(() => this.focusOn('.toggle'));
    return html`<slot></slot><p class="status" role="status">${words(`learn.said.${said.key}`, said.values)}</p>
      ${status === 'failed' ? html`<p class="status"><button @click=${retry}>${words('learn.retry')}</button></p>`
        : nothing}`;
  }

  /**
   * @param {import('./run.js').Sentence} each
   * @param {number} index of its picture
   */
  #sentence(each, index) {
    const main = /** @type {import('./session.js').Model} */ (this.session.main);
    const { state } = this.settings;
    return sentence({
      tokens: each.tokens, query: each.query, weights: weightsOf(main.pictures[index], state),
      pick: index === 2 ? (token) => this.#set({ token }) : undefined,
      after: opener(main, state, each.tokens.join(' '), () => this.#do(this.#opening.open(each))),
    });
  }

  /** What has happened last, in words; a screen reader hears it when it changes, and not at every step. */
  #said() {
    const { said, main } = this.session;
    const [tired, wide] = [0, 1].map((index) =>
      percent(weightsOf(main?.pictures[index], { layer: 0, head: 0 })[PLACES[index]] ?? 0));
    return rich(`learn.said.${said.key}`, {
      step: main?.step, right: percent(main?.evaluation.accuracy ?? 0), tired, wide, count: main?.config.count.toLocaleString(language().name),
      ...said.values,
    });
  }

  /** @param {any} patch */
  #set(patch) {
    this.settings.set(patch);
    if (patch.speed && this.session.active === 'main') this.#do(this.session.play(this.#speed));
  }

  get #speed() {
    return /** @type {any} */ (SPEEDS)[this.settings.state.speed];
  }

  /**
   * @param {number} place
   * @param {string} typed
   */
  #choose(place, typed) {
    const word = typed.trim().toLowerCase();
    this.problem = this.knows(word) ? undefined : () => this.unknown(typed.trim());
    if (this.problem) return;
    this.#set({ words: this.settings.state.words.with(place, word), token: QUERY });
  }

  #actions = {
    toggle: () => this.#do(this.session.active === 'main' ? this.session.pause() : this.session.play(this.#speed)),
    step: () => this.#do(this.session.stepOnce()),
    restart: () => this.#do(this.session.restart(this.settings.state.seed)),
    set: (/** @type {any} */ patch) => this.#set(patch),
  };

  /** What draws an experiment, and its words, come when one is chosen. */
  async #loadTrial() {
    this.#drawTrial = await withWords(import('./trial.js')).then(({ panel }) => panel, ({ message: reason }) => () =>
      html`<p class="soft" role="status">${words('learn.said.noTrial', { reason })}</p>`);
    this.requestUpdate();
  }

  #panel() {
    const { session } = this;
    const { experiment, seed } = this.settings.state;
    if (!experiment) return html`<p class="soft">${words('learn.chooseExperiment')}</p>`;
    if (!this.#drawTrial) {
      this.#do(this.#trial ??= this.#loadTrial());
      return nothing;
    }
    return this.#drawTrial({
      session, chosen: experiment, headline: PAIR,
      begin: (begun, guess) => this.#do(session.begin(begun, guess, seed)),
      stop: () => this.#do(session.pause()),
      resume: () => this.#do(session.resume()),
      again: () => this.#do(session.leaveTrial().then(() => this.focusOn('.answers button'))),
    });
  }
}
