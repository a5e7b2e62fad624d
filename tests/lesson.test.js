// The lessons, their schema, and the code that lets a lesson in.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { lessonIds, loadLesson } from '../web/tutorial/lesson.js';
import { LessonError, builtInIds, parseLesson } from '../web/tutorial/own-lesson.js';

const folder = new URL('../web/lessons/', import.meta.url);
const read = async (id) => JSON.parse(await readFile(new URL(`${id}.json`, folder), 'utf8'));
const schema = await read('lesson.schema');
const accepts = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }).compile(schema);
const files = Object.fromEntries(await Promise.all(lessonIds.map(async (id) => [id, await read(id)])));
const lessons = Object.fromEntries(lessonIds.map((id) => [id, parseLesson(files[id])]));

// ---- The arithmetic, rounded to float32 wherever the core stores a number

const multiply = (rows, weight) => rows.map((row) => weight[0].map((_, d) =>
  Math.fround(row.reduce((sum, x, j) => sum + Math.fround(x) * Math.fround(weight[j][d]), 0))));

const softmax = (scaled) => {
  const top = Math.max(...scaled);
  const exponentials = scaled.map((x) => Math.exp(x - top));
  const sum = exponentials.reduce((a, b) => a + b);
  return exponentials.map((x) => Math.fround(x / sum));
};

/** Attention from one token, over the tokens that are not optional or over all. */
function attend(preset, { query = preset.current, all = false } = {}) {
  const queries = multiply(preset.embeddings, preset.queryWeight);
  const keys = multiply(preset.embeddings, preset.keyWeight);
  const values = multiply(preset.embeddings, preset.valueWeight);
  const products = keys.map((key) => key.map((k, d) => Math.fround(k * queries[query][d])));
  const scores = products.map((row) => Math.fround(row.reduce((sum, product) => sum + product, 0)));
  const shown = [...scores.keys()].filter((i) => all || !preset.tokens[i].optional);
  const root = Math.sqrt(queries[0].length);
  const shares = softmax(shown.map((i) => Math.fround(scores[i] / root)));
  const weights = scores.map((_, i) => (shown.includes(i) ? shares[shown.indexOf(i)] : 0));
  const output = values[0].map((_, e) => weights.reduce((sum, w, i) => sum + w * values[i][e], 0));
  return { query: queries[query], scores, weights, output };
}

const projections = ['queryWeight', 'keyWeight', 'valueWeight'];
const word = (preset, i) => preset.tokens[i].text;
const ranked = (preset, weights) => [...weights.keys()].sort((a, b) => weights[b] - weights[a])
  .map((i) => word(preset, i));
const near = (actual, expected, tolerance = 1e-6) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`);

// ---- The worked example

const article = {
  scores: { The: 0.1, animal: 2.8, "didn't": 0.2, cross: 0.1, street: 1.1, because: 0.3, tired: 1.5 },
  weights: { The: 0.03, animal: 0.52, "didn't": 0.04, cross: 0.03, street: 0.14, because: 0.05, tired: 0.19 },
};

for (const id of ['scores', 'weights']) {
  test(`animal: the preset "${id}" gives the article's ${id} to 1e-6`, () => {
    const preset = lessons.animal.presets.find((each) => each.id === id);
    assert.equal(word(preset, preset.current), 'it');
    const computed = attend(preset)[id];
    const shown = preset.tokens.filter((token) => !token.optional).map((token) => token.text);
    assert.deepEqual(shown, Object.keys(article[id]));
    preset.tokens.forEach(({ text, optional }, i) => {
      assert.equal(preset.reference.scores[i], optional ? null : article.scores[text]);
      assert.equal(preset.reference.weights[i], optional ? null : article.weights[text]);
      if (!optional) near(computed[i], article[id][text]);
    });
  });
}

test('animal: no divisor takes the article\'s scores to its weights, as the note says', () => {
  const divisor = (a, b) => (article.scores[a] - article.scores[b])
    / Math.log(article.weights[a] / article.weights[b]);
  near(divisor('animal', 'The'), 0.95, 0.005);
  near(divisor('tired', 'street'), 1.31, 0.005);
});

test('animal: the two presets differ in "it" and in one number of five other tokens', () => {
  const [scores, weights] = lessons.animal.presets;
  const changes = scores.embeddings.map((row, i) =>
    row.filter((x, c) => x !== weights.embeddings[i][c]).length);
  assert.deepEqual(changes, [0, 1, 1, 0, 0, 1, 1, 4, 0, 1]);
  assert.deepEqual(weights.embeddings[7], scores.embeddings[7].map((x) => 2 * x));
  for (const name of projections) assert.deepEqual(scores[name], weights[name]);
});

test('animal: the new vector of "it" is mostly animate, a little state; the old one was mostly link', () => {
  const { embedding, value } = lessons.animal.dimensions;
  const order = (vector, names) =>
    names.toSorted((a, b) => vector[names.indexOf(b)] - vector[names.indexOf(a)]);
  for (const preset of lessons.animal.presets) {
    assert.equal(order(preset.embeddings[preset.current], embedding)[0], 'link');
    const { output } = attend(preset);
    assert.deepEqual(order(output, value).slice(0, 2), ['animate', 'state']);
    assert.ok(output[0] > 1.5 * output[2]);
  }
});

test('animal: other tokens ask sensible questions', () => {
  for (const preset of lessons.animal.presets) {
    for (const all of [false, true]) {
      const from = (query) => ranked(preset, attend(preset, { query, all }).weights);
      assert.equal(from(9)[0], 'animal', 'tired');
      assert.deepEqual(from(3).slice(0, 2), ['animal', 'street'], 'cross');
      assert.equal(from(1)[0], 'tired', 'animal');
      assert.equal(from(7)[0], 'animal', 'it');
    }
  }
});

// ---- All lessons

const winners = {
  animal: { scores: 'animal', weights: 'animal' },
  bank: { river: 'river', money: 'money' },
  keys: { keys: 'keys' },
  umbrella: { umbrella: 'umbrella' },
};

for (const [id, presets] of Object.entries(winners)) {
  test(`${id}: the right token gets clearly most`, () => {
    assert.deepEqual(lessons[id].presets.map((preset) => preset.id), Object.keys(presets));
    for (const preset of lessons[id].presets) {
      const { weights } = attend(preset);
      assert.equal(ranked(preset, weights)[0], presets[preset.id]);
      const [first, second] = weights.toSorted((a, b) => b - a);
      // The article's scores under the default divisor are flatter than the rest: 0.33.
      assert.ok(first >= (preset.id === 'scores' ? 0.33 : 0.4) && first <= 0.8, `${preset.id}: ${first}`);
      assert.ok(first > 1.9 * second, `${preset.id}: ${first} and ${second}`);
      near(weights.reduce((a, b) => a + b), 1);
    }
  });
}

test('bank: one embedding, the same projections, two meanings', () => {
  const [river, money] = lessons.bank.presets;
  assert.deepEqual(river.embeddings[river.current], money.embeddings[money.current]);
  for (const name of projections) assert.deepEqual(river[name], money[name]);
  const bank = river.embeddings[river.current];
  assert.equal(bank[0], bank[1]);
  const [water, cash] = [attend(river).output, attend(money).output];
  assert.ok(water[0] > 0.5 && water[1] < 0.25 * water[0], String(water));
  assert.ok(cash[1] > 0.5 && cash[0] < 0.25 * cash[1], String(cash));
});

test('keys: the winner is further away than the two that lose', () => {
  const [preset] = lessons.keys.presets;
  const at = (text) => preset.tokens.findIndex((token) => token.text === text);
  assert.ok(at('keys') < at('man') && at('man') < at('door') && at('door') < preset.current);
});

test('one word has one embedding, whatever its case', () => {
  for (const { presets } of Object.values(lessons)) {
    for (const { tokens, embeddings } of presets) {
      const known = new Map();
      tokens.forEach(({ text }, i) => {
        const key = text.toLowerCase();
        assert.deepEqual(embeddings[i], known.get(key) ?? embeddings[i], text);
        known.set(key, embeddings[i]);
      });
    }
  }
});

// ---- What is let in

test('schema and parseLesson accept every lesson in web/lessons', async () => {
  const found = (await readdir(folder)).filter((name) => name !== 'lesson.schema.json').sort();
  assert.deepEqual(found, lessonIds.map((id) => `${id}.json`).sort());
  assert.deepEqual(builtInIds, lessonIds);
  for (const id of lessonIds) {
    assert.ok(accepts(files[id]), JSON.stringify(accepts.errors));
    assert.equal(lessons[id].id, id);
  }
});

test('parseLesson returns a copy in which presets share nothing', () => {
  const source = structuredClone(files.animal);
  const [first, second] = parseLesson(source).presets;
  first.queryWeight[0][0] = 9;
  first.tokens[0].text = 'A';
  assert.deepEqual(source, files.animal);
  assert.deepEqual(second.queryWeight, files.animal.queryWeight);
  assert.equal(second.tokens[0].text, 'The');
  assert.deepEqual(parseLesson(JSON.stringify(source)), lessons.animal);
  assert.deepEqual(parseLesson(`\uFEFF${JSON.stringify(source)}`), lessons.animal);
});

test('a script tag in a token stays text', () => {
  const source = structuredClone(files.animal);
  source.tokens[1].text = '<script>alert(1)</script>';
  assert.ok(accepts(source));
  assert.equal(parseLesson(source).presets[0].tokens[1].text, '<script>alert(1)</script>');
});

test('the largest lesson allowed passes', () => {
  const names = Array.from('abcdefgh');
  const weight = Array(8).fill(Array(8).fill(-100));
  const source = {
    format: 1, id: 'big', language: 'pt-BR', title: 'é'.repeat(120), summary: 's',
    dimensions: { embedding: names, key: names, value: names.slice(0, 1) },
    tokens: Array.from({ length: 24 }, () => ({ text: '👩'.repeat(40), optional: false })),
    current: 23, embeddings: Array(24).fill(Array(8).fill(99.999)),
    queryWeight: weight, keyWeight: weight, valueWeight: Array(8).fill([100]),
    presets: Array.from({ length: 8 }, (_, i) => ({ id: `p${i}`, name: 'n', note: 'n' })),
  };
  assert.ok(accepts(source), JSON.stringify(accepts.errors));
  assert.equal(parseLesson(source).presets[7].reference, null);
});

const asked = {
  step: 2, ask: 'Which <b>bank</b> is it?', choices: ['of a river', 'of money'], answer: 1, why: 'Money goes in.',
};

test('a lesson may bring up to twelve questions of its own, or none at all', () => {
  for (const questions of [[], [asked], Array(12).fill(asked), [{ ...asked, why: undefined }]]) {
    const source = structuredClone({ ...files.bank, questions });
    for (const question of source.questions) if (!question.why) delete question.why;
    assert.ok(accepts(source), JSON.stringify(accepts.errors));
    assert.deepEqual(parseLesson(source).questions, questions);
  }
  assert.equal(lessons.bank.questions, undefined);
});

const cyclic = {};
cyclic.tokens = [cyclic, cyclic];
const deep = JSON.parse('['.repeat(20000) + ']'.repeat(20000));
const [A, P, E] = ['animal', 'presets[0]', 'presets[0].embeddings'];

// [what is wrong, in which lesson, how to break it (a value returned replaces it), the field to be named]
const broken = [
  ['nothing', A, () => null, 'lesson'],
  ['a list', A, () => [], 'lesson'],
  ['a number', A, () => 7, 'lesson'],
  ['an empty object', A, () => ({}), 'format'],
  ['another format', A, (l) => { l.format = 2; }, 'format'],
  ['an unknown field', A, (l) => { l.embedings = []; }, 'embedings'],
  ['a field that objects inherit', A, (l) => { l.constructor = 1; }, 'constructor'],
  ['a prototype', A, () => JSON.parse('{"__proto__":{"format":1}}'), '__proto__'],
  ['a token\'s prototype', A, (l) => { l.tokens[2] = JSON.parse('{"__proto__":1}'); }, 'tokens[2].__proto__'],
  ['an unknown field in a preset', A, (l) => { l.presets[0].title = 'x'; }, `${P}.title`],
  ['an id with a space', A, (l) => { l.id = 'my lesson'; }, 'id'],
  ['no id', A, (l) => { delete l.id; }, 'id'],
  ['a language that is none', A, (l) => { l.language = 'English, please'; }, 'language'],
  ['no title', A, (l) => { delete l.title; }, 'title'],
  ['an empty title', A, (l) => { l.title = ''; }, 'title'],
  ['a long title', A, (l) => { l.title = 'x'.repeat(121); }, 'title'],
  ['a summary of blanks', A, (l) => { l.summary = ' \n\t'; }, 'summary'],
  ['a number for a note', A, (l) => { l.presets[0].note = 1; }, `${P}.note`],
  ['no dimensions', A, (l) => { delete l.dimensions; }, 'dimensions'],
  ['no key names', A, (l) => { delete l.dimensions.key; }, 'dimensions.key'],
  ['nine dimensions', A, (l) => { l.dimensions.value = [...'abcdefghi']; }, 'dimensions.value'],
  ['a dimension twice', A, (l) => { l.dimensions.embedding[1] = 'animate'; }, 'dimensions.embedding'],
  ['an empty sentence', A, (l) => { l.tokens = []; }, 'tokens'],
  ['one token', A, (l) => { l.tokens.length = 1; }, 'tokens'],
  ['5,000 tokens', A, (l) => { l.tokens = Array(5000).fill({ text: 'a' }); }, 'tokens'],
  ['only optional tokens', A, (l) => { for (const t of l.tokens) t.optional = true; }, 'tokens'],
  ['a sentence as text', A, (l) => { l.tokens = 'The animal'; }, 'tokens'],
  ['tokens as text', A, (l) => { l.tokens[3] = 'cross'; }, 'tokens[3]'],
  ['an empty token', A, (l) => { l.tokens[0].text = ''; }, 'tokens[0].text'],
  ['a long token', A, (l) => { l.tokens[0].text = 'a'.repeat(41); }, 'tokens[0].text'],
  ['optional: "yes"', A, (l) => { l.tokens[0].optional = 'yes'; }, 'tokens[0].optional'],
  ['a current token of text', A, (l) => { l.current = '7'; }, 'current'],
  ['a current token of 1.5', A, (l) => { l.current = 1.5; }, 'current'],
  ['a current token of -1', A, (l) => { l.current = -1; }, 'current'],
  ['no embeddings', A, (l) => { delete l.presets[0].embeddings; }, E],
  ['no keyWeight anywhere', 'keys', (l) => { delete l.presets[0].keyWeight; }, `${P}.keyWeight`],
  ['text for a number', A, (l) => { l.presets[0].embeddings[3][1] = '1'; }, `${E}[3][1]`],
  ['null for a number', A, (l) => { l.presets[0].embeddings[3][1] = null; }, `${E}[3][1]`],
  ['NaN', A, (l) => { l.presets[0].embeddings[0][0] = NaN; }, `${E}[0][0]`],
  ['infinity', A, (l) => { l.queryWeight[1][2] = -Infinity; }, 'queryWeight[1][2]'],
  ['a number above 100', A, (l) => { l.valueWeight[0][0] = 100.1; }, 'valueWeight[0][0]'],
  ['a row that is no list', A, (l) => { l.presets[0].embeddings[2] = { 0: 1 }; }, `${E}[2]`],
  ['a long row', A, (l) => { l.keyWeight[0] = Array(9).fill(0); }, 'keyWeight[0]'],
  ['no presets', A, (l) => { l.presets = []; }, 'presets'],
  ['nine presets', A, (l) => { l.presets = Array(9).fill(l.presets[0]); }, 'presets'],
  ['a preset of text', A, (l) => { l.presets[1] = 'weights'; }, 'presets[1]'],
  ['a weight of 2', A, (l) => { l.reference.weights[1] = 2; }, 'reference.weights[1]'],
  ['a score of text', A, (l) => { l.reference.scores[1] = ''; }, 'reference.scores[1]'],
  ['a reference from nowhere', A, (l) => { delete l.reference.source; }, 'reference.source'],
  ['questions as text', A, (l) => { l.questions = 'why?'; }, 'questions'],
  ['13 questions', A, (l) => { l.questions = Array(13).fill(asked); }, 'questions'],
  ['a question of step 7', A, (l) => { l.questions = [{ ...asked, step: 7 }]; }, 'questions[0].step'],
  ['a question without words', A, (l) => { l.questions = [{ ...asked, ask: ' ' }]; }, 'questions[0].ask'],
  ['a long question', A, (l) => { l.questions = [{ ...asked, ask: 'x'.repeat(301) }]; }, 'questions[0].ask'],
  ['one choice', A, (l) => { l.questions = [asked, { ...asked, choices: ['a'] }]; }, 'questions[1].choices'],
  ['a choice twice', A, (l) => { l.questions = [{ ...asked, choices: ['a', 'a'] }]; }, 'questions[0].choices'],
  ['a choice within itself', A, (l) => { l.questions = [{ ...asked, choices: [cyclic, 'a'] }]; }, 'questions[0].choices[0]'],
  ['a right answer in words', A, (l) => { l.questions = [{ ...asked, answer: 'a' }]; }, 'questions[0].answer'],
  ['a field that questions lack', A, (l) => { l.questions = [{ ...asked, html: '' }]; }, 'questions[0].html'],
  ['an object within itself', A, (l) => { l.tokens = cyclic.tokens; }, 'tokens[0].tokens'],
  ['lists 20,000 deep', A, (l) => { l.presets[0].embeddings = [deep, deep]; }, `${E}[0]`],
];

// A schema can't compare two lengths or two ids.
const brokenBeyondSchema = [
  ['a token without embedding', A, (l) => { l.presets[0].embeddings.pop(); }, E],
  ['a ragged matrix', A, (l) => { l.presets[1].embeddings[4].pop(); }, 'presets[1].embeddings[4]'],
  ['fewer names than columns', A, (l) => { l.dimensions.value.pop(); }, 'valueWeight[0]'],
  ['a projection of three rows', A, (l) => { l.queryWeight.pop(); }, 'queryWeight'],
  ['a current token past the end', A, (l) => { l.current = 10; }, 'current'],
  ['a figure too many', A, (l) => { l.reference.scores.push(null); }, 'reference.scores'],
  ['weights too few', A, (l) => { l.presets[0].reference = { source: 's', weights: [1, 0] }; },
    'presets[0].reference.weights'],
  ['a right answer that is no choice', A, (l) => { l.questions = [{ ...asked, answer: 2 }]; }, 'questions[0].answer'],
  ['two presets of one id', A, (l) => { l.presets[1].id = 'scores'; }, 'presets'],
];

const breakIt = (id, damage) => {
  const source = structuredClone(files[id]);
  const other = damage(source);
  return other === undefined ? source : other;
};

for (const [schemaAccepts, cases] of [[false, broken], [true, brokenBeyondSchema]]) {
  for (const [what, id, damage, field] of cases) {
    test(`refused: ${what}`, () => {
      const source = breakIt(id, damage);
      assert.equal(accepts(source), schemaAccepts);
      assert.throws(() => parseLesson(source), (error) => {
        assert.ok(error instanceof LessonError, error.stack);
        assert.equal(error.field, field);
        assert.equal(error.message, `${field}: expected ${error.expected}, came ${error.actual}`);
        assert.ok(error.message.length < 300, error.message);
        return true;
      });
    });
  }
}

test('what else is wrong is said with the first that is', () => {
  const source = structuredClone(files.animal);
  source.tokens[0].text = '';
  source.keyWeight[1][2] = {};
  source.presets[0].name = 7;
  source.presets[1].notes = 'x';
  assert.throws(() => parseLesson(source), ({ field, others }) => {
    assert.deepEqual([field, ...others.map((/** @type {any} */ other) => other.field)],
      ['tokens[0].text', 'keyWeight[1][2]', 'presets[0].name', 'presets[1].notes']);
    assert.equal(others[0].message, 'keyWeight[1][2]: expected a number from -100 to 100, came an object');
    return true;
  });
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`f${i}`, i]));
  assert.throws(() => parseLesson(many), ({ others }) => others.length < 40);
});

const message = (source) => {
  try {
    parseLesson(source);
  } catch (error) {
    return error.message;
  }
  return undefined;
};

test('messages read well', () => {
  const of = (what) => {
    const [, id, damage] = [...broken, ...brokenBeyondSchema].find(([name]) => name === what);
    return message(breakIt(id, damage));
  };
  const expected = {
    '5,000 tokens': 'tokens: expected 2 to 24, came 5000',
    'a ragged matrix': 'presets[1].embeddings[4]: expected 4 numbers, came 3',
    'text for a number': 'presets[0].embeddings[3][1]: expected a number from -100 to 100, came "1"',
    'a token without embedding': 'presets[0].embeddings: expected 10, one for each token, came 9',
    'an empty token': 'tokens[0].text: expected text of 1 to 40 characters that can be seen, came ""',
    'no embeddings': 'presets[0].embeddings: expected a value here or in the lesson, came nothing',
  };
  for (const [what, said] of Object.entries(expected)) assert.equal(of(what), said);
});

test('what is not JSON, too long or too odd gets a message and no more', () => {
  const html = `<!doctype html>${'x'.repeat(1000)}`;
  assert.ok(message(html).startsWith(`lesson: expected JSON, came "${html.slice(0, 40)}"… (SyntaxError`));
  assert.ok(message(html).length < 300);
  assert.match(message(''), /^lesson: expected JSON, came ""/);
  assert.match(message('[{'), /^lesson: expected JSON/);
  assert.match(message('['.repeat(150000)), /^lesson: expected/);
  assert.match(message(' '.repeat(200001)), /^lesson: expected at most 200 kB/);
  for (const odd of [undefined, Symbol('s'), 1n, () => {}, new Date(), cyclic]) {
    assert.throws(() => parseLesson(odd), LessonError);
  }
});

// ---- Where a lesson comes from

const page = 'https://school.example/course/index.html?lesson=x';
const serve = (answers, asked = []) => Object.assign(async (url, options) => {
  asked.push([url.href, options.mode]);
  const answer = answers[url.pathname];
  if (answer instanceof Error) throw answer;
  return answer === undefined ? new Response('gone', { status: 404 }) : new Response(answer);
}, { asked });
const refusal = async (id, answers = {}, base = page) => {
  const fetch = serve(answers);
  const error = await loadLesson(id, { base, fetch }).then(() => null, (reason) => reason);
  assert.ok(error instanceof LessonError, `${id}: ${error}`);
  assert.equal(error.field, 'lesson');
  return { message: error.message, asked: fetch.asked.length };
};

test('loadLesson has the built-in lessons, which are right as they are, and gives copies', async () => {
  for (const id of lessonIds) {
    const lesson = await loadLesson(id);
    assert.deepEqual(lesson, lessons[id]);
    lesson.dimensions.key[0] = lesson.presets[0].tokens[0].text = 'changed';
    lesson.presets[0].embeddings[0][0] = 77;
    assert.deepEqual(await loadLesson(id), lessons[id]);
  }
});

test('loadLesson takes a lesson of the same site, resolved against the page', async () => {
  const text = JSON.stringify(files.bank);
  const fetch = serve({ '/course/my.json': text, '/my.json': text, '/course/a/b': text });
  for (const id of ['my.json', '/my.json', 'a/b', 'https://school.example/my.json', '../my.json']) {
    assert.equal((await loadLesson(id, { base: page, fetch })).id, 'bank');
  }
  assert.deepEqual(new Set(fetch.asked.map(([, mode]) => mode)), new Set(['same-origin']));
});

test('loadLesson asks no other site', async () => {
  const elsewhere = ['https://evil.example/x.json', '//evil.example/x.json', '\\\\evil.example\\x.json',
    'http://school.example/x.json', 'https://school.example:8443/x.json', 'data:application/json,{}',
    'javascript:alert(1)', 'blob:https://school.example/1', 'https://',
    'https://school.example@evil.example/x.json'];
  for (const id of elsewhere) {
    const { message: said, asked } = await refusal(id);
    assert.match(said, /^lesson: expected an address on this site, came "/);
    assert.equal(asked, 0);
  }
  assert.equal((await refusal('data:application/json,{}', {}, 'file:///home/index.html')).asked, 0);
});

test('loadLesson says what went wrong', async () => {
  for (const id of ['cat', '', '__proto__', 'constructor', 'Animal', null, undefined, 7]) {
    const { message: said, asked } = await refusal(id);
    assert.match(said, /^lesson: expected animal, bank, keys, umbrella or the address of a file/);
    assert.equal(asked, 0);
  }
  const say = async (answer) => (await refusal('my.json', { '/course/my.json': answer })).message;
  const lacking = 'lesson: expected a file at /course/my.json, came ';
  assert.equal(await say(undefined), `${lacking}HTTP 404`);
  assert.equal(await say(new TypeError('refused')), `${lacking}no answer`);
  assert.match(await say('<p>Please log in'), /^lesson: expected JSON, came "<p>Please log in"/);
  assert.match(await say(null), /^lesson: expected JSON, came ""/);
  assert.match(await say('é'.repeat(150000)), /^lesson: expected at most 200 kB, came more/);
});

test('loadLesson stops reading what is too long', async () => {
  let sent = 0;
  let cancelled = false;
  const endless = new ReadableStream({
    pull: (controller) => {
      sent += 65536;
      controller.enqueue(new Uint8Array(65536).fill(32));
    },
    cancel: () => { cancelled = true; },
  });
  const { message: said } = await refusal('my.json', { '/course/my.json': endless });
  assert.equal(said, 'lesson: expected at most 200 kB, came more');
  assert.ok(cancelled && sent < 400000, String(sent));
});

test('loadLesson can be given up', async () => {
  const signal = AbortSignal.abort();
  const fetch = async () => signal.throwIfAborted();
  await assert.rejects(loadLesson('my.json', { base: page, fetch, signal }), { name: 'AbortError' });
});
