// Shows the numbers as data of the page, with those of a worker.
import { results } from './ways.js';

function inWorker() {
  const worker = new Worker(new URL('./work.js', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
}

const found = { ...await results(), ...await inWorker().catch((error) => ({ worker: String(error) })) };
document.body.dataset.results = JSON.stringify(found);
