// The controls: those of the lesson above the stage, those of a step in its panel, and the tools below.

import { html, nothing } from 'lit';
import { distance } from '../compute.js';
import { format, percent } from '../format.js';
import { words } from '../words.js';
import { inWords } from './describe.js';
import { projection } from './projection.js';
import { rich, word } from './markup.js';

/** @typedef {import('./cell.js').Context} Context */

const SAME = 0.001; // weights that differ by less are the article's
const SLIDER = { least: -2, most: 4 }; // the divisor's slider runs from 2^-2 to 2^4

/**
 * Which lesson, and which of its sets of numbers.
 * @param {Context} context
 * @param {string[][]} lessons their ids and titles
 */
export function lessonControls({ model, store, shows }, lessons) {
  const { lesson, preset } = model;
  if (!shows('lesson') && !shows('preset')) return nothing;
  return html`<div class="row choices">
    ${shows('lesson') ? html`<label>${words('controls.lesson')}
      <select @change=${(/** @type {any} */ event) => store.set({ ...fresh(store), lesson: event.target.value })}>
        ${lessons.map(([id, title]) => html`<option value=${id} .selected=${id === store.state.lesson}
          >${title}</option>`)}
      </select></label>` : nothing}
    ${lesson.presets.length < 2 || !shows('preset') ? nothing : html`<fieldset class="segments">
      <legend>${words('controls.preset')}</legend>
      ${lesson.presets.map(({ id, name }) => html`<label><input type="radio" name="preset"
        .checked=${id === preset.id} @change=${() => store.set({ ...fresh(store), preset: id })}>
        ${name}</label>`)}
    </fieldset>`}
    ${preset.note ? html`<details class="about" ?open=${lesson.id === 'learned'}><summary>${words('controls.about')}</summary><p>${preset.note}</p></details>`
      : nothing}
  </div>`;
}

/** @param {import('../store.js').Store} store */
function fresh({ state }) {
  return { preset: null, token: null, toggled: [], edits: {}, divisor: null, gain: 1, shift: 0, mask: state.mask };
}

/**
 * Words that the lesson leaves out at first, and the mask.
 * @param {Context} context
 */
export function sentenceControls({ model, store, shows }) {
  const optional = shows('words') ? model.tokens.filter((token) => token.optional) : [];
  if (!optional.length && !shows('mask')) return nothing;
  return html`<div class="row switches">
    ${optional.length === 0 ? nothing : html`<fieldset>
      <legend>${words(model.reference ? 'controls.words' : 'controls.wordsOther')}</legend>
      ${optional.map((token) => tokenSwitch(store, token))}
    </fieldset>`}
    ${shows('mask') ? maskSwitch({ model, store }) : nothing}
  </div>`;
}

/** @param {Pick<Context, 'model' | 'store'>} context */
function maskSwitch({ model, store }) {
  return html`<label class="mask"><input type="checkbox" .checked=${model.causal}
    @change=${(/** @type {any} */ event) => store.set({ mask: event.target.checked ? 'causal' : 'none' })}>
    ${words('controls.mask')}</label>`;
}

/**
 * @param {import('../store.js').Store} store
 * @param {import('../compute.js').Token} token
 */
function tokenSwitch(store, { index, text, on }) {
  return html`<label><input type="checkbox" .checked=${on} @change=${() => store.toggle(index)}>
    ${word({ text })}</label>`;
}

/** @param {Context} context */
export function stepControls(context) {
  const { model, look } = context;
  switch (context.step) {
    case 1: return projection(context, 'query', model.current);
    case 2: return html`${lookAt(context)}${projection(context, 'key', look)}${projection(context, 'value', look)}`;
    case 3: return querySliders(context);
    case 4: return divisorControl(context);
    case 5: return experiments(context);
    default: return silence(context);
  }
}

/** @param {Context} context */
function lookAt({ model, look, lookAtToken }) {
  return html`<label class="look">${words('projection.look')}
    <select @change=${(/** @type {any} */ event) => lookAtToken(Number(event.target.value))}>
      ${model.tokens.filter(({ shown, index }) => shown || index === look).map(({ index, text }) =>
        html`<option value=${index} .selected=${index === look}>${text}</option>`)}
    </select></label>`;
}

/** @param {Context} context */
function querySliders({ model, value, store }) {
  const { current, reach } = model;
  return html`<fieldset class="sliders query">
    <legend>${rich('controls.query', { token: word(model.tokens[current]) })}</legend>
    ${model.dims.key.map((name, d) => {
      const cell = `queries[${current},${d}]`;
      return html`<label>${name}<input type="range" min=${-reach} max=${reach} step="0.05" .value=${String(value(cell))}
        @input=${(/** @type {any} */ event) => store.edit(cell, Number(event.target.value))}
        ><output>${format(value(cell))}</output></label>`;
    })}
  </fieldset>`;
}

/** @param {Context} context */
function divisorControl({ model, store, closest }) {
  const set = (/** @type {number | null} */ divisor) => store.set({ divisor }, { group: 'divisor' });
  const root = Math.sqrt(model.headDim);
  const away = distance(model);
  const marks = /** @type {[string, number, number | null][]} */ ([
    [words('controls.divisorTiny'), 0.25, 0.25], [words('controls.divisorOne'), 1, 1],
    [words('controls.divisorRoot'), root, null], [words('controls.divisorHundred'), 100, 100],
  ]);
  if (closest) marks.splice(2, 0, [words('controls.divisorClosest'), closest.divisor, round(closest.divisor)]);
  return html`<div class="divisor">
    <label>${words('controls.divisor')}
      <input type="range" min=${SLIDER.least} max=${SLIDER.most} step="0.01" list="divisors" class="divisor-slider"
        aria-valuetext=${format(model.divisor)} .value=${String(Math.log2(model.divisor))}
        @input=${(/** @type {any} */ event) => set(round(2 ** Number(event.target.value)))}></label>
    <input type="number" aria-label=${words('controls.divisor')} min="0.01" max="1000" step="0.01"
      .value=${String(round(model.divisor))}
      @change=${(/** @type {any} */ event) => event.target.checkValidity() && event.target.value
        && set(Number(event.target.value))}>
    <datalist id="divisors">${marks.map(([label, at]) =>
      html`<option value=${Math.log2(at)} label=${label}></option>`)}</datalist>
    <p class="marks">${marks.map(([label, at, divisor]) => html`<button
      aria-pressed=${Math.abs(model.divisor - at) < 0.006} @click=${() => set(divisor)}>${label}</button>`)}</p>
    ${away === null ? nothing : html`<p class="closeness">${words('controls.closeness', { share: percent(away < SAME ? 0 : away) })}
      <span class="track" aria-hidden="true"><i .style=${`--share: ${away}`}></i></span></p>`}
    ${closest ? html`<p class="note">${words(closest.distance < SAME ? 'controls.closestExact' : 'controls.closest',
      { divisor: format(closest.divisor), share: percent(closest.distance) })}</p>` : nothing}
  </div>`;
}

/** @param {Context} context */
function experiments({ model, store }) {
  return html`<div class="row experiments">
    <button ?disabled=${model.shift >= 10} @click=${() => store.set({ shift: model.shift + 1 })}>${words('controls.add')}</button>
    <button ?disabled=${model.gain >= 8} @click=${() => store.set({ gain: model.gain * 2 })}>${words('controls.double')}</button>
    ${experimentNote({ model, store })}
    ${model.tokens.some(({ shown, attended }) => shown && !attended)
      ? html`<p class="note">${rich('controls.hidden')}</p>` : nothing}
    ${Number.isFinite(model.buffers.sum.data[0]) ? nothing : html`<p class="note">${words('controls.overflow')}</p>`}
  </div>`;
}

/**
 * Says, in whatever step, that the experiment of step 5 is on.
 * @param {Pick<Context, 'model' | 'store'>} context
 */
export function experimentNote({ model: { gain, shift }, store }) {
  if (gain === 1 && shift === 0) return nothing;
  const parts = [gain === 1 ? '' : `× ${gain}`, shift === 0 ? '' : `+ ${shift}`].filter(Boolean).join(', ');
  return html`<p class="note">${words('controls.experiment', { parts })}
    <button class="plain" @click=${() => store.set({ gain: 1, shift: 0 })}>${words('controls.experimentsOff')}</button></p>`;
}

/** @param {Context} context */
function silence({ model, store }) {
  return html`<fieldset class="silence"><legend>${words('controls.silence')}</legend>
    ${model.tokens.filter(({ shown }) => shown).map((token) => tokenSwitch(store, token))}</fieldset>
    ${model.tokens.some(({ attended }) => attended) ? outcome(model) : nothing}`;
}

/**
 * What the new vector says, in words, beside the old one.
 * @param {import('../compute.js').Model} model
 */
function outcome({ tokens, current, dims, buffers }) {
  const width = dims.embedding.length;
  const before = buffers.embeddings.data.subarray(current * width, (current + 1) * width);
  return html`<p class="outcome">${rich('vector.outcome', {
    token: word(tokens[current]),
    before: inWords(dims.embedding, before),
    now: inWords(dims.value, buffers.output.data),
  })}</p>`;
}

/**
 * @param {Context} context
 * @param {Record<'copy' | 'svg' | 'png' | 'csv', () => void>} actions
 * @param {string} said what the last action came to
 */
export function tools({ store, shows }, actions, said) {
  const action = (/** @type {'copy' | 'svg' | 'png' | 'csv'} */ name, label = words(`controls.${name}`)) =>
    html`<button @click=${actions[name]} aria-label=${label}>${words(`controls.${name}`)}</button>`;
  const save = (/** @type {'svg' | 'png' | 'csv'} */ name) =>
    action(name, `${words('controls.save')} ${words(`controls.${name}`)}`);
  const sets = [
    shows('undo') && html`<span class="set">
      <button class="undo" ?disabled=${!store.canUndo} @click=${() => store.undo()}>${words('controls.undo')}</button>
      <button class="redo" ?disabled=${!store.canRedo} @click=${() => store.redo()}>${words('controls.redo')}</button>
      <button class="reset" ?disabled=${!store.changed} @click=${() => store.reset()}>${words('controls.reset')}</button>
    </span>`,
    shows('link') && html`<span class="set">${action('copy')}</span>`,
    shows('save') && html`<span class="set"><span class="name">${words('controls.save')}</span>
      ${save('svg')} ${save('png')} ${save('csv')}</span>`,
    shows('theme') && html`<label class="set">${words('controls.theme')}
      <select class="theme" @change=${(/** @type {any} */ event) => store.set({ theme: event.target.value })}>
        ${['auto', 'light', 'dark'].map((theme) => html`<option value=${theme} .selected=${theme === store.state.theme}
          >${words(`controls.theme.${theme}`)}</option>`)}
      </select></label>`,
  ].filter(Boolean);
  return sets.length || said ? html`<div class="row tools">${sets}
    <span class="said" role="status">${said}</span>
  </div>` : nothing;
}

/** @param {number} divisor */
function round(divisor) {
  return Math.round(divisor * 100) / 100;
}
