// Questions as they are answered: what a reader has seen and said of each lesson, and who is told of it.

import { Progress } from './progress.js';
import { textOf } from './questions.js';

/** @import { Question } from './questions.js' */

export class Asking {
  #records = /** @type {Map<string, Progress>} */ (new Map());

  /** @param {import('./tutorial.js').AttentionTutorial} host */
  constructor(host) {
    this.host = host;
  }

  /** What has been seen and answered of the lesson. */
  get record() {
    const { lesson } = this.host.store.state;
    const record = this.#records.get(lesson) ?? new Progress();
    this.#records.set(lesson, record);
    return record;
  }

  answered = (/** @type {string} */ id) => this.record.answers[id];

  /**
   * @param {Question} question
   * @param {string | null} choice null: the reader wants to be told
   */
  answer = ({ id, step, choices, expected }, choice) => {
    const correct = choice === expected;
    this.record.answer(id, { choice, correct, expected });
    this.host.focusOn(`[data-question="${id}"] .again`);
    const said = (/** @type {string | null} */ wanted) =>
      this.host.speak(() => textOf(choices.find((each) => each.id === wanted)));
    this.host.tell('answer', { question: id, step, choice: said(choice), expected: said(expected), correct });
  };

  again = (/** @type {Question} */ { id }) => {
    this.record.answer(id, undefined);
    this.host.focusOn(`[data-question="${id}"] button`);
  };
}
