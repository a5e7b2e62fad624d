// What the elements have in common that say something: each speaks one language, and two on a page may speak two; and a
// control that goes hands its focus on.

import { LitElement } from 'lit';
import { FIRST } from './first-language.js';
import { speak, words } from './words.js';

export class Speaking extends LitElement {
  /** @type {import('lit').PropertyDeclarations} */
  static properties = {};

  language = FIRST;

  performUpdate() {
    this.speak(() => super.performUpdate());
  }

  /**
   * Does work that asks for words, outside of an update.
   * @template T
   * @param {() => T} work
   */
  speak(work) {
    return speak(this.language, work);
  }

  /**
   * @param {string} key
   * @param {Record<string, unknown>} [values]
   */
  words(key, values) {
    return this.speak(() => words(key, values));
  }

  /**
   * Gives the focus to what will be there once all has been drawn.
   * @param {string} selector
   */
  async focusOn(selector) {
    this.requestUpdate();
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.renderRoot.querySelector(selector))?.focus();
  }
}
