// The ten seeds in a page, from sources.

import { launch, open, serveSources } from '../../tests/browser/harness.js';

const PAGE = '/bench-training.html';
const HTML = '<!doctype html><title>training</title><link rel="icon" href="data:,">';

export async function inChromium() {
  const [browser, site] = [await launch(), await serveSources({ [PAGE]: HTML })];
  try {
    const { page, problems } = await open(browser, site.url + PAGE.slice(1));
    const results = await page.evaluate(async () => {
      const { trainSeeds } = await import(new URL('/bench/training/seeds.js', location.href).href);
      return trainSeeds();
    });
    if (problems.length) throw new Error(problems.join('\n'));
    return results;
  } finally {
    await browser.close();
    site.close();
  }
}
