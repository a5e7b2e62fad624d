// npm run scorm -- [--lesson animal|bank|…|FILE.json] [--version 1.2|2004|both] [--lang de] [--controls stepper,mask]
//                  [--step 3] [--preset weights] [--theme dark] [--pass 0.6] [--out FOLDER]
//
// Packages for learning platforms, from the built site.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FILES, PASS, languageOf, pack, scriptsOf } from './pack.js';

const SITE = fileURLToPath(new URL('../../build/site/', import.meta.url));
const OUT = fileURLToPath(new URL('../../build/scorm/', import.meta.url));
const VERSIONS = /** @type {const} */ (['1.2', '2004']);
const ATTRIBUTES = /** @type {const} */ (['controls', 'step', 'preset', 'theme']);

const { values } = parseArgs({
  options: {
    lesson: { type: 'string', default: 'animal' },
    version: { type: 'string', default: 'both' },
    lang: { type: 'string', default: 'en' },
    pass: { type: 'string', default: String(PASS) },
    out: { type: 'string', default: OUT },
    controls: { type: 'string' }, step: { type: 'string' }, preset: { type: 'string' }, theme: { type: 'string' },
  },
});

/** @param {string} option @param {string} expected @returns {never} */
function refuse(option, expected) {
  throw new Error(`--${option}: expected ${expected}, came ${JSON.stringify(/** @type {any} */ (values)[option])}`);
}

async function run() {
  const { lesson, version, lang, out } = values;
  const versions = VERSIONS.filter((each) => version === each || version === 'both');
  if (versions.length === 0) refuse('version', '1.2, 2004 or both');
  const pass = Number(values.pass);
  if (!(pass >= 0 && pass <= 1)) refuse('pass', 'a share from 0 to 1');
  const all = JSON.parse(await readFile(join(SITE, 'course/texts.json'), 'utf8'));
  const texts = all[languageOf(lang)] ?? refuse('lang', Object.keys(all).join(', '));
  const isFile = texts.lessons[lesson] === undefined;
  if (isFile && !lesson.endsWith('.json')) refuse('lesson', `${Object.keys(texts.lessons).join(', ')} or a file.json`);
  const own = isFile ? await readFile(lesson, 'utf8') : undefined;
  const attributes = Object.fromEntries(ATTRIBUTES.flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [[name, value]];
  }));
  const names = [...FILES, ...scriptsOf(lang)];
  const bodies = await Promise.all(names.map((name) => readFile(join(SITE, name))));
  const files = Object.fromEntries(names.map((name, index) => [name, new Uint8Array(bodies[index])]));
  await mkdir(out, { recursive: true });
  for (const each of versions) {
    const made = pack({ lesson: basename(lesson), own, attributes, lang, texts, files, version: each, pass });
    const path = join(out, made.name);
    await writeFile(path, made.bytes);
    console.log(`${relative(process.cwd(), path)}  ${made.bytes.length} bytes`);
  }
}

try {
  await run();
} catch (error) {
  console.error(`scorm: ${/** @type {Error} */ (error).message}`);
  process.exitCode = 1;
}
