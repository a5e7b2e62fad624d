// Which language an element speaks: that of its attribute `lang`; without it, that of what stands around it; and then
// what the browser prefers.

import { FIRST } from '../tutorial/first-language.js';
import { loadWords, names } from './languages.js';

/** @import { Language } from '../tutorial/words.js' */

const RIGHT_TO_LEFT = ['ar'];

/** @type {Map<string, Promise<Language>>} */
const loaded = new Map([[FIRST.name, Promise.resolve(FIRST)]]);

/**
 * Loads a language once for all elements; a failure is forgotten, so that a later call tries again.
 * @param {string} name
 */
function load(name) {
  const known = loaded.get(name);
  if (known) return known;
  const language = loadWords(name).then(({ words, lessons }) => ({ name, lessons, texts: keyed(words) }));
  language.catch(() => loaded.delete(name));
  loaded.set(name, language);
  return language;
}

/**
 * What is shipped leaves out the keys, which are those of the English words.
 * @param {import('./languages.js').Words['words']} texts
 * @returns {Language['texts']}
 */
function keyed(texts) {
  if (!Array.isArray(texts)) return texts;
  return Object.fromEntries(Object.keys(FIRST.texts).map((key, index) => [key, texts[index]]));
}

/**
 * The language of ours that a BCP 47 tag asks for, if any: "pt" for "pt-BR".
 * @param {string} tag
 */
export function ours(tag) {
  const [name] = tag.toLowerCase().split('-');
  return [FIRST.name, ...names].find((each) => each === name);
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
 * The same element with a language of its own choice. What can't be loaded is said in English.
 * @template {new (...args: any[]) => import('../tutorial/speaking.js').Speaking} Base
 * @param {Base} Element
 */
export function choosing(Element) {
  return class extends Element {
    #name = '';
    #first = /** @type {Promise<void> | undefined} */ (undefined);

    /** Asked for on behalf of the class itself: else Lit prepares the base alone, without our properties and styles. */
    static get observedAttributes() {
      return [.../** @type {string[]} */ (Reflect.get(Element, 'observedAttributes', this)), 'lang'];
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
      const name = [langAround(this), ...navigator.languages].map(ours).find(Boolean) ?? FIRST.name;
      if (name === this.#name) return;
      this.#name = name;
      if (name === FIRST.name) this.#become(FIRST);
      else this.#first = this.#load(name);
    }

    /** @param {string} name */
    async #load(name) {
      const language = await load(name).catch((error) => {
        console.warn(error);
        return FIRST;
      });
      if (name === this.#name) this.#become(language); // else another was asked for in the meantime
    }

    /** @param {Language} language */
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
  };
}
