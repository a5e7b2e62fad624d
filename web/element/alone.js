// <attention-tutorial> for pages that aren't ours: attributes, properties and methods, and a style that whatever stands
// around it doesn't reach.

import { unsafeCSS } from 'lit';
import { AttentionSentence } from '../tutorial/figures/sentence.js';
import { questionsOf, textOf } from '../tutorial/questions.js';
import { register } from '../tutorial/register.js';
import { STATE, initialState, readState } from '../tutorial/state.js';
import { AttentionTutorial as Tutorial } from '../tutorial/tutorial.js';
import { questionText } from '../tutorial/views/panel.js';
import { translated } from '../tutorial/translated.js';
import { words } from '../tutorial/words.js';
import scripts from '../scripts.css?inline';
import tokens from '../tokens.css?inline';
import { choosing } from './choosing.js';
import { FIELDS, changesTo, checkState, expectedOf, fromText, fromValue, groupsOf, toText } from './fields.js';
import { frameStyles } from './frame-styles.js';

/** What it offers is said in tutorial.d.ts. */
export class AttentionTutorial extends choosing(Tutorial) {
  static styles = [unsafeCSS(tokens), unsafeCSS(scripts), ...Tutorial.styles, frameStyles];
  static properties = { controls: { type: String, reflect: true } };

  #asked = /** @type {import('./fields.js').Values} by attributes and properties, until the next update */ ({});
  #ignored = /** @type {Map<string, string>} the values of attributes that were not understood */ (new Map());
  #groups = groupsOf(null);
  #mirrored = initialState(); // what the attributes say
  #settled = /** @type {{ resolve: () => void, reject: (error: Error) => void }} */ (/** @type {unknown} */ (undefined));

  ready = /** @type {Promise<void>} */ (new Promise((resolve, reject) => { this.#settled = { resolve, reject }; }));

  static {
    for (const name of FIELDS) {
      Object.defineProperty(this.prototype, name, {
        configurable: true,
        enumerable: true,
        /** @this {AttentionTutorial} */
        get() { return structuredClone({ ...this.store.state, ...this.#asked }[name]); },
        /** @this {AttentionTutorial} @param {unknown} value */
        set(value) { this.#ask(name, value); },
      });
    }
  }

  static get observedAttributes() {
    return [...super.observedAttributes, ...FIELDS];
  }

  constructor() {
    super();
    this.controls = /** @type {string | null} */ (null);
    this.ready.catch(() => {}); // the figure itself says what went wrong
  }

  /** A frame of its own keeps all that is inherited out, and can be measured whatever the element was made to be. */
  createRenderRoot() {
    const frame = document.createElement('div');
    frame.setAttribute('part', 'frame');
    super.createRenderRoot().append(frame);
    return frame;
  }

  connectedCallback() {
    this.#takeEarly();
    for (const name of this.mirrorUrl ? readState(location.search).asked : []) delete this.#asked[name];
    super.connectedCallback(); // which reads the address
    this.#settle();
  }

  /** Properties that were set before the element was defined hide the accessors. */
  #takeEarly() {
    for (const name of FIELDS.filter((each) => Object.hasOwn(this, each))) {
      const self = /** @type {any} */ (this);
      const value = self[name];
      delete self[name];
      self[name] = value;
    }
  }

  /**
   * @param {string} name
   * @param {string | null} old
   * @param {string | null} value
   */
  attributeChangedCallback(name, old, value) {
    if (!FIELDS.includes(name)) super.attributeChangedCallback(name, old, value);
    else if (old !== value && toText(name, this.#mirrored[name]) !== value) this.#ask(name, value);
  }

  /**
   * What can't be understood becomes the usual, and is said.
   * @param {string} name
   * @param {unknown} value as in the address, or as it is
   */
  #ask(name, value) {
    const usual = /** @type {any} */ (STATE)[name].initial;
    const text = typeof value === 'string' || (value ?? null) === null;
    const read = text ? fromText(name, /** @type {string | null} */ (value ?? null)) : fromValue(name, value);
    this.#ignored.delete(name);
    if (read === undefined) {
      this.#ignored.set(name, text ? String(value).slice(0, 40) : '…');
      console.warn(`<attention-tutorial>: ${name}: expected ${expectedOf(name)}. The usual is shown.`);
    }
    this.#asked[name] = read === undefined ? usual : read;
    this.requestUpdate();
  }

  /** What was asked for one by one is done together: a lesson starts afresh, whatever the order of attributes. */
  #settle() {
    const changes = changesTo(this.store.state, this.#asked);
    this.#asked = {};
    if (Object.keys(changes).length === 0) return;
    if (this.status === 'ready') this.store.set(changes);
    else this.store.load({ state: { ...this.store.state, ...changes } });
  }

  /** @param {import('lit').PropertyValues} changed */
  willUpdate(changed) {
    if (changed.has('controls')) {
      this.#groups = groupsOf(this.controls);
      const { unknown } = this.#groups;
      if (unknown.length) console.warn(`<attention-tutorial>: there are no controls called ${unknown.join(', ')}.`);
    }
    this.#settle();
    super.willUpdate(changed);
  }

  updated() {
    super.updated();
    this.#mirror();
    if (this.status !== 'loading' && this.status !== 'ready') this.#settled.reject(new Error(this.status));
  }

  /** The attributes follow what the reader, or a script, has changed. */
  #mirror() {
    const { state } = this.store;
    const last = this.#mirrored;
    this.#mirrored = state;
    for (const name of FIELDS) {
      const text = toText(name, state[name]);
      if (text === toText(name, last[name])) continue;
      const there = fromText(name, this.getAttribute(name));
      if (there !== undefined && toText(name, there) === text) continue;
      if (text === null) this.removeAttribute(name);
      else this.setAttribute(name, text);
    }
  }

  /** @param {string} group */
  shows(group) {
    return super.shows(group) && (this.#groups.shown?.has(group) ?? true);
  }

  get remarks() {
    const { model, state } = this.store;
    const list = [...this.#ignored];
    if (state.preset !== null && model?.preset.id !== state.preset) list.push(['preset', state.preset]);
    if (state.token !== null && model?.current !== state.token) list.push(['token', state.token]);
    const { unknown } = this.#groups;
    return [
      ...super.remarks,
      ...(list.length ? [words('status.ignored', { list: list.map((each) => each.join('=')).join(', ') })] : []),
      ...(unknown.length ? [words('status.controls', { list: unknown.join(', ') })] : []),
    ];
  }

  /**
   * @param {'ready' | 'step' | 'theme' | 'edit' | 'answer'} type
   * @param {object} what
   */
  tell(type, what) {
    if (type === 'ready') this.#settled.resolve();
    super.tell(type, what);
  }

  /** @param {number} step */
  goTo(step) {
    this.setState({ step });
  }

  getState() {
    this.#settle();
    return super.getState();
  }

  /** @param {any} given what getState() gave, or a part of it */
  setState(given) {
    const { state, seen, answers } = checkState(given);
    this.#asked = { ...this.#asked, ...state };
    this.#settle();
    const { record } = this;
    if (seen) record.seen = seen;
    if (answers) record.answers = answers;
    this.requestUpdate();
  }

  /** @param {unknown} file a lesson, as in a file */
  async setLesson(file) {
    const lesson = await this.loader.take(file);
    this.#settle();
    const { state } = this.store;
    this.loader.show(lesson.id, lesson, { ...state, ...changesTo(state, { lesson: lesson.id, preset: null }) });
    await this.updateComplete;
  }

  get progress() {
    this.#settle();
    return this.speak(() => this.#summary());
  }

  #summary() {
    const { model } = this.store;
    const shown = this.loader.settled && model ? translated(model) : undefined;
    const asked = shown ? [1, 2, 3, 4, 5, 6].flatMap((step) => questionsOf(shown, step)) : [];
    const questions = !shown ? [] : asked.map((question) => {
      const { id, step, choices, expected } = question;
      const right = choices.find((choice) => choice.id === expected);
      return { id, step, text: questionText(shown, question), choices: choices.map(textOf), expected: textOf(right) };
    });
    const { answers, ...sum } = this.record.of(asked);
    const said = Object.entries(answers).map(([id, { choice, correct }]) => {
      const chosen = asked.find((question) => question.id === id)?.choices.find((each) => each.id === choice);
      const gone = choice !== null && !chosen; // the numbers have changed since, and the question with them
      return [id, gone ? { correct } : { choice: textOf(chosen), correct }];
    });
    return structuredClone({ ...sum, questions, answers: Object.fromEntries(said), complete: Boolean(shown) && sum.complete });
  }
}

/**
 * Registers the element. A constructor bears one name, so that any other gets one of its own.
 * @param {string} [name]
 */
export function defineAttentionTutorial(name = 'attention-tutorial') {
  register({ 'attention-sentence': AttentionSentence });
  register({ [name]: name === 'attention-tutorial' ? AttentionTutorial : class extends AttentionTutorial {} });
}
