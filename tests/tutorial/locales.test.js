// Every language says everything: the same keys, placeholders, markup and links as the English files, and all of the
// lessons.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { names } from '../../web/element/languages.js';
import { mathematics } from '../../web/mathematics.js';
import { pageIn } from '../../web/pages.js';
import { createCorpus } from '../../web/transformer/corpus.js';

const FOLDER = new URL('../../web/locales/', import.meta.url);
const KINDS = ['', '.later', '.page', '.builder', '.course'];
const LESSONS = ['animal', 'bank', 'keys', 'umbrella'];
const LIMIT = 10_000; // bytes a language, gzipped

/** @param {string} name */
const read = (name) => JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'));
/** @param {string} text @param {RegExp} pattern */
const all = (text, pattern) => [...text.matchAll(pattern)].map(([found]) => found).sort();
/** @param {string} id */
const lesson = (id) => JSON.parse(readFileSync(new URL(`../lessons/${id}.json`, FOLDER), 'utf8'));

test('every language has a module of its own, and no file belongs to none', () => {
  const found = new Set(readdirSync(FOLDER).map((file) => file.split('.')[0]));
  assert.deepEqual([...found].sort(), ['en', ...names].sort());
  for (const name of names) assert.ok(existsSync(new URL(`${name}.js`, FOLDER)), name);
});

for (const name of names) {
  for (const kind of KINDS) {
    test(`${name}${kind} has the keys, placeholders, markup and links of en${kind}`, () => {
      const [english, other] = [read(`en${kind}`), read(name + kind)];
      assert.deepEqual(Object.keys(other).sort(), Object.keys(english).sort());
      for (const [key, text] of Object.entries(english)) {
        if (key !== 'masthead.gloss') assert.ok(other[key].trim() || !text.trim(), `${key} is empty`);
        assert.deepEqual([...new Set(all(other[key], /\{\w+\}/g))], [...new Set(all(text, /\{\w+\}/g))], key);
        assert.doesNotMatch(other[key], /<\/script|<!--|\{\{/, key);
        const tags = (/** @type {string} */ each) => all(each.replace(/<\/?em>/g, ''), /<[^>]*>/g);
        if (kind === '.page') assert.deepEqual(tags(other[key]), tags(text), key);
        else assert.deepEqual(all(other[key], /<[^>]*>/g).filter((tag) => !/^<\/?(sub|sup|em)>$/.test(tag)), [], key);
      }
    });
  }

  test(`${name} speaks of each lesson: its dimensions, its versions, and every word`, () => {
    const said = read(`${name}.lessons`);
    assert.deepEqual(Object.keys(said), LESSONS);
    for (const id of LESSONS) {
      const { dimensions, presets, tokens } = lesson(id);
      const { title, summary, ...rest } = said[id];
      assert.ok(title && summary, id);
      const wanted = [...new Set(Object.values(dimensions).flat())];
      assert.deepEqual(Object.keys(rest.dimensions).sort(), wanted.sort(), id);
      for (const dimension of Object.values(rest.dimensions)) assert.ok(dimension.length > 0 && dimension.length <= 24, dimension);
      assert.equal(new Set(Object.values(rest.dimensions)).size, wanted.length, `${id}: no name twice`);
      assert.deepEqual(Object.keys(rest.presets), presets.map((/** @type {any} */ preset) => preset.id));
      for (const preset of presets) {
        const { name: called, note, sentence, gloss } = rest.presets[preset.id];
        assert.ok(called && called.length <= 60 && sentence, `${id}/${preset.id}`);
        assert.equal(Boolean(note), Boolean(preset.note));
        assert.equal(gloss.length, (preset.tokens ?? tokens).length, `${id}/${preset.id}: a gloss for each token`);
      }
    }
  });

  test(`${name} has a short gloss for each word that the model learns`, () => {
    const glosses = read(`${name}.corpus`);
    assert.deepEqual(Object.keys(glosses).sort(), createCorpus().vocabulary);
    for (const [word, gloss] of Object.entries(glosses)) assert.ok(gloss.trim() && gloss.length <= 16, `${word}: ${gloss}`);
  });

  test(`${name} adds at most 10 kB to a page, gzipped`, () => {
    const figures = ['', '.later', '.lessons', '.corpus'].map((kind) => read(name + kind));
    const bytes = gzipSync(JSON.stringify(figures.map((each) => Object.values(each))), { level: 9 }).length;
    assert.ok(bytes <= LIMIT, `${bytes} bytes`);
  });
}

/** What first-language.page.js does. @param {any} texts @param {string} [prefix] @returns {[string, string][]} */
const flat = (texts, prefix = '') => Object.entries(texts).flatMap(([key, text]) => (typeof text === 'string'
  ? [[`${prefix}${key}`.replace(/\.$/, ''), text]] : flat(text, `${prefix}${key}.`)));

const templates = Object.fromEntries(['index.html', 'builder.html'].map((page) =>
  [page, readFileSync(new URL(`../${page}`, FOLDER), 'utf8')]));

for (const name of ['en', ...names]) {
  test(`the pages are whole in ${name}`, () => {
    for (const [page, template] of Object.entries(templates)) {
      const html = pageIn(page, template, name);
      const prose = html.replace(/<script type="application\/json".*?<\/script>/s, '');
      const open = all(prose, /\{+[\w.-]+\}+/g).filter((hole) => !['{name}', '{reason}'].includes(hole)); // builder.js fills these
      assert.deepEqual(open, [], 'nothing is left to fill in');
      assert.match(html, new RegExp(`<html lang="${name === 'zh' ? 'zh-Hans' : name}" dir="${name === 'ar' ? 'rtl' : 'ltr'}">`));
      for (const [, path] of prose.matchAll(/(?:href|src)="(\.\.?\/[^"]*)"/g)) {
        if (path === './builder.html') continue; // it stands in the same folder
        assert.equal(path.startsWith('../'), name !== 'en', `${name}/${page}: ${path}`);
      }
    }
    const html = pageIn('index.html', templates['index.html'], name);
    assert.equal(all(html, /<link rel="alternate"/g).length, names.length + 1);
    assert.equal(all(html, /choose-language/g).length, name === 'en' ? 1 : 0);
    const { texts, builtIn } = JSON.parse(/id="words">(.*?)<\/script>/s.exec(html)?.[1] ?? '');
    const said = Object.fromEntries(flat(texts));
    const later = name === 'en' ? {} : read(`${name}.later`); // English has its later words in a chunk
    const { 'status.controls': controls, 'status.noProvider': provider, ...expected } = { ...read(name), ...later };
    const glosses = Object.entries(name === 'en' ? {} : read(`${name}.corpus`)).map(([word, gloss]) => [`learn.gloss.${word}`, gloss]);
    assert.deepEqual(said, { ...expected, ...Object.fromEntries(glosses) });
    for (const id of LESSONS) {
      const english = JSON.parse(readFileSync(new URL(`../lessons/${id}.json`, FOLDER), 'utf8'));
      const told = name === 'en' ? english : read(`${name}.lessons`)[id];
      assert.equal(builtIn[id].title, told.title);
      for (const { id: preset, note, tokens } of builtIn[id].presets) {
        if (name !== 'en') assert.equal(note, told.presets[preset].note);
        assert.equal(tokens.every((/** @type {any} */ { gloss }) => typeof gloss === 'string'), name !== 'en');
      }
    }
  });
}

test('what a package leaves out is called as where it is ticked', () => {
  for (const name of ['en', ...names]) {
    const words = read(`${name}.builder`);
    for (const group of ['lesson', 'link']) assert.ok(words['builder.controls.note'].includes(words[`builder.controls.${group}`]), `${name}: ${group}`);
  }
});

test('every formula within the prose is one that is used', () => {
  const prose = JSON.stringify(read('en.page'));
  for (const name of Object.keys(mathematics)) assert.ok(prose.includes(`{${name}}`), name);
});

test('the page of numbers is written in the numbers of its language', () => {
  assert.match(pageIn('index.html', templates['index.html'], 'de'), /<td>2,80<\/td>/);
  assert.match(pageIn('index.html', templates['index.html'], 'ja'), /<td>2\.80<\/td>/);
});
