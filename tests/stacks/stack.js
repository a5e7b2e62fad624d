// What the suites of this folder share: the packed package installed into a fresh folder, the tools of
// ./build.sh stacks, and a Chromium that opens what they built.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { launch } from '../browser/harness.js';
import { serveFolder } from '../browser/serve.js';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const fixtures = fileURLToPath(new URL('.', import.meta.url));
const home = join(root, 'build/stacks');

/** Loads a tool of build/stacks. */
export const tool = createRequire(join(home, 'package.json'));

/** The one policy that everything is promised to work under. */
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'";
export const ISOLATION = {
  'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp',
};

/** What page/ways.js comes to, where two threads can be had. The loss is the same to the bit on every machine. */
export const NUMBERS = {
  core: '6.0000', inline: '6.0000', steps: '0.7500', transformer: '2.377178017892727', threads: '6.0000 2',
};

const execute = promisify(execFile);

/**
 * Runs a program; resolves with what it printed, rejects with all that it said.
 * @param {string} file
 * @param {string[]} args
 * @param {import('node:child_process').ExecFileOptions} [options]
 */
export async function run(file, args, options = {}) {
  try {
    return String((await execute(file, args, { maxBuffer: 2 ** 26, ...options })).stdout);
  } catch (error) {
    const { message, stdout, stderr } = /** @type {any} */ (error);
    throw new Error(`${message}\n${stdout}\n${stderr}`);
  }
}

/** @type {Promise<string> | undefined} */ let packed;

/** The tarball, packed once. */
export function tarball() {
  packed ??= (async () => {
    const folder = await mkdtemp(join(tmpdir(), 'attention-wasm-packed-'));
    process.once('exit', () => tool('node:fs').rmSync(folder, { recursive: true, force: true }));
    const said = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
    return join(folder, JSON.parse(said)[0].filename);
  })();
  return packed;
}

/**
 * A fresh folder with the package installed from its tarball, and the files of these folders of fixtures. It lies
 * in build/stacks, so that the tools there are found from it.
 * @param {string} name
 * @param {string[]} from
 * @param {object} [manifest] what else its package.json says
 */
export async function project(name, from, manifest = {}) {
  const folder = join(home, 'projects', name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', ...manifest }));
  for (const fixture of from) await cp(join(fixtures, fixture), folder, { recursive: true });
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', await tarball()], { cwd: folder });
  return folder;
}

/**
 * The program that a platform's package carries: their installers would download it or link it.
 * @param {string} pattern path in node_modules, with `*` for the part that names the platform
 */
export async function binary(pattern) {
  const [scope, name, ...rest] = pattern.split('/');
  const prefix = name.replace('*', '');
  const found = (await readdir(join(home, 'node_modules', scope))).find((each) => each.startsWith(prefix));
  if (!found) throw new Error(`${pattern} has no package for this platform (${process.platform}, ${process.arch}).`);
  return join(home, 'node_modules', scope, found, ...rest);
}

/** The version of a tool that is installed. @param {string} name */
export async function versionOf(name) {
  return JSON.parse(await readFile(join(home, 'node_modules', name, 'package.json'), 'utf8')).version;
}

/**
 * Opens an address in a Chromium of its own.
 * @param {import('node:test').TestContext} t
 * @param {string} address
 */
async function open(t, address) {
  const browser = await launch();
  t.after(() => browser.close());
  const page = await browser.newPage();
  /** @type {string[]} */
  const problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => { if (message.type() === 'error') problems.push(message.text()); });
  await page.goto(address);
  return { page, problems };
}

/**
 * Serves a folder under the strict policy, isolated so that threads can be had, and opens a page of it.
 * @param {import('node:test').TestContext} t
 * @param {string} folder
 * @param {string} [name] of the page
 */
export async function openBuilt(t, folder, name = 'index.html') {
  const policy = POLICY.replace("'self' 'wasm", `'self' ${await importMapOf(join(folder, name))} 'wasm`);
  const site = await serveFolder(folder, { extra: { '/favicon.ico': '' }, policy, headers: ISOLATION });
  t.after(() => site.close());
  return open(t, site.url + name);
}

/** A source for the policy: the import map that Parcel writes into the page. @param {string} file */
async function importMapOf(file) {
  const html = await readFile(file, 'utf8');
  const [, map] = html.match(/<script type="?importmap"?>(.*?)<\/script>/s) ?? [];
  return map ? `'sha256-${createHash('sha256').update(map).digest('base64')}'` : '';
}

/**
 * What the page of page/ comes to, once it has.
 * @param {Awaited<ReturnType<typeof open>>} opened
 * @returns {Promise<{ results: Record<string, string>, problems: string[] }>}
 */
async function read({ page, problems }) {
  try {
    const handle = await page.waitForFunction(() => document.body.dataset.results, undefined, { timeout: 30_000 });
    return { results: JSON.parse(String(await handle.jsonValue())), problems };
  } catch (error) {
    throw new Error(`${/** @type {Error} */ (error).message}\n${problems.join('\n')}`);
  }
}

/**
 * … served from a folder.
 * @param {import('node:test').TestContext} t
 * @param {string} folder
 */
export async function resultsOf(t, folder) { return read(await openBuilt(t, folder)); }

/**
 * … or at an address.
 * @param {import('node:test').TestContext} t
 * @param {string} address
 */
export async function resultsAt(t, address) { return read(await open(t, address)); }

/** What a bundle that isn't told of files has to have beside it: the binaries, and the script of threads. */
export async function copyBinaries(/** @type {string} */ folder) {
  const [from, to] = [join(folder, 'node_modules/attention-wasm/web'), join(folder, 'dist')];
  for (const name of await readdir(join(from, 'core'))) {
    if (name.endsWith('.wasm') || name === 'worker.js') await cp(join(from, 'core', name), join(to, name));
  }
  for (const name of ['transformer.simd.wasm', 'transformer.relaxed.wasm']) {
    await cp(join(from, 'transformer', name), join(to, name));
  }
  await cp(join(folder, 'index.html'), join(to, 'index.html'));
}
