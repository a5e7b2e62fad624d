// Takes the place of built-in.js in the page, whose document brings the lessons along, in its own language.

import { FIRST } from './first-language.js';

export const builtIn = /** @type {{ builtIn: Record<string, import('./lesson.js').Lesson> }} */ (/** @type {unknown} */ (FIRST)).builtIn;
