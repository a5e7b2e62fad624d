// Every way into the package, each to a number that is known.
import { loadAttention } from 'attention-wasm';
import { loadAttention as loadInline } from 'attention-wasm/inline';
import { loadSteps } from 'attention-wasm/steps';
import { learn } from './learn.js';
import { six } from './six.js';

const matrix = (rows, ...numbers) => ({ data: Float32Array.from(numbers), dims: [rows, numbers.length / rows] });

async function firstWeight() {
  const one = matrix(1, 1);
  const { steps } = await loadSteps();
  const given = { embeddings: matrix(2, Math.log(3), 0), queryWeight: one, keyWeight: one, valueWeight: one };
  return steps({ ...given, queryIndex: 0, scale: 1 / Math.log(3) }).weights.data[0].toFixed(4);
}

async function inThreads() {
  const attention = await loadAttention({ threads: 2 });
  return `${six(attention)} ${attention.threads} ${attention.threadsUnavailable ?? ''}`.trim();
}

function inWorker() {
  const worker = new Worker(new URL('./work.js', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(`the worker: ${message}`));
  });
}

const ways = {
  core: () => loadAttention().then(six),
  inline: () => loadInline().then(six),
  steps: firstWeight,
  transformer: learn,
  threads: inThreads,
};
const results = {};
for (const [name, way] of Object.entries(ways)) results[name] = await way().catch(String);
Object.assign(results, await inWorker().catch((error) => ({ worker: String(error) })));
document.body.dataset.results = JSON.stringify(results);
