// Which lesson is shown, and where it comes from: built in, from an address of this site, handed in by a script, or
// made by another part of the page.

import { lessonIds, loadLesson } from './lesson.js';
import { words } from './words.js';

export const PROVIDED = 'learned'; // the lesson that another part of the page provides

/**
 * Gives a lesson in the format of lesson files, and what is to be said of it.
 * @typedef {() => Promise<{ lesson: any, notice?: () => string }>} Ask
 */

export class LessonLoader {
  #wanted = ''; // the lesson that is shown or on its way
  #shown = '';
  #given = /** @type {Map<string, import('./lesson.js').Lesson>} */ (new Map());
  #ask = /** @type {Ask | undefined} */ (undefined);
  /** Lessons that aren't built in and were shown: the reader can come back to them. */
  strangers = /** @type {Map<string, string>} their titles, by id */ (new Map());

  /**
   * @param {import('./store.js').Store} store
   * @param {(notice: () => string) => void} say of what can't be shown, when the page is drawn
   */
  constructor(store, say) {
    this.store = store;
    this.say = say;
  }

  /** Whether the numbers that are shown are those of the lesson that the state asks for. */
  get settled() { return this.#shown === this.store.state.lesson; }

  /** Loads the lesson that the state asks for, unless it is there or on its way. */
  async follow() {
    const { lesson: id } = this.store.state;
    if (id === this.#wanted) return;
    this.#wanted = id;
    try {
      const lesson = await this.#lessonOf(id);
      if (this.#wanted === id) this.show(id, lesson); // else another was asked for in the meantime
    } catch (error) {
      if (this.#wanted !== id) return;
      if (id === 'animal') throw error;
      const { message } = /** @type {Error} */ (error);
      this.say(() => words('status.lesson', { message }));
      this.show('animal', await loadLesson('animal'), { ...this.store.state, preset: null });
    }
  }

  /**
   * @param {string} id
   * @param {import('./lesson.js').Lesson} lesson
   * @param {any} [state]
   */
  show(id, lesson, state = this.store.state) {
    this.#wanted = this.#shown = id;
    if (!lessonIds.includes(id)) this.strangers.set(id, lesson.title);
    this.store.load({ lesson, state: { ...state, lesson: id } });
  }

  /** @param {string} id */
  async #lessonOf(id) {
    const given = this.#given.get(id);
    if (given || id !== PROVIDED) return given ?? loadLesson(id);
    if (!this.#ask) throw new Error(words('status.noProvider'));
    const { lesson, notice } = await this.#ask();
    if (notice) this.say(notice);
    return checked(lesson);
  }

  /** @param {Ask} ask makes the lesson `learned`, whenever that is asked for */
  provide(ask) {
    this.#ask = ask;
  }

  /**
   * Takes a lesson from a script; the state can ask for it by its id from now on.
   * @param {unknown} file
   * @throws {import('./own-lesson.js').LessonError}
   */
  async take(file) {
    const lesson = await checked(file);
    this.#given.set(lesson.id, lesson);
    return lesson;
  }
}

/**
 * A lesson that isn't built in, checked like that of a stranger.
 * @param {unknown} lesson
 */
export async function checked(lesson) {
  const { parseLesson } = await import('./own-lesson.js');
  return parseLesson(lesson);
}
