// The core in Firefox and WebKit: the smoke suite that Chromium runs in tests/browser/core.test.js.

import { inFirefox, inWebKit } from './harness.js';
import { smokeSuite } from './smoke-suite.js';

const suite = (/** @type {('relaxed' | 'threads')[]} */ least) =>
  (/** @type {() => import('./browser.js').Browser} */ browser) => smokeSuite(async () => {
    const page = browser();
    return { name: page.name, page: { goto: (url) => page.open(url), evaluate: page.evaluate.bind(page) } };
  }, least);

inFirefox(suite(['relaxed', 'threads']));
inWebKit(suite([]));

// Its engine has both, off: Safari shares memory in pages that are isolated, WebKitGTK hides it even there.
inWebKit(suite(['relaxed', 'threads']), {
  engine: { JSC_useWasmRelaxedSIMD: '1', JSC_useSharedArrayBuffer: '1' },
});
