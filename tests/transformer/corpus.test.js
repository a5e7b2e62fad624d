// The sentences: natural enough is for a reader to judge, but that nothing except the adjective gives the answer away,
// and that what is held out was never met, is checked here.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ABOUT_CORPUS, createCorpus, createRandom } from '../../web/transformer/corpus.js';

const corpus = createCorpus();
const { train, heldOut, vocabulary, headline } = corpus;
const all = [...train, ...heldOut];
const text = ({ tokens }) => tokens.join(' ');
const meeting = ({ pair }) => [...pair].sort().join(' ');
const words = (sentences) => [...new Set(sentences.flatMap(({ tokens }) => tokens))].sort();

/** Lists of sentences by a key. */
function grouped(sentences, key) {
  const groups = new Map();
  sentences.forEach((each) => groups.set(key(each), [...(groups.get(key(each)) ?? []), each]));
  return [...groups.values()];
}

const first = ({ tokens, answer, pair }) => tokens[answer] === pair[0];
const share = (sentences, of) => sentences.filter(of).length / sentences.length;

/** How often the best guess is right for who knows of a sentence only what `view` keeps of it. */
function bestGuess(sentences, view) {
  const right = grouped(sentences, view).map((group) =>
    Math.max(...grouped(group, ({ answer }) => answer).map(({ length }) => length)));
  return right.reduce((sum, count) => sum + count, 0) / sentences.length;
}

describe('the corpus', () => {
  test('sizes: few words, short sentences, each of them once', () => {
    assert.ok(vocabulary.length >= 60 && vocabulary.length <= 90, `${vocabulary.length} words`);
    assert.deepEqual(vocabulary, [...vocabulary].sort());
    assert.ok(all.every(({ tokens }) => tokens.length <= 12));
    assert.equal(new Set(all.map(text)).size, all.length);
    const held = heldOut.length / all.length;
    assert.ok(held > 0.15 && held < 0.25, `${held} held out`);
  });

  test('a sentence: its pronoun, its nouns and its adjective are where it says', () => {
    for (const { tokens, query, answer, pair, adjective } of all) {
      assert.match(tokens[query], /^(it|he|she|they)$/);
      assert.ok(tokens.every((token) => token === token.toLowerCase() && token !== ''));
      assert.ok(pair.includes(tokens[answer]));
      for (const word of [...pair, adjective]) assert.equal(tokens.filter((token) => token === word).length, 1, word);
    }
  });

  test('variety: all four pronouns, both orders of nouns, clauses in front', () => {
    assert.deepEqual(words(all.map(({ tokens, query }) => ({ tokens: [tokens[query]] }))), ['he', 'it', 'she', 'they']);
    const orders = new Set(all.map(({ pair }) => pair.join(' ')));
    assert.ok(orders.has('animal street') && orders.has('street animal'));
    assert.ok(share(all, ({ tokens }) => tokens[0] === 'because') > 0.25);
    assert.ok(new Set(all.map(({ template }) => template)).size > 10);
  });

  test('an adjective is said of one kind of noun only, among those that meet', () => {
    const { nouns, adjectives } = corpus;
    const kinds = Object.keys(nouns);
    const kindOf = (noun) => kinds.find((kind) => nouns[kind].some((each) => [each, `${each}s`].includes(noun)));
    for (const { tokens, answer, pair, adjective } of all) {
      const other = pair.find((noun) => noun !== tokens[answer]);
      assert.ok(adjectives[kindOf(tokens[answer])].includes(adjective));
      assert.ok(!adjectives[kindOf(other)].includes(adjective), `${adjective} would fit ${other} too`);
    }
  });

  test('held out: pairs of nouns that never meet in training, in neither order; every word occurs in both', () => {
    const met = new Set(train.map(meeting));
    assert.ok(heldOut.every((each) => !met.has(meeting(each))));
    assert.deepEqual(words(train), vocabulary);
    assert.deepEqual(words(heldOut), vocabulary);
    // A plural is no new pair: where the singulars never meet, nor do the plurals.
    const singular = (each) => meeting(each).replace(/s\b/g, '');
    const held = new Set(heldOut.map(singular));
    assert.ok(train.every((each) => !held.has(singular(each))));
  });

  test('the headline sentences are held out', () => {
    assert.equal(text(headline.tired), "the animal didn't cross the street because it was tired");
    assert.equal(text(headline.wide), "the animal didn't cross the street because it was wide");
    const answers = Object.values(headline).map(({ tokens, query, answer }) => [tokens[query], tokens[answer]]);
    assert.deepEqual(answers, [['it', 'animal'], ['it', 'street']]);
    for (const each of Object.values(headline)) assert.ok(heldOut.includes(each));
  });

  test('position gives nothing away: the first noun is right in half of the cases of each template and pair', () => {
    for (const part of [train, heldOut]) {
      for (const group of grouped(part, ({ template }) => template)) assert.equal(share(group, first), 0.5);
      for (const group of grouped(part, ({ template, pair }) => `${template} ${pair}`)) {
        assert.equal(share(group, first), 0.5);
        const [one, two] = [true, false].map((side) => group.filter((each) => first(each) === side));
        assert.equal(new Set(one.map(({ adjective }) => adjective)).size, 4);
        assert.equal(new Set(two.map(({ adjective }) => adjective)).size, 4);
      }
    }
  });

  test('what cannot see the adjective is right half of the time at most; with it, always', () => {
    for (const part of [train, heldOut]) {
      assert.equal(bestGuess(part, (each) => text(each).replace(each.adjective, '')), 0.5);
      // A causal model sees what comes before the pronoun.
      assert.equal(bestGuess(part, ({ tokens, query }) => tokens.slice(0, query + 1).join()), 0.5);
      assert.equal(bestGuess(part, text), 1);
    }
  });

  test('it says what it is', () => {
    assert.match(ABOUT_CORPUS, /templates/);
    assert.match(ABOUT_CORPUS, /[Hh]eld out/);
  });
});

describe('chance', () => {
  test('createRandom: in [0, 1), even enough, the same for a seed', () => {
    const [one, same, other] = [7, 7, 8].map((seed) => Array.from({ length: 10_000 }, createRandom(seed)));
    assert.deepEqual(one, same);
    assert.notDeepEqual(one, other);
    assert.ok(one.every((x) => x >= 0 && x < 1));
    // A share of 10,000 draws varies by 0.003 (one standard deviation).
    for (let tenth = 0; tenth < 10; tenth++) {
      const inside = share(one, (x) => Math.floor(10 * x) === tenth);
      assert.ok(Math.abs(inside - 0.1) < 0.015, `${inside} in tenth ${tenth}`);
    }
    assert.equal(createRandom(0)(), createRandom(2 ** 32)());
  });

  test('sample: sentences of training, the same for a seed', () => {
    const drawn = corpus.sample(500, createRandom(3));
    assert.equal(drawn.length, 500);
    assert.ok(drawn.every((each) => train.includes(each)));
    assert.deepEqual(createCorpus().sample(500, createRandom(3)), drawn);
    assert.notDeepEqual(corpus.sample(500, createRandom(4)), drawn);
  });

  test('createCorpus: the same for a seed; another seed holds out other pairs, and still the headline', () => {
    assert.deepEqual(createCorpus({ seed: 1 }).heldOut, heldOut);
    const other = createCorpus({ seed: 2 });
    assert.notDeepEqual(other.heldOut, heldOut);
    assert.deepEqual(other.headline, headline);
    assert.deepEqual(other.vocabulary, vocabulary);
  });

  test('createCorpus: any share keeps every noun in both parts', () => {
    for (const held of [0, 0.1, 0.5, 1]) {
      const some = createCorpus({ seed: 5, heldOut: held });
      assert.deepEqual([words(some.train), words(some.heldOut)], [vocabulary, vocabulary], `${held}`);
      assert.equal(some.train.length + some.heldOut.length, all.length);
    }
  });
});

test('what can’t be used is refused by name', () => {
  const random = createRandom(1);
  for (const [name, call] of /** @type {[string, () => unknown][]} */ ([
    ['options', () => createCorpus(null)],
    ['heldout', () => createCorpus({ heldout: 0.2 })],
    ['heldOut', () => createCorpus({ heldOut: '0.2' })],
    ['heldOut', () => createCorpus({ heldOut: NaN })],
    ['seed', () => createCorpus({ seed: '1' })],
    ['seed', () => createRandom()],
    ['seed', () => createRandom(Infinity)],
    ['count', () => corpus.sample(-1, random)],
    ['count', () => corpus.sample(1.5, random)],
    ['count', () => corpus.sample('3', random)],
    ['random', () => corpus.sample(3)],
    ['random', () => corpus.sample(3, 7)],
  ])) {
    assert.throws(call, (/** @type {any} */ error) => {
      assert.equal(error.name, 'AttentionError');
      assert.equal(error.argument, name);
      assert.match(error.message, /expected .+/);
      return true;
    });
  }
  assert.deepEqual(corpus.sample(0, random), []);
});
