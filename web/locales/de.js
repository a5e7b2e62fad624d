export { default as words } from './de.json' with { type: 'json' };
export { default as lessons } from './de.lessons.json' with { type: 'json' };
