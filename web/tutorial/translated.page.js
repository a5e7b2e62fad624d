// Takes the place of translated.js in the page, where lessons come in its language. Only that of the model that learns is
// made on the spot.

import { PROVIDED } from './lesson-loader.js';
import { glossOf } from './words.js';

/**
 * @template {{ lesson: { id: string }, tokens: { text: string }[] }} Model
 * @param {Model} model
 * @returns {Model}
 */
export const translated = (model) => (model?.lesson.id === PROVIDED
  ? { ...model, tokens: model.tokens.map((token) => ({ ...token, gloss: glossOf(token.text) })) } : model);
