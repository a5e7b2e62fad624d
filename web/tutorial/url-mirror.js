// Ties a store to the page it stands in: the address mirrors the state, so that a link reproduces the picture, and
// links within the page are answered. Several stores may share an address: each writes its own parameters only.

import { STATE, initialState, readState, writeState } from './state.js';

const PAUSE = 250; // ms; browsers limit how often an address may change

/**
 * What a mirror needs of a store.
 * @typedef {object} Mirrored
 * @property {any} state
 * @property {(parts: { state: any }) => void} load
 * @property {(patch: any) => void} set
 * @property {(listener: () => void) => () => void} subscribe
 */

export class UrlMirror {
  #timer = 0;

  /**
   * @param {Mirrored} store
   * @param {HTMLElement} host links to `?…#id-of-the-host` are answered without loading the page again
   * @param {{ table?: import('./state.js').Table, prefix?: string, reveal?: (asked: string[]) => void }} [options] what
   *   the address holds, and the beginning of its names there; how to show what a link asked for
   */
  constructor(store, host, { table = STATE, prefix = '', reveal } = {}) {
    /** @type {Mirrored} */ this.store = store;
    /** @type {HTMLElement} */ this.host = host;
    /** @type {import('./state.js').Table} */ this.table = table;
    /** @type {string} */ this.prefix = prefix;
    this.reveal = reveal ?? (() => host.scrollIntoView({ behavior: 'smooth' }));
    const { state, asked, ignored } = readState(location.search, table, prefix);
    this.asked = asked;
    /** What the address asks for and nobody understands, in one line. */
    this.ignored = ignored.map(({ name, value }) => `${name}=${value}`).join(', ');
    store.load({ state });
    this.unsubscribe = store.subscribe(() => this.#later());
    this.#later();
    addEventListener('popstate', this.#back);
    document.addEventListener('click', this.#follow);
  }

  end() {
    clearTimeout(this.#timer);
    this.unsubscribe();
    removeEventListener('popstate', this.#back);
    document.removeEventListener('click', this.#follow);
  }

  /**
   * The address of the picture that a state gives.
   * @param {any} state
   * @param {string} [id] of the element to open it at; without one, the place where the page is
   */
  static address(state, id) {
    return addressOf(writeState(state, location.search), id);
  }

  /** Writes what has changed into the address, now. */
  flush() {
    clearTimeout(this.#timer);
    history.replaceState(history.state, '', addressOf(this.#search(location.search)));
  }

  /** @param {string} search whose other parameters are kept */
  #search(search) {
    return writeState(this.store.state, search, this.table, this.prefix);
  }

  #later() {
    if (this.table.theme) document.documentElement.dataset.theme = this.store.state.theme;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), PAUSE);
  }

  /** Back shows what the address says, as a change that can be undone; the theme stays. */
  #back = () => {
    const { theme, ...state } = readState(location.search, this.table, this.prefix).state;
    const differs = (/** @type {[string, unknown]} */ [name, value]) =>
      JSON.stringify(value) !== JSON.stringify(this.store.state[name]);
    const changes = Object.entries(state).filter(differs);
    if (changes.length) this.store.set(Object.fromEntries(changes));
  };

  /** @param {MouseEvent} event */
  #follow = (event) => {
    const link = /** @type {HTMLAnchorElement | undefined} */ (event.composedPath().find((element) =>
      element instanceof HTMLAnchorElement));
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const target = new URL(link.href);
    const here = target.origin === location.origin && target.pathname === location.pathname;
    if (!here || target.hash !== `#${this.host.id}` || !target.search) return;
    event.preventDefault();
    this.flush();
    target.search = this.#withOthers(target.search);
    history.pushState(null, '', target);
    const read = readState(target.search, this.table, this.prefix);
    this.store.set(linked(read));
    this.reveal(read.asked);
  };

  /**
   * A link speaks of this part of the page only: what the address holds for others stays in it.
   * @param {string} search
   */
  #withOthers(search) {
    const query = new URLSearchParams(search);
    const own = Object.keys(this.table).map((name) => this.prefix + name);
    for (const [name, value] of new URLSearchParams(location.search)) {
      if (!own.includes(name) && !query.has(name)) query.set(name, value);
    }
    return `?${query}`;
  }
}

/**
 * @param {string} search
 * @param {string} [id]
 */
function addressOf(search, id) {
  return new URL(`${location.pathname}${search}${id ? `#${id}` : location.hash}`, location.href).href;
}

/**
 * What a link asks for, and only that; another lesson, or another of its versions, starts afresh.
 * @param {{ state: any, asked: string[] }} read
 */
function linked({ state, asked }) {
  const link = Object.fromEntries(asked.map((name) => [name, state[name]]));
  if (!asked.includes('lesson') && !asked.includes('preset')) return link;
  const { lesson, step, theme, mask, ...fresh } = initialState();
  return { ...fresh, ...link };
}
