// Pages that take the classic script, or the frame, from where the site is hosted: by hand, MkDocs, Sphinx, Jupyter.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import * as snippets from '../../web/embed/snippets.js';
import { assertShows, browser, copyScript, run, site, visit, write } from './recipe.js';

/** The frame's inside, which is of another origin. @param {import('playwright-core').Page} page */
async function inside(page) {
  const handle = await page.waitForSelector('iframe');
  return /** @type {import('playwright-core').Frame} */ (await handle.contentFrame());
}

test('plain HTML: as the builder writes it, and with its events', async (t) => {
  const folder = await write('Plain HTML');
  assert.ok((await readFile(join(folder, 'page.html'), 'utf8')).includes(snippets.element(site.url, { lesson: 'bank', step: '3' })));
  const { page, problems } = await visit(t, folder, 'page.html');
  await assertShows(page);
  await page.locator('attention-tutorial [role=tab]').nth(4).click();
  await page.locator('p > output').getByText('5', { exact: true }).waitFor();
  await assertShows(page, 5);
  assert.deepEqual(problems, []);
});

test('plain HTML from a disk', async (t) => {
  const folder = await write('Plain HTML');
  await copyScript(folder);
  const html = await readFile(join(folder, 'page.html'), 'utf8');
  await writeFile(join(folder, 'page.html'), html.replaceAll(site.url, ''));
  const page = await browser.newPage();
  t.after(() => page.close());
  await page.goto(`file://${join(folder, 'page.html')}`);
  await assertShows(page);
});

test('a page under the policy that the document asks for', async (t) => {
  const folder = await write('Plain HTML');
  await writeFile(join(folder, 'page.html'), `<!doctype html><title>Strict</title>${snippets.element(site.url, { lesson: 'bank', step: '3' })}`);
  const policy = `default-src 'none'; script-src ${site.url} 'wasm-unsafe-eval'`;
  const { page, problems } = await visit(t, folder, 'page.html', { policy });
  await assertShows(page);
  assert.deepEqual(problems, []);
});

test('a frame: as the builder writes it, as high as what it shows', async (t) => {
  const folder = await write('A frame');
  const html = await readFile(join(folder, 'frame.html'), 'utf8');
  assert.ok(html.includes(snippets.frame(site.url, { lesson: 'bank', step: '3' }, 'Attention in six steps')));
  const { page, problems } = await visit(t, folder, 'frame.html');
  const frame = await inside(page);
  await assertShows(frame);
  const needed = await frame.evaluate(() => Math.ceil(/** @type {Element} */ (document.querySelector('main')).getBoundingClientRect().height));
  await page.waitForFunction((height) => document.querySelector('iframe')?.clientHeight === height, needed);
  assert.notEqual(needed, 900);
  assert.deepEqual(problems, []);
});

test('MkDocs', async (t) => {
  const folder = await write('MkDocs');
  await copyScript(join(folder, 'docs/attention'));
  await run('mkdocs', ['build', '--quiet', '--strict'], { cwd: folder });
  const { page, problems } = await visit(t, join(folder, 'site'));
  await assertShows(page);
  // The theme asks another site for its highlighter of code, which may be out of reach.
  assert.deepEqual(problems.filter((problem) => !/hljs|net::ERR_/.test(problem)), []);
});

test('Sphinx', async (t) => {
  const folder = await write('Sphinx');
  await copyScript(join(folder, '_static'));
  await run('sphinx-build', ['-q', '-W', '.', 'out'], { cwd: folder });
  const { page, problems } = await visit(t, join(folder, 'out'));
  await assertShows(page);
  assert.deepEqual(problems, []);
});

/** Runs a cell in IPython, and keeps what it shows as a notebook does. */
const RUN_CELL = `
import json, sys
from IPython.core.interactiveshell import InteractiveShell
source = open(sys.argv[1]).read()
shell = InteractiveShell.instance()
data, metadata = shell.display_formatter.format(shell.run_cell(source).result)
output = {'output_type': 'execute_result', 'execution_count': 1, 'data': data, 'metadata': metadata}
cell = {'cell_type': 'code', 'id': 'cell', 'execution_count': 1, 'metadata': {}, 'source': source, 'outputs': [output]}
kernel = {'kernelspec': {'name': 'python3', 'language': 'python', 'display_name': 'Python 3'}}
json.dump({'nbformat': 4, 'nbformat_minor': 5, 'metadata': kernel, 'cells': [cell]}, open(sys.argv[2], 'w'))
`;

/** The first python3 may be another than the one that Debian's packages are for. */
async function pythonWithIPython() {
  for (const python of ['python3', '/usr/bin/python3']) {
    if (await run(python, ['-c', 'import IPython']).then(() => true, () => false)) return python;
  }
  throw new Error('No IPython: run ./build.sh recipes.');
}

/**
 * @param {string} name of the cell
 * @param {string[]} flags of nbconvert
 */
async function notebook(name, ...flags) {
  const folder = await write('Jupyter');
  await writeFile(join(folder, 'run_cell.py'), RUN_CELL);
  const environment = { ...process.env, IPYTHONDIR: join(folder, '.ipython'), JUPYTER_CONFIG_DIR: join(folder, '.jupyter') };
  await run(await pythonWithIPython(), ['run_cell.py', `${name}.py`, 'notebook.ipynb'], { cwd: folder, env: environment });
  await run('jupyter', ['nbconvert', '--log-level=ERROR', '--to', 'html', ...flags, 'notebook.ipynb'], { cwd: folder, env: environment });
  return folder;
}

test('Jupyter: the element in an output', async (t) => {
  const { page } = await visit(t, await notebook('element'), 'notebook.html');
  await assertShows(page);
});

test('Jupyter: the frame in an output', async (t) => {
  const { page } = await visit(t, await notebook('frame'), 'notebook.html');
  await assertShows(await inside(page));
});

test('Jupyter, sanitized: the link is what remains', async (t) => {
  const folder = await notebook('element', '--HTMLExporter.sanitize_html=True');
  const { page } = await visit(t, folder, 'notebook.html');
  assert.equal(await page.locator('attention-tutorial, iframe').count(), 0);
  await page.locator(`a[href="${site.url}?lesson=bank&step=3"]`).waitFor();
});
