// Says whether the tutorial can show a lesson: by the same code that the page reads it with.

import { readFile } from 'node:fs/promises';
import { LessonError, builtInIds, parseLesson } from '../tutorial/own-lesson.js';
import { findMistake } from './json-mistake.js';

const MOST = 20; // mistakes: who has read so many corrects them first

const REASONS = /** @type {Record<string, string>} */ ({
  ENOENT: 'there is no such file.', EISDIR: 'this is a folder: name a file in it.',
  EACCES: 'the file may not be read.', EPERM: 'the file may not be read.',
});

/**
 * @param {string} file
 * @returns {Promise<{ right: boolean, says: string }>}
 */
export async function checkLesson(file) {
  let source = '';
  try {
    source = await textOf(file);
    return { right: true, says: praise(parseLesson(source)) };
  } catch (error) {
    const says = error instanceof LessonError ? complaint(error, source) : /** @type {Error} */ (error).message;
    return { right: false, says };
  }
}

/** @param {string} file */
async function textOf(file) {
  const bytes = await readFile(file).catch(({ code, message }) => { throw new Error(REASONS[code] ?? message); });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error('the file is not text in UTF-8: save it again with the encoding UTF-8.');
  }
}

/** @param {import('../tutorial/lesson.js').Lesson} lesson */
function praise({ id, title, presets }) {
  const counts = presets.map(({ tokens }) => `${tokens.length} tokens`).join(', ');
  const read = `“${title}”, ${presets.length} ${presets.length === 1 ? 'version' : 'versions'} (${counts})`;
  if (!builtInIds.includes(id)) return read;
  return `${read}\n  Its id is that of a built-in lesson, "${id}": in other languages it would be shown with the words of that one,`
    + '\n  and links would lead there. Give a lesson of your own an id of its own.';
}

/**
 * @param {LessonError} error
 * @param {string} source
 */
function complaint(error, source) {
  const mistake = error.expected === 'JSON' ? findMistake(source) : undefined;
  if (mistake) return `line ${mistake.line}, column ${mistake.column}: expected ${mistake.expected}, came ${mistake.came}`;
  const all = [error, ...error.others].map(({ message }) => message);
  if (all.length === 1) return error.message;
  const more = all.length > MOST ? [`and ${all.length - MOST} more`] : [];
  return [`${all.length} mistakes`, ...all.slice(0, MOST), ...more].join('\n  ');
}
