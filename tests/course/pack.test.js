// Packages, held to what SCORM's schemas say of their structure, and to what is in them.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { strFromU8, strToU8, unzipSync } from 'fflate';
import { FILES, lessonScript, onePage, pack, scriptsOf } from '../../web/course/pack.js';
import { escaped } from '../../web/course/manifest.js';
import { inline } from '../../web/course/inline.js';
import { parseXml } from './xml.js';

const root = new URL('../../', import.meta.url);
const bank = JSON.parse(readFileSync(new URL('web/lessons/bank.json', root), 'utf8'));
const texts = JSON.parse(readFileSync(new URL('build/site/course/texts.json', root), 'utf8'));
const files = Object.fromEntries([...FILES, ...scriptsOf('de')].map((name) =>
  [name, new Uint8Array(readFileSync(new URL(`build/site/${name}`, root)))]));
const course = { lesson: 'animal', lang: 'en', texts: texts.en, files };
const VERSIONS = /** @type {const} */ (['1.2', '2004']);

const IMS = { '1.2': 'http://www.imsproject.org/xsd/imscp_rootv1p1p2', '2004': 'http://www.imsglobal.org/xsd/imscp_v1p1' };
const ADL = { '1.2': 'http://www.adlnet.org/xsd/adlcp_rootv1p2', '2004': 'http://www.adlnet.org/xsd/adlcp_v1p3' };
const SEQUENCING = 'http://www.imsglobal.org/xsd/imsss';

/**
 * What the schemas say: for each element its attributes (! = required) and its children in their order (? one at most,
 * + one or more, * any number, nothing = exactly one), or its text.
 * @type {Record<string, { attributes?: string[], children?: string[], text?: RegExp }>}
 */
const SHARED = {
  'ims:manifest': {
    attributes: ['identifier!', 'version', 'base'],
    children: ['ims:metadata?', 'ims:organizations', 'ims:resources', 'ims:manifest*', 'sequencing:sequencingCollection?'],
  },
  'ims:metadata': { children: ['ims:schema?', 'ims:schemaversion?'] },
  'ims:schema': { text: /^ADL SCORM$/ },
  'ims:organizations': { attributes: ['default!'], children: ['ims:organization*'] },
  'ims:title': { text: /\S/ },
  'ims:resources': { attributes: ['base'], children: ['ims:resource*'] },
  'ims:file': { attributes: ['href!'], children: ['ims:metadata?'] },
};
const STRUCTURE = {
  '1.2': {
    ...SHARED,
    'ims:schemaversion': { text: /^1\.2$/ },
    'ims:organization': { attributes: ['identifier!', 'structure'], children: ['ims:title', 'ims:item+', 'ims:metadata?'] },
    'ims:item': {
      attributes: ['identifier!', 'identifierref', 'isvisible', 'parameters'],
      children: ['ims:title', 'ims:item*', 'ims:metadata?', 'adl:prerequisites?', 'adl:maxtimeallowed?', 'adl:timelimitaction?',
        'adl:datafromlms?', 'adl:masteryscore?'],
    },
    'ims:resource': {
      attributes: ['identifier!', 'type!', 'href', 'base', 'adl:scormtype!'], children: ['ims:metadata?', 'ims:file*', 'ims:dependency*'],
    },
  },
  '2004': {
    ...SHARED,
    'ims:schemaversion': { text: /^2004 4th Edition$/ },
    'ims:organization': {
      attributes: ['identifier!', 'structure'], children: ['ims:title', 'ims:item+', 'ims:metadata?', 'sequencing:sequencing?'],
    },
    'ims:item': {
      attributes: ['identifier!', 'identifierref', 'isvisible', 'parameters'],
      children: ['ims:title', 'ims:item*', 'ims:metadata?', 'adl:timeLimitAction?', 'adl:dataFromLMS?', 'adl:completionThreshold?',
        'sequencing:sequencing?'],
    },
    'ims:resource': {
      attributes: ['identifier!', 'type!', 'href', 'base', 'adl:scormType!'], children: ['ims:metadata?', 'ims:file*', 'ims:dependency*'],
    },
    'sequencing:sequencing': {
      attributes: ['ID', 'IDRef'],
      children: ['sequencing:controlMode?', 'sequencing:sequencingRules?', 'sequencing:limitConditions?', 'sequencing:rollupRules?',
        'sequencing:objectives?', 'sequencing:randomizationControls?', 'sequencing:deliveryControls?'],
    },
    'sequencing:controlMode': { attributes: ['choice', 'choiceExit', 'flow', 'forwardOnly'] },
    'sequencing:objectives': { children: ['sequencing:primaryObjective', 'sequencing:objective*'] },
    'sequencing:primaryObjective': {
      attributes: ['objectiveID', 'satisfiedByMeasure'], children: ['sequencing:minNormalizedMeasure?', 'sequencing:mapInfo*'],
    },
    'sequencing:deliveryControls': { attributes: ['tracked', 'completionSetByContent', 'objectiveSetByContent'] },
  },
};

/** @typedef {import('./xml.js').Element} Element */

/** @param {'1.2' | '2004'} version */
const namer = (version) => {
  const prefixes = new Map([[IMS[version], 'ims'], [ADL[version], 'adl'], [SEQUENCING, 'sequencing']]);
  return (/** @type {{ namespace: string, name: string }} */ { namespace, name }) =>
    (namespace ? `${prefixes.get(namespace) ?? assert.fail(`unknown namespace ${namespace}`)}:${name}` : name);
};

/**
 * @param {Element} element
 * @param {'1.2' | '2004'} version
 */
function conforms(element, version) {
  const nameOf = namer(version);
  const name = nameOf(element);
  const rule = /** @type {typeof SHARED} */ (STRUCTURE[version])[name];
  assert.ok(rule, `no element ${name} in SCORM ${version}`);
  const attributes = element.attributes.map(nameOf);
  const allowed = rule.attributes ?? [];
  for (const each of attributes) assert.ok(allowed.some((one) => one.replace('!', '') === each), `${name} has no attribute ${each}`);
  for (const each of allowed.filter((one) => one.endsWith('!'))) assert.ok(attributes.includes(each.slice(0, -1)), `${name} needs ${each}`);
  if (rule.text) assert.match(element.text, rule.text, name);
  else assert.equal(element.text.trim(), '', name);
  const given = element.children.map((child) => `${nameOf(child)} `).join('');
  const pattern = (rule.children ?? []).map((each) => `(?:${each.replace(/[?*+]$/, '')} )${/[?*+]$/.exec(each)?.[0] ?? ''}`).join('');
  assert.match(given, new RegExp(`^${pattern}$`), `the children of ${name}`);
  element.children.forEach((child) => conforms(child, version));
}

/** @param {Element} element @param {string} name @returns {Element[]} */
const all = (element, name) => [...(element.name === name ? [element] : []), ...element.children.flatMap((child) => all(child, name))];
/** @param {Element} element @param {string} name */
const attribute = (element, name) => element.attributes.find((each) => each.name === name)?.value;

const COURSES = /** @type {Record<string, any>} */ ({
  'a built-in lesson': course,
  'another language': { ...course, lang: 'de-CH', texts: texts.de },
  'an own lesson': { ...course, own: { ...bank, id: 'mine', title: 'Q & A: <is> "it" \u{1F600}?\u2028' } },
});

for (const version of VERSIONS) {
  describe(`SCORM ${version}`, () => {
    for (const [name, each] of Object.entries(COURSES)) {
      test(`${name}: the manifest is as the schemas say`, () => {
        const zip = unzipSync(pack({ ...each, version }).bytes);
        const xml = parseXml(strFromU8(zip['imsmanifest.xml']));
        conforms(xml, version);

        const identifiers = ['manifest', 'organization', 'item', 'resource'].flatMap((kind) => all(xml, kind)).map((element) => attribute(element, 'identifier'));
        assert.equal(new Set(identifiers).size, identifiers.length, 'no identifier twice');
        for (const identifier of identifiers) assert.match(String(identifier), /^[A-Za-z_][\w.-]*$/);
        assert.equal(attribute(all(xml, 'organizations')[0], 'default'), attribute(all(xml, 'organization')[0], 'identifier'));
        const [resource] = all(xml, 'resource');
        assert.equal(attribute(all(xml, 'item')[0], 'identifierref'), attribute(resource, 'identifier'));
        assert.equal(attribute(resource, version === '1.2' ? 'scormtype' : 'scormType'), 'sco');
        assert.equal(attribute(resource, 'href'), 'index.html');

        const listed = all(xml, 'file').map((file) => attribute(file, 'href')).sort();
        assert.deepEqual(listed, Object.keys(zip).filter((path) => path !== 'imsmanifest.xml').sort(), 'all files, and no others');
      });

      test(`${name}: the page names files of the package alone, and nothing inline`, () => {
        const zip = unzipSync(pack({ ...each, version }).bytes);
        const page = strFromU8(zip['index.html']);
        const named = [...page.matchAll(/ (?:src|href)="([^"]*)"/g)].map(([, path]) => path);
        assert.deepEqual(named.filter((path) => !zip[path]), []);
        assert.doesNotMatch(page, /<style| style=| on\w+=|javascript:/i);
        for (const [, attributes, body] of page.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)) {
          assert.match(attributes, / src=/);
          assert.equal(body, '');
        }
      });
    }

    test('the same lesson makes the same bytes', () => {
      assert.deepEqual(pack({ ...course, version }).bytes, pack({ ...course, version }).bytes);
    });
  });
}

describe('what it is called', () => {
  const mine = { ...bank, id: 'mine' };
  const base = { ...course, version: /** @type {const} */ ('1.2') };
  const CHOICES = /** @type {[string, Partial<import('../../web/course/pack.js').Course> & { version?: '2004', pass?: number }, RegExp][]} */ ([
    ['as usual', {}, /^attention-animal-scorm12$/],
    ['the other edition', { version: '2004' }, /^attention-animal-scorm2004$/],
    ['another lesson', { lesson: 'bank' }, /^attention-bank-scorm12$/],
    ['its other version', { lesson: 'bank', attributes: { preset: 'money' } }, /^attention-bank-money-scorm12$/],
    ['a step', { attributes: { step: '3' } }, /^attention-animal-step3-scorm12$/],
    ['a language', { lang: 'de-CH', texts: texts.de }, /^attention-animal-de-scorm12$/],
    ['fewer controls', { attributes: { controls: 'stepper,mask' } }, /^attention-animal-[0-9a-f]{8}-scorm12$/],
    ['others', { attributes: { controls: 'stepper' } }, /^attention-animal-[0-9a-f]{8}-scorm12$/],
    ['dark', { attributes: { theme: 'dark' } }, /^attention-animal-[0-9a-f]{8}-scorm12$/],
    ['a higher mark', { pass: 0.8 }, /^attention-animal-[0-9a-f]{8}-scorm12$/],
    ['what no preset is called', { attributes: { preset: '"><script>' } }, /^attention-animal-[0-9a-f]{8}-scorm12$/],
    ['an own lesson', { own: mine }, /^attention-mine-[0-9a-f]{8}-scorm12$/],
    ['the same one, a word changed', { own: { ...mine, summary: 'Another.' } }, /^attention-mine-[0-9a-f]{8}-scorm12$/],
    ['its second version', { own: mine, attributes: { preset: 'money' } }, /^attention-mine-money-[0-9a-f]{8}-scorm12$/],
  ]);
  /** @param {object} choice */
  const named = (choice) => {
    const { name, bytes } = pack({ ...base, ...choice });
    const identifier = attribute(parseXml(strFromU8(unzipSync(bytes)['imsmanifest.xml'])), 'identifier');
    assert.equal(name, `${identifier}.zip`);
    return String(identifier);
  };

  test('says what is in it, in its file’s name and in its manifest, and no two are called the same', () => {
    for (const [what, choice, pattern] of CHOICES) assert.match(named(choice), pattern, what);
    assert.equal(new Set(CHOICES.map(([, choice]) => named(choice))).size, CHOICES.length);
    const pages = CHOICES.filter(([what]) => !/edition|mark/.test(what)).map(([, choice]) => onePage({ ...course, ...choice }).name);
    assert.equal(new Set(pages).size, pages.length);
    assert.deepEqual(pages.slice(0, 3), ['attention-animal.html', 'attention-bank.html', 'attention-bank-money.html']);
  });

  test('the same content is called the same, however it was written, and of a newer site too', () => {
    const name = named({ own: mine });
    assert.equal(named({ own: `\ufeff${JSON.stringify(mine, null, 4)}` }), name);
    assert.equal(named({ own: mine, files: { ...files, 'attention-tutorial.js': strToU8('newer') } }), name);
    assert.equal(named({ attributes: { step: '1', theme: 'auto' } }), named({}));
    assert.equal(named({ attributes: { controls: 'lesson,mask', theme: 'dark' } }), named({ attributes: { theme: 'dark', controls: 'mask' } }));
  });
});

describe('the page of a package', () => {
  /** @param {object} more */
  const page = (more) => strFromU8(unzipSync(pack({ ...course, version: '1.2', ...more }).bytes)['index.html']);

  test('never offers another lesson or an address, whatever was asked for', () => {
    for (const controls of [undefined, 'lesson,mask,link', 'link']) {
      const [, list] = /controls="([^"]*)"/.exec(page({ attributes: controls ? { controls } : {} })) ?? [];
      assert.doesNotMatch(list, /lesson|link/);
      assert.notEqual(list, '');
    }
    assert.match(page({ attributes: { controls: 'link' } }), /controls="none"/);
  });

  test('has what was chosen, its marks escaped', () => {
    const html = page({ attributes: { step: '3', theme: 'dark', preset: '"><script>' }, pass: 0.75 });
    assert.match(html, / step="3" theme="dark" preset="&quot;&gt;&lt;script&gt;"/);
    assert.match(html, /<html lang="en" dir="ltr" data-theme="dark">/);
    assert.match(html, /data-version="1.2" data-pass="0.75"/);
  });

  test('what isn’t a lesson is refused, and so is an unknown name', () => {
    assert.throws(() => page({ own: { ...bank, title: 7 } }), { name: 'LessonError', field: 'title' });
    assert.throws(() => page({ own: '{' }), { name: 'LessonError' });
    assert.throws(() => page({ lesson: 'nothing' }), /nothing/);
    assert.throws(() => page({ files: {} }), /attention-tutorial.js is missing|is missing/);
  });
});

describe('escapes', () => {
  const nasty = '</script><!--<script>\u2028\u2029&\'"\u{1F600}\ud800\0';

  test('a lesson as a script is ASCII without a tag, and the same lesson', () => {
    const script = lessonScript({ title: nasty });
    assert.match(script, /^[\x20-\x7e\n]*$/);
    assert.doesNotMatch(script, /[<>]/);
    const scope = /** @type {any} */ ({});
    new Function('globalThis', script)(scope);
    assert.equal(scope.attentionLesson.title, nasty);
  });

  test('text in XML has no character that XML forbids', () => {
    assert.equal(escaped(nasty), '&lt;/script&gt;&lt;!--&lt;script&gt;\u2028\u2029&amp;\'&quot;\u{1F600}\ufffd\ufffd');
  });

  test('a script within a page neither ends nor begins one', () => {
    const code = 'const a = "</script>", b = `<!--${1}`, c = "<SCRIPT>", d = 1 < 2;';
    assert.doesNotMatch(inline(code), /<\/?script|<!--/i);
    assert.deepEqual(new Function(`${inline(code)} return [a, b, c, d];`)(), ['</script>', '<!--1', '<SCRIPT>', true]);
  });
});

test('a page in one file names no other', () => {
  const { name, bytes } = onePage({ ...course, own: { ...bank, id: 'mine', title: 'My </title> lesson' }, lang: 'de', texts: texts.de });
  const html = strFromU8(bytes);
  assert.match(name, /^attention-mine-de-[0-9a-f]{8}\.html$/);
  assert.doesNotMatch(html.replace(/<script>[\s\S]*?<\/script>/g, ''), /src=|href=/);
  assert.match(html, /<title>My &lt;\/title&gt; lesson: /);
  assert.equal(html.match(/<script>/g)?.length, html.match(/<\/script>/g)?.length);
});

describe('npm run scorm', () => {
  const make = fileURLToPath(new URL('web/course/make.js', root));

  test('writes both versions of a lesson of one’s own', () => {
    const out = mkdtempSync(join(tmpdir(), 'scorm-'));
    const lesson = fileURLToPath(new URL('web/lessons/umbrella.json', root));
    const said = execFileSync(process.execPath, [make, '--lesson', lesson, '--lang', 'fr', '--out', out], { encoding: 'utf8' });
    const [, digits] = /-([0-9a-f]{8})-scorm12/.exec(said) ?? [];
    assert.deepEqual(readdirSync(out).sort(), [`attention-umbrella-fr-${digits}-scorm12.zip`, `attention-umbrella-fr-${digits}-scorm2004.zip`]);
    assert.match(said, /scorm12\.zip {2}\d+ bytes\n.*scorm2004\.zip {2}\d+ bytes\n$/);
  });

  test('says what is wrong', () => {
    for (const [given, message] of /** @type {[string[], RegExp][]} */ ([
      [['--lesson', 'none'], /--lesson: expected animal, .*came "none"/], [['--version', '3'], /--version: expected 1\.2/],
      [['--lang', 'xx'], /--lang: expected en/], [['--pass', '60'], /--pass: expected a share/], [['--lesson', 'none.json'], /none\.json/],
    ])) {
      const { status, stderr } = spawnSync(process.execPath, [make, ...given], { encoding: 'utf8' });
      assert.equal(status, 1);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /\n\s+at /, 'no stack');
    }
  });
});
