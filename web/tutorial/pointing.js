// Which number the reader looks at, and how it is changed: pointer, focus, keys and the editor's fields.


import { value } from './compute.js';
import { parse } from './format.js';
import { cellAt, cellOf } from './grid.js';
import { LIMIT, editableCell } from './state.js';

const STARTS_ENTRY = /^(Enter|F2|[-−0-9.,])$/;
const REACH = 4; // how far the slider goes, unless the number lies beyond
const UNFINISHED = /^[-−]?[.,]?$/; // on the way to a number

/** A Lit reactive controller. */
export class Pointing {
  /** @type {string | undefined} the number under the pointer */ hovered;
  /** @type {string | undefined} the number that was focused or tapped last */ selected;
  /** Why the last entry was refused. */ problem = '';
  /** Whether the editor has the focus. */ editing = false;
  /** What has been typed, as it was typed. */ entry = /** @type {string | undefined} */ (undefined);
  /** How far the editor's slider goes; fixed while it is used. */ reach = 0;
  #before = /** @type {Record<string, number>} the edits when the entry began */ ({});

  /**
   * @param {import('./speaking.js').Speaking} host
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
    if (event.pointerType !== 'touch' && !this.editing) this.#look({ hovered: cellOf(event)?.dataset.cell });
  };

  leave = () => this.#look({ hovered: undefined });

  focus = (/** @type {FocusEvent} */ event) => {
    const cell = cellOf(event)?.dataset.cell;
    if (cell && cell !== this.selected) this.#look({ selected: cell, problem: '', entry: undefined });
  };

  click = (/** @type {MouseEvent} */ event) => cellOf(event)?.focus();

  /** Arrows move between numbers; typing on one that can be changed begins an entry; Escape lets go of it. */
  key = (/** @type {KeyboardEvent} */ event) => {
    const cell = cellOf(event);
    if (!cell) return;
    const to = cellAt(cell, event);
    const begins = STARTS_ENTRY.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (to) to.focus();
    else if (begins && editableCell(String(cell.dataset.cell))) this.#beginEntry(event.key);
    else if (event.key === 'Escape') this.#look({ selected: undefined });
    else return;
    event.preventDefault();
  };

  /** The editor's field has the focus: from here on Escape can take all of it back. */
  begin() {
    if (this.editing || !this.selected) return;
    this.#before = this.store.state.edits;
    this.#look({ editing: true, hovered: undefined, reach: this.reachOf(this.selected) });
  }

  /** @param {string} cell */
  reachOf(cell) {
    return Math.max(REACH, Math.ceil(Math.abs(this.#number(cell))));
  }

  /**
   * What the editor's field or slider holds, at each change.
   * @param {string} text with a comma or a point, an ordinary or a true minus sign
   */
  enter(text) {
    this.entry = text;
    if (!this.selected || UNFINISHED.test(text.trim())) return;
    const number = parse(text);
    if (Math.abs(number) <= LIMIT) {
      this.problem = '';
      this.store.edit(this.selected, number);
    } else {
      this.#restore();
      this.#look({ problem: this.host.words('cell.limits', { limit: LIMIT, came: text.slice(0, 20) }) });
    }
  }

  /** One step up or down from the number that is there. */
  nudge(/** @type {number} */ by) {
    if (!this.selected) return;
    this.enter(String(Math.round((this.#number(this.selected) + by) * 1e4) / 1e4));
    this.#look({ entry: undefined });
  }

  /** @param {string} cell */
  #number(cell) {
    return value(/** @type {import('./compute.js').Model} */ (this.store.model), cell);
  }

  /** The entry is done; a refused one leaves the number as it was. */
  end() {
    this.#look({ editing: false, entry: undefined, problem: '' });
  }

  /**
   * Back from the editor to the number.
   * @param {boolean} keep false: what was typed is taken back
   */
  back(keep) {
    if (!keep) this.#restore();
    this.end();
    const cells = /** @type {HTMLElement[]} */ ([...this.host.renderRoot.querySelectorAll('td[data-cell]')]);
    cells.find((cell) => cell.dataset.cell === this.selected)?.focus();
  }

  /** What the number was when the entry began. */
  #restore() {
    const cell = /** @type {string} */ (this.selected);
    const { [cell]: now, ...others } = this.store.state.edits;
    const edits = Object.hasOwn(this.#before, cell) ? { ...others, [cell]: this.#before[cell] } : others;
    if (now !== edits[cell]) this.store.set({ edits }, { group: cell });
  }

  /** @param {Partial<Pick<Pointing, 'hovered' | 'selected' | 'problem' | 'editing' | 'entry' | 'reach'>>} change */
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
    const field = /** @type {HTMLInputElement | null} */ (this.host.renderRoot.querySelector('.entry'));
    field?.focus();
    field?.select();
    if (!field || key.length > 1) return;
    field.value = key;
    this.enter(key);
  }
}
