// The stage: one column a token, time running downward, the result leaving at the right. On a narrow screen it is
// turned: one row a token, and only the groups of the current step.

import { html, nothing } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { format } from '../format.js';
import { words } from '../words.js';
import { numberCell, restingVector } from './cell.js';
import { GROUPS, NARROW, cellId, dimensionNames, standing } from './groups.js';

const ROOMY = 7; // with more tokens than this the columns are set smaller
const FULL_BAR = 0.6; // the weight that fills a bar's room, unless one is larger

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
  return html`<table class="stage wide ${tokens.length > ROOMY ? 'many' : ''}" role="grid" aria-label=${words('stage.caption')}>
    <colgroup><col class="label"><col class="dimension"></colgroup>
    <thead><tr>
      <td colspan="2"></td>
      <th scope="col" class="lead">${context.model.tokens[context.model.current].text}</th>
      ${tokens.map((token) => tokenHeader(context, token, 'col'))}
      ${tailHeaders(context)}
    </tr></thead>
    ${GROUPS.map((group) => wideGroup(context, group, tokens))}
  </table>`;
}

/** @param {Context} context */
function tailHeaders(context) {
  if (context.step !== 6) return html`<td colspan="2"></td>`;
  const before = comparable(context) ? words('group.before') : '';
  return html`<th scope="col" class="tail">${words('group.output')}</th><th scope="col" class="tail">${before}</th>`;
}

/**
 * @param {Context} context
 * @param {import('../compute.js').Token} token
 * @param {'row' | 'col'} scope
 */
function tokenHeader({ model }, token, scope) {
  const why = token.attended ? '' : words(token.on ? 'stage.hidden' : 'stage.off');
  return html`<th scope=${scope} title=${why || nothing} class=${classMap({
    token: true, current: token.index === model.current, silent: !token.attended,
  })}>${token.text}${why && html`<span class="unseen">, ${why}</span>`}</th>`;
}

/**
 * @param {Context} context
 * @param {Group} group
 * @param {import('../compute.js').Token[]} tokens
 */
function wideGroup(context, group, tokens) {
  const state = standing(group, context.step);
  if (state === 'gone') return nothing;
  const names = state === 'lit' || state === 'room' ? dimensionNames(group, context.model.dims) : [''];
  const open = state === 'lit' || state === 'room' || state === 'preview';
  return html`<tbody class="group ${group.id} of-${group.kind} ${state}" data-group=${group.id}>
    ${names.map((name, row) => html`<tr data-row="${group.id}.${row}">
      ${row === 0 ? groupLabel(group, names.length, name === '') : nothing}
      ${name === '' ? nothing : html`<th scope="row" class="dimension">${name}</th>`}
      ${leadCell(context, group, row, open)}
      ${tokens.map((token) => tokenCell(context, group, token, row, state))}
      ${tailCells(context, group, row, state)}
    </tr>`)}
    ${state === 'lit' ? referenceRow(context, group, tokens) : nothing}
  </tbody>`;
}

/**
 * @param {Group} group
 * @param {number} rows
 * @param {boolean} wide
 */
function groupLabel(group, rows, wide) {
  return html`<th scope="rowgroup" class="label" rowspan=${rows} colspan=${wide ? 2 : 1}>
    <a href="?step=${group.step}" data-step=${group.step}
      aria-label="${words(`group.${group.id}`)}. ${words('stage.goTo', {
        step: group.step, name: words(`step.${group.step}.name`),
      })}">${words(`group.${group.id}`)}</a></th>`;
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
  if (open) return numberCell(context, `${group.lead}[${current},${row}]`);
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
  const quiet = state === 'rest' || state === 'preview';
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
  const full = Math.max(FULL_BAR, ...model.buffers.weights.data);
  return html`<span class="bar" aria-hidden="true" .style=${`--full: ${full}`}>
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
  if (!comparable(context)) return html`<td class="blank"></td>`;
  return numberCell(context, `embeddings[${context.model.current},${row}]`, { quiet: true });
}

/** @param {Context} context */
function comparable({ model: { dims } }) {
  return dims.embedding.join() === dims.value.join();
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

/** @param {Context} context */
function narrowStage(context) {
  return NARROW[context.step].map((groups) => narrowTable(context, groups));
}

/**
 * @param {Context} context
 * @param {Group[]} groups
 */
function narrowTable(context, groups) {
  const { model } = context;
  const columns = groups.flatMap((group) => dimensionNames(group, model.dims).map((name, row) => ({ group, name, row })));
  const label = groups.map(({ id }) => words(`group.${id}`)).join(', ');
  return html`<table class="stage narrow" role="grid" aria-label=${words('stage.captionNarrow', { groups: label })}>
    <thead>
      <tr><td></td>${groups.map((group) => html`<th scope="colgroup" class="label ${group.id}"
        colspan=${dimensionNames(group, model.dims).length}>${words(`group.${group.id}`)}</th>`)}</tr>
      ${columns.some(({ name }) => name) ? html`<tr><td></td>${columns.map(({ name }) => (name
        ? html`<th scope="col" class="dimension">${name}</th>` : html`<td></td>`))}</tr>` : nothing}
    </thead>
    <tbody>
      ${groups.some(({ lead }) => lead) ? narrowLead(context, columns) : nothing}
      ${shownTokens(context).map((token) => html`<tr data-row="token.${token.index}">
        ${tokenHeader(context, token, 'row')}
        ${columns.map(({ group, row }) => narrowCell(context, group, token, row))}</tr>`)}
      ${groups.some(({ tail }) => tail) ? narrowTail(context, columns) : nothing}
    </tbody>
  </table>`;
}

/**
 * @param {Context} context
 * @param {Group} group
 * @param {import('../compute.js').Token} token
 * @param {number} row
 */
function narrowCell(context, group, token, row) {
  return numberCell(context, cellId(group, token.index, row), {
    quiet: standing(group, context.step) === 'preview',
    before: group.kind === 'bar' ? bar(context, token) : nothing,
  });
}

/**
 * @param {Context} context
 * @param {{ group: Group, row: number }[]} columns
 */
function narrowLead(context, columns) {
  const { current } = context.model;
  const [{ group: { lead } }] = columns;
  return html`<tr class="lead ${lead}"><th scope="row">${lead === 'queries' ? words('group.queries') : context.model.tokens[current].text}</th>
    ${columns.map(({ group, row }) => (group.lead ? numberCell(context, `${group.lead}[${current},${row}]`)
      : html`<td class="blank"></td>`))}</tr>`;
}

/**
 * @param {Context} context
 * @param {{ group: Group, row: number }[]} columns
 */
function narrowTail(context, columns) {
  const hasOutput = columns.some(({ group }) => group.tail === 'output');
  const row = (/** @type {string} */ label, /** @type {(group: Group, row: number) => unknown} */ cellOf) =>
    html`<tr class="tail"><th scope="row">${label}</th>${columns.map(({ group, row }) => (group.tail
      ? cellOf(group, row) : html`<td class="blank"></td>`))}</tr>`;
  return html`${row(words(hasOutput ? 'group.output' : 'group.total'),
    (group, index) => numberCell(context, `${group.tail}[${index}]`))}
    ${hasOutput && comparable(context) ? row(words('group.before'), (_group, index) => beforeCell(context, index)) : nothing}`;
}
