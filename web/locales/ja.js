export { default as words } from './ja.json' with { type: 'json' };
export { default as lessons } from './ja.lessons.json' with { type: 'json' };
