// A lesson is a worked example as JSON: tokens, embeddings, projections and a few words about them. The built-in ones
// come along, since the page shows them all, and are known to be right, a test says so; own-lesson.js, which fetches and
// checks those of strangers, is loaded when one is asked for.

import { builtIn } from './built-in.js';

/**
 * @typedef {number[][]} Matrix one list a row, as in the file
 * @typedef {{ embedding: string[], key: string[], value: string[] }} Dimensions C, D and E names
 * @typedef {{ text: string, optional: boolean, gloss?: string }} Token gloss: the word in the reader's language
 * @typedef {(number|null)[]} Figures [N], null where the source gives none
 * @typedef {{ source: string, scores: Figures|null, weights: Figures|null }} Reference
 * @typedef {{ step: number, ask: string, choices: string[], answer: number, why?: string }} OwnQuestion `answer` is the
 *   index of the right choice
 *
 * @typedef {object} Preset
 * @property {string} id
 * @property {string} name
 * @property {string} note
 * @property {Token[]} tokens [N]
 * @property {number} current index of the token being processed
 * @property {Matrix} embeddings [N, C]
 * @property {Matrix} queryWeight [C, D]
 * @property {Matrix} keyWeight [C, D]
 * @property {Matrix} valueWeight [C, E]
 * @property {Reference|null} reference
 *
 * @typedef {object} Lesson
 * @property {1} format
 * @property {string} id
 * @property {string} language
 * @property {string} title
 * @property {string} summary
 * @property {Dimensions} dimensions
 * @property {OwnQuestion[]} [questions] in place of the tutorial's own
 * @property {Preset[]} presets each is whole: what the lesson says for all has been copied in
 */

export const lessonIds = Object.keys(builtIn);

/**
 * A built-in lesson by its id, or a teacher's own by its address on this site, which is fetched and checked.
 * @param {string} id
 * @param {{ base?: string|URL, fetch?: typeof globalThis.fetch, signal?: AbortSignal }} [options]
 * @returns {Promise<Lesson>} a copy
 * @throws {import('./own-lesson.js').LessonError}
 */
export async function loadLesson(id, options = {}) {
  if (Object.hasOwn(builtIn, id)) return structuredClone(builtIn[id]);
  const { loadOwnLesson } = await import('./own-lesson.js');
  return loadOwnLesson(id, options);
}
