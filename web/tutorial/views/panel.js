// What stands beside the stage: the step's words, its part of the formula, its controls and its question.

import { html, nothing } from 'lit';
import { format } from '../format.js';
import { words } from '../words.js';
import { stepControls } from './controls.js';
import { winner } from './describe.js';
import { formula } from './formula.js';
import { rich, word } from './markup.js';

/** @param {import('./cell.js').Context} context */
export function panel(context) {
  const { step } = context;
  const values = wordsOf(context);
  return html`<section class="panel">
    <h3>${rich(`step.${step}.title`, values)}</h3>
    <p>${rich(`step.${step}.text`, values)}</p>
    ${formula(step)}
    <div class="controls">${stepControls(context)}</div>
    <details class="question" data-question=${step}>
      <summary>${rich(`step.${step}.question`, values)}</summary>
      <p>${rich(`step.${step}.answer`, values)}</p>
    </details>
  </section>`;
}

/**
 * What the placeholders of a step's words stand for, in the picture that the reader sees.
 * @param {import('./cell.js').Context} context
 */
function wordsOf({ model }) {
  const { best, second, dimension, product, score } = winner(model);
  return {
    token: word(model.tokens[model.current]),
    best: word(model.tokens[best]),
    other: word(model.tokens[second]),
    count: model.headDim,
    root: format(Math.sqrt(model.headDim)).replace(/\.?0+$/, ''),
    dimension, product: format(product), score: format(score),
  };
}

/**
 * The six steps as tabs. They are links too, so that each can be copied or opened elsewhere.
 * @param {import('./cell.js').Context} context
 */
export function stepper({ step }) {
  return html`<div class="stepper" role="tablist" aria-label=${words('step.all')}>
    ${[1, 2, 3, 4, 5, 6].map((number) => html`<a role="tab" id="tab-${number}" href="?step=${number}" data-step=${number}
      aria-selected=${number === step} aria-controls="step" tabindex=${number === step ? 0 : -1}
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
    ${step === 6 ? nothing : html`<button class="next" @click=${() => store.set({ step: step + 1 })}>
      ${words('step.next', { name: words(`step.${step + 1}.name`) })}</button>`}
  </div>`;
}
