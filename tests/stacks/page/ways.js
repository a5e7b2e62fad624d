// Every way into the package, each to a number that is known.
import { loadAttention } from 'attention-wasm';
import { loadAttention as loadInline } from 'attention-wasm/inline';
import { loadSteps } from 'attention-wasm/steps';
import { learn } from './learn.js';
import { six } from './six.js';

const matrix = (rows, ...numbers) => ({ data: Float32Array.from(numbers), dims: [rows, numbers.length / rows] });

/** Two tokens that score 1 and 0, times ln 3: the first has a weight of ¾. */
export function firstWeight({ steps }) {
  const one = matrix(1, 1);
  const given = { embeddings: matrix(2, 1, 0), queryWeight: one, keyWeight: one, valueWeight: one, queryIndex: 0 };
  return steps({ ...given, scale: Math.log(3) }).weights.data[0].toFixed(4);
}

async function inThreads() {
  const attention = await loadAttention({ threads: 2 });
  const said = `${six(attention)} ${attention.threads} ${attention.threadsUnavailable ?? ''}`.trim();
  attention.dispose();
  return said;
}

const ways = {
  core: () => loadAttention().then(six),
  inline: () => loadInline().then(six),
  steps: () => loadSteps().then(firstWeight),
  transformer: () => learn(),
  threads: inThreads,
};

export async function results() {
  const found = {};
  for (const [name, way] of Object.entries(ways)) found[name] = await way().catch(String);
  return found;
}
