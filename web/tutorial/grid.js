// Keyboard in the tables of numbers: one tab stop a table, arrow keys between the numbers (the grid pattern of the
// ARIA Authoring Practices).

const MOVES = /** @type {Record<string, [number, number]>} */ ({
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
  Home: [0, -Infinity], End: [0, Infinity], PageUp: [-Infinity, 0], PageDown: [Infinity, 0],
});

/**
 * Leaves one number of each table in the tab order: the one last focused, or else the first.
 * @param {ParentNode} root
 * @param {string | undefined} selected
 */
export function keepTabStops(root, selected) {
  for (const table of root.querySelectorAll('table[role=grid]')) {
    const cells = /** @type {HTMLElement[]} */ ([...table.querySelectorAll('td[data-cell]')]);
    const stop = cells.find((cell) => cell.matches(':focus'))
      ?? cells.find((cell) => cell.dataset.cell === selected)
      ?? cells.find((cell) => cell.tabIndex === 0) ?? cells[0];
    for (const cell of cells) cell.tabIndex = cell === stop ? 0 : -1;
  }
}

/**
 * The number that an event happened on.
 * @param {Event} event
 * @returns {HTMLElement | null}
 */
export function cellOf(event) {
  return /** @type {HTMLElement} */ (event.target).closest('td[data-cell]');
}

/**
 * The number that a key moves to, or undefined where the key is not one that moves.
 * @param {HTMLElement} cell
 * @param {KeyboardEvent} event
 * @returns {HTMLElement | undefined}
 */
export function cellAt(cell, event) {
  const move = MOVES[event.key];
  const table = cell.closest('table');
  if (!move || !table || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const rows = layout(table);
  const row = rows.findIndex((cells) => cells.some(({ element }) => element === cell));
  const column = rows[row].find(({ element }) => element === cell)?.column ?? 0;
  return move[0] === 0 ? beside(rows[row], column, move[1]) : beyond(rows, row, column, move[0]);
}

/** @typedef {{ element: HTMLElement, column: number }} Place */

/**
 * The numbers of a table by row, each with the visual column that colspans and rowspans put it in.
 * @param {HTMLTableElement} table
 * @returns {Place[][]}
 */
function layout(table) {
  /** @type {number[]} */
  const hanging = []; // rows that a rowspan from above still takes up in a column
  return [...table.rows].map((row) => {
    let column = 0;
    /** @type {Place[]} */
    const places = [];
    for (const element of row.cells) {
      while (hanging[column] > 0) hanging[column++]--;
      if (element.dataset.cell) places.push({ element, column });
      for (let span = 0; span < element.colSpan; span++) hanging[column++] = element.rowSpan - 1;
    }
    while (column < hanging.length) hanging[column] = Math.max(0, (hanging[column++] ?? 0) - 1);
    return places;
  });
}

/**
 * @param {Place[]} places
 * @param {number} column
 * @param {number} by
 */
function beside(places, column, by) {
  const index = places.findIndex((place) => place.column === column);
  return places[Math.min(Math.max(index + by, 0), places.length - 1)].element;
}

/**
 * The nearest number in the next row that has any.
 * @param {Place[][]} rows
 * @param {number} row
 * @param {number} column
 * @param {number} by
 */
function beyond(rows, row, column, by) {
  const order = rows.map((_, index) => index).filter((index) => rows[index].length > 0);
  const place = Math.min(Math.max(order.indexOf(row) + by, 0), order.length - 1);
  const near = (/** @type {Place} */ other) => Math.abs(other.column - column);
  return rows[order[place]].reduce((best, other) => (near(other) < near(best) ? other : best)).element;
}
