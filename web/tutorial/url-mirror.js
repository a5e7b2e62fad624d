// Ties a store to the page it stands in: the address mirrors the state, so that a link reproduces the picture;
// links within the page are answered; the page wears the theme that was chosen.

import { initialState, readState, writeState } from './state.js';

const PAUSE = 250; // ms; browsers limit how often an address may change

export class UrlMirror {
  #timer = 0;

  /**
   * @param {import('./store.js').Store} store
   * @param {HTMLElement} host links to `?…#id-of-the-host` are answered without loading the page again
   */
  constructor(store, host) {
    this.store = store;
    this.host = host;
    const { state, ignored } = readState(location.search);
    this.ignored = ignored;
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
    const hash = id ? `#${id}` : location.hash;
    return new URL(`${location.pathname}${writeState(state, location.search)}${hash}`, location.href).href;
  }

  #later() {
    document.documentElement.dataset.theme = this.store.state.theme;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => history.replaceState(history.state, '', UrlMirror.address(this.store.state)), PAUSE);
  }

  /** Back shows what the address says, as a change that can be undone; the theme stays. */
  #back = () => {
    const { theme, ...state } = readState(location.search).state;
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
    clearTimeout(this.#timer);
    history.replaceState(history.state, '', UrlMirror.address(this.store.state));
    history.pushState(null, '', target);
    this.store.set(asked(target.search));
    this.host.scrollIntoView({ behavior: 'smooth' });
  };
}

/**
 * What a link asks for, and only that; another lesson, or another of its versions, starts afresh.
 * @param {string} search
 */
function asked(search) {
  const { state } = readState(search);
  const names = [...new URLSearchParams(search).keys()].filter((name) => name in state);
  const link = Object.fromEntries(names.map((name) => [name, state[name]]));
  if (!names.includes('lesson') && !names.includes('preset')) return link;
  const { lesson, step, theme, mask, ...fresh } = initialState();
  return { ...fresh, ...link };
}
