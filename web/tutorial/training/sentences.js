// The sentences with their arcs: one head, or the mean of all heads of a layer.

import { html, nothing } from 'lit';
import { percent } from '../format.js';
import { glossOf, words } from '../words.js';
import { rich } from '../views/markup.js';
import { FORM, QUERY } from './state.js';

const WIDEST = 8; // numbers a vector that the six steps have room for

export const PLACES = FORM.flatMap((word, index) => (typeof word === 'number' ? [index] : [])); // nouns and adjective

/**
 * What the query gives to each token.
 * @param {import('./run.js').Picture | undefined} picture
 * @param {{ layer: number, head: number }} place counted from 1; layer 0 is the last, head 0 the mean of all
 */
export function weightsOf(picture, { layer, head }) {
  const heads = picture?.rows[(layer || picture.rows.length) - 1] ?? [];
  if (head) return Float32Array.from(heads[head - 1] ?? []);
  return Float32Array.from(heads[0] ?? [], (_, token) =>
    heads.reduce((sum, row) => sum + row[token], 0) / heads.length);
}

/**
 * The model's three tables exist for a single head, so the mean is opened as its first.
 * @param {{ layer: number, head: number }} place
 * @param {any} config
 */
export function openedPlace({ layer, head }, { layers }) {
  return { layer: Math.min(layer || layers, layers), head: head || 1 };
}

/**
 * @param {object} row
 * @param {string[]} row.tokens
 * @param {ArrayLike<number>} row.weights
 * @param {number} [row.query]
 * @param {(index: number) => void} [row.pick] without it, the words are text
 * @param {unknown} [row.after] what stands below
 */
export function sentence({ tokens, weights, query = QUERY, pick, after = nothing }) {
  const list = tokens.map((text, index) => ({ index, text, gloss: glossOf(text), attended: true, shown: true }));
  return html`<div class="sentence">
    <attention-sentence ?still=${!pick} .tokens=${list} .current=${query} .weights=${weights} source="learned"
      @pick=${(/** @type {CustomEvent} */ { detail }) => pick?.(detail.index)}></attention-sentence>
    <p class="shares">${PLACES.map((place) => html`<span class="share"><em>${tokens[place]}</em>
        <b class="number">${percent(weights[place] ?? 0)}</b></span>`)}</p>
    ${after}
  </div>`;
}

/**
 * The way into the six steps, or why there is none.
 * @param {any} model
 * @param {{ layer: number, head: number }} place
 * @param {string} label which sentence
 * @param {() => void} open
 */
export function opener({ config }, place, label, open) {
  const { dim } = config;
  if (dim > WIDEST) return html`<p class="soft">${words('learn.tooWide', { dim, most: WIDEST })}</p>`;
  const text = words('learn.open', openedPlace(place, config));
  return html`<p><button class="plain open" aria-label=${`${text}: ${label}`} @click=${open}>${text}</button></p>`;
}

/**
 * Which layer and head is shown.
 * @param {any} config
 * @param {{ layer: number, head: number }} place
 * @param {(patch: any) => void} set
 */
export function selectors({ layers, heads }, place, set) {
  const layer = place.layer || layers;
  const option = (/** @type {string} */ name, /** @type {number} */ value, /** @type {boolean} */ checked,
    /** @type {unknown} */ label) => html`<label><input type="radio" name=${name} .checked=${checked}
      @change=${() => set({ [name]: value })}> ${label}</label>`;
  const numbers = (/** @type {number} */ count) => Array.from({ length: count }, (_, index) => index + 1);
  return html`<fieldset class="layers"><legend>${words('learn.layer')}</legend>
      ${numbers(layers).map((each) => option('layer', each === layers ? 0 : each, each === layer,
        words(each === layers ? 'learn.layerLast' : 'learn.layerNumber', { layer: each })))}
    </fieldset>
    <fieldset class="heads"><legend>${words('learn.head')}</legend>
      ${option('head', 0, place.head === 0, words('learn.headMean'))}
      ${numbers(heads).map((each) => option('head', each, place.head === each, String(each)))}
    </fieldset>`;
}

/**
 * What the chosen layer does, with the figures of this very model.
 * @param {any} model
 * @param {{ layer: number }} place
 */
export function layerNote({ config: { layers }, pictures }, { layer }) {
  if (!layer || layer >= layers) return rich('learn.note.last', { layer: layers });
  const adjective = PLACES[2];
  const shares = pictures.slice(0, 2).map((/** @type {any} */ { rows }) =>
    rows[layer - 1].map((/** @type {number[]} */ row) => row[adjective]));
  if (shares.length < 2) return nothing;
  const best = Math.max(...shares.flat());
  const head = shares[0].findIndex((/** @type {number} */ share, /** @type {number} */ index) =>
    share === best || shares[1][index] === best);
  const [tired, wide] = shares.map((/** @type {number[]} */ list) => percent(list[head]));
  return rich('learn.note.first', { layer, head: head + 1, tired, wide });
}
