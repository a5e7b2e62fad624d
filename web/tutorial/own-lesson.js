// Lets in a lesson of a teacher's own. It may come from a stranger: everything is checked and copied before use, and is
// only ever shown as text. web/lessons/lesson.schema.json says the same to editors and to those who write lessons.

import { completePreset, describe, sharedNames } from './complete-lesson.js';

/** @import { Dimensions, Lesson, Preset, Token } from './lesson.js' */
/** @typedef {(value: any, path: string) => any} Reader returns a checked copy of the value, or throws */

/** The lessons that have a name, for who doesn't load them. */
export const builtInIds = ['animal', 'bank', 'keys', 'umbrella'];

const maxLength = 200_000;
const maxTokens = 24;
const maxUnknown = 20; // fields that are complained of, for each object

/** Says which field is wrong, what was expected there and what came. */
export class LessonError extends Error {
  /** @param {string} field @param {string} expected @param {string} actual */
  constructor(field, expected, actual) {
    super(`${field}: expected ${expected}, came ${actual}`);
    this.name = 'LessonError';
    this.field = field;
    this.expected = expected;
    this.actual = actual;
    /** What else is wrong. @type {LessonError[]} */ this.others = [];
  }
}

/** @param {string} path @param {string} expected @param {any} value @returns {never} */
const refuse = (path, expected, value) => {
  throw new LessonError(path || 'lesson', expected, describe(value));
};

/** @param {string} path @param {string} name */
const join = (path, name) => (path && `${path}.`) + name;

/**
 * Reads all before it refuses: who corrects a lesson wants to know of each mistake. The first is thrown, with the others.
 * @param {(() => any)[]} readings
 * @returns {any[]}
 */
const all = (readings) => {
  /** @type {LessonError[]} */
  const errors = [];
  const values = readings.flatMap((read) => {
    try {
      return [read()];
    } catch (error) {
      if (!(error instanceof LessonError)) throw error;
      errors.push(error, ...error.others);
      return [];
    }
  });
  if (errors.length === 0) return values;
  const [first, ...others] = errors;
  first.others = others;
  throw first;
};

/** @param {Record<string, Reader>} readers one for each field that there may be @returns {Reader} */
const object = (readers) => (value, path) => {
  if (Object(value) !== value || Array.isArray(value)) refuse(path, 'an object', value);
  const unknown = Object.keys(value).filter((name) => !Object.hasOwn(readers, name)).slice(0, maxUnknown);
  return Object.fromEntries(all([
    ...unknown.map((name) => () =>
      refuse(join(path, name.slice(0, 40)), `only ${Object.keys(readers).join(', ')}`, name)),
    ...Object.entries(readers).map(([name, read]) => () =>
      [name, read(Object.hasOwn(value, name) ? value[name] : undefined, join(path, name))]),
  ]));
};

/** @param {Reader} read @param {any} [otherwise] @returns {Reader} */
const maybe = (read, otherwise) => (value, path) => (value === undefined ? otherwise : read(value, path));

/** @param {number} min @param {number} max @param {Reader} read @param {string} [unit] @returns {Reader} */
const list = (min, max, read, unit = '') => (value, path) => {
  const range = (min === max ? min : `${min} to ${max}`) + unit;
  if (!Array.isArray(value)) refuse(path, `a list of ${range}`, value);
  if (value.length < min || value.length > max) refuse(path, range, value.length);
  return all(Array.from(value, (item, i) => () => read(item, `${path}[${i}]`)));
};

/** @param {number} max characters @param {RegExp} [pattern] @param {string} [like] @returns {Reader} */
const text = (max, pattern = /\S/, like = ' that can be seen') => (value, path) =>
  (typeof value === 'string' && value.length <= 2 * max && [...value].length <= max && pattern.test(value)
    ? value : refuse(path, `text of 1 to ${max} characters${like}`, value));

/** @param {number} min @param {number} max @returns {Reader} */
const number = (min, max) => (value, path) =>
  (typeof value === 'number' && value >= min && value <= max
    ? value : refuse(path, `a number from ${min} to ${max}`, value));

/** @param {number} min rows @param {number} max rows @param {number} columns */
const matrix = (min, max, columns) =>
  list(min, max, list(columns, columns, number(-100, 100), ' numbers'), ' rows');

/** @param {any} items @param {string} path @param {(item: any) => string} [name] */
const distinct = (items, path, name = String) => {
  if (new Set(items.map(name)).size < items.length) refuse(path, 'no name twice', items.map(name).join(', '));
  return items;
};

const identifier = text(32, /^[a-z][a-z0-9-]*$/, ' like my-lesson-2');
const language = text(35, /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, ' like en or pt-BR');

/** @type {Reader} */
const names = (value, path) => distinct(list(1, 8, text(24))(value, path), path);

/** @type {Reader} */
const flag = (value, path) => (typeof value === 'boolean' ? value : refuse(path, 'true or false', value));

/** @param {number} min @param {number} max @returns {Reader} */
const whole = (min, max) => (value, path) =>
  (Number.isInteger(value) ? number(min, max)(value, path) : refuse(path, 'a whole number', value));

const index = whole(0, maxTokens - 1);

/** @type {Reader} */
const sentence = (value, path) => {
  const tokens = list(2, maxTokens, object({ text: text(40), optional: maybe(flag, false) }))(value, path);
  if (tokens.every((/** @type {Token} */ token) => token.optional)) {
    refuse(path, 'one that is not optional', tokens.length);
  }
  return tokens;
};

/** @param {number} min @param {number} max */
const figures = (min, max) => maybe(list(2, maxTokens, (value, path) =>
  (value === null ? value : number(min, max)(value, path))), null);

/**
 * What a lesson may say for all its presets.
 * @param {Dimensions} dimensions
 * @returns {Record<string, Reader>}
 */
const shared = ({ embedding: { length: C }, key, value }) => ({
  tokens: maybe(sentence),
  current: maybe(index),
  embeddings: maybe(matrix(2, maxTokens, C)),
  queryWeight: maybe(matrix(C, C, key.length)),
  keyWeight: maybe(matrix(C, C, key.length)),
  valueWeight: maybe(matrix(C, C, value.length)),
  reference: maybe(object({ source: text(80), scores: figures(-100, 100), weights: figures(0, 1) })),
});

/**
 * The preset with what the lesson says for all, its lengths compared: N tokens have N embeddings.
 * @param {any} preset @param {any} lesson @param {string} path
 * @returns {Preset}
 */
const complete = (preset, lesson, path) => {
  /** @param {string} name @param {string} [part] */
  const where = (name, part = '') => (preset[name] === undefined ? name : join(path, name)) + part;
  for (const name of sharedNames) {
    if (name === 'reference' || (preset[name] ?? lesson[name]) !== undefined) continue;
    refuse(join(path, name), 'a value here or in the lesson', undefined);
  }
  const whole = completePreset(preset, lesson);
  const { tokens: { length: N }, current, embeddings, reference } = whole;
  /** @param {any[]|null|undefined} rows @param {string} at */
  const fits = (rows, at) => {
    if (rows && rows.length !== N) refuse(at, `${N}, one for each token`, rows.length);
  };
  fits(embeddings, where('embeddings'));
  fits(reference?.scores, where('reference', '.scores'));
  fits(reference?.weights, where('reference', '.weights'));
  if (current >= N) refuse(where('current'), `a number below ${N}, the number of tokens`, current);
  return whole;
};

const tooLong = () => new LessonError('lesson', `at most ${maxLength / 1000} kB`, 'more');

/** @param {string} source @returns {unknown} */
const parseJson = (source) => {
  if (source.length > maxLength) throw tooLong();
  try {
    return JSON.parse(source.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new LessonError('lesson', 'JSON', `${describe(source)} (${String(error).slice(0, 160)})`);
  }
};

/** A question of the lesson's own, whose choices differ and whose answer is one of them. @type {Reader} */
const question = (value, path) => {
  const asked = object({
    step: whole(1, 6), ask: text(300), choices: list(2, 6, text(120)), answer: whole(0, 5), why: maybe(text(600)),
  })(value, path);
  distinct(asked.choices, join(path, 'choices'));
  const { answer, choices: { length } } = asked;
  if (answer >= length) refuse(join(path, 'answer'), `a number below ${length}, the number of choices`, answer);
  return asked;
};

/** @type {Reader} */
const unread = (value) => value;

const lessonFields = object({
  $schema: maybe(text(200)),
  $comment: maybe(text(2000)),
  format: (value, path) => (value === 1 ? value : refuse(path, '1', value)),
  id: identifier,
  language,
  title: text(120),
  summary: text(300),
  dimensions: object({ embedding: names, key: names, value: names }),
  questions: maybe(list(0, 12, question)),
  presets: unread, // like the next ones: they can be read when the dimensions are known
  ...Object.fromEntries(sharedNames.map((name) => [name, unread])),
});

/**
 * Checks a lesson and completes its presets.
 * @param {unknown} source the text of a lesson file, or the object that it holds
 * @returns {Lesson} a copy
 * @throws {LessonError}
 */
export function parseLesson(source) {
  const lesson = lessonFields(typeof source === 'string' ? parseJson(source) : source, '');
  const readers = shared(lesson.dimensions);
  const preset = object({ id: identifier, name: text(60), note: text(600), ...readers });
  const own = all([
    ...sharedNames.map((name) => () => { lesson[name] = readers[name](lesson[name], name); }),
    () => list(1, 8, preset)(lesson.presets, 'presets'),
  ]).at(-1);
  const presets = all(own.map((/** @type {any} */ each, /** @type {number} */ i) => () =>
    complete(each, lesson, `presets[${i}]`)));
  const { format, id, language, title, summary, dimensions, questions } = lesson;
  return {
    format, id, language, title, summary, dimensions, questions,
    presets: distinct(presets, 'presets', (each) => each.id),
  };
}

/** @param {string} id @param {string|URL|undefined} base @returns {URL} */
const locate = (id, base) => {
  if (!/[^\w-]/.test(id)) {
    refuse('lesson', `${builtInIds.join(', ')} or the address of a file on this site`, id);
  }
  const page = new URL(base ?? document.baseURI);
  const url = URL.canParse(id, page) && new URL(id, page);
  // The scheme too: 'file:' and 'data:' share the origin 'null', and a 'blob:' has that of its maker.
  if (!url || url.origin !== page.origin || url.protocol !== page.protocol) {
    return refuse('lesson', 'an address on this site', id);
  }
  return url;
};

/** The body as text, read no further than a lesson may be long. @param {Response} response */
const readBody = async ({ body }) => {
  const decoder = new TextDecoder();
  let source = '';
  let size = 0;
  for (const reader = body?.getReader(); reader;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > maxLength) {
      await reader.cancel();
      throw tooLong();
    }
    source += decoder.decode(value, { stream: true });
  }
  return source;
};

/**
 * Fetches and checks a lesson by its address on this site.
 * @param {string} id
 * @param {{ base?: string|URL, fetch?: typeof globalThis.fetch, signal?: AbortSignal }} options
 * @returns {Promise<Lesson>}
 * @throws {LessonError}
 */
export async function loadOwnLesson(id, { base, fetch = globalThis.fetch, signal }) {
  const url = locate(id, base);
  let source;
  try {
    const response = await fetch(url, { mode: 'same-origin', signal }); // refuses a redirect to elsewhere too
    if (!response.ok) throw new LessonError('lesson', `a file at ${url.pathname}`, `HTTP ${response.status}`);
    source = await readBody(response);
  } catch (error) {
    if (error instanceof LessonError || signal?.aborted) throw error;
    throw new LessonError('lesson', `a file at ${url.pathname}`, 'no answer');
  }
  return parseLesson(source);
}
