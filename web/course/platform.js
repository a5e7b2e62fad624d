// The learning platform, found and called as SCORM 1.2 and SCORM 2004 say. Whatever it does, nothing is thrown: what it
// didn't take is kept, and offered again.

const LEVELS = 300; // of frames, or windows: more are a circle

const KINDS = {
  '1.2': {
    name: 'API', initialize: 'LMSInitialize', terminate: 'LMSFinish', get: 'LMSGetValue', set: 'LMSSetValue',
    commit: 'LMSCommit', code: 'LMSGetLastError', text: 'LMSGetErrorString',
  },
  '2004': {
    name: 'API_1484_11', initialize: 'Initialize', terminate: 'Terminate', get: 'GetValue', set: 'SetValue',
    commit: 'Commit', code: 'GetLastError', text: 'GetErrorString',
  },
};
const METHODS = /** @type {const} */ (['initialize', 'terminate', 'get', 'set', 'commit', 'code', 'text']);

/** @typedef {keyof typeof KINDS} Version */

/** What a platform needn't know: not implemented, undefined, unimplemented. */
const OPTIONAL = ['401', '402'];
const RUNNING = '103'; // 2004: initialized already

/**
 * The object by which a platform is called, on this window, one around it, or the one that opened it or is around that.
 * @param {Version} version
 * @param {any} from a window
 * @returns {any} undefined: there is none
 */
export function findApi(version, from) {
  const opener = peek(() => upwards(from).at(-1)?.opener) ?? peek(() => from.opener);
  for (const start of [from, opener]) {
    for (const frame of start ? upwards(start) : []) {
      const api = peek(() => frame[KINDS[version].name]);
      if (isUsable(version, api)) return api;
    }
  }
  return undefined;
}

/** @param {any} start a window */
function upwards(start) {
  const frames = [start];
  while (frames.length < LEVELS) {
    const frame = /** @type {any} */ (frames.at(-1));
    const next = peek(() => frame.parent);
    if (!next || next === frame) break;
    frames.push(next);
  }
  return frames;
}

/** @param {Version} version @param {any} api */
function isUsable(version, api) {
  const kind = KINDS[version];
  return Object(api) === api && METHODS.every((method) => peek(() => typeof api[kind[method]]) === 'function');
}

/**
 * A window of another site throws when it is looked into.
 * @template Result
 * @param {() => Result} look
 */
function peek(look) {
  try {
    return look();
  } catch {
    return undefined;
  }
}

export class Platform {
  #api;
  #kind;
  #unsent = /** @type {Map<string, string>} what was set and isn't known to have been taken */ (new Map());
  #running = false;

  /**
   * @param {Version} version
   * @param {any} api from findApi()
   */
  constructor(version, api) {
    this.version = version;
    this.#api = api;
    this.#kind = KINDS[version];
    /** Why the last report wasn't taken; '' if it was. */ this.problem = '';
  }

  get running() { return this.#running; }

  start() {
    const started = this.#call('initialize', '');
    this.#running = isTrue(started) || (this.version === '2004' && this.#code() === RUNNING);
    return this.#running;
  }

  /**
   * @param {string} name
   * @returns {string} '' where there is nothing
   */
  get(name) {
    const value = this.#running ? this.#call('get', name) : '';
    return ['string', 'number'].includes(typeof value) ? String(value) : '';
  }

  /**
   * Keeps a value for the next commit.
   * @param {string} name
   * @param {string | number} value
   */
  set(name, value) {
    this.#unsent.delete(name); // so that it comes last, as it was set
    this.#unsent.set(name, String(value));
  }

  /** Sends all that was set, and what wasn't taken before. */
  commit() {
    if (!this.#running) return false;
    this.problem = '';
    for (const [name, value] of this.#unsent) {
      if (this.#ask('set', name, value)) this.#unsent.delete(name);
    }
    const committed = this.#ask('commit', '');
    return committed && this.problem === '';
  }

  end() {
    if (!this.#running) return;
    this.commit();
    this.#call('terminate', '');
    this.#running = false;
  }

  /**
   * @param {'set' | 'commit'} method
   * @param {string[]} given
   */
  #ask(method, ...given) {
    if (isTrue(this.#call(method, ...given))) return true;
    const code = this.#code();
    if (method === 'set' && OPTIONAL.includes(code)) return true;
    this.problem ||= this.#reason(code);
    return false;
  }

  #code() {
    return String(peek(() => this.#api[this.#kind.code]()) ?? '');
  }

  /** @param {string} code */
  #reason(code) {
    const said = peek(() => this.#api[this.#kind.text](code));
    return (typeof said === 'string' && said.trim().slice(0, 200)) || (/^\d{1,5}$/.test(code) ? code : '?');
  }

  /**
   * @param {typeof METHODS[number]} method
   * @param {string[]} given
   */
  #call(method, ...given) {
    return peek(() => this.#api[this.#kind[method]](...given));
  }
}

/** @param {unknown} answer */
const isTrue = (answer) => answer === true || answer === 'true';
