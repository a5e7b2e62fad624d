// The built site on a port of its own, and where the browser is.

import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SITE = join(ROOT, 'build/site');

const TYPES = /** @type {Record<string, string>} */ ({
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm',
  '.json': 'application/json', '.svg': 'image/svg+xml', '.png': 'image/png',
});

/** The strictest policy that the site is promised to work under. */
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:";

/**
 * Serves the built site, and extra files from memory; resolves with its address.
 * @param {Record<string, string>} [extra] body by path, such as { '/mine.json': '…' }
 * @param {{ compressed?: boolean }} [options] gzipped, as a site's server would
 */
export function serve(extra = {}, { compressed = false } = {}) {
  return serveFolder(SITE, { extra, compressed });
}

/** Serves the repository's own files, unbuilt. */
export function serveSources() {
  return serveFolder(ROOT, {});
}

/**
 * @param {string} folder
 * @param {{ extra?: Record<string, string>, compressed?: boolean }} options
 */
async function serveFolder(folder, { extra = {}, compressed = false }) {
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    const file = path.endsWith('/') ? `${path}index.html` : path;
    try {
      const body = Object.hasOwn(extra, file) ? extra[file] : await readFile(join(folder, file));
      response.writeHead(200, {
        'content-type': TYPES[extname(file)] ?? 'text/plain',
        'content-security-policy': POLICY,
        ...(compressed ? { 'content-encoding': 'gzip', 'cache-control': 'max-age=31536000' } : {}),
      });
      response.end(compressed ? gzipSync(body) : body);
    } catch {
      response.writeHead(404).end('not found');
    }
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(undefined)); });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

export function chromiumPath() {
  return execFileSync('bash', ['./build.sh', 'chromium'], { cwd: ROOT, encoding: 'utf8' }).trim();
}
