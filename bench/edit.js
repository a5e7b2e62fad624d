// How long an edit takes in the page, from the input event to a picture laid out and ready to paint: everything
// recomputed by the core, every element redrawn. One frame at 60 Hz is 16.7 ms.    npm run bench:edit

import { alive, launch, open, serve } from '../tests/browser/harness.js';

const EDITS = 200;

const [browser, site] = [await launch(), await serve()];
console.log('an edit in the page, ms until laid out: median, 95th percentile, largest');
for (const step of [1, 2, 3, 4, 5, 6]) {
  const { page, close } = await open(browser, `${site.url}?step=${step}`);
  await alive(page);
  const times = await page.evaluate(async (count) => {
    const { store } = document.querySelector('attention-tutorial');
    const elements = [...document.querySelectorAll('attention-tutorial, attention-matrix')];
    const samples = [];
    for (let edit = 0; edit < count; edit++) {
      await new Promise(requestAnimationFrame);
      const started = performance.now();
      store.edit('queries[7,0]', edit / 100);
      await Promise.all(elements.map(({ updateComplete }) => updateComplete));
      document.body.getBoundingClientRect();
      samples.push(performance.now() - started);
    }
    return samples.sort((a, b) => a - b);
  }, EDITS);
  const at = (share) => times[Math.floor(share * (times.length - 1))].toFixed(1).padStart(6);
  console.log(`step ${step}  ${at(0.5)} ${at(0.95)} ${at(1)}`);
  await close();
}
await browser.close();
site.close();
