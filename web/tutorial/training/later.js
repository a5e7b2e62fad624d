// What is loaded when it is asked for.

import { addWords } from '../words.js';

/**
 * A part that brings words of its own.
 * @template {{ texts: Record<string, string> }} Part
 * @param {Promise<Part>} loading
 */
export async function withWords(loading) {
  const part = await loading;
  addWords(part.texts);
  return part;
}
