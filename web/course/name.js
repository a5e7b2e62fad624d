// What a package or a page is called. Learning platforms, and folders, take two things of one name for the same and put
// the later in the place of the earlier, so whatever differs is called differently.

/**
 * Of letters, digits and hyphens: the lesson, its version, the step and the language as one reads them, without those
 * left as usual; then, in eight digits, all that there is besides: a lesson file, controls, theme, the mark to pass. The
 * files of the site don't count: the same choice of a newer site is meant to take the older one's place.
 * @param {object} chosen
 * @param {string} chosen.id of the lesson
 * @param {unknown} [chosen.own] the lesson file, or its text
 * @param {string} chosen.lang the name of a language
 * @param {Record<string, string>} [chosen.attributes] of <attention-tutorial>
 * @param {number} [chosen.pass] if it isn't the usual one
 */
export function nameOf({ id, own, lang, attributes = {}, pass }) {
  const { preset = '', step = '1', ...others } = attributes;
  const readable = /^[a-z][a-z0-9-]*$/.test(preset);
  const name = ['attention', id, readable && preset, /^[2-6]$/.test(step) && `step${step}`, lang !== 'en' && lang];
  const lesson = typeof own === 'string' ? JSON.parse(own.replace(/^\ufeff/, '')) : own;
  const rest = Object.entries({ ...others, ...(readable ? {} : { preset }), theme: others.theme === 'auto' ? '' : others.theme, lesson, pass })
    .filter(([, value]) => value !== undefined && value !== '').sort(([a], [b]) => (a < b ? -1 : 1));
  return [...name, rest.length > 0 && digits(JSON.stringify(rest))].filter(Boolean).join('-');
}

/**
 * Eight hexadecimal digits that tell texts apart: FNV-1a, 32 bits, over UTF-16. Web Crypto would have them later only.
 * @param {string} text
 */
function digits(text) {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
