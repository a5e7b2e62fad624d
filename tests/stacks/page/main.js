// Shows the numbers as data of the page, with those of a worker and of the tutorial.
import { defineAttentionTutorial } from 'attention-wasm/tutorial';
import { results } from './ways.js';

function inWorker() {
  const worker = new Worker(new URL('./work.js', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
}

/** All that is in the shadow trees below. */
const deep = (root) => [...root.querySelectorAll('*')].flatMap((each) =>
  [each, ...(each.shadowRoot ? deep(each.shadowRoot) : [])]);

/** The score of "animal", 2.8 to the tutorial. */
async function inTutorial() {
  defineAttentionTutorial();
  const element = document.createElement('attention-tutorial');
  element.setAttribute('step', '3');
  document.body.append(element);
  await element.ready;
  return deep(document).find(({ dataset }) => dataset?.cell === 'scores[1]')?.textContent.trim();
}

const found = {
  ...await results(),
  ...await inWorker().catch((error) => ({ worker: String(error) })),
  tutorial: await inTutorial().catch(String),
};
document.body.dataset.results = JSON.stringify(found);
