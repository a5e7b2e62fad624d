// WebKitGTK's MiniBrowser on a screen in memory, by classic WebDriver: https://www.w3.org/TR/webdriver2/

import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Browser } from './browser.js';
import { installed } from './installed.js';
import { Processes } from './processes.js';

/** @param {import('./browser.js').Look} [look] */
export async function launchWebKit(look = {}) {
  const binary = installed('webkit');
  const processes = new Processes();
  try {
    const [, display] = await processes.start('Xvfb',
      ['-displayfd', '1', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp'], { ready: /^(\d+)\n/m });
    const port = await freePort();
    await processes.start('WebKitWebDriver', [`--port=${port}`], {
      env: { ...settings(processes.folder, look), DISPLAY: `:${display}` },
    });
    const webkit = new WebKit(processes, `http://127.0.0.1:${port}`);
    await webkit.begin(binary, look);
    if (look.engine) webkit.name += ` with ${Object.keys(look.engine).join(', ')}`;
    return webkit;
  } catch (error) {
    processes.end();
    throw error;
  }
}

/**
 * Writes what GTK reads of the person at the screen; returns the environment that says where.
 * @param {string} folder
 * @param {import('./browser.js').Look} look
 */
function settings(folder, { calm = true, engine = {} }) {
  mkdirSync(join(folder, 'gtk-3.0'));
  writeFileSync(join(folder, 'gtk-3.0/settings.ini'), `[Settings]\ngtk-enable-animations=${Number(!calm)}\n`);
  writeFileSync(join(folder, 'user-dirs.dirs'), `XDG_DOWNLOAD_DIR="${join(folder, 'downloads')}"\n`);
  return {
    XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder, XDG_CACHE_HOME: folder, XDG_RUNTIME_DIR: folder,
    NO_AT_BRIDGE: '1', LIBGL_ALWAYS_SOFTWARE: '1', ...engine,
  };
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

class WebKit extends Browser {
  #processes;
  #address;

  /**
   * @param {Processes} processes
   * @param {string} address
   */
  constructor(processes, address) {
    super(processes.folder);
    this.#processes = processes;
    this.#address = address;
  }

  /**
   * @param {string} binary
   * @param {import('./browser.js').Look} look
   */
  async begin(binary, { dark, offline }) {
    await this.#listening();
    // The whole screen, since beside its tools a window can't be as narrow as a telephone.
    const args = ['--automation', '--full-screen'];
    if (dark) args.push('--dark-mode');
    if (offline) args.push('--proxy=http://127.0.0.1:9'); // nobody is there
    const { sessionId, capabilities } = await this.#call('POST', '/session', {
      capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': { binary, args } } },
    });
    this.name = `WebKitGTK ${capabilities.browserVersion}`;
    this.#address += `/session/${sessionId}`;
  }

  async #listening() {
    for (const end = Date.now() + 20_000; ;) {
      try {
        return await this.#call('GET', '/status');
      } catch (error) {
        if (Date.now() > end) throw error;
        await new Promise((resolve) => { setTimeout(resolve, 50); });
      }
    }
  }

  /** @param {string} url */
  async navigate(url) {
    await this.#call('POST', '/url', { url });
  }

  /**
   * @param {number} width
   * @param {number} height
   */
  async resize(width, height) {
    await this.#call('POST', '/window/rect', { x: 0, y: 0, width, height });
  }

  /** @param {string} body */
  async run(body) {
    const script = `(async () => { ${body} })().then(arguments[0], (error) => arguments[0]({ thrown: String(error) }))`;
    const result = await this.#call('POST', '/execute/async', { script, args: [] });
    if (typeof result !== 'string') throw new Error(result?.thrown);
    return result;
  }

  /** @param {object[]} actions */
  async act(actions) {
    await this.#call('POST', '/actions', { actions });
  }

  async screenshot() {
    return Buffer.from(await this.#call('GET', '/screenshot'), 'base64');
  }

  async close() {
    await this.#call('DELETE', '').catch(() => {}); // whatever became of it, its processes are ended
    this.#processes.end();
  }

  /**
   * @param {'GET' | 'POST' | 'DELETE'} method
   * @param {string} path
   * @param {object} [body]
   * @returns {Promise<any>}
   */
  async #call(method, path, body) {
    const response = await fetch(this.#address + path, { method, body: body ? JSON.stringify(body) : null });
    const { value } = /** @type {any} */ (await response.json());
    if (value?.error) throw new Error(`${value.error}: ${value.message}`);
    return value;
  }
}
