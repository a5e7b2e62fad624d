// Every key that the code names has words, and every word has code that names it.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { FIRST } from '../../web/tutorial/first-language.js';
import { translated } from '../../web/tutorial/translated.js';
import { addWords, language, pieces, speak, words } from '../../web/tutorial/words.js';
import { storeOf } from './numbers.js';

const ROOT = new URL('../../web/', import.meta.url);
const keys = ['en', 'en.later'].flatMap((name) =>
  Object.keys(JSON.parse(readFileSync(new URL(`locales/${name}.json`, ROOT), 'utf8'))));
const code = sources('tutorial/') + sources('element/') + readFileSync(new URL('static-steps.js', ROOT), 'utf8');

/**
 * @param {string} folder
 * @returns {string}
 */
function sources(folder) {
  if (!existsSync(new URL(folder, ROOT))) return '';
  return readdirSync(new URL(folder, ROOT), { withFileTypes: true }).map((entry) => (entry.isDirectory()
    ? sources(`${folder}${entry.name}/`) : readFileSync(new URL(folder + entry.name, ROOT), 'utf8'))).join('\n');
}

/** What looks like a key in the code, as patterns: a hole such as ${step} stands for one part of the name. */
const patterns = [...`${code}\n${code.replace(/\$\{[^{}]*\}/g, '•')}`.matchAll(/['`]([\w•]+(?:\.[\w•]+)+)['`]/g)]
  .map(([, key]) => new RegExp(`^${key.replaceAll('.', '\\.').replaceAll('•', '[^.]+')}$`));

test('a key without holes has words', () => {
  const whole = [...code.matchAll(/(?:words|rich|pieces)\('([\w.]+)'/g)].map(([, key]) => key);
  assert.ok(whole.length > 40);
  for (const key of whole) assert.ok(keys.includes(key), key);
});

test('no word is left over', () => {
  const unused = keys.filter((key) => !patterns.some((pattern) => pattern.test(key)));
  assert.deepEqual(unused, []);
});

test('placeholders are filled, and a missing key says so', () => {
  assert.equal(words('step.of', { step: 2, name: 'x' }).includes('2'), true);
  assert.deepEqual(pieces('step.next', { name: 'Keys' }).join(''), words('step.next', { name: 'Keys' }));
  assert.throws(() => words('no.such.key'), /no words for "no\.such\.key"/);
});

const german = /** @type {import('../../web/tutorial/words.js').Language} */ ({
  name: 'de', texts: { 'step.of': 'Schritt {step} von 6' }, lessons: {
    animal: {
      title: 'Titel', summary: 'Inhalt', dimensions: { animate: 'Lebewesen' },
      presets: { scores: { name: 'Scores', note: 'Anmerkung', sentence: '', gloss: ['Das', 'Tier'] } },
    },
  },
});

test('a language is spoken for as long as a piece of work, and no longer', () => {
  const said = speak(german, () => [words('step.of', { step: 2 }), speak(FIRST, () => words('step.of', { step: 2 })), language().name]);
  assert.deepEqual(said, ['Schritt 2 von 6', words('step.of', { step: 2 }), 'de']);
  assert.throws(() => speak(german, () => { throw new Error('lost'); }), /lost/);
  assert.equal(language(), FIRST);
});

test('what a language does not say is said in the first', () => {
  assert.equal(speak(german, () => words('step.previous')), words('step.previous'));
});

test('words that come later replace none that are there', () => {
  const before = words('step.previous');
  addWords({ 'step.previous': 'other', 'later.key': 'Later' });
  assert.deepEqual([words('step.previous'), words('later.key')], [before, 'Later']);
});

test('a built-in lesson is shown in the language; what ids are made of stays', () => {
  const { model } = storeOf();
  assert.equal(translated(model), model, 'English is its own');
  const shown = speak(german, () => translated(model));
  assert.equal(shown.lesson.title, 'Titel');
  assert.deepEqual([shown.preset.name, shown.preset.note], ['Scores', 'Anmerkung']);
  assert.deepEqual(shown.dims.key.slice(0, 2), ['Lebewesen', model.dims.key[1]]);
  assert.deepEqual(shown.lesson.dimensions, model.lesson.dimensions);
  assert.deepEqual(shown.tokens.slice(0, 3).map((/** @type {any} */ { gloss }) => gloss), ['Das', 'Tier', undefined]);
  assert.deepEqual(shown.tokens.map(({ text }) => text), model.tokens.map(({ text }) => text));
  assert.equal(model.preset.name, 'The article’s scores', 'the store keeps what it has');
});
