// React, Vue and Svelte, from the packed package: properties go in, events come out.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { assertShows, install, run, tool, visit, write } from './recipe.js';

before(install);

for (const title of ['React', 'Vue', 'Svelte']) {
  test(`${title}: the step is the component's state, both ways`, async (t) => {
    const folder = await write(title);
    await run(process.execPath, [join(tool.resolve('vite'), '../../../bin/vite.js'), 'build'], { cwd: folder });
    const { page, problems } = await visit(t, join(folder, 'dist'));
    await assertShows(page);
    const output = page.locator('p > output');
    assert.equal(await output.innerText(), '3');
    await page.locator('attention-tutorial [role=tab]').nth(4).click();
    await output.getByText('5', { exact: true }).waitFor();
    await assertShows(page, 5);
    await page.getByRole('button', { name: 'From the start' }).click();
    await output.getByText('1', { exact: true }).waitFor();
    await assertShows(page, 1);
    assert.deepEqual(problems, []);
  });
}
