// Lighthouse over the built site, mobile and desktop, several runs each.    npm run bench:page
//
// Lighthouse needs a newer Node than the project does; npm run bench:page starts this with the one of the tests.

import { launch } from 'chrome-launcher';
import lighthouse, { desktopConfig } from 'lighthouse';
import { chromiumPath, serve } from '../tests/browser/serve.js';

const RUNS = 3;
const CATEGORIES = ['performance', 'accessibility', 'best-practices'];

const chrome = await launch({
  chromePath: chromiumPath(),
  chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
const site = await serve({}, { compressed: true });

for (const [name, config] of [['mobile', undefined], ['desktop', desktopConfig]]) {
  const runs = [];
  for (let run = 0; run < RUNS; run++) {
    const { lhr } = await lighthouse(site.url, { port: chrome.port, onlyCategories: CATEGORIES, logLevel: 'error' }, config);
    runs.push(lhr);
  }
  for (const category of CATEGORIES) {
    const scores = runs.map(({ categories }) => Math.round(categories[category].score * 100)).sort((a, b) => a - b);
    console.log(`${name.padEnd(8)} ${category.padEnd(15)} median ${scores[1]}   (${scores.join(', ')})`);
  }
  const [{ audits, categories }] = runs;
  const missed = CATEGORIES.flatMap((category) => categories[category].auditRefs)
    .filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 0.9).map(({ id }) =>
      `${id}: ${audits[id].displayValue ?? audits[id].title}`);
  if (missed.length) console.log(`         below 0.9: ${missed.join('; ')}`);
}

await chrome.kill();
site.close();
