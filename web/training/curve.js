// A training run as a picture, SVG text: held-out accuracy above, loss below, over the steps. Small, since the page
// loads it; light or dark as the reader's system is.

const WIDTH = 560;
const LEFT = 50;
const RIGHT = WIDTH - 56;
const PANEL = 104;

const STYLE = `svg{font:13px system-ui,-apple-system,"Segoe UI","Liberation Sans",sans-serif}
svg{--ink:#1d1f24;--soft:#5b606a;--line:#dad8d3;--right:#006f86;--loss:#7d5591}
@media(prefers-color-scheme:dark){svg{--ink:#e7e5e0;--soft:#a3a8b2;--line:#34383f;--right:#4cc3d9;--loss:#b48fca}}
text{fill:var(--soft)}.name{fill:var(--ink)}path{fill:none;stroke-width:1.75;stroke-linejoin:round}
.grid{stroke:var(--line);stroke-width:1}.rule{stroke:var(--soft);stroke-width:1;stroke-dasharray:2 4}
.right{stroke:var(--right)}.loss{stroke:var(--loss)}text.right{fill:var(--right);stroke:none}
text.loss{fill:var(--loss);stroke:none}`;

/** @param {number} number */
const round = (number) => Math.round(number * 10) / 10;

/**
 * @param {number} x
 * @param {number} y
 * @param {string} words
 * @param {string} [more]
 */
const text = (x, y, words, more = '') => `<text x="${round(x)}" y="${round(y)}"${more && ` ${more}`}>${words}</text>`;

/**
 * One quantity over the steps.
 * @param {object} panel
 * @param {string} panel.name
 * @param {string} panel.kind its class
 * @param {number} panel.top where it begins
 * @param {number} panel.most at the upper edge
 * @param {number[]} panel.ticks
 * @param {{ value: number, words: string }} [panel.rule] a level to compare with
 * @param {(value: number) => string} panel.format
 * @param {{ x: number, y: number }[]} panel.points
 * @param {(step: number) => number} X
 */
function draw({ name, kind, top, most, ticks, rule, format, points }, X) {
  /** @param {number} value */
  const Y = (value) => top + PANEL * (1 - value / most);
  const last = points[points.length - 1];
  const path = points.map(({ x, y }, i) => `${i ? 'L' : 'M'}${round(X(x))} ${round(Y(y))}`).join('');
  return [
    text(LEFT, top - 10, name, 'class="name"'),
    ...ticks.map((tick) => `<path class="grid" d="M${LEFT} ${round(Y(tick))}H${RIGHT}"/>` +
      text(LEFT - 8, Y(tick) + 4, format(tick), 'text-anchor="end"')),
    rule ? `<path class="rule" d="M${LEFT} ${round(Y(rule.value))}H${RIGHT}"/>` +
      text(RIGHT, Y(rule.value) + 16, rule.words, 'text-anchor="end"') : '',
    `<path class="${kind}" d="${path}"/>`,
    text(RIGHT + 6, Y(last.y) + 4, format(last.y), `class="${kind}"`),
  ].join('\n');
}

/**
 * @param {{ step: number, loss: number, accuracy: number }[]} history
 * @param {{ floor: number }} options the smallest loss that there can be
 */
export function curve(history, { floor }) {
  const steps = history[history.length - 1].step;
  /** @param {number} step */
  const X = (step) => LEFT + ((RIGHT - LEFT) * step) / steps;
  const highest = Math.max(...history.map(({ loss }) => loss));
  const unit = highest > 2.5 ? 1 : 0.5;
  const most = Math.ceil(highest / unit) * unit;
  const accuracy = {
    name: 'Held-out sentences read right', kind: 'right', top: 24, most: 1, ticks: [0, 0.5, 1],
    rule: { value: 0.5, words: 'at most, without the adjective' },
    format: (/** @type {number} */ value) => `${round(100 * value)}%`,
    points: history.map(({ step, accuracy: y }) => ({ x: step, y })),
  };
  const loss = {
    name: 'Loss', kind: 'loss', top: 24 + PANEL + 46, most,
    ticks: Array.from({ length: most / unit + 1 }, (_, i) => i * unit),
    rule: floor > 0 ? { value: floor, words: 'the least that there can be' } : undefined,
    format: (/** @type {number} */ value) => String(Math.round(value * 100) / 100),
    points: history.map(({ step, loss: y }) => ({ x: step, y })),
  };
  const bottom = loss.top + PANEL;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => Math.round(part * steps));
  const end = history[history.length - 1];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 44}" width="${WIDTH}" role="img">
<title>A training run</title>
<desc>After ${steps} steps ${accuracy.format(end.accuracy)} of the held-out sentences are read right; the loss fell from
${loss.format(history[0].loss)} to ${loss.format(end.loss)}.</desc>
<style>${STYLE}</style>
${draw(accuracy, X)}
${draw(loss, X)}
${ticks.map((step) => text(X(step), bottom + 20, String(step), 'text-anchor="middle"')).join('')}
${text((LEFT + RIGHT) / 2, bottom + 38, 'steps of 32 sentences', 'text-anchor="middle"')}
</svg>
`;
}
