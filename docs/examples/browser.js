// The script of browser.html: a slider is the query, and the weights follow.

import { loadAttention } from './node_modules/attention-wasm/web/core/index.js';

const slider = document.querySelector('input');
const items = document.querySelectorAll('li');
const attention = await loadAttention();

// A key is (n, n²) and a query (2q, −1), so that a score is 2qn − n²: highest where n is nearest to q.
const key = { data: Float32Array.from([0, 1, 2, 3, 4].flatMap((n) => [n, n * n])), dims: [1, 1, 5, 2] };

function show() {
  const query = { data: Float32Array.of(2 * Number(slider.value), -1), dims: [1, 1, 1, 2] };
  const { weights } = attention.scaledDotProductAttention(query, key, key, { scale: 1, weights: 'softmax' });
  weights.data.forEach((weight, n) => { items[n].textContent = `${(100 * weight).toFixed(1)} %`; });
}

slider.addEventListener('input', show);
show();
