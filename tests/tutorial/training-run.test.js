// A model that learns in pieces, and a head of it as a lesson.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createCorpus } from '../../web/transformer/index.js';
import { loadSteps } from '../../web/core/load-steps.js';
import { compute } from '../../web/tutorial/compute.js';
import { parseLesson } from '../../web/tutorial/own-lesson.js';
import { initialState } from '../../web/tutorial/state.js';
import { learnedLesson, texts } from '../../web/tutorial/training/learned-lesson.js';
import { EVERY, Run } from '../../web/tutorial/training/run.js';
import { openedPlace, weightsOf } from '../../web/tutorial/training/sentences.js';
import { sentenceOf } from '../../web/tutorial/training/state.js';
import { addWords } from '../../web/tutorial/words.js';

addWords(texts);

const corpus = createCorpus();
const snapshot = new Uint8Array(readFileSync(new URL('../../web/tutorial/training/snapshot.bin', import.meta.url)));
const SENTENCES = [['animal', 'street', 'tired'], ['animal', 'street', 'wide'], ['dog', 'river', 'flooded']].map(sentenceOf);

test('the snapshot was made for this corpus, has learned it, and flips', async () => {
  const run = await Run.create(corpus, { seed: 65 }, snapshot);
  assert.equal(run.step, 600);
  assert.ok(run.evaluate().accuracy >= 0.98);
  const weights = SENTENCES.map((sentence) => weightsOf(run.picture(sentence), { layer: 0, head: 0 }));
  assert.ok(weights[0][1] >= 0.6 && weights[1][5] >= 0.6, `${weights[0][1]}, ${weights[1][5]}`);
});

test('every head opened in the six steps gives the weights of the model, to 1e-6', async () => {
  const [run, steps] = await Promise.all([Run.create(corpus, { seed: 65 }, snapshot), loadSteps()]);
  for (const sentence of SENTENCES) {
    for (const layer of [1, 2]) {
      for (const head of [1, 2]) {
        for (const query of [1, 7, 9]) {
          const lesson = parseLesson(learnedLesson({ ...sentence, query }, run.vectors(sentence, layer - 1), { layer, head, heads: 2 }));
          const { buffers } = compute(steps, lesson, initialState());
          const own = weightsOf(run.picture({ ...sentence, query }), { layer, head });
          const shown = buffers.weights.data;
          assert.equal(shown.length, own.length);
          shown.forEach((weight, token) => assert.ok(Math.abs(weight - own[token]) <= 1e-6, `${weight} ${own[token]}`));
        }
      }
    }
  }
});

test('a model that is put away and taken up again goes on as it would have', async () => {
  const straight = await Run.create(corpus, { seed: 3 });
  for (let step = 0; step < 30; step++) straight.train();
  const first = await Run.create(corpus, { seed: 3 });
  for (let step = 0; step < 12; step++) first.train();
  const second = await Run.create(corpus, { seed: 3 }, first.save());
  for (let step = 12; step < 30; step++) second.train();
  assert.equal(second.step, 30);
  assert.deepEqual(second.model.parameters(), straight.model.parameters());
});

test('an evaluation in pieces is that of all sentences at once', async () => {
  const run = await Run.create(corpus, { seed: 1 });
  assert.ok(run.evaluates(600));
  const { accuracy, loss, weight } = run.evaluate();
  const whole = run.model.evaluate(corpus.heldOut);
  assert.ok(Math.abs(whole.accuracy - accuracy) < 1e-6 && Math.abs(whole.loss - loss) < 1e-5 && Math.abs(whole.weight - weight) < 1e-5);
  assert.ok(!run.evaluates(600));
  run.train();
  assert.ok(!run.evaluates(600));
  assert.ok(run.evaluates(1), 'at the last step');
  while (run.step < EVERY) run.train();
  assert.ok(run.evaluates(600));
});

test('a model made for other words is refused', async () => {
  const bytes = (await Run.create({ ...corpus, vocabulary: ['one', 'other'] }, { seed: 1 })).save();
  await assert.rejects(Run.create(corpus, { seed: 1 }, bytes), /other words/);
});

test('the mean of all heads is opened as the first', () => {
  assert.deepEqual(openedPlace({ layer: 0, head: 0 }, { layers: 2 }), { layer: 2, head: 1 });
  assert.deepEqual(openedPlace({ layer: 1, head: 2 }, { layers: 2 }), { layer: 1, head: 2 });
  const picture = { rows: [[[0.5, 0.5], [1, 0]], [[0.25, 0.75], [0.75, 0.25]]] };
  assert.deepEqual([...weightsOf(picture, { layer: 0, head: 0 })], [0.5, 0.5]);
  assert.deepEqual([...weightsOf(picture, { layer: 1, head: 2 })], [1, 0]);
  assert.deepEqual([...weightsOf(undefined, { layer: 0, head: 0 })], []);
});
