// What a teacher copies, as text. `base` is where the site is served, with a slash at its end.

/** @typedef {Record<string, string>} Choice attributes of <attention-tutorial>, without those left as usual */

const HEIGHT = 900; // px, until embed.js, or the learning platform, knows better

/** @param {string} value */
const escaped = (value) => value.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');

/** @param {Choice} choice */
const query = (choice) => {
  const text = String(new URLSearchParams(choice));
  return text && `?${text}`;
};

/**
 * @param {string} base
 * @param {Choice} choice
 */
export function embedAddress(base, choice) {
  return `${base}embed.html${query(choice)}`;
}

/**
 * @param {string} base
 * @param {Choice} choice
 */
export function element(base, choice) {
  const attributes = Object.entries(choice).map(([name, value]) => ` ${name}="${escaped(value)}"`).join('');
  return `<script src="${escaped(base)}attention-tutorial.js" defer></script>
<attention-tutorial${attributes}></attention-tutorial>`;
}

/**
 * @param {string} base
 * @param {Choice} choice
 * @param {string} title
 */
export function frame(base, choice, title) {
  return `<iframe src="${escaped(embedAddress(base, choice))}" title="${escaped(title)}"
  width="100%" height="${HEIGHT}" style="border: 0" loading="lazy" allow="clipboard-write"></iframe>
<script src="${escaped(base)}embed.js" async></script>`;
}

/**
 * Whether an address leads to another site, or nowhere: no lesson is taken from there.
 * @param {string} base
 * @param {string} address
 */
export function isElsewhere(base, address) {
  return !URL.canParse(address, base) || new URL(address, base).origin !== new URL(base).origin;
}

/**
 * A lesson's address that means the same in each folder of the site.
 * @param {string} base
 * @param {Choice} state
 * @returns {Choice}
 */
function placed(base, state) {
  const { lesson = '' } = state;
  if (!/[^\w-]/.test(lesson) || isElsewhere(base, lesson)) return state; // one that has a name
  const { href, origin } = new URL(lesson, base);
  return { ...state, lesson: href.slice(origin.length) };
}

/**
 * A picture that leads to the page, for where Markdown lets no frame through. The page knows no `controls`, and a language
 * is a folder of it.
 * @param {string} base
 * @param {Choice} choice
 * @param {string} title
 */
export function markdown(base, { controls, lang = '', ...state }, title) {
  const folder = lang.split('-')[0];
  const asked = placed(base, state);
  const page = lang === '' || lang === 'en' ? `${base}${query(lang ? { lang, ...asked } : asked)}` : `${base}${folder}/${query(asked)}`;
  return `[![${title.replace(/[[\]]/g, '\\$&')}](${base}preview.png)](${page}#tutorial)`;
}

/**
 * What a site answers that asks how to show an address of ours (oembed.com, version 1.0).
 * @param {string} base
 * @param {Choice} choice
 * @param {string} title
 */
export function oembed(base, choice, title) {
  return {
    version: '1.0', type: 'rich', provider_name: 'attention-wasm', provider_url: base, title,
    html: frame(base, choice, title), width: 1100, height: HEIGHT,
    thumbnail_url: `${base}preview.png`, thumbnail_width: 1688, thumbnail_height: 1735,
  };
}
