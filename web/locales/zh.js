export { default as words } from './zh.json' with { type: 'json' };
export { default as lessons } from './zh.lessons.json' with { type: 'json' };
