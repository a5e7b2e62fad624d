// npm run oembed -- https://where.it.is/served/ [FOLDER, build/site]
//
// For who hosts the site: writes what other sites need to show it when somebody pastes its address (oembed.com). One answer a
// lesson, build/site/oembed/LESSON.json, and in each page a link to the first, which is how it is found.

import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { builtInIds } from '../tutorial/own-lesson.js';
import { oembed } from './snippets.js';

const SITE = process.argv[3] ? `${process.argv[3]}/` : fileURLToPath(new URL('../../build/site/', import.meta.url));
const MARK = '<link rel="alternate" type="application/json+oembed"';

/** @param {string} said */
function fail(said) {
  console.error(`oembed: ${said}`);
  process.exit(1);
}

const address = process.argv[2] ?? '';
const base = URL.canParse(address) ? new URL(address.endsWith('/') ? address : `${address}/`) : undefined;
if (!base || !/^https?:$/.test(base.protocol)) {
  fail(`say where the site is served, such as https://example.org/attention/; that was “${address}”.`);
} else {
  const english = JSON.parse(await readFile(new URL('../locales/en.json', import.meta.url), 'utf8'));
  const titleOf = (/** @type {string} */ lesson) => `Attention in six steps: ${english[`lesson.${lesson}`]}`;
  await mkdir(`${SITE}oembed`, { recursive: true });
  for (const lesson of builtInIds) {
    const answer = oembed(base.href, lesson === 'animal' ? {} : { lesson }, titleOf(lesson));
    await writeFile(`${SITE}oembed/${lesson}.json`, `${JSON.stringify(answer, null, 2)}\n`);
  }
  const pages = (await readdir(SITE, { recursive: true })).filter((name) => /(^|\/)index\.html$/.test(name));
  for (const page of pages) {
    const html = await readFile(SITE + page, 'utf8');
    const bare = html.split('\n').filter((line) => !line.includes(MARK)).join('\n');
    const link = `${MARK} href="${base.href}oembed/${builtInIds[0]}.json" title="${titleOf(builtInIds[0])}">`;
    await writeFile(SITE + page, bare.replace('</head>', () => `${link}\n</head>`));
  }
  console.log(`oembed: ${builtInIds.length} answers, linked from ${pages.length} pages`);
}
