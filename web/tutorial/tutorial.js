// <attention-tutorial>: the sentence, the six steps and the stage, over one store.

import { html, nothing } from 'lit';
import { Asking } from './asking.js';
import { expressionOf } from './cells.js';
import { closestDivisor, value } from './compute.js';
import { sharedSteps } from './core.js';
import { sources } from './expression.js';
import { keepTabStops } from './grid.js';
import { lessonIds } from './lesson.js';
import { LessonLoader, PROVIDED, checked } from './lesson-loader.js';
import { Pointing } from './pointing.js';
import { savers } from './saving.js';
import { Speaking } from './speaking.js';
import { initialState } from './state.js';
import { Store, undoable } from './store.js';
import { styles } from './styles/tutorial.js';
import { calm } from './transition.js';
import { translated } from './translated.js';
import { UrlMirror } from './url-mirror.js';
import { lessonControls, sentenceControls, tools } from './views/controls.js';
import { facts } from './views/describe.js';
import { inspector } from './views/inspector.js';
import { explanation, practice, stepper, walk } from './views/panel.js';
import { shares } from './views/shares.js';
import { sharesLine } from './views/shares-line.js';
import { showsReference, stage } from './views/stage.js';
import { Walking } from './walking.js';
import { language, words } from './words.js';

const NARROW = 660; // px of its own width below which the stage is turned
const BESIDE = 9; // with more tokens than this the stage takes the whole width

/**
 * Attribute: `mirror-url`, to keep the state in the page's address. `store` holds state and numbers; companions on the
 * page read it. What pages of others need beyond this is in web/element.
 */
export class AttentionTutorial extends Speaking {
  static styles = styles;

  /** @type {import('lit').PropertyDeclarations} */
  static properties = {
    mirrorUrl: { type: Boolean, attribute: 'mirror-url', reflect: true },
    status: { state: true },
    notices: { state: true },
    narrow: { state: true },
    look: { state: true },
    said: { state: true },
  };

  store = new Store();
  #pointing = new Pointing(this, this.store);
  #walking = new Walking(this);
  #savers = savers(this, () => this.#context, (said) => { this.said = said; });
  #asking = new Asking(this);
  #observer = new ResizeObserver(([entry]) => { this.narrow = entry.contentRect.width < NARROW; });
  #mirror = /** @type {UrlMirror | undefined} */ (undefined);
  #unsubscribe = () => {};
  #closest = { key: '', found: /** @type {{ divisor: number, distance: number } | null} */ (null) };
  #before = /** @type {any} what was last told of */ (undefined);
  #home = ''; // the id of the part that provides a lesson
  loader = new LessonLoader(this.store, (notice) => { this.notices = [...this.notices, notice]; });

  constructor() {
    super();
    this.mirrorUrl = false;
    this.status = 'loading';
    this.notices = /** @type {(() => string)[]} */ ([]);
    this.narrow = false;
    this.look = /** @type {number | undefined} the token whose projections step 2 shows */ (undefined);
    this.said = () => '';
    /** Whether a link to the page's address with the state in it shows the same again. */ this.addressed = false;
  }

  /** What is to be said above the figure. */
  get remarks() { return this.notices.map((notice) => notice()); }

  /** What has been seen and answered of the lesson. */
  get record() { return this.#asking.record; }

  /**
   * Whether the reader is to be given a group of controls.
   * @param {string} group
   */
  shows(group) {
    return group !== 'link' || this.mirrorUrl || this.addressed;
  }

  connectedCallback() {
    super.connectedCallback();
    this.#observer.observe(this.renderRoot instanceof Element ? this.renderRoot : this);
    this.#unsubscribe = this.store.subscribe(() => this.#changed());
    if (this.mirrorUrl) {
      this.#mirror = new UrlMirror(this.store, this);
      const { ignored } = this.#mirror;
      if (ignored) this.notices = [() => words('status.ignored', { list: ignored })];
    }
    if (this.status === 'loading') this.#start();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#observer.disconnect();
    this.#unsubscribe();
    this.#mirror?.end();
  }

  async #start() {
    try {
      this.store.load({ attention: await sharedSteps() });
      while (!this.loader.settled) await this.loader.follow(); // the lesson may change on the way
      this.status = 'ready';
      this.#before = this.store.state;
      await this.updateComplete;
      this.tell('ready', {});
    } catch (error) {
      console.error(error);
      this.status = this.words('status.failed', { message: /** @type {Error} */ (error).message });
    }
  }

  /**
   * Another part of the page makes the lesson `learned`, whenever that is asked for.
   * @param {import('./lesson-loader.js').Ask} ask
   * @param {string} home the id of that part
   */
  provide(ask, home) {
    this.#home = home;
    this.loader.provide(ask);
  }

  /**
   * Shows the lesson `learned` that is handed over, from the first step on, and takes the reader there.
   * @param {any} lesson in the format of a lesson file
   * @param {number | null} token the one that asks; null = the lesson's own
   * @throws {import('./own-lesson.js').LessonError}
   */
  async showLesson(lesson, token = null) {
    const parsed = await checked(lesson);
    this.notices = [];
    const { theme } = this.store.state;
    this.loader.show(PROVIDED, parsed, { ...initialState(), theme, token });
    await this.updateComplete;
    this.scrollIntoView({ behavior: calm() ? 'auto' : 'smooth' });
    const tab = /** @type {HTMLElement | null} */ (this.renderRoot.querySelector('[aria-selected=true]'));
    tab?.focus({ preventScroll: true });
  }

  #changed() {
    const { state, model } = this.store;
    if (this.status === 'ready') this.loader.follow();
    if (model) this.#forgetWhatIsGone(model);
    this.dataset.theme = state.theme;
    this.requestUpdate();
    if (!model || !this.loader.settled) return;
    this.record.see(state.step);
    if (this.#before) this.#tellChanges(state);
  }

  /** @param {any} state */
  #tellChanges(state) {
    const before = this.#before;
    this.#before = state;
    if (state.step !== before.step) this.tell('step', { step: state.step });
    if (state.theme !== before.theme) this.tell('theme', { theme: state.theme });
    if (undoable(before) !== undoable(state)) this.tell('edit', {});
  }

  /**
   * Fires `attention-change`. Its detail: the `type` of the change, the whole `state`, and what belongs to the type.
   * @param {'ready' | 'step' | 'theme' | 'edit' | 'answer'} type
   * @param {object} what
   */
  tell(type, what) {
    const detail = { type, ...what, state: this.getState() };
    this.dispatchEvent(new CustomEvent('attention-change', { detail, bubbles: true, composed: true }));
  }

  /** Everything that setState() needs to show the same again, as plain data. */
  getState() {
    const { seen, answers } = this.record;
    return structuredClone({ ...this.store.state, seen, answers });
  }

  /**
   * Another lesson may have fewer tokens or dimensions than the one in which something was chosen.
   * @param {import('./compute.js').Model} model
   */
  #forgetWhatIsGone(model) {
    const { selected } = this.#pointing;
    if (selected && value(model, selected) === undefined) this.#pointing.selected = undefined;
    this.#pointing.hovered = undefined;
    if (this.look !== undefined && !model.tokens[this.look]?.shown) this.look = undefined;
    if (model.ignored) this.said = () => words('status.ignoredEdits');
  }

  /** @returns {import('./views/cell.js').Context} */
  get #context() {
    const model = translated(/** @type {import('./compute.js').Model} */ (this.store.model));
    const { active, selected } = this.#pointing;
    const expression = active === undefined ? undefined : expressionOf(model, active);
    const { step } = this.store.state;
    return {
      model, step, active, selected,
      store: this.store,
      narrow: this.narrow,
      value: (cell) => value(model, cell),
      sources: new Set(expression ? sources(expression) : []),
      look: this.look ?? facts(model).best,
      lookAtToken: (token) => { this.look = token; },
      hrefOf: (to) => (this.mirrorUrl || this.addressed
        ? UrlMirror.address({ ...this.store.state, step: to }, this.id) : `#${this.id}`),
      closest: step === 4 ? this.#findClosest(model) : null,
      asking: this.#asking,
      shows: (group) => this.shows(group),
    };
  }

  /**
   * Looked for again only when something other than the divisor has changed.
   * @param {import('./compute.js').Model} model
   */
  #findClosest(model) {
    const { divisor, step, theme, ...rest } = this.store.state;
    const key = JSON.stringify([model.lesson.id, rest]); // a lesson comes later than its name
    if (key !== this.#closest.key && this.store.attention) {
      this.#closest = { key, found: closestDivisor(this.store.attention, model) };
    }
    return this.#closest.found;
  }

  /** Whether there are numbers to be seen. */
  get drawn() { return this.status === 'ready' && Boolean(this.store.model); }

  render() {
    if (!this.drawn) return this.#waiting();
    const context = this.#context;
    const { model } = context;
    const { weights } = model.buffers;
    return html`
      ${this.remarks.length ? html`<p class="status" role="status">${this.remarks.join(' ')}</p>` : nothing}
      ${this.store.state.lesson === PROVIDED && this.#home
        ? html`<p class="back"><a href="#${this.#home}">${words('learn.lesson.back')}</a></p>` : nothing}
      ${lessonIds.includes(model.lesson.id) ? nothing
        : html`<h2>${model.lesson.title}</h2><p class="note">${model.lesson.summary}</p>`}
      ${lessonControls(context, [...this.loader.strangers, ...lessonIds.map((id) => [id, words(`lesson.${id}`)])])}
      <attention-sentence .tokens=${model.tokens} .current=${model.current} .weights=${weights.data}
        .language=${language()} @pick=${this.#pick}></attention-sentence>
      ${sentenceControls(context)}
      ${this.shows('stepper')
        ? html`<div @keydown=${this.#walking.key} @click=${this.#walking.click}>${stepper(context)}</div>` : nothing}
      ${this.shows('walk') ? walk(context, this.#walking) : nothing}
      ${this.#work(context)}
      <p class="line" aria-live="polite">${sharesLine({ ...model, weights: weights.data })}</p>
      ${inspector(context, this.#pointing)}
      ${tools(context, this.#savers, this.said())}
      <div class="prose"><slot></slot></div>`;
  }

  /** @param {import('./views/cell.js').Context} context */
  #work(context) {
    const crowded = context.model.tokens.filter(({ shown }) => shown).length > BESIDE;
    const { over, leave, focus } = this.#pointing;
    return html`<div class="work ${this.narrow ? 'narrow' : 'wide'} ${crowded ? 'crowded' : ''}"
      id="step" role=${this.shows('stepper') ? 'tabpanel' : 'group'} aria-labelledby=${
        this.shows('stepper') ? `tab-${context.step}` : 'title'}
      @pointerover=${over} @pointerleave=${leave} @focusin=${focus} @click=${this.#click} @keydown=${this.#key}
      @pointerdown=${this.#walking.press} @pointerup=${this.#walking.release}>
      ${explanation(context)}
      <div class="picture">
        ${stage(context)}
        ${context.step >= 5 ? shares(context) : nothing}
        ${showsReference(context) ? html`<p class="note legend"><i class="mark"></i> ${words('reference.why')}</p>` : nothing}
        <div class="ghosts" aria-hidden="true"></div>
      </div>
      ${practice(context)}
    </div>`;
  }

  #waiting() {
    const loading = this.status === 'loading' || this.status === 'ready';
    return html`<p class="status" role="status">${loading ? words('status.loading') : this.status}</p><slot></slot>`;
  }

  updated() {
    keepTabStops(this.renderRoot, this.#pointing.selected);
  }

  #pick(/** @type {CustomEvent} */ { detail }) {
    this.store.set({ token: detail.index });
  }

  #click(/** @type {MouseEvent} */ event) {
    this.#walking.click(event);
    this.#pointing.click(event);
  }

  #key(/** @type {KeyboardEvent} */ event) {
    if (event.key === 'Escape') this.#walking.skip();
    if (event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey) && !inField(event)) {
      event.preventDefault();
      if (event.shiftKey) this.store.redo();
      else this.store.undo();
    }
    this.#pointing.key(event);
  }
}

/**
 * In a field of text, undo is the browser's.
 * @param {Event} event
 */
function inField(event) {
  return /** @type {HTMLElement} */ (event.target).matches('input[type=text], input[type=number]');
}
