// What the browser suites share: the built site on a port of its own, and a Chromium to open it with.

import { chromium } from 'playwright-core';
import { chromiumPath } from './serve.js';

export { serve, serveSources } from './serve.js';

export function launch() {
  return chromium.launch({
    executablePath: chromiumPath(),
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
 * Every number on the page, through all shadow roots, with the name of the element that shows it.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<{ host: string | undefined, cell: string, value: string, text: string }[]>}
 */
export function numbersOf(page) {
  return page.evaluate(() => {
    const found = /** @type {any[]} */ ([]);
    const visit = (/** @type {Document | ShadowRoot} */ root) => {
      for (const element of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll('*'))) {
        if (element.shadowRoot) visit(element.shadowRoot);
        const { cell, value } = element.dataset ?? {};
        const host = root instanceof ShadowRoot ? root.host.localName : undefined;
        if (cell) found.push({ host, cell, value, text: (element.textContent ?? '').trim() });
      }
    };
    visit(document);
    return found;
  });
}
