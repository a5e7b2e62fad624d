// A lesson is a worked example as JSON: tokens, embeddings, projections and a few words about them. The built-in ones
// are known to be right, a test says so; own-lesson.js, which checks those of strangers, is loaded when one is asked
// for.

import { completePreset, fetchLesson } from './complete-lesson.js';

/**
 * @typedef {number[][]} Matrix one list a row, as in the file
 * @typedef {{ embedding: string[], key: string[], value: string[] }} Dimensions C, D and E names
 * @typedef {{ text: string, optional: boolean }} Token
 * @typedef {(number|null)[]} Figures [N], null where the source gives none
 * @typedef {{ source: string, scores: Figures|null, weights: Figures|null }} Reference
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
 * @property {Preset[]} presets each is whole: what the lesson says for all has been copied in
 */

// Written out, because a bundler finds a file only by a literal address.
const builtIn = new Map([
  ['animal', () => new URL('../lessons/animal.json', import.meta.url)],
  ['bank', () => new URL('../lessons/bank.json', import.meta.url)],
  ['keys', () => new URL('../lessons/keys.json', import.meta.url)],
  ['umbrella', () => new URL('../lessons/umbrella.json', import.meta.url)],
]);

export const lessonIds = [...builtIn.keys()];

/**
 * Fetches a lesson: a built-in one by its id, or a teacher's own by its address on this site, which is checked.
 * @param {string} id
 * @param {{ base?: string|URL, fetch?: typeof globalThis.fetch, signal?: AbortSignal }} [options]
 * @returns {Promise<Lesson>}
 * @throws {import('./complete-lesson.js').LessonError}
 */
export async function loadLesson(id, { base, ...how } = {}) {
  const known = builtIn.get(id);
  if (!known) {
    const { loadOwnLesson } = await import('./own-lesson.js');
    return loadOwnLesson(id, lessonIds, base, how);
  }
  // They may be served from another host.
  const file = await fetchLesson(known(), { ...how, mode: 'cors' }, (response) => response.json());
  return completeLesson(file);
}

/**
 * @param {any} file a lesson as it's written
 * @returns {Lesson}
 */
function completeLesson(file) {
  const { format, id, language, title, summary, dimensions } = file;
  const presets = file.presets.map((/** @type {any} */ preset) => completePreset(preset, file));
  return { format, id, language, title, summary, dimensions, presets };
}
