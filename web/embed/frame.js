// What embed.html does beyond showing the figure: its address says what is shown, and the page around is told how high it
// is. A classic script like attention-tutorial.js, which comes before it: it runs in a frame without an origin too.
//
// Messages to the page around, whose origin anybody may be (nothing in them is secret):
//   { type: 'attention-wasm/resize', version: 1, height }           ours; embed.js answers it
//   { context: 'h5p', action: 'hello' | 'prepareResize' | 'resize', scrollHeight, clientHeight }      H5P's resizer
//   { subject: 'lti.frameResize', height }                          Canvas
//   { type: 'attention-wasm/change', version: 1, detail }           that of an attention-change event
//   { type: 'attention-wasm/refused', version: 1, message }         why a state was not set
// From it, and from nobody else:
//   { type: 'attention-wasm/hello', version: 1 }                    asks for the height again
//   { type: 'attention-wasm/set', version: 1, state }               what setState() takes
//   { context: 'h5p', action: 'ready' | 'hello' | 'resizePrepared' | 'resize' }

(() => {
  const OURS = 'attention-wasm/';
  const VERSION = 1;
  const KEPT = ['mirror-url']; // an embed's address is its page's to write

  const main = /** @type {HTMLElement} */ (document.querySelector('main'));
  const tutorial = /** @type {any} */ (document.createElement('attention-tutorial'));
  const root = document.documentElement;
  let height = 0;
  tutorial.addressed = true;

  const known = tutorial.constructor.observedAttributes ?? [];
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (known.includes(name) && !KEPT.includes(name)) tutorial.setAttribute(name, value);
  }
  root.lang = tutorial.lang; // none: the figure takes what the browser prefers
  const words = /** @type {HTMLElement} */ (main.querySelector('.words'));
  tutorial.append(...words.childNodes); // what stands there without scripts goes on paper with them
  words.replaceWith(tutorial);

  /** @param {object} message */
  const tell = (message) => { if (parent !== window) parent.postMessage(message, '*'); };
  const ours = (/** @type {string} */ type, /** @type {object} */ detail) =>
    tell({ ...detail, type: OURS + type, version: VERSION });
  const h5p = (/** @type {string} */ action, /** @type {object} */ detail = {}) =>
    tell({ ...detail, context: 'h5p', action });

  function tellHeight() {
    ours('resize', { height });
    tell({ subject: 'lti.frameResize', height });
    // H5P lets a frame shrink before it asks how high it wants to be. What is asked for here doesn't depend on how high
    // the frame is, so both can be said at once.
    h5p('prepareResize', { scrollHeight: height, clientHeight: height });
    h5p('resize', { scrollHeight: height, clientHeight: height });
  }

  new ResizeObserver(() => {
    const now = Math.ceil(main.getBoundingClientRect().height);
    if (now === height) return;
    height = now;
    tellHeight();
  }).observe(main);

  root.dataset.theme = tutorial.theme; // that of what lies around the figure
  tutorial.updateComplete.then(() => { root.lang = tutorial.language.name; }); // what is spoken, whatever was asked for
  tutorial.addEventListener('attention-change', (/** @type {CustomEvent} */ { detail }) => {
    root.dataset.theme = detail.state.theme;
    ours('change', { detail });
  });

  addEventListener('message', ({ source, data }) => {
    if (source !== parent || parent === window || Object(data) !== data) return;
    if (data.context === 'h5p') {
      if (data.action === 'ready') h5p('hello');
      else if (['hello', 'resizePrepared', 'resize'].includes(data.action)) tellHeight();
    } else if (data.version === VERSION) {
      if (data.type === `${OURS}hello`) tellHeight();
      if (data.type === `${OURS}set`) set(data.state);
    }
  });

  /** @param {unknown} state */
  async function set(state) {
    await tutorial.ready;
    try {
      tutorial.setState(state);
    } catch (error) {
      ours('refused', { message: /** @type {Error} */ (error).message });
    }
  }

  h5p('hello');
})();
