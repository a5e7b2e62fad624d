// The bench as a page: the same plan, runner and contenders as in Node, each contender in a Worker of its own.

import { decodeChart, throughputChart } from './chart.js';
import { groupTitle, plan, targets } from './plan.js';
import { jobTable, sweepTable, verdicts } from './results.js';
import { Runner, questions } from './runner.js';

const find = (id) => /** @type {any} */ (document.getElementById(id));
const parameters = new URLSearchParams(location.search);
// Groups that get a table for each job; the others one for all.
const LINES = ['table', 'threads'];

function start() {
  const worker = new Worker(new URL('./host.js', import.meta.url), { type: 'module' });
  const { ask, receive, fail } = questions((message) => worker.postMessage(message));
  const host = { ask, ended: false, close: () => worker.terminate() };
  worker.onmessage = ({ data }) => receive(data);
  worker.onerror = (event) => {
    event.preventDefault();
    host.ended = true;
    fail(new Error(event.message || 'its worker failed'));
  };
  return host;
}

/** An element with text or children; a class where one is given. */
function element(name, content, className = '') {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...[content].flat());
  return made;
}

function table([head, ...rows], { className = '', classes = [] } = {}) {
  const cells = (row) => row.map((text, i) => element(i ? 'td' : 'th', text));
  const body = rows.map((row, i) => element('tr', cells(row), classes[i]));
  const made = element('table', [
    element('thead', element('tr', head.map((text) => element('th', text)))), element('tbody', body),
  ], className);
  const scroller = element('div', made, 'scroll');
  scroller.tabIndex = 0; // so that the keyboard can scroll it
  return scroller;
}

function section(title, content) {
  return element('section', [element('h2', title), content]);
}

function showJob(job, results, next) {
  if (LINES.includes(job.group)) {
    find('tables').append(section(job.title, table(jobTable(job), { classes: ['first'] })));
  } else if (next?.group !== job.group) {
    const all = results.filter(({ group }) => group === job.group);
    find('tables').append(section(groupTitle(job.group), table(sweepTable(all))));
  }
  drawCharts(results);
}

function drawCharts(results) {
  const charts = [['length', throughputChart], ['decode', decodeChart]].flatMap(([group, draw]) => {
    const all = results.filter((job) => job.group === group);
    const ran = all.filter(({ entries }) => Object.values(entries).some(({ seconds }) => seconds.length));
    return ran.length > 1 ? [draw(ran, innerWidth < 640 ? 380 : 880)] : [];
  });
  find('charts').innerHTML = charts.join('');
}

function showVerdicts(results) {
  const all = verdicts(targets, results);
  const rows = all.map(({ what, goal, measured, reached }) =>
    [what, goal, measured, reached === undefined ? '' : reached ? 'reached' : 'missed']);
  const classes = all.map(({ reached }) => (reached === undefined ? '' : reached ? 'reached' : 'missed'));
  find('verdicts').replaceChildren(
    section('Numbers to reach', table([['', 'reach', 'measured', ''], ...rows], { className: 'words', classes })));
  return all;
}

/** What to measure: `whole` has shapes for which some contenders need a gigabyte, which ends a phone's tab. */
function jobsOf(effort) {
  const jobs = plan({ quick: effort === 'quick', only: parameters.get('only') ?? '' });
  return effort === 'whole' ? jobs : jobs.filter(({ shape }) => shape.kind !== 'prefill' || shape.N <= 2048);
}

async function measure() {
  const effort = find('effort').value;
  for (const id of ['verdicts', 'charts', 'tables']) find(id).replaceChildren();
  const started = performance.now();
  const runner = new Runner({
    start,
    rounds: effort === 'quick' ? Number(parameters.get('rounds') ?? 1) : 4,
    milliseconds: effort === 'quick' ? 40 : 150,
    progress: (text) => { find('progress').textContent = text; },
  });
  const jobs = jobsOf(effort);
  const results = [];
  for (const [index, job] of jobs.entries()) {
    const progress = (text) => { find('progress').textContent = `${index + 1} of ${jobs.length} · ${text}`; };
    results.push(await runner.run.call(Object.assign(runner, { progress }), job));
    showJob(results[index], results, jobs[index + 1]);
  }
  runner.close();
  find('progress').textContent = `Done in ${Math.round((performance.now() - started) / 1000)} seconds.`;
  return {
    date: new Date().toISOString(), browser: navigator.userAgent, cores: navigator.hardwareConcurrency,
    isolated: crossOriginIsolated, versions: runner.versions, verdicts: showVerdicts(results), jobs: results,
  };
}

find('isolation').textContent = crossOriginIsolated
  ? `This page may use threads; ${navigator.hardwareConcurrency} cores.`
  : 'Without threads: the page is not cross-origin isolated, which takes a secure address (https or localhost).';
find('form').onsubmit = async (event) => {
  event.preventDefault();
  find('start').disabled = true;
  try {
    const record = await measure();
    find('copy').hidden = false;
    find('copy').onclick = () => copy(JSON.stringify(record, null, 2));
    Object.assign(globalThis, { record });
  } catch (error) {
    find('progress').textContent = `It failed: ${error.message}`;
  }
  find('start').disabled = false;
};
if (parameters.has('quick')) find('effort').value = 'quick';

async function copy(json) {
  try {
    await navigator.clipboard.writeText(json);
    find('progress').textContent = 'Copied.';
  } catch {
    // Without permission, the text itself, to be copied by hand.
    const text = element('textarea', json);
    find('progress').replaceChildren(text);
    text.select();
  }
}
