// The declarations that npm users get, as strict TypeScript programs meet them: usage.ts and tutorial.ts compile, and
// what they say must not doesn't.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

for (const config of ['tsconfig.json', 'tsconfig.dom.json']) {
  test(`a TypeScript program compiles against the declarations: ${config}`, async () => {
    assert.ok(existsSync(`${root}build/types/core/index.d.ts`), 'build them first: ./build.sh types');
    const said = await new Promise((resolve) => {
      execFile(process.execPath, ['node_modules/typescript/bin/tsc', '-p', `tests/types/${config}`], { cwd: root },
        (error, stdout) => resolve(error ? stdout || String(error) : ''));
    });
    assert.equal(said, '');
  });
}
