// Says whether the tutorial can show a lesson: by the same code that the page reads it with.

import { readFile } from 'node:fs/promises';
import { parseLesson } from '../tutorial/own-lesson.js';

/**
 * @param {string} file
 * @returns {Promise<{ right: boolean, says: string }>}
 */
export async function checkLesson(file) {
  try {
    const { title, presets } = parseLesson(await readFile(file, 'utf8'));
    const counts = presets.map(({ tokens }) => `${tokens.length} tokens`).join(', ');
    return { right: true, says: `“${title}”, ${presets.length} ${presets.length === 1 ? 'version' : 'versions'} (${counts})` };
  } catch (error) {
    return { right: false, says: /** @type {Error} */ (error).message };
  }
}
