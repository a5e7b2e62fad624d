// Holds the state and the numbers that follow from it, tells the views, and remembers what can be undone.

import { compute } from './compute.js';
import { STATE, initialState } from './state.js';

const KEPT = 200; // states that undo can go back to

export class Store {
  #subscribers = new Set();
  #past = /** @type {any[]} */ ([]);
  #future = /** @type {any[]} */ ([]);
  #group = /** @type {string | undefined} */ (undefined);

  constructor() {
    this.state = initialState();
    /** @type {any} */ this.lesson = undefined;
    /** @type {import('../core/load-steps.js').AttentionSteps | undefined} */ this.attention = undefined;
    /** @type {import('./compute.js').Model | undefined} */ this.model = undefined;
  }

  get canUndo() { return this.#past.length > 0; }
  get canRedo() { return this.#future.length > 0; }

  /** Whether anything that undo could take back differs from the start of the lesson. */
  get changed() {
    return Object.entries(STATE).some(([name, { initial, undoable }]) =>
      undoable && name !== 'lesson' && JSON.stringify(this.state[name]) !== JSON.stringify(initial));
  }

  /**
   * Calls back after each change; returns the function that ends it.
   * @param {(store: Store) => void} listener
   */
  subscribe(listener) {
    this.#subscribers.add(listener);
    return () => this.#subscribers.delete(listener);
  }

  /**
   * Gives the store what it computes with; together, so that no view sees one lesson with another's state.
   * @param {{ attention?: import('../core/load-steps.js').AttentionSteps, lesson?: any, state?: any }} parts
   */
  load({ attention = this.attention, lesson = this.lesson, state = this.state }) {
    Object.assign(this, { attention, lesson });
    this.#become(state);
  }

  /**
   * Changes part of the state. Changes of the same group in a row (one drag of a slider) are one undo.
   * @param {any} patch
   * @param {{ group?: string }} [options]
   */
  set(patch, { group } = {}) {
    const undoable = Object.keys(patch).some((name) => /** @type {any} */ (STATE)[name].undoable);
    if (undoable) {
      if (!group || group !== this.#group) this.#past = [...this.#past, this.state].slice(-KEPT);
      this.#future = [];
      this.#group = group;
    }
    this.#become({ ...this.state, ...patch });
    this.#forgetDetour();
  }

  /** A group of changes that ends where it began leaves nothing to undo. */
  #forgetDetour() {
    const last = this.#past[this.#past.length - 1];
    if (!this.#group || !last || undoable(last) !== undoable(this.state)) return;
    this.#past.pop();
    this.#group = undefined;
  }

  /**
   * @param {string} cell
   * @param {number} number
   */
  edit(cell, number) {
    this.set({ edits: { ...this.state.edits, [cell]: number } }, { group: cell });
  }

  /**
   * Gives cells back to what the lesson, or their projection, says.
   * @param {(cell: string) => boolean} which
   */
  restore(which) {
    this.set({ edits: Object.fromEntries(Object.entries(this.state.edits).filter(([cell]) => !which(cell))) });
  }

  /** @param {number} index */
  toggle(index) {
    const { toggled } = this.state;
    this.set({
      toggled: toggled.includes(index)
        ? toggled.filter((/** @type {number} */ other) => other !== index)
        : [...toggled, index].sort((a, b) => a - b),
    });
  }

  undo() { this.#travel(this.#past, this.#future); }
  redo() { this.#travel(this.#future, this.#past); }

  /** Everything back to the start of the lesson, as one step that can be undone. */
  reset() {
    const { lesson, step, theme } = this.state;
    this.set({ ...initialState(), lesson, step, theme });
  }

  /**
   * @param {any[]} from
   * @param {any[]} to
   */
  #travel(from, to) {
    const state = from.pop();
    if (!state) return;
    to.push(this.state);
    this.#group = undefined;
    const { step, theme } = this.state;
    this.#become({ ...state, step, theme });
  }

  /** @param {any} state */
  #become(state) {
    this.state = state;
    if (this.attention && this.lesson) this.model = compute(this.attention, this.lesson, state);
    for (const subscriber of this.#subscribers) subscriber(this);
  }
}

/**
 * The part of a state that undo takes back, as text.
 * @param {any} state
 */
export function undoable(state) {
  return JSON.stringify(Object.entries(STATE).filter(([, field]) => field.undoable).map(([name]) => state[name]));
}
