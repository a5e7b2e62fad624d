// Which number the reader looks at, and how it is changed: pointer, focus, keys and the editor's fields.

import { cellAt } from './grid.js';
import { LIMIT, editableCell } from './state.js';
import { words } from './words.js';

const STARTS_ENTRY = /^(Enter|F2|[-0-9.,])$/;

/** A Lit reactive controller. */
export class Pointing {
  /** @type {string | undefined} the number under the pointer */ hovered;
  /** @type {string | undefined} the number that was focused or tapped last */ selected;
  /** Why the last entry was refused. */ problem = '';

  /**
   * @param {import('lit').LitElement} host
   * @param {import('./store.js').Store} store
   */
  constructor(host, store) {
    this.host = host;
    this.store = store;
    host.addController(this);
  }

  hostConnected() {}

  /** The number that the inspector speaks of. */
  get active() { return this.hovered ?? this.selected; }

  over = (/** @type {PointerEvent} */ event) => {
    if (event.pointerType !== 'touch') this.#look({ hovered: cellOf(event)?.dataset.cell });
  };

  leave = () => this.#look({ hovered: undefined });

  focus = (/** @type {FocusEvent} */ event) => {
    const cell = cellOf(event)?.dataset.cell;
    if (cell && cell !== this.selected) this.#look({ selected: cell, problem: '' });
  };

  click = (/** @type {MouseEvent} */ event) => cellOf(event)?.focus();

  /** Arrows move between numbers; typing on one that can be changed begins an entry. */
  key = (/** @type {KeyboardEvent} */ event) => {
    const cell = cellOf(event);
    if (!cell) return;
    const to = cellAt(cell, event);
    const begins = STARTS_ENTRY.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (to) to.focus();
    else if (begins && editableCell(String(cell.dataset.cell))) this.#beginEntry(event.key);
    else return;
    event.preventDefault();
  };

  /**
   * What the editor's field or slider holds, at each change.
   * @param {string} text
   */
  enter(text) {
    const number = text.trim() === '' ? NaN : Number(text);
    if (!this.selected || text === '') return;
    if (Math.abs(number) <= LIMIT) {
      this.problem = '';
      this.store.edit(this.selected, number);
    } else {
      this.#look({ problem: words('cell.limits', { limit: LIMIT, came: text }) });
    }
  }

  /** Back from the editor to the number. */
  back() {
    const cells = /** @type {HTMLElement[]} */ ([...this.host.renderRoot.querySelectorAll('td[data-cell]')]);
    this.#look({ problem: '' });
    cells.find((cell) => cell.dataset.cell === this.selected)?.focus();
  }

  /** @param {Partial<Pick<Pointing, 'hovered' | 'selected' | 'problem'>>} change */
  #look(change) {
    Object.assign(this, change);
    this.host.requestUpdate();
  }

  /**
   * What is typed on a number goes on in the field below it.
   * @param {string} key
   */
  async #beginEntry(key) {
    this.#look({ hovered: undefined });
    await this.host.updateComplete;
    const entry = /** @type {HTMLInputElement | null} */ (this.host.renderRoot.querySelector('.entry'));
    entry?.focus();
    entry?.select();
    if (!entry || !/[0-9]/.test(key)) return;
    entry.value = key;
    this.enter(key);
  }
}

/**
 * The number that an event happened on.
 * @param {Event} event
 * @returns {HTMLElement | null}
 */
function cellOf(event) {
  return /** @type {HTMLElement} */ (event.target).closest('td[data-cell]');
}
