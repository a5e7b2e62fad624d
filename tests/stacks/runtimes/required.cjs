const { loadAttention } = require('attention-wasm');
const inline = require('attention-wasm/inline');
const { loadSteps } = require('attention-wasm/steps');
const { defineAttentionTutorial } = require('attention-wasm/tutorial');
const { learn } = require('./learn.js'); // which imports the transformer
const { six } = require('./six.js');
const { firstWeight } = require('./ways.js');

defineAttentionTutorial();
Promise.all([loadAttention().then(six), inline.loadAttention().then(six), loadSteps().then(firstWeight), learn()])
  .then(([core, inlined, steps, transformer]) =>
    console.log(JSON.stringify({ core, inline: inlined, steps, transformer })));
