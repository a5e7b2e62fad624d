// The package as its users' tools judge it: publint, Are the types wrong?, and the compiler of TypeScript.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { project, root, run, tarball, tool, versionOf } from './stack.js';

const TSC = join(root, 'node_modules/typescript/bin/tsc');
const STRICT = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--target', 'ES2022',
  '--lib', 'ES2022,DOM', '--noEmit', 'user.ts'];

test('publint finds nothing', async (t) => {
  t.diagnostic(`publint ${await versionOf('publint')}`);
  const { publint } = await import(pathToFileURL(tool.resolve('publint')).href);
  const packed = await readFile(await tarball());
  const { messages } = await publint({ pack: { tarball: new Uint8Array(packed).buffer }, strict: true });
  assert.deepEqual(messages, []);
});

// Two things it isn't asked. `node10`, the resolution of old, doesn't know `exports`, and TypeScript has given it up.
// `cjs-resolves-to-esm`: there is no CommonJS build, since every Node that this package is for can require a module.
test('Are the types wrong? They are not', async (t) => {
  t.diagnostic(`@arethetypeswrong/cli ${await versionOf('@arethetypeswrong/cli')}`);
  const attw = join(root, 'build/stacks/node_modules/@arethetypeswrong/cli/dist/index.js');
  const said = await run(process.execPath, [attw, await tarball(), '--profile', 'node16', '--ignore-rules',
    'cjs-resolves-to-esm', '--format', 'ascii', '--no-emoji']); // fails where it finds anything
  for (const name of ['', '/inline', '/steps', '/transformer', '/tutorial']) {
    assert.ok(said.includes(`"attention-wasm${name}"`), name);
  }
});

for (const [resolution, module] of [['bundler', 'ESNext'], ['nodenext', 'NodeNext']]) {
  test(`a TypeScript user's program, moduleResolution ${resolution}`, async (t) => {
    t.diagnostic((await run(process.execPath, [TSC, '--version'])).trim());
    const folder = await project('typescript', ['typescript']);
    const how = ['--module', module, '--moduleResolution', resolution];
    await run(process.execPath, [TSC, ...STRICT, ...how], { cwd: folder });
  });
}

// That of attw is from before 5.7, in which typed arrays became generic.
test('a TypeScript of before', async (t) => {
  const before = tool.resolve('typescript/bin/tsc');
  t.diagnostic((await run(process.execPath, [before, '--version'])).trim());
  const folder = await project('typescript-before', ['typescript']);
  await run(process.execPath, [before, ...STRICT, '--module', 'NodeNext'], { cwd: folder });
});

/** @type {[string, string, { lib: string[], types: string[] }][]} */
const PLATFORMS = [
  ['no platform', 'bare.ts', { lib: ['ES2022'], types: [] }],
  ['Node', 'platform.ts', { lib: ['ES2022'], types: ['node'] }],
  ['a browser', 'platform.ts', { lib: ['ES2022', 'DOM'], types: [] }],
  ['a worker', 'platform.ts', { lib: ['ES2022', 'WebWorker'], types: [] }],
];

test('the declarations need the types of no platform', async (t) => {
  const folder = await project('platforms', ['typescript']);
  for (const [name, file, of] of PLATFORMS) {
    await t.test(name, async () => {
      const how = { strict: true, skipLibCheck: false, noEmit: true, target: 'ES2022', module: 'NodeNext' };
      await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...how, ...of }, files: [file] }));
      await run(process.execPath, [TSC, '-p', folder]);
    });
  }
});
