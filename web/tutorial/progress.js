// What a reader has seen and answered of a lesson. A teacher, or a learning platform, is told of it.

import { STEPS } from './state.js';

/** @import { Answer } from './questions.js' */

export class Progress {
  /** @type {number[]} */ seen = [];
  /** @type {Record<string, Answer>} by the id of the question; the last one counts */ answers = {};

  /** @param {number} step */
  see(step) {
    if (!this.seen.includes(step)) this.seen = [...this.seen, step].sort();
  }

  /**
   * @param {string} id
   * @param {Answer | undefined} answer undefined: asked again
   */
  answer(id, answer) {
    const { [id]: last, ...others } = this.answers;
    this.answers = answer ? { ...others, [id]: answer } : others;
  }

  /** @param {{ id: string }[]} questions all that the lesson asks */
  of(questions) {
    const asked = questions.filter(({ id }) => this.answers[id]);
    return {
      steps: STEPS, seen: this.seen, answers: this.answers,
      right: asked.filter(({ id }) => this.answers[id].correct).length,
      complete: this.seen.length === STEPS && asked.length === questions.length,
    };
  }
}
