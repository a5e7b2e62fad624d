// What keeps a binary from being loaded in a real browser: the error says what it was, and what to do about it. The
// core, the steps and the transformer alike.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, serveSources } from './harness.js';

/** @type {import('playwright-core').Browser} */ let browser;

before(async () => { browser = await launch(); });
after(() => browser.close());

/**
 * Loads each of them in a page; resolves with what came of it, as 'ready' or as code and message.
 * @param {{ policy?: string, answer?: (route: import('playwright-core').Route) => Promise<void> }} options
 */
async function load({ policy, answer }) {
  const sources = await serveSources({}, policy ? { policy } : {});
  const context = await browser.newContext();
  const page = await context.newPage();
  if (answer) await page.route('**/*.wasm', answer);
  await page.goto(`${sources.url}web/core/index.js`);
  const outcomes = await page.evaluate(async () => {
    const from = (/** @type {string} */ path) => import(/* @vite-ignore */ `${location.origin}/web/${path}`);
    const [core, steps, transformer] = await Promise.all(
      ['core/index.js', 'core/load-steps.js', 'transformer/index.js'].map(from));
    const ways = {
      core: () => core.loadAttention(),
      steps: () => steps.loadSteps(),
      transformer: () => transformer.createTransformer({ vocabulary: ['a', 'b'] }),
    };
    return Promise.all(Object.entries(ways).map(([name, way]) => way().then(
      () => `${name}: ready`,
      (/** @type {any} */ error) => `${name}: ${error.name} ${error.code}: ${error.message}`)));
  });
  await context.close();
  sources.close();
  return outcomes;
}

const HTML = '<!doctype html><title>Welcome</title>';
const INSTEAD = /or pass the binary as 'wasm'; attention-wasm\/inline has the core's inside/;
const cases = {
  'an HTML page in its place': {
    answer: (route) => route.fulfill({ contentType: 'text/html', body: HTML }),
    says: [/wasm-invalid: .*\.wasm is an HTML page, as servers send for unknown/, /Put the package's \.wasm/, INSTEAD],
  },
  '… even where it is called WebAssembly': {
    answer: (route) => route.fulfill({ contentType: 'application/wasm', body: HTML }),
    says: [/wasm-invalid: .*HTML page/, INSTEAD],
  },
  'nothing there': {
    answer: (route) => route.fulfill({ status: 404, body: 'no' }),
    says: [/wasm-not-found: .*\.wasm: HTTP status 404/, /Put the package's \.wasm files there/, INSTEAD],
  },
  'the binary, served as another type': {
    answer: async (route) => route.fulfill({ response: await route.fetch(), contentType: 'text/plain' }),
    says: [/ready/],
  },
  'no network': {
    answer: (route) => route.abort('internetdisconnected'),
    says: [/wasm-not-found: .*Failed to fetch/, /Check the server/, INSTEAD],
  },
  'a policy that forbids to compile': {
    policy: "default-src 'self'; script-src 'self'",
    says: [/webassembly-blocked: A content security policy forbids/, /Add 'wasm-unsafe-eval' to its script-src/],
  },
  'a policy that forbids to fetch': {
    policy: "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'none'",
    says: [/wasm-not-found: .*Failed to fetch/, /the CSP \(connect-src\) and CORS/, INSTEAD],
  },
};

for (const [name, { says, ...options }] of Object.entries(cases)) {
  test(name, async () => {
    const outcomes = await load(options);
    assert.deepEqual(outcomes.map((outcome) => outcome.split(':')[0]), ['core', 'steps', 'transformer']);
    for (const outcome of outcomes) {
      assert.doesNotMatch(outcome, /ready.|undefined/);
      for (const pattern of says) assert.match(outcome, pattern);
    }
  });
}
