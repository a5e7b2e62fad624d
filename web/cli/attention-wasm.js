#!/usr/bin/env node
// npx attention-wasm: serves the tutorial of the installed package, offline, and opens it; or checks lessons.

import { parseArgs } from 'node:util';
import { checkLesson } from './check-lesson.js';
import { openInBrowser, serveTutorial } from './serve.js';

const USAGE = `attention-wasm [--port NUMBER] [--no-open]   serves the tutorial from this computer, and opens it
attention-wasm check-lesson FILE...          says of each lesson whether the tutorial can show it`;

const OPTIONS = /** @type {const} */ ({
  port: { type: 'string' }, 'no-open': { type: 'boolean' }, help: { type: 'boolean', short: 'h' },
});

/** @param {string} sentence */
function fail(sentence) {
  console.error(`attention-wasm: ${sentence}`);
  process.exitCode = 1;
}

/** Checks the options itself: what parseArgs() says of an unknown one is about positional arguments. */
function readArguments() {
  const { tokens, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true, strict: false, tokens: true });
  /** @type {{ port?: string, 'no-open'?: boolean, help?: boolean }} */
  const values = {};
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    if (name === 'port' && value !== undefined) values.port = value;
    else if ((name === 'no-open' || name === 'help') && value === undefined) values[name] = true;
    else return fail(`${rawName}: expected ${expectedFor(name)}\n${USAGE}`);
  }
  return { values, positionals };
}

/** @param {string} name of an option that is wrong */
function expectedFor(name) {
  if (name === 'port') return `${PORTS}, got nothing.`;
  if (Object.hasOwn(OPTIONS, name)) return 'no value, got one.';
  return '--port, --no-open or --help, got an option that there is not.';
}

/** @param {string[]} files */
async function check(files) {
  if (files.length === 0) return fail(`name a file.\n${USAGE}`);
  for (const file of files) {
    const { right, says } = await checkLesson(file);
    if (right) console.log(`${file}: ${says}`);
    else fail(`${file}: ${says}`);
  }
}

// Where nobody asked for a port, one of the next will do.
const [PORT, OTHERS] = [4173, 20];
const PORTS = '0 to 65535';

/** @param {{ port?: string | undefined, 'no-open'?: boolean | undefined }} options */
async function serve({ port, 'no-open': still }) {
  const asked = Number(port ?? PORT);
  if (!/^\d+$/.test(port ?? '0') || asked > 65535) return fail(`--port: expected ${PORTS}, got ${port || "''"}`);
  try {
    const url = await serveTutorial(asked, port === undefined ? OTHERS : 0);
    console.log(`The tutorial is at ${url} (stop with Ctrl+C)`);
    if (!still) openInBrowser(url);
  } catch (error) {
    fail(/** @type {Error} */ (error).message);
  }
}

const given = readArguments();
if (given) {
  const { values, positionals: [command, ...files] } = given;
  if (values.help) console.log(USAGE);
  else if (command === 'check-lesson') await check(files);
  else if (command === undefined) await serve(values);
  else fail(`there is no command '${command}'.\n${USAGE}`);
}
