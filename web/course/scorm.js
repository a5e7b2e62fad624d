// The page of a package: connects the figure with the learning platform that shows it. Without one, the lesson works all
// the same, and the page says that nothing is recorded.

import { Platform, findApi } from './platform.js';
import { Session } from './session.js';

/** @import { AttentionTutorial } from '../element/tutorial.js' */

const PAUSE = 200; // ms: a slider changes numbers faster than a platform can take them

const page = /** @type {HTMLElement} */ (document.querySelector('main'));
const line = /** @type {HTMLElement} */ (page.querySelector('.platform'));
const tutorial = /** @type {AttentionTutorial & { shows?: (group: string) => boolean }} */ (
  page.querySelector('attention-tutorial'));
const version = page.dataset.version === '2004' ? '2004' : '1.2';

/**
 * @param {string} key of the texts that the page came with
 * @param {string} [value] what its placeholder stands for
 */
function say(key, value = '') {
  line.textContent = (line.dataset[key] ?? '').replace(/\{\w+\}/, () => value);
  line.hidden = false;
}

/** The lesson that came with the package. It may have been changed since: it is checked like that of a stranger. */
async function ownLesson() {
  const { attentionLesson } = /** @type {any} */ (globalThis);
  try {
    if (attentionLesson !== undefined) await tutorial.setLesson(attentionLesson);
  } catch (error) {
    say('lesson', /** @type {Error} */ (error).message);
  }
}

/** @param {Platform} platform */
async function follow(platform) {
  await Promise.all([tutorial.ready, ownLesson()]);
  const shows = (/** @type {string} */ group) => tutorial.shows?.(group) ?? true;
  const session = new Session(platform, tutorial, {
    pass: Number(page.dataset.pass), walks: shows('stepper') || shows('walk'), asks: shows('question'),
  });
  let timer = 0;
  let told = '';
  const commit = () => {
    clearTimeout(timer);
    timer = 0;
    const taken = platform.commit();
    const news = !taken ? 'lost' : !session.whole ? 'kept' : session.complete ? 'complete' : '';
    if (news && news !== told) say(news, platform.problem);
    else if (!news && told) line.hidden = true;
    told = news;
  };

  const step = session.resume();
  if (step) say('resumed', String(step));
  commit();
  tutorial.addEventListener('attention-change', ({ detail }) => {
    session.hear(detail);
    timer ||= setTimeout(commit, PAUSE);
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'hidden' || !platform.running) return;
    session.report();
    commit();
  });
  leave = () => session.end();
}

const api = findApi(version, window);
const platform = new Platform(version, api);
let leave = () => platform.end(); // before the figure is there nothing has changed
if (api && platform.start()) {
  addEventListener('pagehide', () => leave());
  addEventListener('pageshow', ({ persisted }) => { if (persisted) location.reload(); }); // the platform has said goodbye
  follow(platform).catch((error) => { console.error(error); });
} else {
  say('unavailable');
  ownLesson();
}
