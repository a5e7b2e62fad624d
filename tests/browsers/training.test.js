// The model that learns in the page, in Firefox and WebKit: trained there, it tells the two sentences apart.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inEach, problemsOf, serveWatched, settled } from './harness.js';
import { assertLearns } from './learning.js';

/** @type {Awaited<ReturnType<typeof serveWatched>>} */ let site;
before(async () => { site = await serveWatched(); });
after(() => site.close());

inEach((browser) => {
  test('from nothing it reaches 98 %, and the pair parts', async () => {
    await browser().open(`${site.url}?learn-speed=fastest#learning`);
    await assertLearns(browser());
    assert.deepEqual(await problemsOf(browser()), []);
  });

  test('a guess at an experiment is answered by what was trained', async () => {
    await browser().open(`${site.url}?learn-experiment=layer#learning`);
    await browser().waitFor(() => find('attention-training')?.status === 'ready', undefined, 20);
    await browser().click('attention-training >> .answers button', 'about half');
    await browser().waitFor(() => find('attention-training').session.trial?.phase === 'done', undefined, 60);
    await settled(browser());
    const outcome = await browser().evaluate(() => find('attention-training >> .outcome').textContent.trim());
    assert.match(outcome, /^As you said. It is right in 50.%/);
    assert.deepEqual(await problemsOf(browser()), []);
  });
});
