export { default as words } from './pt.json' with { type: 'json' };
export { default as lessons } from './pt.lessons.json' with { type: 'json' };
