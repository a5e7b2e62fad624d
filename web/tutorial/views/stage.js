// The stage: one column a token, time running downward, the result leaving at the right. On a narrow screen it is
// turned: one row a token, and only the groups of the current step.

import { html, nothing } from 'lit';
import { format } from '../format.js';
import { words } from '../words.js';
import { numberCell, restingVector } from './cell.js';
import { classes } from './classes.js';
import { GROUPS, NARROW, areLong, cellId, comparable, dimensionNames, fullBar, standing } from './groups.js';

const ROOMY = 7; // with more tokens than this the columns are set smaller

/** @typedef {import('./cell.js').Context} Context */
/** @typedef {import('./groups.js').Group} Group */

/** @param {Context} context */
export function stage(context) {
  return context.narrow ? narrowStage(context) : wideStage(context);
}

/** @param {Context} context */
function shownTokens({ model }) {
  return model.tokens.filter(({ shown }) => shown);
}

/** @param {Context} context */
function wideStage(context) {
  const tokens = shownTokens(context);
  const look = `${tokens.length > ROOMY ? 'many' : ''} ${context.step < 5 ? 'tailless' : ''} ${
    areLong(context.model.dims.embedding) ? 'long' : ''}`;
  return html`<table class="stage wide ${look}" role="grid" aria-label=${words('stage.caption')}>
    <colgroup><col class="label"><col class="dimension"><col>${tokens.map(() => html`<col>`)}
      <col class="tail"><col class="tail"></colgroup>
    <thead><tr>
      <td colspan="2"></td>
      <th scope="col" class="lead">${context.model.tokens[context.model.current].text}&nbsp;→</th>
      ${tokens.map((token) => tokenHeader(context, token, 'col'))}
      ${tailHeaders(context)}
    </tr></thead>
    ${GROUPS.map((group) => wideGroup(context, group, tokens))}
  </table>`;
}

/** @param {Context} context */
function tailHeaders(context) {
  if (context.step !== 6) return html`<td colspan="2"></td>`;
  const before = comparable(context.model) ? words('group.before') : '';
  return html`<th scope="col" class="tail">${words('group.output')}</th><th scope="col" class="tail">${before}</th>`;
}

/**
 * @param {Context} context
 * @param {import('../compute.js').Token} token
 * @param {'row' | 'col'} scope
 */
function tokenHeader({ model }, token, scope) {
  const why = token.attended ? '' : words(token.on ? 'stage.hidden' : 'stage.off');
  return html`<th scope=${scope} title=${why || nothing} class=${classes({
    token: true, current: token.index === model.current, silent: !token.attended,
  })}>${token.text}${why && html`<span class="unseen">, ${why}</span>`}</th>`;
}

/**
 * @param {Context} context
 * @param {Group} group
 * @param {import('../compute.js').Token[]} tokens
 */
function wideGroup(context, group, tokens) {
  const { hrefOf } = context;
  const state = standing(group, context.step);
  if (state === 'gone') return nothing;
  const names = state === 'lit' || state === 'room' ? dimensionNames(group, context.model.dims) : [''];
  const open = state === 'lit' || state === 'room' || state === 'preview';
  return html`<tbody class="group ${group.id} of-${group.kind} ${state}" data-group=${group.id}>
    ${names.map((name, row) => html`<tr data-row="${group.id}.${row}">
      ${row === 0 ? groupLabel(group, { state, hrefOf, rows: names.length, wide: name === '' }) : nothing}
      ${name === '' ? nothing : html`<th scope="row" class="dimension">${name}</th>`}
      ${leadCell(context, group, row, open)}
      ${tokens.map((token) => tokenCell(context, group, token, row, state))}
      ${tailCells(context, group, row, state)}
    </tr>`)}
    ${state === 'lit' ? referenceRow(context, group, tokens) : nothing}
  </tbody>`;
}

/**
 * The name of a group, which leads to its step. The query stands in the rows of the keys, so they share a name.
 * @param {Group} group
 * @param {{ state: string, hrefOf: (step: number) => string, rows: number, wide: boolean }} place
 */
function groupLabel({ id, step, lead }, { state, hrefOf, rows, wide }) {
  const keys = html`<span class=${id}>${words(`group.${id}`)}</span>`;
  const query = html`<span class="queries">${words('group.queries')}</span>`;
  const names = lead !== 'queries' ? keys : state === 'room' ? query : html`${query} · ${keys}`;
  return html`<th scope="rowgroup" class="label" rowspan=${rows} colspan=${wide ? 2 : 1}>
    <a href=${hrefOf(step)} data-step=${step} tabindex="-1"
      title=${words('stage.goTo', { step, name: words(`step.${step}.name`) })}>${names}</a></th>`;
}

/**
 * The current token's own vectors stand at the left: its embedding, and its query beside the keys, number by number.
 * @param {Context} context
 * @param {Group} group
 * @param {number} row
 * @param {boolean} open
 */
function leadCell(context, group, row, open) {
  if (!group.lead) return html`<td class="blank"></td>`;
  const { current, dims } = context.model;
  if (open) return numberCell(context, `${group.lead}[${current},${row}]`, { named: true });
  const ids = dimensionNames(group, dims).map((_, d) => `${group.lead}[${current},${d}]`);
  return html`<td class="blank">${restingVector(context, ids)}</td>`;
}

/**
 * @param {Context} context
 * @param {Group} group
 * @param {import('../compute.js').Token} token
 * @param {number} row
 * @param {string} state
 */
function tokenCell(context, group, token, row, state) {
  if (state === 'future' || state === 'room') return html`<td class="blank"></td>`;
  if (state === 'rest' && group.kind === 'vector') {
    const ids = dimensionNames(group, context.model.dims).map((_, d) => cellId(group, token.index, d));
    return html`<td class="blank">${restingVector(context, ids)}</td>`;
  }
  const quiet = state === 'rest' || state === 'preview' || !token.attended;
  return numberCell(context, cellId(group, token.index, row), {
    quiet, before: group.kind === 'bar' ? bar(context, token) : nothing,
  });
}

/**
 * The weight as a bar, with the reference as a hollow mark where the lesson has one.
 * @param {Context} context
 * @param {import('../compute.js').Token} token
 */
export function bar({ model, value }, { index }) {
  const reference = referenceOf(model, 'weights')?.[index];
  return html`<span class="bar" aria-hidden="true" .style=${`--full: ${fullBar(model)}`}>
    <i class="fill" .style=${`--share: ${value(`weights[${index}]`)}`}></i>
    ${reference == null ? nothing : html`<i class="mark" .style=${`--share: ${reference}`}></i>`}
  </span>`;
}

/**
 * What leaves at the right: the sum of the exponentials, the total of the weights, the new vector beside the old one.
 * @param {Context} context
 * @param {Group} group
 * @param {number} row
 * @param {string} state
 */
function tailCells(context, group, row, state) {
  if (state !== 'lit' || !group.tail) return html`<td class="blank" colspan="2"></td>`;
  const result = numberCell(context, `${group.tail}[${row}]`);
  if (group.tail === 'sum') return html`${result}<td class="blank note">${words('group.total')}</td>`;
  return html`${result}${beforeCell(context, row)}`;
}

/**
 * The vector that the token had before: its embedding, where that has the same dimensions as the new one.
 * @param {Context} context
 * @param {number} row
 */
function beforeCell(context, row) {
  if (!comparable(context.model)) return html`<td class="blank"></td>`;
  return numberCell(context, `embeddings[${context.model.current},${row}]`, { quiet: true });
}

/**
 * The figures that the lesson's source prints, as hollow marks: never computed, so never in a solid cell.
 * @param {Context} context
 * @param {Group} group
 * @param {import('../compute.js').Token[]} tokens
 */
function referenceRow({ model }, group, tokens) {
  const figures = group.reference && referenceOf(model, group.reference);
  if (!figures) return nothing;
  return html`<tr class="reference" data-row="${group.id}.reference">
    <th scope="row" colspan="2" class="label">${words('group.reference')}</th><td class="blank"></td>
    ${tokens.map(({ index }) => html`<td class="hollow">${referenceText(figures[index])}</td>`)}
    <td class="blank" colspan="2"></td></tr>`;
}

/** @param {number | null | undefined} figure */
function referenceText(figure) {
  return figure == null ? nothing : html`<span>${format(figure)}</span>`;
}

/**
 * The reference speaks of one token; while another is current it has nothing to say.
 * @param {import('../compute.js').Model} model
 * @param {'scores' | 'weights'} which
 * @returns {(number | null)[] | null | undefined}
 */
export function referenceOf(model, which) {
  return model.current === model.preset.current ? model.reference?.[which] : undefined;
}

/**
 * Whether the step shows figures of the lesson's source.
 * @param {Context} context
 */
export function showsReference({ model, step }) {
  return GROUPS.some((group) => group.reference && referenceOf(model, group.reference)
    && (standing(group, step) === 'lit' || standing(group, step) === 'preview'));
}

/** @param {Context} context */
function narrowStage(context) {
  return NARROW[context.step].map((groups) => narrowTable(context, groups));
}

/**
 * A column of a narrow table: a row of a group, or the source's figures beside it.
 * @typedef {{ group: Group, name: string, row: number, figures?: (number | null)[] }} Column
 */

/**
 * @param {Context} context
 * @param {Group[]} groups
 */
function narrowTable(context, groups) {
  const columns = groups.flatMap((group) => narrowColumns(context, group));
  const label = groups.map(({ id }) => words(`group.${id}`)).join(', ');
  return html`<table class="stage narrow" role="grid" aria-label=${words('stage.captionNarrow', { groups: label })}>
    <colgroup><col class="names">${columns.map(({ group, figures }) => html`<col class=${
      group.kind === 'bar' && !figures ? 'bars' : ''}>`)}</colgroup>
    <thead>
      <tr><td></td>${groups.map((group) => html`<th scope="colgroup" class="label ${group.id}"
        colspan=${narrowColumns(context, group).length}>${words(`group.${group.id}`)}</th>`)}</tr>
      ${columns.some(({ name }) => name) ? html`<tr><td></td>${columns.map(({ name }) => (name
        ? html`<th scope="col" class="dimension">${name}</th>` : html`<td></td>`))}</tr>` : nothing}
    </thead>
    <tbody>
      ${groups.some(({ lead }) => lead) ? narrowLead(context, columns) : nothing}
      ${shownTokens(context).map((token) => html`<tr data-row="token.${token.index}">
        ${tokenHeader(context, token, 'row')}
        ${columns.map((column) => narrowCell(context, column, token))}</tr>`)}
      ${groups.some(({ tail }) => tail) ? narrowTail(context, columns) : nothing}
    </tbody>
  </table>`;
}

/**
 * @param {Context} context
 * @param {Group} group
 * @returns {Column[]}
 */
function narrowColumns({ model, step }, group) {
  const columns = dimensionNames(group, model.dims).map((name, row) => ({ group, name, row }));
  const figures = group.reference && group.step === step && referenceOf(model, group.reference);
  return figures ? [...columns, { group, name: words('group.reference'), row: 0, figures }] : columns;
}

/**
 * @param {Context} context
 * @param {Column} column
 * @param {import('../compute.js').Token} token
 */
function narrowCell(context, { group, row, figures }, token) {
  if (figures) return html`<td class="hollow">${referenceText(figures[token.index])}</td>`;
  return numberCell(context, cellId(group, token.index, row), {
    quiet: standing(group, context.step) === 'preview' || !token.attended,
    before: group.kind === 'bar' ? bar(context, token) : nothing,
  });
}

/**
 * @param {Context} context
 * @param {Column[]} columns
 */
function narrowLead(context, columns) {
  const { current, tokens } = context.model;
  const [{ group: { lead } }] = columns;
  return html`<tr class="lead ${lead}"><th scope="row" class="token current">${tokens[current].text}&nbsp;→</th>
    ${columns.map(({ group, row }) => (group.lead
      ? numberCell(context, `${group.lead}[${current},${row}]`, { named: true }) : html`<td class="blank"></td>`))}</tr>`;
}

/**
 * @param {Context} context
 * @param {Column[]} columns
 */
function narrowTail(context, columns) {
  const hasOutput = columns.some(({ group }) => group.tail === 'output');
  const line = (/** @type {string} */ label, /** @type {(group: Group, row: number) => unknown} */ cellOf) =>
    html`<tr class="tail"><th scope="row">${label}</th>${columns.map(({ group, row, figures }) => (
      group.tail && !figures ? cellOf(group, row) : html`<td class="blank"></td>`))}</tr>`;
  const results = line(words(hasOutput ? 'group.output' : 'group.total'),
    (group, row) => numberCell(context, `${group.tail}[${row}]`));
  if (!hasOutput || !comparable(context.model)) return results;
  return html`${results}${line(words('group.before'), (_group, row) => beforeCell(context, row))}`;
}
