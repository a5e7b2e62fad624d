// What runs there may compile nothing: the binaries are modules that come with the worker.
import { loadAttention } from 'attention-wasm';
import { loadAttention as loadInline } from 'attention-wasm/inline';
import { loadSteps } from 'attention-wasm/steps';
import { createTransformer } from 'attention-wasm/transformer';
import simd from 'attention-wasm/attention.simd.wasm';
import steps from 'attention-wasm/attention.steps.wasm';
import transformer from 'attention-wasm/transformer.simd.wasm';
import { six } from './six.js';

const said = ({ name, code, message }) => `${name} ${code}: ${message}`;

export default {
  async fetch() {
    return Response.json({
      core: await loadAttention({ wasm: simd }).then(six).catch(said),
      steps: await loadSteps({ wasm: steps }).then((loaded) => typeof loaded.steps).catch(said),
      transformer: await createTransformer({ vocabulary: ['a', 'b'], wasm: transformer }).then(({ step }) => step).catch(said),
      notHandedIn: await loadAttention().then(six).catch(said),
      inline: await loadInline().then(six).catch(said),
    });
  },
};
