// All that a reader can change, as one table. The URL, undo and the controls derive from it. Another part of the page
// may have a table of its own, whose names in the URL begin with its prefix.

export const STEPS = 6;
export const LIMIT = 100; // an edited number lies between -LIMIT and LIMIT
export const DIVISOR = { least: 0.01, most: 1000 };

const EDITABLE = /^(embeddings|queryWeight|keyWeight|valueWeight|queries|keys|values)\[(\d{1,2}),(\d{1,2})\]$/;

/**
 * One entry a field: its initial value, how it is read from a text (undefined = not understood), how it is
 * written, and whether undo takes it back. `null` stands for "what the lesson says".
 */
export const STATE = {
  lesson: { initial: 'animal', read: text, write: String, undoable: true },
  preset: { initial: null, read: text, write: String, undoable: true },
  step: { initial: 1, read: within(1, STEPS, true), write: String, undoable: false },
  token: { initial: null, read: within(0, 23, true), write: String, undoable: true },
  mask: { initial: 'none', read: oneOf('none', 'causal'), write: String, undoable: true },
  divisor: { initial: null, read: within(DIVISOR.least, DIVISOR.most), write: String, undoable: true },
  gain: { initial: 1, read: within(0.125, 8), write: String, undoable: true },
  shift: { initial: 0, read: within(-10, 10), write: String, undoable: true },
  toggled: { initial: [], read: readTokens, write: (/** @type {number[]} */ list) => list.join('.'), undoable: true },
  edits: { initial: {}, read: readEdits, write: writeEdits, undoable: true },
  theme: { initial: 'auto', read: oneOf('auto', 'light', 'dark'), write: String, undoable: false },
};

/**
 * @typedef {{ initial: any, read: (text: string) => any, write: (value: any) => string }} Field
 * @typedef {Record<string, Field>} Table
 */

/**
 * @param {Table} [table]
 * @returns {any}
 */
export function initialState(table = STATE) {
  return Object.fromEntries(Object.entries(table).map(([name, field]) => [name, field.initial]));
}

/**
 * The state that a query string asks for. What can't be understood keeps its initial value and is reported.
 * @param {string} search
 * @param {Table} [table]
 * @param {string} [prefix]
 * @returns {{ state: any, asked: string[], ignored: { name: string, value: string }[] }}
 */
export function readState(search, table = STATE, prefix = '') {
  const state = initialState(table);
  /** @type {string[]} */
  const asked = [];
  /** @type {{ name: string, value: string }[]} */
  const ignored = [];
  for (const [name, value] of new URLSearchParams(search)) {
    const field = name.slice(prefix.length);
    if (!name.startsWith(prefix) || !Object.hasOwn(table, field)) continue;
    const read = table[field].read(value);
    asked.push(field);
    if (read === undefined) ignored.push({ name, value: value.slice(0, 40) });
    else state[field] = read;
  }
  return { state, asked, ignored };
}

/**
 * The query string of a state, holding only what differs from the start; other parameters of the page are kept.
 * @param {any} state
 * @param {string} [search]
 * @param {Table} [table]
 * @param {string} [prefix]
 */
export function writeState(state, search = '', table = STATE, prefix = '') {
  const query = new URLSearchParams(search);
  for (const [name, field] of Object.entries(table)) {
    const value = field.write(state[name] ?? '');
    const initial = field.write(field.initial ?? '');
    if (value === initial) query.delete(prefix + name);
    else query.set(prefix + name, value);
  }
  const text = query.toString();
  return text && `?${text}`;
}

/**
 * The parts of the name of a cell that a reader may edit, or undefined.
 * @param {string} cell such as "keys[1,0]"
 */
export function editableCell(cell) {
  const match = EDITABLE.exec(cell);
  return match ? { name: match[1], row: Number(match[2]), column: Number(match[3]) } : undefined;
}

/** @param {string} value */
export function text(value) {
  return value.length > 0 && value.length <= 200 ? value : undefined;
}

/** @param {string[]} names */
export function oneOf(...names) {
  return (/** @type {string} */ value) => (names.includes(value) ? value : undefined);
}

/**
 * @param {number} least
 * @param {number} most
 * @param {boolean} [whole]
 */
export function within(least, most, whole = false) {
  return (/** @type {string} */ value) => {
    const number = value.trim() === '' ? NaN : Number(value);
    return number >= least && number <= most && (!whole || Number.isInteger(number)) ? number : undefined;
  };
}

/** @param {string} value such as "1.4" */
function readTokens(value) {
  const tokens = value.split('.').map(within(0, 23, true));
  return tokens.includes(undefined) ? undefined : [...new Set(tokens)];
}

/** @param {string} value such as "queries.7.0*1.5_keys.1.2*-3", of characters that a URL leaves as they are */
function readEdits(value) {
  /** @type {Record<string, number>} */
  const edits = {};
  const read = within(-LIMIT, LIMIT);
  for (const edit of value.split('_')) {
    const [place, number] = edit.split('*');
    const [name, row, column] = place.split('.');
    const cell = `${name}[${row},${column}]`;
    const parsed = read(number ?? '');
    if (parsed === undefined || !editableCell(cell)) return undefined;
    edits[cell] = parsed;
  }
  return edits;
}

/** @param {Record<string, number>} edits */
function writeEdits(edits) {
  return Object.entries(edits).map(([cell, value]) => {
    const place = editableCell(cell);
    return place && `${place.name}.${place.row}.${place.column}*${value}`;
  }).join('_');
}
