// What the language that is spoken says of a built-in lesson, in the place of the lesson's own English.

import { language } from './words.js';

/**
 * A model to be shown. Its names of dimensions, what is said of its lesson and a gloss for each token are in the
 * language; `lesson.dimensions` stays, since ids are made of it.
 * @template {{ lesson: import('./lesson.js').Lesson, preset: import('./lesson.js').Preset, tokens: any[], dims: any }} Model
 * @param {Model} model
 * @returns {Model}
 */
export function translated(model) {
  const said = model && language().lessons[model.lesson.id];
  if (!said) return model;
  const { lesson, preset, tokens, dims } = model;
  const presets = lesson.presets.map((each) => ({ ...each, ...told(said.presets[each.id]) }));
  return {
    ...model,
    lesson: { ...lesson, title: said.title, summary: said.summary, presets },
    preset: presets.find(({ id }) => id === preset.id),
    tokens: glossed(tokens, said.presets[preset.id]?.gloss),
    dims: Object.fromEntries(Object.entries(dims).map(([kind, names]) => [kind, named(names, said)])),
  };
}

/**
 * @param {Partial<import('./words.js').LessonWords['presets'][string]>} [preset]
 */
function told({ name, note } = {}) {
  return name && note ? { name, note } : {};
}

/**
 * Tokens with the word for each of them.
 * @template {object} Token
 * @param {Token[]} tokens
 * @param {string[]} [gloss]
 * @returns {(Token & { gloss?: string })[]}
 */
export function glossed(tokens, gloss) {
  return gloss ? tokens.map((token, index) => ({ ...token, gloss: gloss[index] })) : tokens;
}

/**
 * @param {string[]} names of dimensions
 * @param {import('./words.js').LessonWords} said
 */
function named(names, { dimensions }) {
  return names.map((name) => dimensions[name] ?? name);
}
