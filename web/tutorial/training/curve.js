// The geometry of a curve: from pairs of step and number to a path. Knows no DOM.

/**
 * Where a number stands: `width` and `height` of the plot in its own units, for steps 0…steps and numbers
 * least…most.
 * @typedef {{ width: number, height: number, steps: number, least: number, most: number }} Frame
 */

/**
 * @param {number} step
 * @param {number} value beyond the frame, it stands at its edge
 * @param {Frame} frame
 * @returns {[number, number]}
 */
export function placeOf(step, value, { width, height, steps, least, most }) {
  const share = Number.isNaN(value) ? 1 : Math.min(1, Math.max(0, (value - least) / (most - least)));
  return [round((width * step) / steps), round(height * (1 - share))];
}

/**
 * An SVG path through all points; where several share a unit of width, through their mean.
 * @param {number[]} points step and number in turn
 * @param {Frame} frame
 */
export function curve(points, frame) {
  return thinned(points, frame.steps / frame.width)
    .map(([step, value], index) => `${index ? 'L' : 'M'}${placeOf(step, value, frame).join(' ')}`).join('');
}

/**
 * @param {number[]} points
 * @param {number} span steps that become one point
 */
function thinned(points, span) {
  /** @type {[number, number][]} */
  const means = [];
  let [bin, count] = [NaN, 0];
  for (let index = 0; index < points.length; index += 2) {
    const [step, value] = [points[index], points[index + 1]];
    const own = Math.floor(step / Math.max(span, 1));
    if (own !== bin) {
      means.push([step, value]);
      [bin, count] = [own, 1];
    } else {
      const mean = means[means.length - 1];
      mean[0] = step;
      mean[1] += (value - mean[1]) / ++count;
    }
  }
  return means;
}

/**
 * Round numbers to write at an axis: 0, then steps of 1, 2 or 5 times a power of ten, at most `count` of them.
 * @param {number} most
 * @param {number} [count]
 */
export function ticks(most, count = 4) {
  const power = 10 ** Math.floor(Math.log10(most / count));
  const size = [1, 2, 5, 10].map((factor) => factor * power).find((each) => most / each <= count) ?? most;
  return Array.from({ length: Math.floor(most / size + 1e-9) + 1 }, (_, index) => round(index * size));
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 100) / 100;
}
