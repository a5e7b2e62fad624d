// The geometry of the arcs over a sentence: from where the words stand and how much each gets, to curves.
// Knows no DOM, so that it can be tested with plain numbers.

/**
 * Where a word stands: its middle, the top of its letters, the bottom of the number under it, its line.
 * @typedef {{ x: number, top: number, bottom: number, line: number }} Place
 *
 * A cubic curve as x0 y0 x1 y1 x2 y2 x3 y3, and how it's drawn.
 * @typedef {{ points: number[], width: number, opacity: number }} Arc
 */

/**
 * One arc a word, in the order of the words; those without a weight (and the current word's own) have no
 * width. At the current word the arcs lie side by side, so that together they're as wide as the weights are:
 * the whole is always the same, and an arc is a share of it.
 * @param {Place[]} places
 * @param {number} current
 * @param {ArrayLike<number>} weights
 * @param {{ thickness: number, span: number, rooms: number[] }} options thickness of a
 *   weight of 1; the widest distance there can be; the room above each line
 * @returns {Arc[]}
 */
export function arcs(places, current, weights, { thickness, span, rooms }) {
  const root = places[current];
  const drawn = places.map((place, index) => ({ place, index, width: thickness * weights[index] }))
    .filter(({ index, width }) => index !== current && width > 0);
  const up = drawn.filter(({ place }) => place.line <= root.line).sort(byRoot(root));
  const down = drawn.filter(({ place }) => place.line > root.line).sort((a, b) => a.place.x - b.place.x);
  const starts = new Map([...sideBySide(up, root.x), ...sideBySide(down, root.x)]);
  const most = Math.max(...drawn.map(({ width }) => width));
  return places.map((place, index) => {
    const start = starts.get(index);
    if (start === undefined) return { points: at(root.x, root.top), width: 0, opacity: 0 };
    const width = thickness * weights[index];
    return { points: curve(start, root, place, { span, rooms }), width, opacity: 0.4 + 0.5 * (width / most) };
  });
}

/**
 * An arc that has not left its word yet: what a picture grows from.
 * @param {Place} root
 * @param {Arc} arc
 * @returns {Arc}
 */
export function folded({ x, top }, arc) {
  return { ...arc, points: at(x, top), opacity: 0 };
}

/**
 * @param {Arc} from
 * @param {Arc} to
 * @param {number} part 0…1
 * @returns {Arc}
 */
export function between(from, to, part) {
  const mix = (/** @type {number} */ a, /** @type {number} */ b) => a + (b - a) * part;
  return {
    points: to.points.map((point, index) => mix(from.points[index], point)),
    width: mix(from.width, to.width),
    opacity: mix(from.opacity, to.opacity),
  };
}

/** @param {number[]} points */
export function path(points) {
  const [x0, y0, ...rest] = points.map((point) => Math.round(point * 100) / 100);
  return `M${x0} ${y0}C${rest.join(' ')}`;
}

/**
 * From left to right at the root, so that no two arcs of a line cross: the nearest on the left, the farthest
 * on the left, what goes up to other lines, the farthest on the right, the nearest on the right.
 * @param {Place} root
 */
function byRoot(root) {
  const rank = (/** @type {Place} */ place) => {
    if (place.line !== root.line) return [1, place.x];
    return place.x < root.x ? [0, -place.x] : [2, -place.x];
  };
  return (/** @type {{ place: Place }} */ a, /** @type {{ place: Place }} */ b) => {
    const [one, other] = [rank(a.place), rank(b.place)];
    return one[0] - other[0] || one[1] - other[1];
  };
}

/**
 * @param {{ index: number, width: number }[]} sorted
 * @param {number} middle
 * @returns {[number, number][]} the middle of each arc's start
 */
function sideBySide(sorted, middle) {
  let left = middle - sorted.reduce((sum, { width }) => sum + width, 0) / 2;
  return sorted.map(({ index, width }) => {
    left += width;
    return [index, left - width / 2];
  });
}

/**
 * @param {number} start
 * @param {Place} root
 * @param {Place} place
 * @param {{ span: number, rooms: number[] }} options
 */
function curve(start, root, place, { span, rooms }) {
  if (place.line === root.line) {
    // The top of a cubic curve lies at three quarters of its handles' height.
    const height = rooms[root.line] * Math.min(1, Math.abs(place.x - root.x) / span) ** 0.9;
    const handle = root.top - Math.max(height, 12) / 0.75;
    return [start, root.top, start, handle, place.x, handle, place.x, root.top];
  }
  const [from, to] = place.line < root.line ? [root.top, place.bottom] : [root.bottom, place.top];
  // Straight up out of the crowd first, and to the side late: lower down are the arcs of the line itself.
  return [start, from, start, from + 0.85 * (to - from), place.x, to - 0.5 * (to - from), place.x, to];
}

/**
 * @param {number} x
 * @param {number} y
 */
function at(x, y) {
  return [x, y, x, y, x, y, x, y];
}
