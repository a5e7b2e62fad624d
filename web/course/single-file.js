// npm run single-file [-- --lang de --out FILE]
//
// The whole page as one HTML file: build/attention.html, or attention.de.html.

import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { names } from '../element/languages.js';

const WEB = fileURLToPath(new URL('../', import.meta.url));
const BUILD = fileURLToPath(new URL('../../build/', import.meta.url));

/**
 * @param {string} lang
 * @param {string} [out]
 * @returns {Promise<string>} where it is
 */
export async function singleFile(lang, out) {
  const language = lang.toLowerCase().split('-')[0];
  if (language !== 'en' && !names.includes(language)) {
    throw new Error(`--lang: expected en, ${names.join(', ')}, came ${JSON.stringify(lang)}`);
  }
  await build({ root: WEB, configFile: `${WEB}vite.single.config.js`, mode: language, logLevel: 'warn' });
  const path = resolve(out ?? `${BUILD}attention${language === 'en' ? '' : `.${language}`}.html`);
  await mkdir(dirname(path), { recursive: true });
  await copyFile(`${BUILD}single/index.html`, path);
  return path;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values: { lang, out } } = parseArgs({ options: { lang: { type: 'string', default: 'en' }, out: { type: 'string' } } });
  try {
    const path = await singleFile(lang, out);
    const bytes = await readFile(path);
    console.log(`${relative(process.cwd(), path)}  ${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} gzipped`);
  } catch (error) {
    console.error(`single-file: ${/** @type {Error} */ (error).message}`);
    process.exitCode = 1;
  }
}
