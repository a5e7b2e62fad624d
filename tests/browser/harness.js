// What the browser suites share: the built site on a port of its own, and a Chromium to open it with.

import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const SITE = join(ROOT, 'build/site');

const TYPES = /** @type {Record<string, string>} */ ({
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm',
  '.json': 'application/json', '.svg': 'image/svg+xml', '.png': 'image/png',
});

/** The strictest policy that the site is promised to work under. */
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:";

/**
 * Serves the built site, and extra files from memory; resolves with its address.
 * @param {Record<string, string>} [extra] body by path, such as { '/mine.json': '…' }
 */
export async function serve(extra = {}) {
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    const file = path.endsWith('/') ? `${path}index.html` : path;
    try {
      const body = Object.hasOwn(extra, file) ? extra[file] : await readFile(join(SITE, file));
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain', 'content-security-policy': POLICY });
      response.end(body);
    } catch {
      response.writeHead(404).end('not found');
    }
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(undefined)); });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

export function launch() {
  return chromium.launch({
    executablePath: execFileSync('bash', ['./build.sh', 'chromium'], { cwd: ROOT, encoding: 'utf8' }).trim(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update',
      '--disable-sync', '--no-first-run', '--disable-quic'],
  });
}

/**
 * A page that has come alive; what goes wrong in it is collected in `problems`.
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  /** @type {string[]} */
  const problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => { if (message.type() === 'error') problems.push(message.text()); });
  await page.goto(url);
  return { page, problems, close: () => context.close() };
}

/**
 * Waits until the tutorial shows numbers.
 * @param {import('playwright-core').Page} page
 */
export async function alive(page) {
  await page.locator('attention-tutorial td[data-cell]').first().waitFor();
  await settled(page);
}

/**
 * Waits until all elements have drawn what they were told.
 * @param {import('playwright-core').Page} page
 */
export function settled(page) {
  return page.evaluate(() => new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(undefined)));
  }));
}

/**
 * Every number on the page, through all shadow roots.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<{ cell: string, value: string, text: string }[]>}
 */
export function numbersOf(page) {
  return page.evaluate(() => {
    const found = /** @type {any[]} */ ([]);
    const visit = (/** @type {Document | ShadowRoot} */ root) => {
      for (const element of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll('*'))) {
        if (element.shadowRoot) visit(element.shadowRoot);
        const { cell, value } = element.dataset ?? {};
        if (cell) found.push({ cell, value, text: (element.textContent ?? '').trim() });
      }
    };
    visit(document);
    return found;
  });
}
