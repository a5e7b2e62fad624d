// What an exported picture is drawn with: the page's light colours, its fonts, and a few shapes.

/** The light colours of page.css: a picture leaves the page, so its colours can't follow a theme. */
export const COLOURS = {
  paper: '#fffefc', ink: '#1d1f24', soft: '#5b606a', hairline: '#dad8d3', outline: '#868a92',
  weight: '#7d5591',
};

/** The hue of a family's tint, and the darker shade of its digits. */
export const FAMILIES = {
  query: { hue: '#0072b2', digits: '#005f96' },
  key: { hue: '#c77c00', digits: '#8a5500' },
  value: { hue: '#009e73', digits: '#00694c' },
  plain: { hue: COLOURS.ink, digits: COLOURS.ink },
};

const SERIF = "Charter, 'Bitstream Charter', 'Sitka Text', Cambria, Georgia, serif";
const SANS = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', 'Liberation Sans', sans-serif";

/** @typedef {{ size: number, family: string, weight?: number, style?: string }} Font */
/** @typedef {Record<string, string | number | undefined>} Look attributes but the undefined ones */

/** @satisfies {Record<string, Font>} */
export const FONTS = {
  number: { size: 13, family: SANS },
  lit: { size: 13, family: SANS, weight: 600 },
  name: { size: 12, family: SANS },
  head: { size: 14, family: SERIF, weight: 600 },
  silent: { size: 14, family: SERIF },
  lead: { size: 15, family: SERIF, weight: 600, style: 'italic' },
  word: { size: 24, family: SERIF },
  share: { size: 11, family: SANS },
  most: { size: 11, family: SANS, weight: 700 },
  caption: { size: 12.5, family: SANS },
};

/** @type {CanvasRenderingContext2D | null | undefined} */
let canvas;

/**
 * The width of a text in px, as this browser's fonts have it.
 * @param {string} content
 * @param {Font} font
 */
export function measure(content, { size, family, weight = 400, style = 'normal' }) {
  canvas ??= document.createElement('canvas').getContext('2d');
  if (!canvas) return content.length * size * 0.65;
  canvas.font = `${style} ${weight} ${size}px ${family}`;
  return canvas.measureText(content).width;
}

/**
 * @param {string[]} contents
 * @param {Font} font
 */
export function widest(contents, font) {
  return Math.max(0, ...contents.map((content) => measure(content, font)));
}

/**
 * Lines of at most a width, broken between the pieces only; a piece that is wider has a line of its own.
 * @param {string[]} pieces
 * @param {number} width
 * @param {Font} font
 */
export function wrapped(pieces, width, font) {
  const lines = [''];
  for (const piece of pieces) {
    const last = lines[lines.length - 1];
    if (last && measure(last + piece, font) > width) lines.push(piece);
    else lines[lines.length - 1] = last + piece;
  }
  return lines.map((content) => content.trim());
}

/**
 * The whole picture. What most of its texts share is said once here.
 * @param {number} width
 * @param {number} height
 * @param {string} title
 * @param {string[]} parts
 */
export function picture(width, height, title, parts) {
  return element('svg', {
    xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img',
    'font-family': SANS, 'font-size': FONTS.number.size, 'font-variant': 'tabular-nums',
    'text-anchor': 'middle',
  }, [
    element('title', {}, escape(title)),
    rect({ x: 0, y: 0, width, height }, { fill: COLOURS.paper }),
    ...parts,
  ].join(''));
}

/**
 * @param {string} content
 * @param {number} x of the middle, unless `text-anchor` says otherwise
 * @param {number} y of the baseline
 * @param {Font} font
 * @param {Look} look
 */
export function text(content, x, y, { size, family, weight, style }, look) {
  return element('text', {
    x, y,
    'font-size': size === FONTS.number.size ? undefined : size,
    'font-family': family === SANS ? undefined : family,
    'font-weight': weight, 'font-style': style, ...look,
  }, escape(content));
}

/**
 * @param {{ x: number, y: number, width: number, height: number }} place
 * @param {Look} look
 */
export function rect({ x, y, width, height }, look) {
  return element('rect', { x, y, width: Math.max(0, width), height: Math.max(0, height), ...look });
}

/**
 * @param {{ x: number, y: number, width: number, height: number }} place
 * @param {string} stroke
 */
export function frame(place, stroke) {
  return rect(place, { rx: 2, fill: 'none', stroke, 'stroke-width': 1.5 });
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} length to the right
 * @param {string} stroke
 * @param {Look} [look]
 */
export function line(x, y, length, stroke, look) {
  return element('path', { d: `M${rounded(x)} ${rounded(y)}h${rounded(length)}`, stroke, ...look });
}

/**
 * @param {string} name
 * @param {Look} attributes
 * @param {string} [content] markup
 */
export function element(name, attributes, content) {
  const written = Object.entries(attributes).filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? rounded(value) : value}"`).join('');
  return content ? `<${name}${written}>${content}</${name}>` : `<${name}${written}/>`;
}

/** @param {number} value */
function rounded(value) {
  return Math.round(value * 100) / 100;
}

/**
 * Text as text, whatever a stranger's lesson has in it. What XML can't hold at all, such as half a surrogate
 * pair, would make the whole picture unreadable.
 * @param {string} content
 */
function escape(content) {
  return content.replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
