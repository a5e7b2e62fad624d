export { default as words } from './es.json' with { type: 'json' };
export { default as lessons } from './es.lessons.json' with { type: 'json' };
