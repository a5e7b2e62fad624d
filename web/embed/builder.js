// The page on which a teacher chooses what an embed shows, sees it, and copies or takes it. The height of what is seen is
// that of embed.js, as on any other page.

import { element, embedAddress, frame, isElsewhere, markdown } from './snippets.js';

/** @import { Choice } from './snippets.js' */

const USUAL = /** @type {Record<string, string>} */ ({ lesson: 'animal', step: '1', theme: 'auto', lang: '' });
const PAUSE = 250; // ms, so that the figure isn't loaded again at every letter of an address
const KINDS = { frame, element, markdown };

const find = (/** @type {string} */ selector) => /** @type {any} */ (document.querySelector(selector));
const form = /** @type {HTMLFormElement} */ (find('#choice'));
const copying = /** @type {HTMLFormElement} */ (find('#copying'));
const address = /** @type {HTMLInputElement} */ (find('[name=address]'));
let timer = 0;

/** The site's folder: this page stands in it, or in that of a language. */
const base = new URL(find('link[rel=icon]').dataset.base ?? './', location.href).href;

/** @returns {Choice} */
function chosen() {
  const data = new FormData(form);
  const [lesson, preset] = String(data.get('lesson')).split(' ');
  const all = form.querySelectorAll('[name=controls]').length;
  const controls = data.getAll('controls').map(String);
  const choice = /** @type {Choice} */ ({
    lesson: lesson === 'own' ? String(data.get('address')).trim() : lesson,
    ...(preset ? { preset } : {}),
    step: String(data.get('step')), theme: String(data.get('theme')), lang: String(data.get('lang')),
    ...(controls.length < all ? { controls: controls.join(',') || 'none' } : {}),
  });
  return Object.fromEntries(Object.entries(choice).filter(([name, value]) => value !== '' && value !== USUAL[name]));
}

/**
 * What the figure is called in the language that was chosen; where none was, in that of this page.
 * @param {Choice} choice
 */
function titleOf({ lang = document.documentElement.lang }) {
  return find(`[name=lang] [value="${lang}"]`).dataset.title;
}

const isOwn = () => find('[name=lesson]').value === 'own';

/**
 * A sentence with a name in it, which keeps its own direction.
 * @param {string} text
 * @param {string} name
 */
const said = (text, name) => text.replace(/\{\w+\}/, () => `\u2068${name}\u2069`);

/**
 * Says what the address of an own lesson has to be, and what is wrong with it: the browser lets nothing be copied then.
 * @param {keyof typeof KINDS} kind
 */
function judge(kind) {
  const note = find('#address-note');
  const given = address.value.trim();
  const wrong = !given ? 'empty' : kind !== 'element' && isElsewhere(base, given) ? 'elsewhere' : '';
  const names = /** @type {Record<string, string>} */ ({ empty: find('[value=animal]').textContent, elsewhere: given });
  const text = said(note.dataset[wrong || (kind === 'element' ? 'page' : 'site')], names[wrong] ?? new URL(base).host);
  if (note.textContent !== text) note.textContent = text; // else it would be read out again
  address.setCustomValidity(isOwn() && wrong ? text : '');
  address.setAttribute('aria-invalid', String(wrong === 'elsewhere')); // what is still empty isn't a mistake yet
  note.toggleAttribute('data-wrong', wrong !== '');
  find('.own').hidden = !isOwn();
}

function write() {
  const kind = /** @type {keyof typeof KINDS} */ (new FormData(copying).get('kind'));
  judge(kind);
  for (const note of copying.querySelectorAll('.about')) {
    /** @type {HTMLElement} */ (note).hidden = /** @type {HTMLElement} */ (note).dataset.kind !== kind;
  }
  const choice = chosen();
  find('#snippet').textContent = KINDS[kind](base, choice, titleOf(choice));
  for (const status of ['#said', '#taken']) find(status).textContent = '';
}

function show() {
  const address = embedAddress(base, chosen());
  if (find('#frame').src !== address) find('#frame').src = address;
}

form.addEventListener('input', () => {
  write();
  clearTimeout(timer);
  timer = setTimeout(show, PAUSE);
});
form.addEventListener('submit', (event) => event.preventDefault());
copying.addEventListener('input', write);
copying.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (!address.reportValidity()) return;
  const status = find('#said');
  try {
    await navigator.clipboard.writeText(find('#snippet').textContent);
    status.textContent = status.dataset.done;
  } catch {
    status.textContent = status.dataset.failed;
    getSelection()?.selectAllChildren(find('#snippet'));
  }
});
find('#widths').addEventListener('input', (/** @type {any} */ { target }) => { find('.frame').dataset.width = target.value; });
find('#downloads').addEventListener('click', async (/** @type {MouseEvent} */ { target }) => {
  const button = /** @type {HTMLElement} */ (target).closest('button');
  if (!button || (isOwn() && !address.value.trim() && !address.reportValidity())) return;
  const taken = find('#taken');
  try {
    const { take } = await import('./take.js'); // few do, and it brings what packs them
    const name = await take(/** @type {string} */ (button.dataset.download), base, chosen());
    taken.textContent = said(taken.dataset.done, name);
  } catch (error) {
    console.error(error);
    const { why = 'failed', message } = /** @type {Error & { why?: string }} */ (error);
    taken.textContent = said(taken.dataset[why], message);
  }
});

write();
show();
