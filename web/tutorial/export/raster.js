// Our own SVG drawn on a canvas. A browser draws SVG only from an address, `data:` or `blob:`, and a strict content
// security policy lets neither in. It knows the shapes of svg-shapes.js, and no others.

const SHARP = 8; // pixels of a pattern's tile for each of its units

/**
 * @param {string} text of the picture
 * @param {number} scale pixels for each unit
 * @returns {HTMLCanvasElement}
 */
export function raster(text, scale) {
  const picture = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = ['width', 'height'].map((name) => Math.ceil(number(picture, name) * scale));
  const drawing = canvas.getContext('2d');
  if (!drawing) throw new Error('no 2d canvas');
  drawing.scale(scale, scale);
  for (const shape of picture.querySelectorAll(':scope > :is(rect, path, text)')) draw(drawing, picture, shape);
  return canvas;
}

/**
 * @param {CanvasRenderingContext2D} drawing
 * @param {Element} picture whose attributes its shapes inherit
 * @param {Element} shape
 */
function draw(drawing, picture, shape) {
  const said = (/** @type {string} */ name) => shape.getAttribute(name) ?? picture.getAttribute(name);
  const [fill, stroke] = [said('fill') ?? 'black', said('stroke') ?? 'none'];
  drawing.save();
  if (shape.localName === 'text') write(drawing, shape, said, fill);
  else {
    const outline = outlineOf(shape);
    if (fill !== 'none') {
      drawing.globalAlpha = Number(said('fill-opacity') ?? 1);
      drawing.fillStyle = fill.startsWith('url(') ? pattern(drawing, picture, fill) : fill;
      drawing.fill(outline);
    }
    if (stroke !== 'none') {
      drawing.globalAlpha = Number(said('stroke-opacity') ?? 1);
      drawing.lineWidth = Number(said('stroke-width') ?? 1);
      drawing.strokeStyle = stroke;
      drawing.stroke(outline);
    }
  }
  drawing.restore();
}

/** @param {Element} shape */
function outlineOf(shape) {
  if (shape.localName === 'path') return new Path2D(shape.getAttribute('d') ?? '');
  const outline = new Path2D();
  const [x, y, width, height, rx] = ['x', 'y', 'width', 'height', 'rx'].map((name) => number(shape, name));
  outline.roundRect(x, y, width, height, rx);
  return outline;
}

/**
 * @param {CanvasRenderingContext2D} drawing
 * @param {Element} shape
 * @param {(name: string) => string | null} said
 * @param {string} fill
 */
function write(drawing, shape, said, fill) {
  const content = shape.textContent ?? '';
  drawing.font = `${said('font-style') ?? 'normal'} ${said('font-weight') ?? 400} ${said('font-size')}px ${said('font-family')}`;
  drawing.textAlign = /** @type {Record<string, CanvasTextAlign>} */ ({ start: 'left', end: 'right' })[said('text-anchor') ?? '']
    ?? 'center';
  drawing.fillStyle = fill;
  drawing.translate(number(shape, 'x'), number(shape, 'y'));
  const length = number(shape, 'textLength');
  if (length) drawing.scale(length / drawing.measureText(content).width, 1);
  drawing.fillText(content, 0, 0);
  if (!said('text-decoration')) return;
  const { actualBoundingBoxLeft: left, actualBoundingBoxRight: right, actualBoundingBoxAscent: up } = drawing.measureText(content);
  drawing.fillRect(-left, -up / 2, left + right, 1); // line-through is the one that there is
}

/**
 * @param {CanvasRenderingContext2D} drawing
 * @param {Element} picture
 * @param {string} reference such as "url(#stripes)"
 */
function pattern(drawing, picture, reference) {
  const wanted = /** @type {Element} */ (picture.querySelector(`pattern[id="${reference.slice(5, -1)}"]`));
  const tile = document.createElement('canvas');
  [tile.width, tile.height] = ['width', 'height'].map((name) => number(wanted, name) * SHARP);
  const inside = /** @type {CanvasRenderingContext2D} */ (tile.getContext('2d'));
  inside.scale(SHARP, SHARP);
  for (const shape of wanted.children) draw(inside, picture, shape);
  const repeated = /** @type {CanvasPattern} */ (drawing.createPattern(tile, 'repeat'));
  const turned = Number(/rotate\((.*)\)/.exec(wanted.getAttribute('patternTransform') ?? '')?.[1] ?? 0);
  repeated.setTransform(new DOMMatrix().rotate(turned).scale(1 / SHARP));
  return repeated;
}

/**
 * @param {Element} shape
 * @param {string} name
 */
function number(shape, name) {
  return Number(shape.getAttribute(name) ?? 0);
}
