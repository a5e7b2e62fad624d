// The six steps of a preset as it stands in its lesson, for figures that don't follow the reader's state.

import { loadLesson } from '../lesson.js';

/** @type {Map<string, Promise<import('../lesson.js').Lesson>>} */
const lessons = new Map();

/**
 * A built-in lesson, fetched once for all figures; a failure is forgotten, so that a later call tries again.
 * @param {string} id
 */
export function sharedLesson(id) {
  const known = lessons.get(id);
  if (known) return known;
  const lesson = loadLesson(id).catch((error) => {
    lessons.delete(id);
    throw error;
  });
  lessons.set(id, lesson);
  return lesson;
}

/**
 * `source` says where the numbers are from, for the tests: "bank/river".
 * @param {import('../../core/load-steps.js').AttentionSteps} attention
 * @param {import('../lesson.js').Lesson} lesson
 * @param {import('../lesson.js').Preset} [preset] of the lesson
 */
export function stepsOf(attention, lesson, preset = lesson.presets[0]) {
  const tokens = preset.tokens.map(token);
  const steps = attention.steps({
    embeddings: matrix(preset.embeddings),
    queryWeight: matrix(preset.queryWeight),
    keyWeight: matrix(preset.keyWeight),
    valueWeight: matrix(preset.valueWeight),
    queryIndex: preset.current,
    attend: Uint8Array.from(tokens, (/** @type {any} */ { attended }) => Number(attended)),
  });
  const source = `${lesson.id}/${preset.id}`;
  return { tokens, current: preset.current, steps, source, lesson, preset, dims: lesson.dimensions };
}

/**
 * @param {{ text: string, gloss?: string, optional?: boolean }} token
 * @param {number} index
 */
function token({ text, gloss, optional = false }, index) {
  return { index, text, gloss, shown: !optional, attended: !optional };
}

/** @param {number[][]} rows */
function matrix(rows) {
  return { data: Float32Array.from(rows.flat()), dims: [rows.length, rows[0].length] };
}
