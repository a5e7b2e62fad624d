// What the suites of this folder share: the recipes as docs/embedding.md gives them, written into a fresh folder beside
// the tools of ./build.sh recipes, and what Chromium shows of what was built from them.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadSteps } from '../../web/core/load-steps.js';
import { compute, value } from '../../web/tutorial/compute.js';
import { loadLesson } from '../../web/tutorial/lesson.js';
import { initialState } from '../../web/tutorial/state.js';
import { launch, numbersOf, open } from '../browser/harness.js';
import { serve, serveFolder } from '../browser/serve.js';
import { root, run, tarball } from '../stacks/stack.js';

export { root, run };

const fixtures = fileURLToPath(new URL('.', import.meta.url));
const home = join(root, 'build/recipes');

/** Loads a tool of build/recipes. */
export const tool = createRequire(join(home, 'package.json'));

/** @type {import('playwright-core').Browser} */ export let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */ export let site;

before(async () => { [browser, site] = [await launch(), await serve()]; });
after(async () => { await browser.close(); site.close(); });

/** The files that a section of the document gives: the name, alone in a paragraph, and then the text. */
async function filesOf(/** @type {string} */ title) {
  const text = await readFile(join(root, 'docs/embedding.md'), 'utf8');
  const section = text.split(/^(?=#{2,3} )/m).find((each) => each.startsWith(`### ${title}\n`));
  assert.ok(section, `docs/embedding.md has no recipe "${title}".`);
  const found = [...section.matchAll(/^`([^`\n]+)`\n\n```\w+\n(.*?\n)```$/gms)].map(([, name, body]) => [name, body]);
  assert.ok(found.length > 0, title);
  return found;
}

/**
 * A fresh folder with the files of a recipe and of its folder here. The document's address of the site becomes the one
 * where the site is.
 * @param {string} title
 */
export async function write(title) {
  const name = title.toLowerCase().replaceAll(' ', '-');
  const folder = join(home, 'projects', name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name, version: '1.0.0', private: true, type: 'module' }));
  if (existsSync(join(fixtures, name))) await cp(join(fixtures, name), folder, { recursive: true });
  for (const [path, body] of await filesOf(title)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), body.replaceAll('https://example.org/attention/', site.url));
  }
  return folder;
}

/** Installs the package from its tarball, where all recipes find it. */
export async function install() {
  const folder = join(home, 'node_modules/attention-wasm');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  await run('tar', ['-xzf', await tarball(), '-C', folder, '--strip-components=1']);
}

/** Copies what the document says to copy from the site. @param {string} folder */
export async function copyScript(folder) {
  await mkdir(folder, { recursive: true });
  for (const name of ['attention-tutorial.js', 'locales']) {
    await cp(join(root, 'build/site', name), join(folder, name), { recursive: true });
  }
}

/**
 * Serves what was built, and opens a page of it.
 * @param {import('node:test').TestContext} t
 * @param {string} folder
 * @param {string} [path]
 * @param {{ policy?: string }} [options]
 */
export async function visit(t, folder, path = '', { policy = '' } = {}) {
  const built = await serveFolder(folder, { extra: { '/favicon.ico': '' }, policy });
  const opened = await open(browser, built.url + path);
  t.after(async () => { await opened.close(); built.close(); });
  return opened;
}

/**
 * Waits for the figure and asserts that it is at this step of the recipes' lesson, each of its numbers what the core makes
 * of it here, to the bit.
 * @param {import('playwright-core').Page | import('playwright-core').Frame} place
 * @param {number} [step]
 */
export async function assertShows(place, step = 3) {
  const element = place.locator('attention-tutorial');
  await element.locator('.stage td[data-cell]').first().waitFor();
  assert.equal(await element.getAttribute('lesson'), 'bank');
  const tabs = element.locator('[role=tab]');
  const selected = await tabs.evaluateAll((all) => all.findIndex((tab) => tab.getAttribute('aria-selected') === 'true'));
  assert.equal(selected + 1, step);
  const model = compute(await loadSteps(), await loadLesson('bank'), { ...initialState(), lesson: 'bank', step });
  const numbers = await numbersOf(/** @type {any} */ (place));
  assert.ok(numbers.length > 10, `${numbers.length} numbers`);
  for (const { cell, value: shown } of numbers) assert.equal(Number(shown), value(model, cell), cell);
}
