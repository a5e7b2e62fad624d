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
  '.json': 'application/json', '.bin': 'application/octet-stream', '.svg': 'image/svg+xml', '.png': 'image/png',
});

/** The strictest policy that the site is promised to work under. */
export const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'";

/**
 * Serves the built site, and extra files from memory; resolves with its address.
 * @param {Record<string, string>} [extra] body by path, such as { '/mine.json': '…' }
 * @param {{ compressed?: boolean, policy?: string }} [options] gzipped, as a site's server would; a content security policy
 */
export function serve(extra = {}, { compressed = false, policy = POLICY } = {}) {
  return serveFolder(SITE, { extra, compressed, policy });
}

/** What makes a page cross-origin isolated, so that it may share memory with workers. */
const ISOLATION = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

/**
 * Serves the repository's own files, unbuilt.
 * @param {Record<string, string | Uint8Array>} [extra] body by path
 * @param {{ isolated?: boolean, policy?: string }} [options]
 */
export function serveSources(extra = {}, { isolated = false, policy = POLICY } = {}) {
  return serveFolder(ROOT, { extra, policy, headers: isolated ? ISOLATION : {} });
}

/**
 * @param {string} folder
 * @param {{ extra: Record<string, string | Uint8Array>, compressed?: boolean, policy?: string, headers?: Record<string, string> }}
 *   options
 */
export async function serveFolder(folder, { extra, compressed = false, policy = POLICY, headers = {} }) {
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    const file = path.endsWith('/') ? `${path}index.html` : path;
    try {
      const body = Object.hasOwn(extra, file) ? extra[file] : await readFile(join(folder, file));
      response.writeHead(200, {
        'content-type': TYPES[extname(file)] ?? 'text/plain',
        ...(policy ? { 'content-security-policy': policy } : {}),
        ...headers,
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
