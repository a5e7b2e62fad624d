// An experiment: the question first, then the model that learns under another rule, then what came of it.

import { html, nothing } from 'lit';
import { format, percent } from '../format.js';
import { words } from '../words.js';
import { rich } from '../views/markup.js';
import { curves } from './curves.js';
import { PLACES, sentence, weightsOf } from './sentences.js';
import { experimentOf } from './experiments.js';

export { default as texts } from '../../locales/en.later.json' with { type: 'json' };

/**
 * @typedef {object} Context
 * @property {import('./session.js').Session} session
 * @property {string} chosen the experiment whose question is shown
 * @property {import('./run.js').Sentence[]} headline the pair of sentences
 * @property {(experiment: import('./experiments.js').Experiment, guess: string) => void} begin
 * @property {() => void} stop
 * @property {() => void} resume
 * @property {() => void} again
 */

/** @param {Context} context */
export function panel(context) {
  const { chosen, session: { trial } } = context;
  const begun = trial?.id === chosen ? trial : undefined;
  const { answers } = experimentOf(chosen);
  return html`<div class="trial">
    <p class="question">${rich(`learn.experiment.${chosen}.question`)}</p>
    <p class="answers" role="group" aria-label=${words('learn.answers')}>${answers.map((answer) => html`<button
      aria-pressed=${String(begun?.guess === answer)} ?disabled=${begun && begun.guess !== answer}
      @click=${() => !begun && context.begin(experimentOf(chosen), answer)}>${rich(`learn.experiment.${chosen}.answer.${answer}`)}</button>`)}</p>
    ${begun ? course(context) : nothing}
  </div>`;
}

/** @param {Context} context */
function course(context) {
  const { session: { trial, trialModels, models }, chosen, headline, stop, resume, again } = context;
  const [model] = trialModels;
  if (!trial || !model || trialModels.length < experimentOf(chosen).runs.length) return nothing;
  const { steps } = experimentOf(chosen);
  const names = ['changed', 'usual'].filter((name) => models.has(name));
  const control = { running: stop, paused: resume, done: again, making: stop }[trial.phase];
  return html`
    <p class="row"><span class="count">${words('learn.count', { step: model.step, until: steps })}</span>
      <button class="control" @click=${control}>${words(`learn.trial.${trial.phase}`)}</button></p>
    ${curves(names.map((name) => ({
      name: words(`learn.experiment.${chosen}.${name}`),
      model: /** @type {import('./session.js').Model} */ (models.get(name)),
    })), steps)}
    <div class="pair">${model.pictures.slice(0, 2).map((picture, index) => sentence({
      tokens: headline[index].tokens, weights: weightsOf(picture, { layer: 0, head: 0 }),
      after: picture.word ? html`<p>${rich('learn.says', { word: html`<em>${picture.word}</em>` })}</p>` : nothing,
    }))}</div>
    <div class="outcome" role="status">${trial.phase === 'done' ? outcome(context) : nothing}</div>`;
}

/**
 * What this run came to: first whether the guess was right, then why.
 * @param {Context} context
 */
function outcome({ session, chosen }) {
  const { key, values, guessed } = conclusion(session, chosen);
  return html`<p>${guessed ? html`${words(guessed)} ` : nothing}${rich(key, values)}</p>
    ${key.endsWith('.otherwise') ? nothing : html`<p>${rich(`learn.experiment.${chosen}.why`, values)}</p>`}`;
}

/**
 * The words for what was measured.
 * @param {import('./session.js').Session} session
 * @param {string} id
 */
export function conclusion({ trial, trialModels }, id) {
  const { expected, right } = experimentOf(id);
  const outcomes = trialModels.map(({ evaluation, losses, broke }) => ({
    evaluation, broke, worst: Math.max(...losses.filter((number, index) => index % 2 && Number.isFinite(number))),
  }));
  const shown = expected(outcomes);
  const [changed, usual] = trialModels;
  return {
    key: `learn.experiment.${id}.${shown ? 'expected' : 'otherwise'}`,
    guessed: shown ? (trial?.guess === right ? 'learn.guessedRight' : 'learn.guessedWrong') : '',
    values: {
      right: percent(changed.evaluation.accuracy), focus: percent(changed.evaluation.focus), step: changed.step,
      broke: changed.losses.length / 2 + 1, worst: format(outcomes[0].worst),
      first: format(changed.losses[1]), usualFirst: format(usual?.losses[1] ?? 0),
      usualRight: percent(usual?.evaluation.accuracy ?? 0),
      tired: percent(weightsOf(changed.pictures[0], { layer: 0, head: 0 })[PLACES[0]] ?? 0),
      wide: percent(weightsOf(changed.pictures[1], { layer: 0, head: 0 })[PLACES[1]] ?? 0),
      saysTired: changed.pictures[0]?.word, saysWide: changed.pictures[1]?.word,
    },
  };
}
