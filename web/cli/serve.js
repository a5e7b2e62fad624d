// Serves the built tutorial that lies in the package: files of one folder, and nothing else.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const SITE = fileURLToPath(new URL('../../build/site/', import.meta.url));

const TYPES = /** @type {Record<string, string>} */ ({
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm',
  '.json': 'application/json', '.svg': 'image/svg+xml', '.bin': 'application/octet-stream',
  '.png': 'image/png',
});

const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'";

/**
 * @param {number} port 0: any that is free
 * @param {number} [others] how many of the following ports will do where it is taken
 * @returns {Promise<string>} the address, once it answers
 */
export async function serveTutorial(port, others = 0) {
  if (!existsSync(`${SITE}index.html`)) throw new Error('the tutorial is not built here: npm run build makes it.');
  const server = createServer(async ({ method, url = '/' }, response) => {
    const path = pathOf(url);
    try {
      if (path === undefined || !['GET', 'HEAD'].includes(method ?? '')) throw new Error('not served');
      const body = await readFile(join(SITE, path));
      const type = TYPES[extname(path)] ?? 'text/plain';
      response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY, 'cache-control': 'no-cache' });
      response.end(method === 'HEAD' ? undefined : body);
    } catch {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('There is nothing here.');
    }
  });
  return `http://localhost:${await listen(server, port, port + others)}/`;
}

/**
 * @param {import('node:http').Server} server
 * @param {number} port
 * @param {number} last the last port to try
 * @returns {Promise<number>} the port
 */
async function listen(server, port, last) {
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return /** @type {import('node:net').AddressInfo} */ (server.address()).port;
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code !== 'EADDRINUSE') throw new Error(`port ${port} can't be used (${message}): choose another with --port.`);
    if (port < last) return listen(server, port + 1, last);
    throw new Error(`port ${port} is in use: choose another with --port, or --port 0 for any that is free.`);
  }
}

/**
 * The file that an address stands for, within the folder; undefined for what can't be read as an address.
 * @param {string} url
 */
function pathOf(url) {
  try {
    const path = normalize(decodeURIComponent(new URL(url, 'http://localhost').pathname));
    return path.endsWith('/') ? `${path}index.html` : path;
  } catch {
    return undefined;
  }
}

/** What opens an address, by platform; on Windows, `start` takes its first argument in quotes for a title. */
const OPENERS = /** @type {Record<string, string[]>} */ ({ darwin: ['open'], win32: ['cmd', '/c', 'start', '""'] });

/** Tries to; where there is no browser to be opened, the address has been printed. @param {string} url */
export function openInBrowser(url) {
  const [command, ...before] = OPENERS[process.platform] ?? ['xdg-open'];
  spawn(command, [...before, url], { stdio: 'ignore', detached: true, windowsVerbatimArguments: true })
    .on('error', () => {}).unref();
}
