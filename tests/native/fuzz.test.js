// The core, natively and watched by sanitizers, on random problems: build/tests/fuzz, see main.c.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const program = fileURLToPath(new URL('../../build/tests/fuzz', import.meta.url));
// The core allocates nothing, so there is nothing to leak; looking for it needs rights that containers withhold.
const env = { ...process.env, ASAN_OPTIONS: 'detect_leaks=0', UBSAN_OPTIONS: 'print_stacktrace=1' };
const CASES = { forward: 1200, backward: 400, sizes: 5000, merge: 5000, append: 5000, steps: 5000, transformer: 200 };

describe('the core under sanitizers', () => {
  for (const [name, cases] of Object.entries(CASES)) {
    test(`${name}, ${cases} cases`, async () => {
      const { stdout } = await promisify(execFile)(program, [String(cases), '1', name], { env })
        .catch((error) => assert.fail(`${error.message}\n${error.stdout}`));
      assert.ok(stdout.startsWith(`${name}: ${cases} cases`), stdout);
    });
  }
});
