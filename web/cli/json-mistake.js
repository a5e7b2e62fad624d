// Where a text stops being JSON, and what was expected there. The messages of JSON.parse differ from engine to engine, and
// for most mistakes they name no place.

const WHITE = /[\t\n\r ]*/y;
const TOKEN = /([{}[\]:,])|("(?:[^"\\\0-\x1f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])/y;

const [VALUE, NAME, COLON, END] = ['a value', 'a name in double quotes', 'a colon', 'the end'];
const TEXT = 'text that ends on its line, with \\\\ for each \\';
const FIRST = /** @type {Record<string, string>} what may follow a bracket */ ({ ']': `${VALUE} or ]`, '}': `${NAME} or }` });
const after = (/** @type {string[]} */ open) => (open.length ? `a comma or ${open.at(-1)}` : END);

/**
 * @param {string} source
 * @returns {{ line: number, column: number, expected: string, came: string } | undefined} undefined: it is JSON
 */
export function findMistake(source) {
  const open = /** @type {string[]} the brackets that will close what is open */ ([]);
  let expected = VALUE;
  let at = 0;
  for (;;) {
    at = matched(WHITE, source, at).end;
    if (at === source.length && expected === END) return undefined;
    const { text, end } = matched(TOKEN, source, at);
    const next = follow(text, expected, open);
    if (next === undefined) return described(source, at, source[at] === '"' && text === '' ? TEXT : expected);
    [expected, at] = [next, end];
  }
}

/**
 * What is expected after a token; undefined: the token itself isn't.
 * @param {string} text
 * @param {string} expected
 * @param {string[]} open
 */
function follow(text, expected, open) {
  const closing = open.at(-1);
  if (text !== '' && text === closing && (expected === FIRST[text] || expected === after(open))) {
    open.pop();
    return after(open);
  }
  if (expected === VALUE || expected === FIRST[']']) {
    if (text === '{' || text === '[') {
      open.push(text === '{' ? '}' : ']');
      return FIRST[text === '{' ? '}' : ']'];
    }
    return /^[^\]}:,]/.test(text) ? after(open) : undefined;
  }
  if (expected === NAME || expected === FIRST['}']) return text.startsWith('"') ? COLON : undefined;
  if (expected === COLON) return text === ':' ? VALUE : undefined;
  return text === ',' && closing ? (closing === '}' ? NAME : VALUE) : undefined;
}

/**
 * @param {RegExp} pattern a sticky one
 * @param {string} source
 * @param {number} at
 */
function matched(pattern, source, at) {
  pattern.lastIndex = at;
  const [text] = pattern.exec(source) ?? [''];
  return { text, end: at + text.length };
}

/**
 * @param {string} source
 * @param {number} at
 * @param {string} expected
 */
function described(source, at, expected) {
  const lines = source.slice(0, at).split(/\r\n|\r|\n/);
  const [rest] = source.slice(at, at + 40).split(/[\r\n]/);
  return {
    line: lines.length, column: /** @type {string} */ (lines.at(-1)).length + 1, expected,
    came: at === source.length ? 'the end of the file' : JSON.stringify(rest),
  };
}
