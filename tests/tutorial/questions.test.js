// What is asked has one right answer, and it is what the numbers say.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { value } from '../../web/tutorial/compute.js';
import { Progress } from '../../web/tutorial/progress.js';
import { questionsOf, textOf } from '../../web/tutorial/questions.js';
import { questionText } from '../../web/tutorial/views/panel.js';
import { attention, lesson, storeOf } from './numbers.js';

const STEPS = [1, 2, 3, 4, 5, 6];
const all = (model) => STEPS.flatMap((step) => questionsOf(model, step));
const said = ({ choices, expected }) => textOf(choices.find(({ id }) => id === expected));

/** The weights once something is changed, by token. */
const weightsWith = (state, patch) => Array.from(storeOf({ ...state, ...patch }).model.buffers.weights.data);
const near = (a, b) => a.every((each, index) => Math.abs(each - b[index]) < 1e-6);

/** What the picture itself says to each question, tried out where it can be. */
const TRUE = {
  1: ({ model }) => (queryOf(model, model.preset.current).every((each, d) => each === queryOf(model, other(model))[d])
    ? 'Yes' : 'No'),
  2: ({ model }) => model.tokens[best(model)].text,
  3: ({ model }) => {
    const row = model.dims.key.map((_, d) => value(model, `products[${best(model)},${d}]`));
    return model.dims.key[row.indexOf(Math.max(...row))];
  },
  4: ({ state, model }) => {
    const given = weightsWith(state, { divisor: 100 }).filter((weight) => weight > 0);
    const scores = model.tokens.filter(({ attended }) => attended).map(({ index }) => value(model, `scores[${index}]`));
    const winners = scores.filter((score) => Math.exp((score - Math.max(...scores)) / 1e-9) > 0);
    return Math.max(...given) - Math.min(...given) < 0.1 && winners.length === 1
      ? 'By a hundred, all become nearly equal; by nearly nothing, one takes all' : '?';
  },
  5: ({ state, model }) => {
    const now = Array.from(model.buffers.weights.data);
    const [add, double] = [{ shift: 1 }, { gain: 2 }].map((patch) => !near(now, weightsWith(state, patch)));
    return add ? (double ? 'Both' : 'Adding 1') : double ? 'Doubling' : 'Neither';
  },
  6: ({ state, model }) => {
    const silent = best(model);
    const { optional } = model.tokens[silent];
    const toggled = optional ? state.toggled.filter((index) => index !== silent) : [...state.toggled, silent];
    const after = weightsWith(state, { toggled });
    const others = model.tokens.filter(({ index, attended }) => attended && index !== silent);
    return others.every(({ index }) => after[index] > model.buffers.weights.data[index])
      ? 'Of the others, each with a larger share' : '?';
  },
};

const queryOf = (model, token) => model.dims.key.map((_, d) => value(model, `queries[${token},${d}]`));
const best = ({ buffers: { weights: { data } } }) => data.indexOf(Math.max(...data));
const other = (model) => {
  const found = model.tokens.findIndex(({ text }) => questionText(model, { step: 1 }).startsWith(`Will ${text} ask`));
  assert.notEqual(found, -1);
  return found;
};

test('in every picture of every lesson, the right answer is that of the numbers', () => {
  let asked = 0;
  for (const id of ['animal', 'bank', 'keys', 'umbrella']) {
    for (const { id: preset, tokens } of lesson(id).presets) {
      for (const token of [null, ...tokens.keys()]) {
        for (const mask of ['none', 'causal']) {
          const { model, state } = storeOf({ lesson: id, preset, token, mask });
          for (const question of all(model)) {
            asked += 1;
            const where = `${id} ${preset} ${token} ${mask}: ${questionText(model, question)}`;
            assert.equal(said(question), TRUE[question.step]({ model, state }), where);
            assert.ok(question.choices.length > 1, where);
            assert.equal(new Set(question.choices.map(textOf)).size, question.choices.length, where);
            assert.doesNotMatch(questionText(model, question), /[{}<>]/);
          }
        }
      }
    }
  }
  assert.ok(asked > 300, String(asked));
});

test('the lesson as it comes asks in all six steps', () => {
  const { model } = storeOf();
  assert.deepEqual(all(model).map(({ id }) => id), ['1', '2', '3', '4', '5', '6']);
  assert.deepEqual(all(model).map(said).slice(0, 3), ['No', 'animal', 'animate']);
  assert.deepEqual(questionsOf(model, 2)[0].choices.map(textOf), ['The', 'animal', "didn't", 'cross', 'street', 'because', 'tired']);
});

test('what has no one right answer is not asked', () => {
  const steps = (patch) => all(storeOf(patch).model).map(({ step }) => step);
  const query = (numbers) => ({ edits: Object.fromEntries(numbers.map((number, d) => [`queries[7,${d}]`, number])) });
  assert.deepEqual(steps(query([0, 0, 0, 0])), [1, 6], 'all scores are equal');
  assert.deepEqual(steps({ token: 0, mask: 'causal' }), [1], 'one token is there');
  assert.deepEqual(steps({ toggled: [0, 1, 2, 3, 5, 6, 9] }), [1, 6], 'none speaks, though they could');
  const keys = Object.fromEntries(storeOf().model.tokens.flatMap(({ index }) =>
    [0, 1, 2, 3].map((d) => [`keys[${index},${d}]`, index + d / 10])));
  assert.deepEqual(steps({ edits: { ...keys, ...query([-1, -1, -1, -1]).edits } }), [1, 2, 4, 5, 6], 'no product is above zero');
  // of animal, whose key is 1.24, 0, 0.32, 0: two products of the same size
  const even = { 'keys[1,0]': 1, 'keys[1,2]': 1 };
  assert.ok(!steps({ edits: { ...even, ...query([2, 0, 2, 0]).edits } }).includes(3), 'two products are the largest');
  const same = Object.fromEntries(storeOf().model.tokens.flatMap(({ index }) =>
    [0, 1, 2, 3].map((d) => [`queries[${index},${d}]`, 1])));
  assert.ok(!steps({ edits: same }).includes(1), 'all ask the same');
});

test('a word that stands there twice is one choice, whichever of the two it is', () => {
  const model = (current) => {
    const file = structuredClone(lesson('animal'));
    for (const preset of file.presets) preset.tokens = preset.tokens.map(({ optional }, i) => ({ text: i % 2 ? 'so' : `w${i}`, optional }));
    const store = storeOf();
    store.load({ attention, lesson: file, state: { ...store.state, edits: { [`keys[${current},0]`]: 9 } } });
    return store.model;
  };
  for (const winner of [1, 3, 5]) {
    const [question] = questionsOf(model(winner), 2);
    assert.equal(said(question), 'so');
    assert.equal(question.choices.map(textOf).filter((text) => text === 'so').length, 1);
  }
});

test('a lesson\'s own questions take the place of the built-in ones, and an empty list asks nothing', () => {
  const withQuestions = (questions) => {
    const store = storeOf();
    store.load({ attention, lesson: { ...lesson('animal'), questions }, state: store.state });
    return store.model;
  };
  const own = withQuestions([
    { step: 3, ask: 'One?', choices: ['a', 'b'], answer: 1, why: 'so' }, { step: 1, ask: 'Two?', choices: ['<i>', 'd'], answer: 0 },
    { step: 3, ask: 'Three?', choices: ['e', 'f'], answer: 0 },
  ]);
  assert.deepEqual(all(own).map(({ id, step }) => [id, step]), [['q2', 1], ['q1', 3], ['q3', 3]]);
  assert.deepEqual(all(own).map(said), ['<i>', 'b', 'e']);
  assert.deepEqual(all(own).map((question) => questionText(own, question)), ['Two?', 'One?', 'Three?']);
  assert.deepEqual(all(withQuestions([])), []);
});

test('progress: complete when all steps were seen and all questions answered', () => {
  const questions = [{ id: '2' }, { id: 'q1' }];
  const progress = new Progress();
  const complete = () => progress.of(questions).complete;
  for (const step of [3, 1, 3, 2, 6, 5]) progress.see(step);
  assert.deepEqual(progress.seen, [1, 2, 3, 5, 6]);
  progress.answer('2', { choice: '1', correct: true, expected: '1' });
  progress.answer('5', { choice: 'double', correct: true, expected: 'double' });
  progress.answer('q1', { choice: null, correct: false, expected: '0' });
  assert.equal(complete(), false);
  progress.see(4);
  assert.equal(complete(), true);
  assert.equal(progress.of(questions).right, 1, 'an answer to what is no longer asked does not count');
  progress.answer('2', undefined);
  assert.equal(complete(), false);
  progress.answer('2', { choice: '3', correct: false, expected: '1' });
  assert.deepEqual([complete(), progress.of(questions).right], [true, 0]);
  assert.equal(progress.of([]).complete, true, 'a lesson without questions is complete by being seen');
});
