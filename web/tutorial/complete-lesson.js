// What lessons have in common, the built-in ones and those of strangers.

/** @import { Preset, Token } from './lesson.js' */

/** What a lesson may say for all its presets. */
export const sharedNames = /** @type {const} */ ([
  'tokens', 'current', 'embeddings', 'queryWeight', 'keyWeight', 'valueWeight', 'reference',
]);

/**
 * The preset with what the lesson says for all, and with what both leave out.
 * @param {any} preset @param {any} lesson
 * @returns {Preset} a copy: no two presets share a row that one of them may change
 */
export function completePreset(preset, lesson) {
  const whole = { ...preset };
  for (const name of sharedNames) whole[name] ??= lesson[name];
  whole.tokens = whole.tokens.map((/** @type {Token} */ { text, optional = false }) => ({ text, optional }));
  whole.reference = whole.reference ? { scores: null, weights: null, ...whole.reference } : null;
  return structuredClone(whole);
}

/**
 * A value that is refused, in words. Never looks inside: what came may be huge, or contain itself.
 * @param {any} value
 */
export function describe(value) {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40)) + (value[40] ? '…' : '');
  return Object(value) === value ? (typeof value === 'object' ? 'an object' : 'a function') : String(value ?? 'nothing');
}

/**
 * @param {any} file a lesson as it's written
 * @returns {import('./lesson.js').Lesson}
 */
export function completeLesson(file) {
  const { format, id, language, title, summary, dimensions, questions } = file;
  const presets = file.presets.map((/** @type {any} */ preset) => completePreset(preset, file));
  return { format, id, language, title, summary, dimensions, questions, presets };
}
