export { default as words } from './ar.json' with { type: 'json' };
export { default as lessons } from './ar.lessons.json' with { type: 'json' };
