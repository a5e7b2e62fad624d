// What both browsers can do, over what each driver knows: one page, what is done with it, and what went wrong in it.
//
// Elements are found by a path: selectors with ' >> ' where the next is looked for in the shadow of what was found. Of
// several, `which` chooses: a number from 0, or what the element's text begins with.

import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What the reader's system is like: dark, without animations, without a network; options of JavaScriptCore.
 * @typedef {{ dark?: boolean, calm?: boolean, offline?: boolean, engine?: Record<string, string> }} Look
 */

const KEYS = /** @type {Record<string, string>} */ ({
  Tab: '\uE004', Enter: '\uE007', Escape: '\uE00C', ' ': ' ', End: '\uE010', Home: '\uE011',
  ArrowLeft: '\uE012', ArrowUp: '\uE013', ArrowRight: '\uE014', ArrowDown: '\uE015', Shift: '\uE008',
});

/** Runs in the page, before each function that is evaluated there. */
function find(/** @type {string} */ path, /** @type {number | string} */ which = 0) {
  const found = path.split(' >> ').reduce((/** @type {any[]} */ roots, part) =>
    roots.flatMap((root) => [...(root.shadowRoot ?? root).querySelectorAll(part)]), [document]);
  const text = (/** @type {Element} */ element) => (element.textContent ?? '').replace(/\s+/g, ' ').trim();
  return typeof which === 'number' ? found[which] : found.find((element) => text(element).startsWith(which));
}

/** Runs in the page: infinities and NaN have no JSON. */
function toText(/** @type {unknown} */ value) {
  return JSON.stringify([value], (_, each) =>
    (typeof each === 'number' && !Number.isFinite(each) ? { $number: String(each) } : each));
}

export class Browser {
  name = '';
  /** Errors that the browser reports by itself. @type {string[]} */
  logged = [];

  /** @param {string} folder of its own */
  constructor(folder) {
    this.downloads = join(folder, 'downloads');
    mkdirSync(this.downloads, { recursive: true });
  }

  // What each driver knows ---------------------------------------------------------------------------------------

  /** @param {string} url @returns {Promise<void>} */
  async navigate(url) { throw new Error(`no way to ${url}`); }

  /** @param {number} width @param {number} height @returns {Promise<void>} */
  async resize(width, height) { throw new Error(`no way to ${width} × ${height}`); }

  /** The text that the body of an async function returns. @param {string} body @returns {Promise<string>} */
  async run(body) { throw new Error(`no way to run ${body}`); }

  /** @param {object[]} actions of WebDriver @returns {Promise<void>} */
  async act(actions) { throw new Error(`no way to do ${actions.length} actions`); }

  /** @returns {Promise<Buffer>} */
  async screenshot() { throw new Error('no way to take a picture'); }

  /** @returns {Promise<void>} */
  async close() { throw new Error('no way to close'); }

  // What follows from it -------------------------------------------------------------------------------------------

  /**
   * @param {string} url
   * @param {{ width?: number, height?: number }} [viewport]
   */
  async open(url, { width = 1280, height = 900 } = {}) {
    this.logged = [];
    await this.resize(width, height);
    await this.navigate(url);
    await this.waitFor((wanted) => innerWidth === wanted, width);
  }

  /**
   * What a function returns, or resolves with, in the page: `find` is there too.
   * @template A, R
   * @param {(argument: A) => R} call
   * @param {A} [argument]
   * @returns {Promise<Awaited<R>>}
   */
  async evaluate(call, argument) {
    const text = await this.run(`
      const find = ${find};
      const toText = ${toText};
      const value = await (${call})(${JSON.stringify(argument)});
      return toText(value);`);
    return JSON.parse(text, (_, each) => (each?.$number ? Number(each.$number) : each))[0];
  }

  /**
   * @template A
   * @param {(argument: A) => unknown} condition
   * @param {A} [argument]
   * @param {number} [seconds]
   */
  async waitFor(condition, argument, seconds = 10) {
    for (const end = Date.now() + 1000 * seconds; !(await this.evaluate(condition, argument));) {
      if (Date.now() > end) {
        throw new Error(`${this.name}: not within ${seconds} s: ${condition} ${JSON.stringify(argument)}`);
      }
      await new Promise((resolve) => { setTimeout(resolve, 25); });
    }
  }

  /** @param {string} path @param {number | string} [which] */
  async click(path, which = 0) {
    await this.waitFor(([path, which]) => find(path, which), [path, which]);
    const point = await this.evaluate(([path, which]) => {
      const element = find(path, which);
      element.scrollIntoView({ block: 'center', behavior: 'instant' });
      const { left, top, width, height } = element.getBoundingClientRect();
      return { x: Math.round(left + width / 2), y: Math.round(top + height / 2) };
    }, [path, which]);
    await this.act([{
      type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' }, actions: [
        { type: 'pointerMove', duration: 0, ...point },
        { type: 'pointerDown', button: 0 },
        { type: 'pointerUp', button: 0 },
      ],
    }]);
  }

  /** Presses keys one after the other: names such as ArrowLeft, or characters. @param {...string} keys */
  async press(...keys) {
    const actions = keys.map((key) => KEYS[key] ?? key)
      .flatMap((value) => [{ type: 'keyDown', value }, { type: 'keyUp', value }]);
    await this.act([{ type: 'key', id: 'keys', actions }]);
  }

  /**
   * The file that is saved by an action.
   * @param {() => Promise<void>} action
   */
  async saved(action) {
    const files = () => readdirSync(this.downloads).filter((name) => !/\.(part|wkdownload)$/.test(name));
    const before = new Set(files());
    await action();
    for (const end = Date.now() + 10_000; Date.now() < end;) {
      const name = files().find((each) => !before.has(each));
      const bytes = name ? readFileSync(join(this.downloads, name)) : undefined;
      if (name && bytes?.length) return { name, bytes };
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
    throw new Error(`${this.name} saved nothing.`);
  }
}
