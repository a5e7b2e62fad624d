// What lessons have in common, the built-in ones and those of strangers.

/** @import { Preset, Token } from './lesson.js' */

/** Says which field is wrong, what was expected there and what came. */
export class LessonError extends Error {
  /** @param {string} field @param {string} expected @param {string} actual */
  constructor(field, expected, actual) {
    super(`${field}: expected ${expected}, came ${actual}`);
    this.name = 'LessonError';
    this.field = field;
    this.expected = expected;
    this.actual = actual;
  }
}

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
 * @template File
 * @param {URL} url
 * @param {{ mode: RequestMode, fetch?: typeof globalThis.fetch, signal?: AbortSignal }} how
 * @param {(response: Response) => Promise<File>} read
 * @throws {LessonError}
 */
export async function fetchLesson(url, { mode, fetch = globalThis.fetch, signal }, read) {
  try {
    const response = await fetch(url, { mode, signal });
    if (!response.ok) throw new LessonError('lesson', `a file at ${url.pathname}`, `HTTP ${response.status}`);
    return await read(response);
  } catch (error) {
    if (error instanceof LessonError || signal?.aborted) throw error;
    throw new LessonError('lesson', `a file at ${url.pathname}`, 'no answer');
  }
}
