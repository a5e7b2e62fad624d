// What is promised to work from a folder, opened as a file where there is no network, in Firefox and WebKit.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { singleFile } from '../../web/course/single-file.js';
import { assertNumbers, expected } from '../browser/right-numbers.js';
import { inFirefox, inWebKit, settled } from './harness.js';
import { assertLearns } from './learning.js';

const built = (/** @type {string} */ path) => fileURLToPath(new URL(`../../build/${path}`, import.meta.url));

/** @type {string} */ let folder;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'attention-files-'));
  await singleFile('en', join(folder, 'attention.html'));
  const head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>A page of mine</title>';
  const script = `<script src="${pathToFileURL(built('site/attention-tutorial.js'))}"></script>`;
  writeFileSync(join(folder, 'page.html'), `${head}${script}<attention-tutorial lang="en"></attention-tutorial>`);
});
after(() => rmSync(folder, { recursive: true }));

/** @type {import('./harness.js').Suite} */
const suite = (browser) => {
  test('the network is off', async () => {
    let asked = 0;
    const server = createServer((_, response) => response.end(`asked ${++asked} times`)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    await browser().navigate(`http://127.0.0.1:${port}/`).catch(() => {}); // in one browser an error, in one a page
    server.close();
    assert.equal(asked, 0);
  });

  test('the script in a page of one’s own: every number of each step', async () => {
    await browser().open(String(pathToFileURL(join(folder, 'page.html'))));
    await browser().waitFor(() => find('attention-tutorial >> td[data-cell]'));
    for (let step = 1; step <= 6; step++) {
      await browser().click('attention-tutorial >> [role=tab]', step - 1);
      await settled(browser());
      await assertNumbers(browser(), { own: expected('scores', 'none', {}) }, `step ${step}`);
    }
    assert.deepEqual(browser().logged, []);
  });

  test('the single file: every number of each step, and the model learns', async () => {
    const right = { own: expected('scores', 'none', {}), fixed: expected('scores', 'none', {}) };
    await browser().open(`${pathToFileURL(join(folder, 'attention.html'))}?learn-speed=fastest`);
    for (const name of ['attention-tutorial', 'attention-intuition']) {
      await browser().waitFor((name) => find(`${name} >> td[data-cell]`), name);
    }
    for (let step = 1; step <= 6; step++) {
      await browser().click('attention-tutorial >> [role=tab]', step - 1);
      await settled(browser());
      await assertNumbers(browser(), right, `step ${step}`);
    }
    await browser().evaluate(() => find('attention-training').scrollIntoView());
    await assertLearns(browser());
    assert.deepEqual(browser().logged, []);
  });
};

inFirefox(suite, { offline: true });
inWebKit(suite, { offline: true });
