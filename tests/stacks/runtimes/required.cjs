const { loadAttention } = require('attention-wasm');
const inline = require('attention-wasm/inline');
const { loadSteps } = require('attention-wasm/steps');
const { createTransformer } = require('attention-wasm/transformer');
const { six } = require('./six.js');

const vocabulary = ['a', 'b'];
Promise.all([loadAttention(), inline.loadAttention(), loadSteps(), createTransformer({ vocabulary })])
  .then(([core, other, { steps }, transformer]) => console.log(JSON.stringify({
    core: six(core), inline: six(other), steps: typeof steps, transformer: transformer.step,
  })));
