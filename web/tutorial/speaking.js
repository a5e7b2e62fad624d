// What the elements have in common that say something: each speaks one language, and two on a page may speak two.

import { LitElement } from 'lit';
import { loadWords, names } from './languages.js';
import { ENGLISH, languageOf, speak, words } from './words.js';

const RIGHT_TO_LEFT = ['ar'];

/** @type {Map<string, Promise<import('./words.js').Language>>} */
const loaded = new Map();

/**
 * Loads a language once for all elements; a failure is forgotten, so that a later call tries again.
 * @param {string} name
 */
function load(name) {
  const known = loaded.get(name);
  if (known) return known;
  const language = loadWords(name).then((files) => languageOf(name, files));
  language.catch(() => loaded.delete(name));
  loaded.set(name, language);
  return language;
}

/**
 * The language of ours that a BCP 47 tag asks for, if any: "pt" for "pt-BR".
 * @param {string} tag
 */
export function ours(tag) {
  const [name] = tag.toLowerCase().split('-');
  return ['en', ...names].find((each) => each === name);
}

/**
 * The tag that is nearest around an element, its own included.
 * @param {Element | undefined} element
 * @returns {string}
 */
function langAround(element) {
  if (!element) return '';
  const { host } = /** @type {Partial<ShadowRoot>} */ (element.getRootNode());
  return element.closest('[lang]')?.getAttribute('lang') || langAround(host);
}

/**
 * Attribute: `lang`; without it, the nearest around the element counts, and then what the browser prefers. What can't
 * be loaded is said in English.
 */
export class Speaking extends LitElement {
  /** @type {import('lit').PropertyDeclarations} */
  static properties = {};

  language = ENGLISH;
  #name = '';
  #first = /** @type {Promise<void> | undefined} */ (undefined);

  static get observedAttributes() {
    return [...super.observedAttributes, 'lang'];
  }

  /**
   * @param {string} name
   * @param {string | null} before
   * @param {string | null} now
   */
  attributeChangedCallback(name, before, now) {
    super.attributeChangedCallback(name, before, now);
    if (name === 'lang' && this.isConnected) this.#choose();
  }

  connectedCallback() {
    super.connectedCallback();
    this.#choose();
  }

  #choose() {
    const around = langAround(this);
    const name = [around, ...navigator.languages].map(ours).find(Boolean) ?? 'en';
    if (name === this.#name) return;
    this.#name = name;
    if (name === 'en') this.#become(ENGLISH);
    else this.#first = this.#load(name);
  }

  /** @param {string} name */
  async #load(name) {
    const language = await load(name).catch((error) => {
      console.warn(error);
      return ENGLISH;
    });
    if (name === this.#name) this.#become(language); // else another was asked for in the meantime
  }

  /** @param {import('./words.js').Language} language */
  #become(language) {
    this.language = language;
    const dir = RIGHT_TO_LEFT.includes(language.name) ? 'rtl' : 'ltr';
    if (!this.matches(`:dir(${dir})`)) this.dir = dir;
    if (!langAround(this)) this.lang = language.name;
    this.requestUpdate();
  }

  /** Resolves when the first words are there. */
  get spoken() { return this.#first; }

  /** The first picture waits for its words, so that it isn't seen in English before. */
  scheduleUpdate() {
    const update = () => super.scheduleUpdate();
    return this.hasUpdated || !this.#first ? update() : this.#first.then(update);
  }

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
}
