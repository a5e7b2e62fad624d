// The example, and the lines of the README, as a reader runs them.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = async (...args) => (await promisify(execFile)(process.execPath, args, { cwd: root })).stdout;

test('the example learns who "it" is', async () => {
  const said = await run('web/transformer/example.js');
  assert.match(said, /^step 50: loss \d\.\d{3}$/m);
  // Of five seeds, the worst has 98 % right: what is asserted here is that it learned at all.
  const [, right] = said.match(/^held out: ([\d.]+) % right/m);
  assert.ok(Number(right) >= 90, said);
  assert.match(said, /because it was tired: animal$/m);
  assert.match(said, /because it was wide: street$/m);
  assert.match(said, /^saved: \d{4} bytes$/m);
});

test('the lines of the README run', async () => {
  const readme = await readFile(`${root}/README.md`, 'utf8');
  const [, lines] = readme.match(/## A small transformer[\s\S]*?```js\n([\s\S]*?)```/);
  const said = await run('--input-type=module', '--eval', lines);
  assert.match(said, /^[\d.]+ animal$/m);
});
