import { loadAttention } from 'attention-wasm';
import address from 'attention-wasm/attention.simd.wasm'; // esbuild's loader `file` makes this its address
import { loadAttention as loadInline } from 'attention-wasm/inline';
import { six } from './six.js';

const ways = {
  inline: loadInline(),
  handedIn: loadAttention({ wasm: address }),
  neither: loadAttention(),
};
const results = Object.entries(ways).map(async ([name, way]) => [name, await way.then(six).catch(String)]);
Promise.all(results).then((all) => { document.body.dataset.results = JSON.stringify(Object.fromEntries(all)); });
