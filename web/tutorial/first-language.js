// The language that is there from the start. It is spoken where another can't be loaded.

import english from '../locales/en.json' with { type: 'json' };

/** @type {import('./words.js').Language} */
export const FIRST = { name: 'en', texts: { ...english }, lessons: {} };
