// `attention-wasm check-lesson`: what a teacher is told of a lesson.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { checkLesson } from '../web/cli/check-lesson.js';
import { findMistake } from '../web/cli/json-mistake.js';
import { lessonIds } from '../web/tutorial/lesson.js';

const folder = mkdtempSync(join(tmpdir(), 'attention-check-'));
after(() => rmSync(folder, { recursive: true }));
const bank = { ...JSON.parse(readFileSync(new URL('../web/lessons/bank.json', import.meta.url), 'utf8')), id: 'mine' };

/** @param {string | Uint8Array} content */
function check(content) {
  const path = join(folder, 'lesson.json');
  writeFileSync(path, content);
  return checkLesson(path);
}

test('a lesson that can be shown is described; a byte order mark does no harm', async () => {
  for (const text of [JSON.stringify(bank), `\ufeff${JSON.stringify(bank)}`]) {
    assert.deepEqual(await check(text), { right: true, says: `“${bank.title}”, 2 versions (${bank.presets.map((/** @type {any} */ { tokens }) => `${(tokens ?? bank.tokens).length} tokens`).join(', ')})` });
  }
});

test('an id that a built-in lesson has is explained', async () => {
  for (const id of lessonIds) {
    const { says } = await check(JSON.stringify({ ...bank, id }));
    assert.match(says, new RegExp(`Its id is that of a built-in lesson, "${id}"`));
  }
});

test('each mistake is said, at most twenty', async () => {
  const wrong = structuredClone(bank);
  delete wrong.title;
  wrong.summary = [];
  wrong.sumary = 'x';
  const { right, says } = await check(JSON.stringify(wrong));
  assert.equal(right, false);
  assert.deepEqual(says.split('\n  ').map((line) => line.split(':')[0]), ['3 mistakes', 'sumary', 'title', 'summary']);
  const many = structuredClone(bank);
  many.presets[0].embeddings = many.presets[0].embeddings.map((/** @type {number[]} */ row) => row.map(String));
  const lines = (await check(JSON.stringify(many))).says.split('\n  ');
  assert.match(lines[0], /^\d\d mistakes$/);
  assert.equal(lines.length, 22);
  assert.match(lines[21], /^and \d+ more$/);
});

test('what is not JSON is said by line and column', async () => {
  for (const [text, says] of [
    ['{\n  "format": 1,\n}', 'line 3, column 1: expected a name in double quotes, came "}"'],
    ['{\r\n  "format": 1\r\n  "id": 2 }', 'line 3, column 3: expected a comma or }, came "\\"id\\": 2 }"'],
    ['{ "format" 1 }', 'line 1, column 12: expected a colon, came "1 }"'],
    ["{ 'format': 1 }", 'line 1, column 3: expected a name in double quotes or }, came "\'format\': 1 }"'],
    ['{ "format": 1', 'line 1, column 14: expected a comma or }, came the end of the file'],
    ['{ "title": "a\nb" }', 'line 1, column 12: expected text that ends on its line, with \\\\ for each \\, came "\\"a"'],
    ['[1, 02]', 'line 1, column 5: expected a value, came "02]"'],
    ['[1, 2],', 'line 1, column 7: expected the end, came ","'],
    ['', 'line 1, column 1: expected a value, came the end of the file'],
  ]) assert.deepEqual(await check(text), { right: false, says });
});

test('a text has a mistake exactly where JSON.parse refuses it', () => {
  const damaged = fc.tuple(fc.jsonValue().map((value) => JSON.stringify(value, null, 1)), fc.nat(), fc.nat(2),
    fc.constantFrom('', ',', ':', '{', '}', '[', ']', '"', '\\', '\n', '0', '-', '.', 'e', 'u', 'n', '\0', '\u00a0'));
  fc.assert(fc.property(damaged, ([text, place, length, put]) => {
    const at = place % (text.length + 1);
    const source = text.slice(0, at) + put + text.slice(at + length);
    let right = true;
    try { JSON.parse(source); } catch { right = false; }
    assert.equal(findMistake(source) === undefined, right, JSON.stringify(source));
  }), { numRuns: 3000 });
});

test('what can’t be read is said in a sentence', async () => {
  assert.deepEqual(await checkLesson(join(folder, 'none.json')), { right: false, says: 'there is no such file.' });
  assert.deepEqual(await checkLesson(folder), { right: false, says: 'this is a folder: name a file in it.' });
  for (const bytes of [Buffer.from('\ufeff{}', 'utf16le'), Buffer.from('{ "title": "caf\u00e9" }', 'latin1')]) {
    assert.deepEqual(await check(bytes), { right: false, says: 'the file is not text in UTF-8: save it again with the encoding UTF-8.' });
  }
  assert.match((await check(' '.repeat(200_001))).says, /^lesson: expected at most 200 kB/);
});
