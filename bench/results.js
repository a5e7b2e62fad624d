// From times to what is reported. Ratios are taken within a round, where both ran side by side, and then their median
// with the smallest and the largest: a ratio of two medians would mix rounds in which the machine differed.

/** @param {number[]} numbers */
export function median(numbers) {
  const sorted = numbers.filter(Number.isFinite).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function spread(numbers) {
  const finite = numbers.filter(Number.isFinite);
  if (finite.length === 0) return undefined;
  return { median: median(finite), min: Math.min(...finite), max: Math.max(...finite) };
}

/** Work by which an entry's rate is told: bytes where reading is what limits, else operations. */
export const workOf = (entry) => entry.bytes ?? entry.flops;

/** Operations or bytes a second, in billions; undefined for one that has not run. */
export function rateOf(entry) {
  return entry?.seconds.length ? workOf(entry) / median(entry.seconds) / 1e9 : undefined;
}

/** How many times as fast `entry` is as `other`, by time. */
export function speedup(job, entry, other) {
  return pairwise(job, entry, other, (a, b) => b.seconds / a.seconds);
}

/** The rate of `entry` as a share of that of `other`. */
export function share(job, entry, other) {
  return pairwise(job, entry, other, (a, b) => (a.work / a.seconds) / (b.work / b.seconds));
}

function pairwise(job, entry, other, compare) {
  const [a, b] = [job.entries[entry], job.entries[other]];
  if (!a || !b) return undefined;
  return spread(a.seconds.map((seconds, round) => compare(
    { seconds, work: workOf(a) }, { seconds: b.seconds[round] ?? NaN, work: workOf(b) })));
}

/**
 * @typedef {object} Target
 * @property {string} what
 * @property {string} job
 * @property {(job: any) => { median: number, min?: number, max?: number } | undefined} measure
 * @property {number} [atLeast]
 * @property {number} [atMost]
 * @property {'×' | '%' | 'µs' | ' MB'} unit
 * @property {string} [of] what it's a multiple or a share of
 */

/** How the targets stand, of those whose job was run. @param {Target[]} targets @param {any[]} jobs */
export function verdicts(targets, jobs) {
  return targets.flatMap((target) => {
    const job = jobs.find(({ id }) => id === target.job);
    return job ? [judge(target, job)] : [];
  });
}

/** @param {Target} target @param {any} job */
function judge({ what, measure, atLeast, atMost, unit, of = '' }, job) {
  const measured = measure(job);
  const goal = `${atLeast !== undefined ? '≥' : '≤'} ${quantity(atLeast ?? atMost, unit)} ${of}`.trim();
  if (!measured) return { what, goal, measured: 'not measured', reached: undefined };
  const reached = atLeast !== undefined ? measured.median >= atLeast : measured.median <= atMost;
  return { what, goal, measured: withSpread(measured, unit), reached };
}

export function quantity(number, unit) {
  if (unit === '%') return `${Math.round(number * 100)} %`;
  if (unit === 'µs') return `${(number * 1e6).toPrecision(3)} µs`;
  return `${number < 10 ? number.toFixed(2) : number.toFixed(1)}${unit}`;
}

export function withSpread({ median: middle, min, max }, unit) {
  const range = min === undefined || min === max ? '' : ` (${quantity(min, unit)} – ${quantity(max, unit)})`;
  return quantity(middle, unit) + range;
}

export function duration(seconds) {
  if (seconds >= 1) return `${seconds.toPrecision(3)} s`;
  return seconds >= 1e-3 ? `${(seconds * 1e3).toPrecision(3)} ms` : `${(seconds * 1e6).toPrecision(3)} µs`;
}

/** The table of a job, as cells of text; the first row is the head. */
export function jobTable(job) {
  const entries = Object.entries(job.entries);
  const [[reference]] = entries;
  const unit = unitOf(job);
  const threads = job.group === 'threads';
  const rows = entries.map(([key, entry]) => {
    if (!entry.seconds.length) return [key, '–', '', '', '', entry.error ?? 'not run'];
    const ofCeiling = entry.ceiling && share(job, key, entry.ceiling);
    const times = threads ? key.endsWith(' ×2') && share(job, key, key.replace(' ×2', ''))
      : key !== reference && entry.ceiling !== undefined && speedup(job, reference, key);
    return [
      key, duration(median(entry.seconds)), unit && rateOf(entry).toFixed(1),
      ofCeiling ? quantity(ofCeiling.median, '%') : '',
      times ? withSpread(times, '×') : '', [entry.note, memoryText(entry.memory, job)].filter(Boolean).join(', '),
    ];
  });
  return [['', 'time', unit, 'of the ceiling', threads ? 'to one thread' : `${reference} is faster by`, ''], ...rows];
}

/** @param {{ shape: { kind: string } }} job */
export const unitOf = ({ shape: { kind } }) => ({ prefill: 'GFLOP/s', decode: 'GB/s' }[kind] ?? '');

// Of a cache its own; else what the instance spans, in which an earlier job may have needed more: it never shrinks.
const memoryText = (bytes, { shape: { kind } }) =>
  (bytes ? `memory ${kind === 'decode' ? '' : '≤ '}${(bytes / 1e6).toFixed(1)} MB` : '');

/** One table for jobs that differ in their shape alone: a row each, the rates of all contenders. */
export function sweepTable(jobs) {
  const keys = [...new Set(jobs.flatMap(({ entries }) => Object.keys(entries)))];
  const unit = unitOf(jobs[0]);
  const rows = jobs.map((job) => {
    const rates = keys.map((key) => rateOf(job.entries[key])?.toFixed(1) ?? '–');
    const peer = keys.find((key) => key.startsWith('onnxruntime-web') && job.entries[key]?.seconds.length);
    const times = peer && speedup(job, keys[0], peer);
    return [job.title, ...rates, times ? withSpread(times, '×') : ''];
  });
  return [[unit, ...keys, `${keys[0]} : onnxruntime-web`], ...rows];
}
