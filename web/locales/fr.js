export { default as words } from './fr.json' with { type: 'json' };
export { default as lessons } from './fr.lessons.json' with { type: 'json' };
