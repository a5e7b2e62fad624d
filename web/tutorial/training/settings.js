// Holds the settings of the part of the page that trains a model, and tells who listens. What a store.js is to the six
// steps, without numbers and without undo.

import { initialState } from '../state.js';
import { TRAINING } from './state.js';

export class Settings {
  #listeners = /** @type {Set<() => void>} */ (new Set());
  state = initialState(TRAINING);

  /** @param {() => void} listener */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => { this.#listeners.delete(listener); };
  }

  /** @param {{ state: any }} parts */
  load({ state }) {
    this.state = state;
    for (const listener of this.#listeners) listener();
  }

  /** @param {any} patch */
  set(patch) {
    this.load({ state: { ...this.state, ...patch } });
  }
}
