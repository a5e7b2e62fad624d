// One visit: what the platform remembers is shown again, and what the reader does is reported.

import { letter, timespan, timestamp } from './formats.js';
import { reckon } from './reckon.js';
import { LIMITS, compact, expand } from './suspend.js';

/** @import { AttentionTutorial, TutorialChange } from '../element/tutorial.js' */
/** @import { Platform } from './platform.js' */
/** @typedef {{ walks: boolean, asks: boolean }} Shown whether there are means to go to other steps, and questions */

const LONGEST = 250; // characters of a description

/** What the elements of the data model are called, where the two versions differ only in that. */
const NAMES = {
  '1.2': {
    status: 'cmi.core.lesson_status', location: 'cmi.core.lesson_location', score: 'cmi.core.score',
    exit: 'cmi.core.exit', time: 'cmi.core.session_time', mark: 'cmi.student_data.mastery_score',
    response: 'student_response', at: 'time', wrong: 'wrong',
  },
  '2004': {
    status: 'cmi.completion_status', location: 'cmi.location', score: 'cmi.score',
    exit: 'cmi.exit', time: 'cmi.session_time', mark: 'cmi.scaled_passing_score',
    response: 'learner_response', at: 'timestamp', wrong: 'incorrect',
  },
};

export class Session {
  #platform;
  #tutorial;
  #shown;
  #names;
  #pass;
  #began = Date.now();
  #asked = Date.now(); // since when the reader has seen the question
  #count = 0; // of answers reported, in this visit or before
  #complete = false;
  #passed = false;

  /**
   * @param {Platform} platform which has started
   * @param {AttentionTutorial} tutorial which is ready
   * @param {Shown & { pass: number }} options `pass`: the share of right answers to pass with, if the platform has none
   */
  constructor(platform, tutorial, { pass, ...shown }) {
    this.#platform = platform;
    this.#tutorial = tutorial;
    this.#shown = shown;
    this.#pass = pass;
    this.#names = NAMES[platform.version];
    /** Whether all of the state had room. */ this.whole = true;
  }

  get complete() { return this.#complete; }

  /**
   * Shows what the platform remembers.
   * @returns {number | undefined} the step at which the reader goes on
   */
  resume() {
    const platform = this.#platform;
    const status = platform.get(this.#names.status);
    this.#complete = ['completed', 'passed', 'failed'].includes(status);
    this.#passed = status === 'passed' || (platform.version === '2004' && platform.get('cmi.success_status') === 'passed');
    this.#count = Math.max(Math.trunc(Number(platform.get('cmi.interactions._count'))) || 0, 0);
    const mark = platform.get(this.#names.mark);
    const share = Number(mark) / (platform.version === '1.2' ? 100 : 1);
    if (mark.trim() !== '' && share >= 0 && share <= 1) this.#pass = share;
    const step = this.#restore(platform.get('cmi.suspend_data'), platform.get(this.#names.location));
    this.#asked = Date.now();
    this.report();
    return step;
  }

  /**
   * Without a state that can be read the place will do.
   * @param {string} kept
   * @param {string} location
   */
  #restore(kept, location) {
    for (const state of [expand(kept), { step: Number(location) }]) {
      try {
        if (!state?.step) continue;
        this.#tutorial.setState(state);
        return state.step;
      } catch { /* it isn't what we wrote */ }
    }
    return undefined;
  }

  /** @param {TutorialChange} change */
  hear(change) {
    if (change.type === 'answer') this.#interaction(change);
    if (change.type === 'step') this.#asked = Date.now();
    this.report();
  }

  /** Where the reader is, what is kept, and how it stands. */
  report() {
    const platform = this.#platform;
    const state = this.#tutorial.getState();
    const sum = reckon(this.#tutorial.progress, { step: state.step, ...this.#shown });
    const { text, whole } = compact(state, LIMITS[platform.version]);
    this.whole = whole;
    platform.set(this.#names.location, state.step);
    platform.set('cmi.suspend_data', text);
    this.#complete ||= sum.complete;
    if (sum.answered > 0) this.#score(sum);
    this.#status(sum);
    this.#leave();
  }

  /** @param {import('./reckon.js').Sum} sum */
  #score({ right, asked }) {
    const { score } = this.#names;
    const values = { raw: Math.round((right / asked) * 100), min: 0, max: 100 };
    for (const [name, value] of Object.entries(values)) this.#platform.set(`${score}.${name}`, value);
    if (this.#platform.version === '2004') this.#platform.set(`${score}.scaled`, Number((right / asked).toFixed(4)));
  }

  /**
   * Complete stays complete, and passed stays passed; who has failed may answer again. In 1.2 one element says both.
   * @param {import('./reckon.js').Sum} sum
   */
  #status({ asked, right, share }) {
    const platform = this.#platform;
    const judged = this.#complete && asked > 0;
    this.#passed ||= judged && right / asked >= this.#pass;
    const success = this.#passed ? 'passed' : 'failed';
    if (platform.version === '1.2') {
      platform.set(this.#names.status, judged ? success : this.#complete ? 'completed' : 'incomplete');
      return;
    }
    platform.set(this.#names.status, this.#complete ? 'completed' : 'incomplete');
    platform.set('cmi.progress_measure', this.#complete ? 1 : Number(share.toFixed(4)));
    if (judged) platform.set('cmi.success_status', success);
  }

  /** How long it has been, and that it is to be continued: said early, since a page may be gone without notice. */
  #leave() {
    this.#platform.set(this.#names.time, timespan(this.#platform.version, Date.now() - this.#began));
    this.#platform.set(this.#names.exit, 'suspend');
  }

  /** @param {Extract<TutorialChange, { type: 'answer' }>} answer */
  #interaction({ question: id, choice, expected, correct, state }) {
    const { version } = this.#platform;
    const { questions } = this.#tutorial.progress;
    const question = questions.find((each) => each.id === id);
    if (!question) return;
    const right = question.choices.indexOf(expected);
    const chosen = correct ? right : question.choices.findIndex((text, index) => text === choice && index !== right);
    const now = Date.now();
    const fields = {
      id: `${state.lesson.replace(/[^\w-]+/g, '-')}-${id}`,
      type: 'choice',
      ...(version === '2004' ? { description: describe(question) } : {}),
      [this.#names.at]: timestamp(version, new Date(now)),
      'correct_responses.0.pattern': letter(right),
      ...(chosen >= 0 ? { [this.#names.response]: letter(chosen) } : {}),
      result: correct ? 'correct' : choice === null ? 'neutral' : this.#names.wrong, // neutral: wanted to be told
      latency: timespan(version, now - this.#asked),
    };
    for (const [name, value] of Object.entries(fields)) this.#platform.set(`cmi.interactions.${this.#count}.${name}`, value);
    this.#count += 1;
    this.#asked = now;
  }

  end() {
    this.report();
    this.#platform.end();
  }
}

/**
 * The question in words, and what the letters stand for.
 * @param {import('../element/tutorial.js').TutorialQuestion} question
 */
function describe({ text, choices }) {
  const list = choices.map((choice, index) => `${letter(index)}: ${choice}`).join('; ');
  return [...`${text} (${list})`].slice(0, LONGEST).join('');
}
