// The built-in lessons. In the page built-in.page.js takes this file's place.

import animal from '../lessons/animal.json' with { type: 'json' };
import bank from '../lessons/bank.json' with { type: 'json' };
import keys from '../lessons/keys.json' with { type: 'json' };
import umbrella from '../lessons/umbrella.json' with { type: 'json' };
import { completeLesson } from './complete-lesson.js';

/** @type {Record<string, import('./lesson.js').Lesson>} */
export const builtIn = Object.fromEntries(Object.entries({ animal, bank, keys, umbrella })
  .map(([id, file]) => [id, completeLesson(file)]));
