export { default as words } from './zh.json' with { type: 'json' };
export { default as lessons } from './zh.lessons.json' with { type: 'json' };

export const later = () => import('./zh.later.json', { with: { type: 'json' } });
