// The declarations that npm users get, as a strict TypeScript program meets them: usage.ts compiles, and what
// it says must not doesn't.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

test('a TypeScript program compiles against the declarations', async () => {
  assert.ok(existsSync(`${root}build/types/core/index.d.ts`), 'build them first: ./build.sh types');
  const said = await new Promise((resolve) => {
    execFile(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tests/types/tsconfig.json'], { cwd: root },
      (error, stdout) => resolve(error ? stdout || String(error) : ''));
  });
  assert.equal(said, '');
});
