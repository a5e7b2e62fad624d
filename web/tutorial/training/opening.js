// A head of the model, opened as a lesson in the six steps; and the way back to it.

import { words } from '../words.js';
import { withWords } from './later.js';
import { PLACES, openedPlace } from './sentences.js';
import { QUERY, sentenceOf } from './state.js';

/** @import { Opened } from './state.js' */
/** @import { Model } from './session.js' */

const FIRST = { layer: 99, head: 1, words: ['animal', 'street', 'tired'] }; // where nothing says which: the last layer

export class Opening {
  #last = { key: '', lesson: /** @type {any} */ (undefined) };

  /** @param {import('./training.js').AttentionTraining} host */
  constructor(host) {
    this.host = host;
  }

  /**
   * Takes the reader to the six steps with a head in them.
   * @param {import('./run.js').Sentence} shown
   */
  async open({ tokens, query }) {
    const { session, settings, tutorial } = this.host;
    const { main } = session;
    if (!main || !tutorial) return;
    await session.pause();
    const opened = {
      ...openedPlace(settings.state, main.config), words: PLACES.map((place) => tokens[place]), ...trained(main),
    };
    const lesson = await this.#lessonOf(opened);
    settings.set({ opened });
    this.host.flush();
    await tutorial.showLesson(lesson, query === QUERY ? null : query);
  }

  /** @param {Opened} opened */
  async #lessonOf(opened) {
    const { session } = this.host;
    const { layers, heads } = /** @type {Model} */ (session.main).config;
    const place = { layer: Math.min(opened.layer, layers), head: Math.min(opened.head, heads), heads };
    const shown = sentenceOf(opened.words);
    const { learnedLesson } = await withWords(import('./learned-lesson.js'));
    const vectors = await session.vectors(shown, place.layer - 1);
    const lesson = this.host.speak(() => learnedLesson(shown, vectors, place));
    this.#last = { key: JSON.stringify(opened), lesson };
    return lesson;
  }

  /** The lesson that a link, or the way back to it, asks for; and what is to be said about it. */
  async learned() {
    const { session, settings } = this.host;
    const { opened } = settings.state;
    if (opened && this.#last.key === JSON.stringify(opened)) return { lesson: this.#last.lesson };
    await this.host.wake();
    if (session.status !== 'ready') throw new Error(this.host.words('learn.lesson.unavailable'));
    const { seed, step, ...place } = opened ?? FIRST;
    const unknown = place.words.find((/** @type {string} */ word) => !this.host.knows(word));
    if (unknown) throw new Error(this.host.unknown(unknown));
    const lesson = await this.#lessonOf({ ...place, ...trained(/** @type {Model} */ (session.main)) });
    if (step === undefined) return { lesson };
    return { lesson, notice: () => words('learn.lesson.elsewhere', { seed, step }) };
  }
}

/**
 * How far a model has learned since it was started; the one that was kept says nothing.
 * @param {Model} model
 */
function trained({ kept, seed, step }) {
  return kept ? {} : { seed, step };
}
