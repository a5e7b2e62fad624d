// Going from step to step, by tab, link, key, button or swipe; and the transition on the way.

import { STEPS } from './state.js';
import { swipe } from './swipe.js';
import { Transition, calm } from './transition.js';

/** A Lit reactive controller. */
export class Walking {
  /** Whether a transition is under way. */ playing = false;
  #shown = /** @type {number | undefined} the step of the picture that is there */ (undefined);
  #transition = /** @type {Transition | undefined} */ (undefined);
  #swipe = swipe((direction) => this.go(this.#step - direction));

  /** @param {import('./tutorial.js').AttentionTutorial} host */
  constructor(host) {
    this.host = host;
    host.addController(this);
  }

  get #step() { return this.host.store.state.step; }

  hostUpdate() {
    if (this.#shown !== undefined && this.#shown !== this.#step) this.#transition?.capture();
  }

  hostUpdated() {
    if (!this.host.drawn) return;
    this.#transition ??= new Transition(/** @type {ShadowRoot} */ (this.host.renderRoot));
    const from = this.#shown;
    this.#shown = this.#step;
    if (from !== undefined && from !== this.#step) this.#play(from, this.#step);
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  async #play(from, to) {
    const transition = /** @type {Transition} */ (this.#transition);
    const follow = () => {
      if (this.playing !== transition.playing) this.host.requestUpdate();
      this.playing = transition.playing;
    };
    const played = transition.play(from, to);
    follow();
    await played;
    follow();
  }

  /** Plays the way into this step once more. */
  replay = () => this.#play(this.#step, this.#step);

  skip = () => this.#transition?.skip();

  get calm() { return calm(); }

  /**
   * Without any means to walk, a reader stays in the step that was chosen for them.
   * @param {number} step
   */
  go(step) {
    if (!this.host.shows('stepper') && !this.host.shows('walk')) return;
    this.host.store.set({ step: Math.min(Math.max(step, 1), STEPS) });
  }

  /** A plain click on a link to a step is answered here; one that opens a new tab is the browser's. */
  click = (/** @type {MouseEvent} */ event) => {
    const link = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest('a[data-step]'));
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.go(Number(link.dataset.step));
  };

  key = (/** @type {KeyboardEvent} */ event) => {
    const to = { ArrowLeft: this.#step - 1, ArrowRight: this.#step + 1, Home: 1, End: STEPS }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.go(to);
    this.host.focusOn('[aria-selected=true]');
  };

  press = (/** @type {PointerEvent} */ event) => {
    this.skip();
    this.#swipe.down(event);
  };

  release = (/** @type {PointerEvent} */ event) => this.#swipe.up(event);
}
