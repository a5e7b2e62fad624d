// The experiments, as data: what is trained, beside which model, and what is asked first. The words are in
// web/locales, under `learn.experiment.<id>`.

/**
 * One run a model: settings of createTransformer(). What an outcome must be for the experiment to have shown what it
 * is meant to show is `expected`; where it isn't, the page says so.
 * @typedef {import('./run.js').Evaluation} Evaluation
 * @typedef {{ evaluation: Evaluation, worst: number, broke?: string }} Outcome
 * @typedef {object} Experiment
 * @property {string} id
 * @property {number} steps
 * @property {{ name: string, settings: any }[]} runs the one that is changed comes first
 * @property {string[]} answers to the question asked first
 * @property {string} right the answer that `expected` makes true
 * @property {(outcomes: Outcome[]) => boolean} expected
 */

const CHANCE = 0.6; // with two nouns to choose from, guessing is right half of the time

/** One head of many numbers, which is where scores spread. */
const WIDE = { dim: 64, heads: 1, hidden: 64, learningRate: 0.003 };

/** To name a noun it needs more room than to point at it. */
const NAMING = { objective: 'token', dim: 32, hidden: 64, learningRate: 0.005 };

/** @type {Experiment[]} in the order of state.js */
export const EXPERIMENTS = [
  {
    id: 'layer',
    steps: 400,
    runs: [{ name: 'changed', settings: { layers: 1 } }],
    answers: ['all', 'half', 'none'],
    right: 'half',
    expected: ([{ evaluation }]) => evaluation.accuracy < CHANCE,
  },
  {
    id: 'causal',
    steps: 400,
    runs: [{ name: 'changed', settings: { causal: true } }],
    answers: ['same', 'slower', 'never'],
    right: 'never',
    expected: ([{ evaluation }]) => evaluation.accuracy < CHANCE,
  },
  {
    id: 'scale',
    steps: 240,
    runs: [
      { name: 'changed', settings: { ...WIDE, scale: 1 } },
      { name: 'usual', settings: WIDE },
    ],
    answers: ['faster', 'same', 'slower'],
    right: 'slower',
    expected: ([changed, usual]) => changed.evaluation.accuracy < usual.evaluation.accuracy - 0.05,
  },
  {
    id: 'token',
    steps: 600,
    runs: [{ name: 'changed', settings: NAMING }],
    answers: ['always', 'mostly', 'rarely'],
    right: 'rarely',
    expected: ([{ evaluation }]) => evaluation.accuracy > 0.75 && evaluation.focus < 0.5,
  },
  {
    id: 'rate',
    steps: 100,
    runs: [
      { name: 'changed', settings: { learningRate: 1000 } },
      { name: 'usual', settings: {} },
    ],
    answers: ['faster', 'wobbly', 'breaks'],
    right: 'breaks',
    expected: ([{ broke }]) => broke !== undefined,
  },
];

/**
 * @param {string} id
 * @returns {Experiment}
 */
export function experimentOf(id) {
  return /** @type {Experiment} */ (EXPERIMENTS.find((each) => each.id === id));
}
