// What the reader does with the model: let it learn, stop it, begin again; and a sentence of the reader's own.

import { html, nothing } from 'lit';
import { words } from '../words.js';
import { rich } from '../views/markup.js';
import { EXPERIMENTS, SEEDS, SPEEDS } from './state.js';

/**
 * @typedef {object} Actions
 * @property {() => void} toggle
 * @property {() => void} step
 * @property {() => void} restart
 * @property {(patch: any) => void} set
 *
 * @param {import('./session.js').Session} session
 * @param {any} settings
 * @param {Actions} actions
 */
export function buttons({ main, active }, { speed, seed }, { toggle, step, restart, set }) {
  const playing = active === 'main';
  const next = main?.kept ? 'restart' : 'train'; // what a newcomer does best
  return html`<div class="row">
    <span class="set">
      <button class="toggle ${next === 'train' ? 'next' : ''}" @click=${toggle}
        >${words(playing ? 'learn.pause' : 'learn.train')}</button>
      <button class="step" ?disabled=${playing} @click=${step}>${words('learn.step')}</button>
      <button class="restart ${next === 'restart' ? 'next' : ''}" @click=${restart}>${words('learn.restart')}</button>
    </span>
    <fieldset class="speed"><legend>${words('learn.speed')}</legend>
      ${Object.keys(SPEEDS).map((name) => html`<label><input type="radio" name="speed" .checked=${name === speed}
        @change=${() => set({ speed: name })}> ${words(`learn.speed.${name}`)}</label>`)}
    </fieldset>
    <label class="seed">${words('learn.seed')}
      <input type="number" min="0" max=${SEEDS} step="1" .value=${String(seed)}
        @change=${(/** @type {any} */ { target }) =>
          (target.checkValidity() && target.value ? set({ seed: Number(target.value) }) : nothing)}></label>
  </div>`;
}

/**
 * @param {any} corpus
 * @param {string[]} chosen two nouns and an adjective
 * @param {string} problem
 * @param {(place: number, word: string) => void} choose
 */
export function wordChoice({ vocabulary, adjectives }, chosen, problem, choose) {
  const input = (/** @type {number} */ place, /** @type {string} */ name) => html`<input class="word" list="words"
    size="9" maxlength="24" autocapitalize="off" autocomplete="off" spellcheck="false" aria-label=${words(name)}
    .value=${chosen[place]} aria-describedby="problem"
    @focus=${(/** @type {any} */ { target }) => target.select()}
    @change=${(/** @type {any} */ { target }) => choose(place, target.value)}>`;
  return html`
    <p class="own">The ${input(0, 'learn.firstNoun')} didn’t cross the ${input(1, 'learn.secondNoun')} because it was
      ${input(2, 'learn.adjective')}.</p>
    <p class="problem" id="problem" role="status">${problem}</p>
    <datalist id="words">${vocabulary.map((/** @type {string} */ word) =>
      html`<option value=${word}></option>`)}</datalist>
    <fieldset class="adjectives"><legend>${words('learn.adjectives')}</legend>
      ${[...adjectives.animal, ...adjectives.place].map((word) => html`<label><input type="radio"
        name="adjective" .checked=${word === chosen[2]} @change=${() => choose(2, word)}> ${word}</label>`)}
    </fieldset>`;
}

/**
 * @param {string} chosen
 * @param {(id: string) => void} choose
 */
export function experimentChoice(chosen, choose) {
  return html`<fieldset class="segments"><legend class="unseen">${words('learn.experiments')}</legend>
    ${EXPERIMENTS.map((id) => html`<label><input type="radio" name="experiment" .checked=${id === chosen}
      @change=${() => choose(id)}> <span>${rich(`learn.experiment.${id}.name`)}</span></label>`)}
  </fieldset>`;
}
