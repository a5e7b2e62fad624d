// What runs there may compile nothing: the binaries are modules that come with the worker.
import { loadAttention } from 'attention-wasm';
import { loadAttention as loadInline } from 'attention-wasm/inline';
import { loadSteps } from 'attention-wasm/steps';
import { defineAttentionTutorial } from 'attention-wasm/tutorial';
import simd from 'attention-wasm/attention.simd.wasm';
import steps from 'attention-wasm/attention.steps.wasm';
import transformer from 'attention-wasm/transformer.simd.wasm';
import { learn } from './learn.js';
import { six } from './six.js';
import { firstWeight } from './ways.js';

const said = ({ name, code, message }) => `${name} ${code}: ${message}`;

export default {
  async fetch() {
    defineAttentionTutorial(); // nothing to do where there is no document, and no harm
    return Response.json({
      core: await loadAttention({ wasm: simd }).then(six).catch(said),
      steps: await loadSteps({ wasm: steps }).then(firstWeight).catch(said),
      transformer: await learn({ wasm: transformer }).catch(said),
      notHandedIn: await loadAttention().then(six).catch(said),
      inline: await loadInline().then(six).catch(said),
    });
  },
};
