// Every key that the code names has words, and every word has code that names it.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { pieces, words } from '../../web/tutorial/words.js';

const ROOT = new URL('../../web/', import.meta.url);
const keys = ['en', 'en.later'].flatMap((name) =>
  Object.keys(JSON.parse(readFileSync(new URL(`locales/${name}.json`, ROOT), 'utf8'))));
const code = sources('tutorial/') + sources('element/') + readFileSync(new URL('static-steps.js', ROOT), 'utf8');

/**
 * @param {string} folder
 * @returns {string}
 */
function sources(folder) {
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
