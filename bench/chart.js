// The chart: throughput against length, as SVG text. It stands on a ground of its own, since a README's may be light or
// dark whatever the reader's system says; lines are labelled at their ends, so no legend sends the eye back and forth.

import { median, rateOf, unitOf } from './results.js';

const LINE = 15; // px between labels, at least

// Each hue has a contrast of 4.5 against its ground, since labels wear it too.
const STYLE = `
.bench-chart { font: 13px system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif;
  --ground: #ffffff; --text: #1f2328; --faint: #656d76; --grid: #e7eaee; --ours: #0b5fd0; --simd: #3a78cf;
  --onnxruntime: #b4531a; --jax: #2f7d5b; --tfjs: #80589b; }
@media (prefers-color-scheme: dark) {
  .bench-chart { --ground: #14181f; --text: #e6edf3; --faint: #98a2ad; --grid: #2a313b;
    --ours: #58a6ff; --simd: #4f8fde; --onnxruntime: #ee9a5d; --jax: #5cbf92; --tfjs: #bc94d8; }
}
.bench-chart text { fill: var(--faint); }
.bench-chart .title { fill: var(--text); font-size: 16px; font-weight: 600; }
.bench-chart .grid { stroke: var(--grid); }
.bench-chart .rule { fill: none; stroke: var(--faint); stroke-dasharray: 2 4; }
.bench-chart .leader { stroke: var(--faint); stroke-opacity: .5; fill: none; }
.bench-chart .line { fill: none; stroke: var(--hue); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.bench-chart .dot { fill: var(--hue); }
.bench-chart text.name { fill: var(--hue); }
.bench-chart .strong.line { stroke-width: 3.25; }
.bench-chart .strong.name { font-weight: 600; }`;

const HUES = {
  'ours relaxed': 'ours', 'ours simd': 'simd', 'onnxruntime-web': 'onnxruntime', 'jax-js': 'jax', 'tfjs-wasm': 'tfjs',
};
const NAMES = {
  'ours relaxed': 'attention-wasm, relaxed', 'ours simd': 'attention-wasm, simd',
  'ceiling relaxed': 'ceiling, relaxed', 'ceiling simd': 'ceiling, simd', reading: 'reading alone',
};

const escape = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const round = (number) => Math.round(number * 10) / 10;
const digits = (number) => (number < 10 ? number.toFixed(1) : number.toFixed(0));

function text(x, y, content, more = '') {
  return `<text x="${round(x)}" y="${round(y)}" ${more}>${escape(content)}</text>`;
}

/** A step of 1, 2 or 5 times a power of ten that divides 0 … top into 4 to 8. */
function niceStep(top) {
  const power = 10 ** Math.floor(Math.log10(top / 4));
  return power * ([1, 2, 5].find((factor) => (factor * power * 8 >= top)) ?? 10);
}

/** Moves labels apart, keeping their order, as little as a pass from either end does. One with a note is two lines. */
function spreadLabels(labels, bottom) {
  const room = ({ note }) => (note ? 2 * LINE : LINE);
  labels.sort((a, b) => a.y - b.y);
  labels.forEach((label, i) => { if (i) label.y = Math.max(label.y, labels[i - 1].y + room(labels[i - 1])); });
  let limit = bottom + LINE;
  for (const label of [...labels].reverse()) {
    label.y = Math.min(label.y, limit - room(label));
    limit = label.y;
  }
}

/** The rates of a contender over the jobs, and what it says where it fails. */
function seriesOf(jobs, key, size) {
  const entries = jobs.map((job) => ({ x: size(job), entry: job.entries[key] }));
  const points = entries.filter(({ entry }) => entry?.seconds.length).map(({ x, entry }) => ({ x, y: rateOf(entry) }));
  const failed = entries.find(({ x, entry }) => entry?.error && points.some((point) => point.x < x));
  return { key, points, failed };
}

/**
 * @param {any[]} jobs results that differ in one size alone
 * @param {object} options
 * @param {string} options.title
 * @param {string} options.axis what the size is
 * @param {(job: any) => number} options.size
 * @param {string[]} options.rules keys of entries to draw as a level, their median
 * @param {number} [options.width]
 */
export function lineChart(jobs, { title, axis, size, rules, width = 880 }) {
  const narrow = width < 600;
  const height = narrow ? 400 : 440;
  const edge = { left: 44, right: narrow ? 140 : 236, top: 62, bottom: 48 };
  const keys = [...new Set(jobs.flatMap(({ entries }) => Object.keys(entries)))].filter((key) => key in HUES);
  const series = keys.map((key) => seriesOf(jobs, key, size)).filter(({ points }) => points.length);
  // Multiply-adds don't depend on the size, so theirs is one level; reading does, by the cache that the data fits into.
  const levels = rules.map((key) => {
    const { points } = seriesOf(jobs, key, size);
    const middle = median(points.map(({ y }) => y));
    return { key, points: key.startsWith('ceiling') ? points.map(({ x }) => ({ x, y: middle })) : points };
  }).filter(({ points }) => points.length).map((level) => ({ ...level, y: level.points[level.points.length - 1].y }));
  const sizes = jobs.map(size).sort((a, b) => a - b);
  const highest = Math.max(...[...levels, ...series].flatMap(({ points }) => points.map(({ y }) => y)));
  const step = niceStep(highest * 1.04);
  const top = Math.ceil((highest * 1.04) / step) * step;

  const [first, last] = [Math.log2(sizes[0]), Math.log2(sizes[sizes.length - 1])];
  const [right, bottom] = [width - edge.right, height - edge.bottom];
  const X = (value) => edge.left + ((Math.log2(value) - first) / (last - first || 1)) * (right - edge.left);
  const Y = (value) => bottom - (value / top) * (bottom - edge.top);

  const grid = [];
  for (let y = 0; y <= top; y += step) {
    grid.push(`<path class="grid" d="M${edge.left} ${round(Y(y))}H${right}"/>`,
      text(edge.left - 8, Y(y) + 4, String(y), 'text-anchor="end"'));
  }
  const ticks = sizes.filter((_, i) => !narrow || (sizes.length - 1 - i) % 2 === 0)
    .map((value) => text(X(value), bottom + 20, String(value), 'text-anchor="middle"'));

  const path = (points) => points.map(({ x, y }, i) => `${i ? 'L' : 'M'}${round(X(x))} ${round(Y(y))}`).join('');
  const lines = series.map(({ key, points }) => {
    const dots = points.map(({ x, y }) => `<circle class="dot" cx="${round(X(x))}" cy="${round(Y(y))}" r="3"/>`);
    const strong = key === 'ours relaxed' ? ' strong' : '';
    return `<g style="--hue: var(--${HUES[key]})"><path class="line${strong}" d="${path(points)}"/>${dots.join('')}</g>`;
  });

  const named = (key, y) => (narrow ? key : `${NAMES[key] ?? key}  ${digits(y)}`);
  const labels = [
    ...series.map(({ key, points, failed }) => {
      const end = points[points.length - 1];
      return {
        y: Y(end.y), from: { x: X(end.x), y: Y(end.y) }, name: named(key, end.y), hue: HUES[key],
        note: failed && !narrow ? `${failed.x}: ${failed.entry.error.replace('throws: ', '')}` : '',
        strong: key === 'ours relaxed',
      };
    }),
    ...levels.map(({ key, y }) => ({ y: Y(y), from: { x: right, y: Y(y) }, name: named(key, y) })),
  ];
  spreadLabels(labels, bottom);
  const ends = labels.map(({ y, from, name, note, hue, strong }) => {
    // From the line's own end to a label that has been moved, or that is far off.
    const start = round(Math.min(from.x + 6, right));
    const route = `M${start} ${round(from.y)}H${round(right + 4)}L${round(right + 14)} ${round(y)}`;
    const leader = Math.abs(y - from.y) > 1 || from.x < right - 1 ? `<path class="leader" d="${route}"/>` : '';
    const style = hue ? `class="name${strong ? ' strong' : ''}" style="--hue: var(--${hue})"` : '';
    return leader + text(right + 18, y + 4.5, name, style) + (note ? text(right + 18, y + 4.5 + LINE, note) : '');
  });

  const box = `viewBox="0 0 ${width} ${height}" width="${width}"`;
  return `<svg class="bench-chart" xmlns="http://www.w3.org/2000/svg" ${box} role="img">
<title>${escape(title)}</title>
<desc>${escape(describe(series, levels, unitOf(jobs[0]), axis))}</desc>
<style>${STYLE}
</style>
<rect width="${width}" height="${height}" rx="8" fill="var(--ground)"/>
${text(16, 28, title, 'class="title"')}
${text(16, 48, `${unitOf(jobs[0])}, more is faster`)}
${grid.join('\n')}
${ticks.join('')}
${text((edge.left + right) / 2, height - 10, axis, 'text-anchor="middle"')}
${levels.map(({ points }) => `<path class="rule" d="${path(points)}"/>`).join('\n')}
${lines.reverse().join('\n')}
${ends.join('\n')}
</svg>
`;
}

/** The chart in words. */
function describe(series, levels, unit, axis) {
  const parts = series.map(({ key, points }) =>
    `${key}: ${points.map(({ x, y }) => `${digits(y)} at ${x}`).join(', ')}`);
  return `${unit} by ${axis}. ${[...parts, ...levels.map(({ key, y }) => `${key}: ${digits(y)}`)].join('. ')}.`;
}

export const throughputChart = (jobs, width) => lineChart(jobs, {
  title: width < 600 ? 'Attention, one thread' : 'Attention on one thread: 8 heads of 64 dimensions',
  axis: 'queries and keys', size: ({ shape }) => shape.N, rules: ['ceiling relaxed', 'ceiling simd'], width,
});

export const decodeChart = (jobs, width) => lineChart(jobs, {
  title: width < 600 ? 'Decoding, one thread' : 'Decoding a token on one thread: 8 heads of 64 dimensions',
  axis: 'keys in the cache', size: ({ shape }) => shape.N, rules: ['reading'], width,
});
