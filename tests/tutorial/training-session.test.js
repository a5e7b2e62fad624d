// What the page knows of the models that learn, with a client that does as it is told.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXPERIMENTS, experimentOf } from '../../web/tutorial/training/experiments.js';
import { COURSE, Session } from '../../web/tutorial/training/session.js';
import { texts } from '../../web/tutorial/training/trial.js';
import { addWords, words } from '../../web/tutorial/words.js';

const BYTES = new Uint8Array([1]);
const evaluation = (/** @type {number} */ step) => ({ step, loss: 1, accuracy: 0.5, weight: 0.4, focus: 0 });

/** Answers at once; `fails` names what it refuses. */
class FakeClient {
  kept = new Map();
  /** @type {any[]} */ asked = [];
  /** @type {Set<string>} */ fails = new Set();

  open() { return this.ask('open', {}, { vocabulary: ['it'] }); }
  train(/** @type {any} */ plan) { return this.ask('train', plan); }
  pause() { return this.ask('pause'); }
  close() { this.asked.push(['close']); }
  async make(/** @type {string} */ name, /** @type {any} */ settings, /** @type {any} */ bytes) {
    const step = bytes ? 600 : 0;
    const config = { layers: 2, heads: 2, dim: 8, seed: 65 };
    const made = { config, step, evaluation: evaluation(step), pictures: [], bytes: BYTES };
    await this.ask(bytes ? 'makeFrom' : 'make', { name, settings }, made);
    this.kept.set(name, BYTES);
    return made;
  }
  async ask(/** @type {string} */ type, /** @type {any} */ data = {}, /** @type {any} */ result = {}) {
    this.asked.push([type, data]);
    if (this.fails.has(type)) throw new Error(`no ${type}`);
    return result;
  }
}

async function awake({ fetchSnapshot = async () => BYTES, fails = /** @type {string[]} */ ([]) } = {}) {
  const client = new FakeClient();
  fails.forEach((type) => client.fails.add(type));
  const session = new Session(() => {}, client);
  await session.wake(65, fetchSnapshot);
  return { client, session };
}

const report = (/** @type {string} */ name, /** @type {number} */ step, more = {}) =>
  ({ name, step, losses: [step, 1.5], evaluation: evaluation(step), pictures: [], ...more });

test('it begins with the model that comes with the page', async () => {
  const { session } = await awake();
  assert.equal(session.status, 'ready');
  assert.equal(session.said.key, 'kept');
  assert.ok(session.main?.kept);
  assert.equal(session.until, 600);
});

test('without that model, or with a broken one, it begins with one that has learned nothing', async () => {
  for (const options of [{ fetchSnapshot: async () => { throw new Error('HTTP 404'); } }, { fails: ['makeFrom'] }]) {
    const { session } = await awake(options);
    assert.equal(session.status, 'ready');
    assert.equal(session.said.key, 'noSnapshot');
    assert.match(session.said.values.reason, /404|makeFrom/);
    assert.equal(session.main?.kept, false);
  }
});

test('where nothing can be computed it fails, and can be tried again', async () => {
  const { session, client } = await awake({ fails: ['open'] });
  assert.equal(session.status, 'failed');
  client.fails.clear();
  await session.wake(65, async () => BYTES);
  assert.equal(session.status, 'ready');
});

test('it trains for a course at a time, and on from there', async () => {
  const { session, client } = await awake();
  await session.restart(7);
  assert.equal(session.said.key, 'fresh');
  await session.play(60);
  assert.deepEqual(client.asked.at(-1), ['train', { names: ['main'], until: COURSE, speed: 60 }]);
  session.progress([report('main', 1)], false);
  assert.deepEqual(session.main?.losses, [1, 1.5]);
  session.progress([report('main', COURSE)], true);
  assert.equal(session.active, '');
  assert.equal(session.said.key, 'done');
  assert.deepEqual(session.main?.accuracies, [0, 0.5, 1, 0.5, COURSE, 0.5]);
  await session.play(60);
  assert.equal(client.asked.at(-1)[1].until, 2 * COURSE);
});

test('one step is one step, and takes the trained model into the reader’s hands', async () => {
  const { session, client } = await awake();
  await session.stepOnce();
  assert.equal(client.asked.at(-1)[1].until, 601);
  assert.ok(session.main?.kept);
  session.progress([report('main', 601)], true);
  assert.equal(session.main?.kept, false);
});

test('one thing learns at a time', async () => {
  const { session, client } = await awake();
  await session.restart(7);
  await session.play(60);
  await session.begin(experimentOf('scale'), 'slower', 7);
  const types = client.asked.map(([type]) => type);
  assert.ok(types.lastIndexOf('pause') < types.lastIndexOf('make'));
  assert.equal(session.active, 'trial');
  assert.deepEqual(client.asked.at(-1)[1].names, ['changed', 'usual']);
  session.progress([report('changed', 240), report('usual', 240)], true);
  assert.equal(session.trial?.phase, 'done');
  await session.play(60);
  assert.equal(session.active, 'main');
  await session.leaveTrial();
  assert.equal(session.trialModels.length, 0);
  assert.ok(session.main);
});

test('an experiment that was left while its models were made does not begin', async () => {
  const { session, client } = await awake();
  const begun = session.begin(experimentOf('scale'), 'slower', 7);
  await session.leaveTrial();
  await begun;
  assert.equal(session.active, '');
  assert.ok(!client.asked.some(([type]) => type === 'train'));
  assert.equal(session.trialModels.length, 0);
});

test('a worker that is lost is followed by another with the last good model', async () => {
  const { session, client } = await awake();
  await session.restart(7);
  await session.play(60);
  session.progress([report('main', 640), report('main', 700)], false);
  await session.lost('it no longer answers');
  assert.equal(session.active, '');
  assert.equal(session.status, 'ready');
  assert.deepEqual(session.said, { key: 'lost', values: { reason: 'it no longer answers', step: 600 } });
  assert.equal(session.main?.step, 600);
  assert.deepEqual(session.main?.losses, []);
  client.fails.add('open');
  await session.lost('again');
  assert.equal(session.status, 'failed');
});

test('a loss that is no number ends the training, and the model is kept', async () => {
  const { session } = await awake();
  await session.restart(7);
  await session.play(60);
  session.progress([report('main', 12, { broke: 'loss: expected a finite number' })], true);
  assert.equal(session.said.key, 'broke');
  assert.equal(session.main?.step, 12);
});

test('every experiment has its words, one of its answers is right, and the changed model comes first', () => {
  addWords(texts);
  for (const { id, answers, right, runs } of EXPERIMENTS) {
    const names = ['name', 'question', 'expected', 'otherwise', 'why', ...answers.map((answer) => `answer.${answer}`),
      ...runs.map(({ name }) => name)];
    for (const name of names) assert.ok(words(`learn.experiment.${id}.${name}`), name);
    assert.ok(answers.length >= 2 && answers.length <= 3 && answers.includes(right), id);
    assert.equal(runs[0].name, 'changed');
  }
});
