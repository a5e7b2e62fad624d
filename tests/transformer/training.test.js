// The script that trains the page's model, and what it wrote: the page says of the snapshot what is checked here.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createCorpus, createTransformer } from '../../web/transformer/index.js';
import { curve } from '../../web/training/curve.js';
import { askHeadline } from '../../web/training/learn.js';
import { variant } from '../core/helpers.js';
import * as oracle from '../oracle/transformer.js';
import { numbered, widened } from './problems.js';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const written = (name) => readFileSync(path(`../../web/tutorial/training/${name}`));
const corpus = createCorpus();

describe('the snapshot', () => {
  const load = () => createTransformer({ snapshot: new Uint8Array(written('snapshot.bin')), variant });

  test('it is small, of the default model, and knows the words of the corpus', async () => {
    assert.ok(written('snapshot.bin').length < 5000);
    const transformer = await load();
    const { vocabulary, layers, heads, dim, objective, causal } = transformer.config;
    assert.deepEqual(vocabulary, corpus.vocabulary);
    assert.deepEqual({ layers, heads, dim, objective, causal },
      { layers: 2, heads: 2, dim: 8, objective: 'pointer', causal: false });
    assert.ok(transformer.step > 0);
    transformer.dispose();
  });

  test('it reads sentences that it never met, and "it" turns with one word', async () => {
    const transformer = await load();
    assert.ok(transformer.evaluate(corpus.heldOut).accuracy >= 0.98);
    for (const { right, weight } of Object.values(askHeadline(transformer, corpus))) assert.ok(right && weight >= 0.75);
    transformer.dispose();
  });

  test('from "it", one head of the first layer looks at the adjective, whichever it is', async () => {
    const transformer = await load();
    const shares = Object.values(corpus.headline).map((sentence) => {
      const { data, dims: [H, N] } = transformer.forward(sentence).layers[0].weights;
      const column = sentence.tokens.indexOf(sentence.adjective);
      return Array.from({ length: H }, (_, h) => data[(h * N + sentence.query) * N + column]);
    });
    const least = shares[0].map((share, h) => Math.min(share, shares[1][h]));
    assert.ok(Math.max(...least) >= 0.6, `${least}`);
    transformer.dispose();
  });
});

/** The last layer's weight from "it" on a place, the mean over heads, when it's given x [N, C]. */
function weightOn(parameters, config, x, { query }, place) {
  const { data, dims: [, H, N] } = oracle.layerAt(parameters, config, config.layers - 1, x).weights;
  const each = Array.from({ length: H }, (_, h) => data[(h * N + query) * N + place]);
  return each.reduce((sum, weight) => sum + weight / H, 0);
}

// That a head looks somewhere doesn't say that it matters. Here it does: what the first layer made of "it" in the one
// sentence, put into the other, turns the answer; what it made of both nouns doesn't.
test('of the snapshot: it is what "it" has read that decides', async () => {
  const transformer = await createTransformer({ snapshot: new Uint8Array(written('snapshot.bin')), variant });
  const { config } = transformer;
  const parameters = widened(transformer.parameters());
  transformer.dispose();
  const [tired, wide] = numbered(corpus.vocabulary, [corpus.headline.tired, corpus.headline.wide]);
  const [fromTired, fromWide] = [tired, wide].map(({ tokens }) =>
    oracle.forward(parameters, config, tokens).layers[0].result);
  const swapped = (places) => {
    const x = fromTired.slice();
    places.forEach((n) => x.set(fromWide.subarray(n * config.dim, (n + 1) * config.dim), n * config.dim));
    return weightOn(parameters, config, x, tired, wide.answer);
  };
  assert.ok(swapped([]) < 0.1, 'the street, when the animal is tired');
  assert.ok(swapped([tired.query]) > 0.6, `"it" swapped: ${swapped([tired.query])}`);
  assert.ok(swapped([tired.answer, wide.answer]) < 0.3, `nouns swapped: ${swapped([tired.answer, wide.answer])}`);
});

describe('the script', () => {
  const folder = mkdtempSync(join(tmpdir(), 'training-'));
  after(() => rmSync(folder, { recursive: true }));

  /** @returns {Promise<{ code: number, stdout: string, stderr: string }>} */
  const run = (...options) => new Promise((resolve) => {
    execFile(process.execPath, [path('../../web/training/train.js'), ...options],
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }));
  });

  test('the same options give the same bytes, and another seed others', async () => {
    const of = async (name, seed) => {
      const out = join(folder, name);
      const { code, stdout } = await run('--steps', '30', '--seed', seed, '--out', out);
      assert.equal(code, 0);
      assert.match(stdout, /held out .* %\n/);
      assert.match(stdout, /because it was wide: .* % of "it" on "street"/);
      return ['snapshot.bin', 'curve.svg'].map((file) => readFileSync(join(out, file)));
    };
    const [one, same, other] = [await of('one', '7'), await of('same', '7'), await of('other', '8')];
    assert.deepEqual(one, same);
    assert.notDeepEqual(one[0], other[0]);
  });

  test('what it cannot do is said in one line', async () => {
    for (const [option, value] of [['seed', 'x'], ['steps', '0'], ['layers', '9'], ['objective', 'guess']]) {
      const { code, stderr } = await run(`--${option}`, value, '--out', folder);
      assert.equal(code, 1);
      assert.match(stderr, new RegExp(`^--${option}: .*\n$`));
    }
  });
});

describe('the curve', () => {
  test('it says in words what it shows, and draws every point', () => {
    const history = [1, 10, 20].map((step, i) => ({ step, loss: 2 - i / 2, accuracy: i / 2 }));
    const svg = curve(history, { floor: 0.9 });
    assert.match(svg, /<desc>After 20 steps 100% .*; the loss fell from\s2 to 1\./);
    const paths = [...svg.matchAll(/<path class="(?:right|loss)" d="([^"]*)"/g)].map(([, d]) => d);
    assert.deepEqual(paths.map((d) => d.split('L').length), [3, 3]);
    assert.doesNotMatch(svg, /NaN|undefined/);
    assert.doesNotMatch(curve(history, { floor: 0 }), /the least/);
  });

  test('the one that was written is small', () => {
    assert.ok(written('curve.svg').length < 5000);
  });
});
