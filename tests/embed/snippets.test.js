// What a teacher copies must say what was chosen, whatever is in it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { element, embedAddress, frame, markdown, oembed } from '../../web/embed/snippets.js';

const BASE = 'https://example.org/attention/';
const HOSTILE = '"><script>alert(1)</script>&amp;';

test('an address carries what was chosen, and nothing else', () => {
  assert.equal(embedAddress(BASE, {}), `${BASE}embed.html`);
  const { searchParams } = new URL(embedAddress(BASE, { lesson: '/my lesson.json?a=1&b=2', step: '3', controls: 'none' }));
  assert.deepEqual([...searchParams], [['lesson', '/my lesson.json?a=1&b=2'], ['step', '3'], ['controls', 'none']]);
});

test('the element and the frame escape what they are given', () => {
  for (const snippet of [element(BASE, { lesson: HOSTILE }), frame(BASE, { lesson: HOSTILE }, HOSTILE)]) {
    assert.ok(!snippet.includes('<script>alert'), snippet);
    assert.equal((snippet.match(/<script/g) ?? []).length, 1, snippet);
  }
  assert.match(element(BASE, { lesson: 'bank', step: '3' }),
    /^<script src="https:\/\/example\.org\/attention\/attention-tutorial\.js" defer><\/script>\n<attention-tutorial lesson="bank" step="3"><\/attention-tutorial>$/);
  assert.match(frame(BASE, { lesson: 'bank', step: '3' }, 'A title'), /embed\.html\?lesson=bank&amp;step=3" title="A title"/);
});

test('Markdown leads to the page in its language, with the same picture', () => {
  assert.equal(markdown(BASE, { lang: 'en', lesson: 'bank', controls: 'none' }, 'A [title]'),
    `[![A \\[title\\]](${BASE}preview.png)](${BASE}?lang=en&lesson=bank#tutorial)`);
  assert.match(markdown(BASE, {}, ''), /attention\/#tutorial\)$/);
  assert.match(markdown(BASE, { lang: 'de' }, ''), /attention\/de\/#tutorial\)$/);
  assert.match(markdown(BASE, { lang: 'zh-Hans', step: '2' }, ''), /attention\/zh\/\?step=2#tutorial\)$/);
});

test('in Markdown, a lesson of one’s own is found from the folder of any language', () => {
  for (const [lesson, path] of [['mine.json', '/attention/mine.json'], ['/a/b.json?c', '/a/b.json?c'], ['https://else.org/x.json', 'https://else.org/x.json'], ['keys', 'keys']]) {
    const [, address] = /\]\(([^)]*)\)$/.exec(markdown(BASE, { lang: 'fr', lesson }, '')) ?? [];
    assert.equal(new URL(address).searchParams.get('lesson'), path);
  }
});

test('an oEmbed answer has what version 1.0 asks of a rich one', () => {
  const answer = oembed(BASE, { lesson: 'bank' }, 'A title');
  assert.equal(answer.version, '1.0');
  assert.equal(answer.type, 'rich');
  for (const name of /** @type {const} */ (['width', 'height', 'thumbnail_width', 'thumbnail_height'])) assert.ok(answer[name] > 0);
  assert.match(answer.html, /<iframe/);
});
