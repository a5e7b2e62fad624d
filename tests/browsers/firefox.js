// Firefox, which speaks WebDriver BiDi itself: https://www.w3.org/TR/webdriver-bidi/

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import WebSocket from 'ws';
import { Browser } from './browser.js';
import { installed } from './installed.js';
import { Processes } from './processes.js';

/** @param {import('./browser.js').Look} [look] */
export async function launchFirefox(look = {}) {
  const program = installed('firefox');
  const processes = new Processes();
  try {
    writeFileSync(join(processes.folder, 'user.js'), preferences(processes.folder, look));
    const args = ['--headless', '--no-remote', '--remote-debugging-port=0', '--profile', processes.folder];
    const [address] = await processes.start(program, args, { ready: /ws:\/\/\S+:\d+/ });
    const socket = new WebSocket(`${address}/session`);
    await new Promise((resolve, reject) => { socket.once('open', resolve).once('error', reject); });
    const firefox = new Firefox(processes, socket);
    await firefox.begin();
    return firefox;
  } catch (error) {
    processes.end();
    throw error;
  }
}

/** A proxy that isn't there, for requests of any kind. */
const NOWHERE = {
  'network.proxy.type': 1,
  'network.proxy.http': '127.0.0.1', 'network.proxy.http_port': 9,
  'network.proxy.ssl': '127.0.0.1', 'network.proxy.ssl_port': 9,
  'network.proxy.allow_hijacking_localhost': true,
};

/**
 * @param {string} folder
 * @param {import('./browser.js').Look} look
 */
function preferences(folder, { dark = false, calm = true, offline = false }) {
  const all = {
    'layout.css.prefers-color-scheme.content-override': dark ? 0 : 1,
    'ui.prefersReducedMotion': Number(calm),
    'browser.download.folderList': 2,
    'browser.download.dir': join(folder, 'downloads'),
    ...(offline ? NOWHERE : {}),
    'browser.shell.checkDefaultBrowser': false,
    'datareporting.policy.dataSubmissionEnabled': false,
    'toolkit.telemetry.enabled': false,
    'app.normandy.enabled': false,
    'app.update.enabled': false,
    'services.settings.server': 'data:,',
    'network.captive-portal-service.enabled': false,
    'network.connectivity-service.enabled': false,
  };
  return Object.entries(all).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`).join('');
}

class Firefox extends Browser {
  #processes;
  #socket;
  #context = '';
  #calls = 0;
  #waiting = /** @type {Map<number, { resolve: (result: any) => void, reject: (error: Error) => void }>} */ (new Map());

  /**
   * @param {Processes} processes
   * @param {WebSocket} socket
   */
  constructor(processes, socket) {
    super(processes.folder);
    this.#processes = processes;
    this.#socket = socket;
    socket.on('message', (data) => this.#receive(JSON.parse(String(data))));
    socket.on('close', () => this.#fail(new Error('Firefox has ended.')));
  }

  async begin() {
    const { capabilities } = await this.#call('session.new', { capabilities: {} });
    this.name = `Firefox ${capabilities.browserVersion}`;
    await this.#call('session.subscribe', { events: ['log.entryAdded'] });
    // A tab of our own: in the first one, the address bar keeps the focus.
    this.#context = (await this.#call('browsingContext.create', { type: 'tab' })).context;
  }

  /** @param {string} url */
  async navigate(url) {
    await this.#call('browsingContext.navigate', { context: this.#context, url, wait: 'complete' });
  }

  /**
   * @param {number} width
   * @param {number} height
   */
  async resize(width, height) {
    await this.#call('browsingContext.setViewport', { context: this.#context, viewport: { width, height } });
  }

  /** @param {string} body */
  async run(body) {
    const { result, exceptionDetails } = await this.#call('script.callFunction', {
      functionDeclaration: `async () => { ${body} }`, awaitPromise: true, target: { context: this.#context },
    });
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return result.value;
  }

  /** @param {object[]} actions */
  async act(actions) {
    await this.#call('input.performActions', { context: this.#context, actions });
  }

  async screenshot() {
    const { data } = await this.#call('browsingContext.captureScreenshot', { context: this.#context });
    return Buffer.from(data, 'base64');
  }

  async close() {
    await this.#call('browser.close').catch(() => {}); // its connection may end before it answers
    this.#socket.close();
    this.#processes.end();
  }

  /**
   * @param {string} method
   * @param {object} [params]
   * @returns {Promise<any>}
   */
  #call(method, params = {}) {
    const id = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params }), (error) => error && reject(error));
    });
  }

  /** @param {any} message */
  #receive({ id, type, method, params, result, error, message }) {
    if (method === 'log.entryAdded' && params.level === 'error') this.logged.push(params.text);
    const { resolve, reject } = this.#waiting.get(id) ?? {};
    this.#waiting.delete(id);
    if (type === 'error') reject?.(new Error(`${error}: ${message}`));
    else resolve?.(result);
  }

  /** @param {Error} error */
  #fail(error) {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
