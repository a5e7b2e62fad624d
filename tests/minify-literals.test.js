// What the build takes out of templates, style sheets and HTML, and what it must leave.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { minifyCss, minifyHtml, minifyMarkup, minifyTemplates, withoutComment } from '../web/minify-literals.js';

test('markup: lines and indentation become a space, what stands in a line stays', () => {
  assert.equal(minifyMarkup('<p>\n    <b>a</b>  <i>b</i>\n  </p>'), '<p> <b>a</b>  <i>b</i> </p>');
  assert.equal(minifyMarkup('<a href='), '<a href=');
  assert.equal(minifyMarkup('\n      title='), ' title=');
  assert.equal(minifyMarkup('<a class="b" id="c d" lang="e">"f"'), '<a class=b id="c d" lang=e>"f"');
});

test('style sheets: comments and spaces without a meaning go', () => {
  const same = [
    'tr > :first-child', 'thead :is(th, td)', '.a .b:hover', 'width:calc(1px + 2px)', 'margin:0 -1px',
    'content:"a  ;  b"', "content:' /* ' attr(x)", 'background:url(/a.svg)', '@container (min-width:780px)',
    'font:1em/2.6rem var(--serif)',
  ];
  for (const css of same) assert.equal(minifyCss(css), css.replace(/ ?([>,]) ?/g, '$1'));
  assert.equal(minifyCss('\n  a, b > c {\n    color: red; /* it\'s "x" */\n    top: 0;\n  }\n'),
    ' a,b>c{color:red;top:0}');
  assert.equal(minifyCss(' { height: '), '{height:');
  assert.equal(minifyCss('a { margin: 0.5em -0.2em 10.5px 0; flex: 0 0.0 }'), 'a{margin:.5em -.2em 10.5px 0;flex:0 .0}');
});

test('HTML: comments and indentation go, lines stay', () => {
  assert.equal(minifyHtml('<p>\n    a <!-- x\n y -->b\n\n  </p>\n'), '<p>\na b\n</p>\n');
  assert.equal(minifyHtml('<ul><li>a</li><li>b</li></ul><tr><th>c</th><td>d</td></tr></table>'),
    '<ul><li>a<li>b</ul><tr><th>c<td>d</table>');
});

test('templates: tagged ones at any depth, and no others', () => {
  const source = 'const a = html`<p>\n  ' +
    '${list.map((x) => html`\n <b\n  id=${x}>${`  \n  `}</b>`)}\n</p>`;\n' +
    'const b = css`a { b: ${c}; }`;';
  assert.equal(minifyTemplates(source),
    'const a = html`<p> ${list.map((x) => html` <b id=${x}>${`  \n  `}</b>`)} </p>`;\nconst b = css`a{b:${c}}`;');
});

test('lessons: their comment goes', () => {
  assert.equal(withoutComment('{ "$schema": "x", "format": 1, "$comment": "x", "id": "a" }'), '{"format":1,"id":"a"}');
});
