// What stands beside the stage: the step's words, its part of the formula, its controls and its question.

import { html, nothing } from 'lit';
import { format } from '../format.js';
import { questionsOf } from '../questions.js';
import { words } from '../words.js';
import { experimentNote, stepControls } from './controls.js';
import { facts } from './describe.js';
import { formula } from './formula.js';
import { rich, word } from './markup.js';
import { question } from './question.js';

const TO_TRY = [3, 6]; // steps whose controls show what the answer says

/**
 * Title, text and formula.
 * @param {import('./cell.js').Context} context
 */
export function explanation({ model, step }) {
  const values = wordsOf(model);
  return html`<section class="explanation">
    <h3 id="title">${rich(`step.${step}.title`, values)}</h3>
    <p>${rich(`step.${step}.text`, values)}</p>
    ${step > 2 && values.number < 2 ? html`<p class="note">${rich(`step.left.${values.number}`, values)}</p>` : nothing}
    ${formula(step)}
  </section>`;
}

/**
 * What the reader can do in this step, and the question.
 * @param {import('./cell.js').Context} context
 */
export function practice(context) {
  return html`<section class="practice">
    ${context.shows('practice') ? html`<div class="controls">${stepControls(context)}${
      context.step === 5 ? nothing : experimentNote(context)}</div>` : nothing}
    ${context.shows('question') ? questions(context) : nothing}
  </section>`;
}

/** @param {import('./cell.js').Context} context */
function questions({ model, step, asking, shows }) {
  const values = wordsOf(model);
  const toTry = TO_TRY.includes(step) && shows('practice');
  return questionsOf(model, step).map((each) => question(each, each.own ?? {
    ask: rich(`step.${step}.question`, values),
    why: [rich(answerKey(step, model), values), ' ', toTry ? rich(`step.${step}.try`, values) : nothing],
  }, asking));
}

/**
 * Step 3's answer depends on whether the largest product is a part of the score, or more than all of it.
 * @param {number} step
 * @param {import('../compute.js').Model} model
 */
function answerKey(step, model) {
  if (step !== 3) return `step.${step}.answer`;
  const { product, score } = facts(model);
  return product > score + 1e-6 ? 'step.3.answerMore' : 'step.3.answer';
}

/**
 * The text of a question, without markup.
 * @param {import('../compute.js').Model} model
 * @param {import('../questions.js').Question} question
 */
export function questionText(model, { step, own }) {
  return own?.ask ?? words(`step.${step}.question`, wordsOf(model, ({ text }) => text));
}

/**
 * What the placeholders of a step's words stand for.
 * @param {import('../compute.js').Model} model
 * @param {(token: { text: string }) => unknown} [as] how a token is written
 */
function wordsOf(model, as = word) {
  const { count, best, loudest, other, dimension, product, score } = facts(model);
  const named = (/** @type {number | undefined} */ index) => (index === undefined ? '' : as(model.tokens[index]));
  return {
    token: named(model.current), best: named(best), loudest: named(loudest), other: named(other),
    first: named(model.preset.current),
    number: count,
    count: model.headDim,
    root: format(Math.sqrt(model.headDim)).replace(/[.,]?0+$/, ''),
    dimension, product: format(product), score: format(score),
  };
}

/**
 * The six steps as tabs. They are links too, so that each can be copied or opened elsewhere.
 * @param {import('./cell.js').Context} context
 */
export function stepper({ step, hrefOf }) {
  return html`<div class="stepper" role="tablist" aria-label=${words('step.all')}>
    ${[1, 2, 3, 4, 5, 6].map((number) => html`<a role="tab" id="tab-${number}" href=${hrefOf(number)}
      data-step=${number} aria-selected=${number === step} aria-controls="step" tabindex=${number === step ? 0 : -1}
      ><span class="count">${number}</span> ${words(`step.${number}.name`)}</a>`)}
  </div>`;
}

/**
 * @param {import('./cell.js').Context} context
 * @param {{ playing: boolean, replay: () => void, skip: () => void, calm: boolean }} transition
 */
export function walk({ step, store }, { playing, replay, skip, calm }) {
  return html`<div class="walk">
    <button ?disabled=${step === 1} @click=${() => store.set({ step: step - 1 })}>${words('step.previous')}</button>
    ${calm ? nothing : html`<button class="replay" @click=${playing ? skip : replay}
      >${words(playing ? 'step.skip' : 'step.replay')}</button>`}
    <button class="next" ?disabled=${step === 6} @click=${() => store.set({ step: step + 1 })}>${step === 6
      ? words('step.done') : words('step.next', { name: words(`step.${step + 1}.name`) })}</button>
  </div>`;
}
