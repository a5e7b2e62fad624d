// AdamW (Loshchilov and Hutter, 2017) in float64, with a learning rate that rises over the first steps.

const FIRST = 0.9;
const SECOND = 0.99;
const EPSILON = 1e-8;
const WARM_UP = 20;
const DECAYED = /\.(query|key|value|output|expand|contract)$/;

export class AdamW {
  step = 0;
  #moments = {};

  /** Changes parameters along gradients, both { data, dims } by name. */
  update(parameters, gradients, { learningRate = 0.01, weightDecay = 0.01 } = {}) {
    this.step += 1;
    const rate = learningRate * Math.min(1, this.step / WARM_UP);
    for (const [name, { data }] of Object.entries(parameters)) {
      const decay = DECAYED.test(name) ? weightDecay : 0;
      this.#moments[name] ??= { first: new Float64Array(data.length), second: new Float64Array(data.length) };
      this.#updateOne(data, gradients[name].data, this.#moments[name], rate, decay);
    }
  }

  #updateOne(w, g, { first, second }, rate, decay) {
    for (let i = 0; i < w.length; i++) {
      first[i] = FIRST * first[i] + (1 - FIRST) * g[i];
      second[i] = SECOND * second[i] + (1 - SECOND) * g[i] ** 2;
      const mean = first[i] / (1 - FIRST ** this.step);
      const square = second[i] / (1 - SECOND ** this.step);
      w[i] -= rate * (mean / (Math.sqrt(square) + EPSILON) + decay * w[i]);
    }
  }
}
