// The package in Next.js: one page whose numbers are computed on the server, and others in the browser.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { launch } from '../browser/harness.js';
import { NUMBERS, project, run, tool, versionOf } from './stack.js';

const environment = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' };

/**
 * Builds and starts it; resolves with its address.
 * @param {import('node:test').TestContext} t
 * @param {string} folder
 * @returns {Promise<string>}
 */
async function start(t, folder) {
  const next = tool.resolve('next/dist/bin/next');
  await run(process.execPath, [next, 'build'], { cwd: folder, env: environment });
  const server = spawn(process.execPath, [next, 'start', '--port', '0', '--hostname', '127.0.0.1'],
    { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => server.kill());
  return new Promise((resolve) => {
    server.stdout.on('data', (said) => {
      const [found] = String(said).match(/http:\/\/127\.0\.0\.1:\d+/) ?? [];
      if (found) resolve(found);
    });
  });
}

/** What the server wrote into the page. @param {string} address */
async function rendered(address) {
  const html = await (await fetch(address)).text();
  const [, found = ''] = html.match(/<output id="server">(.*?)<\/output>/) ?? [];
  return JSON.parse(found.replaceAll('&quot;', '"'));
}

/**
 * What the browser adds to it.
 * @param {import('node:test').TestContext} t
 * @param {string} address
 */
async function computed(t, address) {
  const browser = await launch();
  t.after(() => browser.close());
  const page = await browser.newPage();
  await page.goto(address);
  const shown = page.locator('#browser:not(:empty)');
  await shown.waitFor();
  await page.locator('attention-tutorial').evaluate((element) => /** @type {any} */ (element).ready);
  const score = await page.locator('attention-tutorial [data-cell="scores[1]"]').first().textContent();
  return { ...JSON.parse(await shown.innerText()), tutorial: score?.trim() };
}

test('Next.js: numbers from the server in its HTML, and others from the browser', { timeout: 300_000 }, async (t) => {
  t.diagnostic(`Next.js ${await versionOf('next')}`);
  const address = await start(t, await project('next', ['page', 'next']));
  assert.deepEqual(await rendered(address), NUMBERS);
  const { threads, ...numbers } = await computed(t, address);
  assert.deepEqual({ ...numbers, threads: NUMBERS.threads }, { ...NUMBERS, tutorial: '2.80' });
  assert.match(threads, /^6\.0000 1 .*not cross-origin isolated/);
});

test('Next.js as it comes: inline, or the server says what to do', { timeout: 300_000 }, async (t) => {
  const folder = await project('next-inline', ['page', 'next']);
  const config = await readFile(join(folder, 'next.config.js'), 'utf8');
  await writeFile(join(folder, 'next.config.js'), config.replace(/serverExternalPackages.*/, ''));
  await writeFile(join(folder, 'ways.js'), `import { loadAttention } from 'attention-wasm';
    import { loadAttention as loadInline } from 'attention-wasm/inline';
    import { six } from './six.js';
    export const results = async () => ({
      inline: await loadInline().then(six), core: await loadAttention().then(six).catch((error) => error.message),
    });`);
  const address = await start(t, folder);
  const { core, inline } = await rendered(address);
  assert.equal(inline, '6.0000');
  assert.match(core, /Keep it out of the server.*serverExternalPackages.*attention-wasm\/inline/);
  assert.deepEqual(await computed(t, address), { inline: '6.0000', core: '6.0000', tutorial: '2.80' });
});
