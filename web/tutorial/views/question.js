// A question: its choices, and once one has been made, which it was, whether it was right and why.

import { html, nothing } from 'lit';
import { textOf } from '../questions.js';
import { words } from '../words.js';
import { rich, word } from './markup.js';

/** @import { Question, Answer, Choice } from '../questions.js' */

/**
 * @typedef {object} Asking
 * @property {(id: string) => Answer | undefined} answered
 * @property {(question: Question, choice: string | null) => void} answer null: the reader wants to be told
 * @property {(question: Question) => void} again
 */

/**
 * @param {Question} question
 * @param {{ ask: unknown, why?: unknown }} said
 * @param {Asking} asking
 */
export function question(question, { ask, why }, { answered, answer, again }) {
  const given = answered(question.id);
  const known = given?.expected === question.expected ? given : undefined; // else the picture has another answer by now
  return html`<section class="question" data-question=${question.id}>
    <p class="ask" id="ask-${question.id}">${ask}</p>
    <p class="answers" role="group" aria-labelledby="ask-${question.id}">
      ${question.choices.map((choice) => html`<button ?disabled=${known} aria-pressed=${known?.choice === choice.id || nothing}
        class=${known?.expected === choice.id ? 'right' : nothing}
        @click=${() => answer(question, choice.id)}>${label(question, choice)}</button>`)}
      ${known ? html`<button class="plain again" @click=${() => again(question)}>${words('question.again')}</button>`
        : html`<button class="plain" @click=${() => answer(question, null)}>${words('question.show')}</button>`}</p>
    <div role="status">${known ? html`<p>${verdict(question, known)} ${why ?? nothing}</p>` : nothing}</div>
  </section>`;
}

/**
 * What is said before the explanation. The tutorial's own mostly begin with the answer; those of lessons needn't.
 * @param {Question} question
 * @param {Answer} answer
 */
function verdict(question, { choice, correct }) {
  const { choices, expected, own } = question;
  if (correct) return html`<strong>${words('question.right')}</strong>`;
  if (!own) return choice === null ? nothing : html`<strong>${words('question.wrongWhole')}</strong>`;
  const wanted = label(question, /** @type {Choice} */ (choices.find(({ id }) => id === expected)));
  return html`<strong>${choice === null ? wanted : rich('question.wrong', { answer: wanted })}</strong>`;
}

/**
 * A token, or a dimension's name, is set off; a lesson's own words aren't.
 * @param {Question} question
 * @param {Choice} choice
 */
function label({ own }, choice) {
  return choice.text && !own ? word({ text: choice.text }) : textOf(choice);
}
