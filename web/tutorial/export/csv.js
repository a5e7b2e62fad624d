// Every number of the picture as comma-separated values, in full precision.

import { CELLS } from '../cells.js';

/**
 * One line a number: its cell, what it is called by row and by column, its value.
 * @param {import('../compute.js').Model} model
 * @returns {string}
 */
export function csv(model) {
  const lines = Object.entries(CELLS).flatMap(([name, { rows, columns }]) => {
    const { data, dims } = model.buffers[name];
    const width = columns ? dims[1] : 1;
    return Array.from(data, (value, index) => {
      const [row, column] = [Math.floor(index / width), index % width];
      const cell = columns ? `${name}[${row},${column}]` : `${name}[${row}]`;
      return [cell, label(model, rows, row), columns ? label(model, columns, column) : '', String(value)].map(field).join(',');
    });
  });
  return ['cell,row,column,value', ...lines, ''].join('\r\n');
}

/**
 * @param {import('../compute.js').Model} model
 * @param {string} kind
 * @param {number} index
 */
function label(model, kind, index) {
  if (kind === 'token') return model.tokens[index].text;
  return /** @type {any} */ (model.dims)[kind]?.[index] ?? '';
}

/**
 * Quoted where a comma, a quote or a line break asks for it; a text that a spreadsheet would take for a formula
 * gets an apostrophe before it.
 * @param {string} text
 */
function field(text) {
  const safe = /^[=+@\t\r]/.test(text) || (/^-/.test(text) && Number.isNaN(Number(text))) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
