// A vector meets a matrix: the embedding stands at the left, a number a row; each row is multiplied by its number,
// and adding up downwards gives the query, key or value at the foot.

import { html, nothing } from 'lit';
import { words } from '../words.js';
import { numberCell } from './cell.js';
import { areLong } from './groups.js';
import { rich, word } from './markup.js';

const PROJECTIONS = /** @type {const} */ ({
  query: { weight: 'queryWeight', result: 'queries', dims: 'key' },
  key: { weight: 'keyWeight', result: 'keys', dims: 'key' },
  value: { weight: 'valueWeight', result: 'values', dims: 'value' },
});

/**
 * @param {import('./cell.js').Context} context
 * @param {'query' | 'key' | 'value'} which
 * @param {number} token
 */
export function projection(context, which, token) {
  const { weight, result, dims } = PROJECTIONS[which];
  const { model } = context;
  const columns = model.dims[dims];
  return html`<figure class="projection ${which}">
    <figcaption>${rich(`projection.${which}`, { token: word(model.tokens[token]) })}</figcaption>
    <table class=${areLong(model.dims.embedding) ? 'long' : nothing} role="grid" aria-label=${words('projection.caption', {
      name: words(`group.${result}`), token: model.tokens[token].text,
    })}>
      <colgroup><col class="dimension"></colgroup>
      <thead><tr><td colspan="2"></td>
        ${columns.map((name) => html`<th scope="col" class="dimension">${name}</th>`)}</tr></thead>
      <tbody>${model.dims.embedding.map((name, row) => html`<tr>
        <th scope="row" class="dimension">${name}</th>
        ${numberCell(context, `embeddings[${token},${row}]`)}
        ${columns.map((_, column) =>
          numberCell(context, `${weight}[${row},${column}]`))}</tr>`)}</tbody>
      <tfoot><tr><th scope="row" colspan="2" class="label">${words(`projection.result.${which}`)}</th>
        ${columns.map((_, column) =>
          numberCell(context, `${result}[${token},${column}]`))}</tr></tfoot>
    </table>
    ${detached(context, result, token, which)}
  </figure>`;
}

/**
 * A vector with a number set by hand says so, and offers the way back.
 * @param {import('./cell.js').Context} context
 * @param {string} result
 * @param {number} token
 * @param {string} which
 */
function detached({ model, store }, result, token, which) {
  const own = (/** @type {string} */ cell) => cell.startsWith(`${result}[${token},`);
  if (!Object.keys(model.edits).some(own)) return nothing;
  return html`<p class="note">${words('projection.detached', { name: words(`projection.result.${which}`) })}
    <button class="plain" @click=${() => store.restore(own)}>${words('projection.attach')}</button></p>`;
}
