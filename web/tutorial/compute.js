// From a lesson and a state to every number on the page. All of them come from the core.

import { editableCell } from './state.js';

/**
 * @typedef {{ data: Float32Array, dims: number[] }} Tensor
 * @typedef {{ index: number, text: string, gloss?: string, optional: boolean, on: boolean, shown: boolean, attended: boolean }} Token
 */

/**
 * @param {import('../core/load-steps.js').AttentionSteps} attention
 * @param {import('./lesson.js').Lesson} lesson
 * @param {any} state of the fields of state.js
 */
export function compute(attention, lesson, state) {
  const preset = lesson.presets.find(({ id }) => id === state.preset) ?? lesson.presets[0];
  const current = state.token !== null && state.token < preset.tokens.length ? state.token : preset.current;
  const { edits, ignored } = editsThatFit(state.edits, preset);
  const inputs = {
    embeddings: edited('embeddings', tensor(preset.embeddings), edits),
    queryWeight: edited('queryWeight', tensor(preset.queryWeight), edits),
    keyWeight: edited('keyWeight', tensor(preset.keyWeight), edits),
    valueWeight: edited('valueWeight', tensor(preset.valueWeight), edits),
  };
  const headDim = inputs.queryWeight.dims[1];
  const divisor = state.divisor ?? Math.sqrt(headDim);
  const tokens = preset.tokens.map((token, index) => presence(token, index, current, state));
  const options = {
    queryIndex: current,
    scale: 1 / divisor,
    temperature: 1 / state.gain,
    shift: state.shift,
    attend: Uint8Array.from(tokens, ({ attended }) => Number(attended)),
  };
  const projected = attention.steps({ ...inputs, ...options });
  const direct = Object.keys(edits).some((cell) => !Object.hasOwn(inputs, nameOf(cell)));
  const vectors = {
    queries: edited('queries', projected.queries, edits),
    keys: edited('keys', projected.keys, edits),
    values: edited('values', projected.values, edits),
  };
  const results = direct ? attention.steps({ ...vectors, ...options }) : projected;
  return {
    lesson, preset, tokens, current, divisor, headDim, edits, ignored,
    gain: state.gain,
    shift: state.shift,
    causal: state.mask === 'causal',
    dims: lesson.dimensions,
    reference: preset.reference,
    reach: Math.ceil(projected.queries.data.reduce((most, number) => Math.max(most, Math.abs(number)), 3)),
    buffers: /** @type {Record<string, Tensor>} */ ({
      ...inputs, ...results, ...vectors,
      ...wholeMatrix(attention, vectors, tokens, { ...options, shift: 0 }, state.mask === 'causal'),
    }),
  };
}

/** @typedef {ReturnType<typeof compute>} Model */

/**
 * The number that a cell shows.
 * @param {Model} model
 * @param {string} cell such as "scores[1]" or "keys[1,0]"
 */
export function value(model, cell) {
  const { name, indices } = parseCell(cell);
  const { data, dims } = model.buffers[name];
  return indices.length === 1 ? data[indices[0]] : data[indices[0] * dims[dims.length - 1] + indices[1]];
}

/** @param {string} cell */
export function parseCell(cell) {
  const open = cell.indexOf('[');
  return { name: cell.slice(0, open), indices: cell.slice(open + 1, -1).split(',').map(Number) };
}

/**
 * The share of attention that lies elsewhere than in the lesson's reference (half the sum of the absolute
 * differences: 0 = the same, 1 = nothing in common), or null where there is no reference for this picture.
 * @param {Model} model
 * @param {ArrayLike<number>} [weights]
 */
export function distance(model, weights = model.buffers.weights.data) {
  const reference = model.reference?.weights;
  if (!reference || model.current !== model.preset.current) return null;
  return reference.reduce((/** @type {number} */ sum, share, index) =>
    sum + Math.abs(weights[index] - (share ?? 0)) / 2, 0);
}

/**
 * The divisor for which the weights come closest to the reference, looked for on a fine logarithmic grid.
 * @param {import('../core/load-steps.js').AttentionSteps} attention
 * @param {Model} model
 */
export function closestDivisor(attention, model) {
  if (distance(model) === null) return null;
  const { queries, keys, values } = model.buffers;
  const attend = Uint8Array.from(model.tokens, ({ attended }) => Number(attended));
  let best = { divisor: 1, distance: Infinity };
  for (let exponent = -2; exponent <= 4; exponent += 1 / 32) {
    const divisor = 2 ** exponent;
    const { weights } = attention.steps({
      queries, keys, values, attend, queryIndex: model.current, scale: 1 / divisor, temperature: 1 / model.gain,
    });
    const found = /** @type {number} */ (distance(model, weights.data));
    if (found < best.distance) best = { divisor, distance: found };
  }
  return best;
}

/** @param {string} cell */
function nameOf(cell) {
  return parseCell(cell).name;
}

/**
 * @param {number[][]} rows
 * @returns {Tensor}
 */
function tensor(rows) {
  return { data: Float32Array.from(rows.flat()), dims: [rows.length, rows[0].length] };
}

/**
 * @param {string} name
 * @param {Tensor} matrix
 * @param {Record<string, number>} edits
 * @returns {Tensor}
 */
function edited(name, { data, dims }, edits) {
  const changed = data.slice();
  for (const [cell, number] of Object.entries(edits)) {
    const place = editableCell(cell);
    if (place?.name === name) changed[place.row * dims[1] + place.column] = number;
  }
  return { data: changed, dims };
}

/**
 * A link may carry edits made for another lesson: those that point outside of this one are left out.
 * @param {Record<string, number>} edits
 * @param {import('./lesson.js').Preset} preset
 */
function editsThatFit(edits, preset) {
  const width = preset.embeddings[0].length;
  const [headDim, valueDim] = [preset.queryWeight[0].length, preset.valueWeight[0].length];
  /** @type {Record<string, number[]>} */
  const sizes = {
    embeddings: [preset.tokens.length, width], queryWeight: [width, headDim], keyWeight: [width, headDim],
    valueWeight: [width, valueDim], queries: [preset.tokens.length, headDim], keys: [preset.tokens.length, headDim],
    values: [preset.tokens.length, valueDim],
  };
  const entries = Object.entries(edits);
  const fitting = entries.filter(([cell]) => {
    const { name, indices } = parseCell(cell);
    return indices.every((index, axis) => index < sizes[name][axis]);
  });
  return { edits: Object.fromEntries(fitting), ignored: entries.length - fitting.length };
}

/**
 * @param {import('./lesson.js').Token} token
 * @param {number} index
 * @param {number} current
 * @param {any} state
 * @returns {Token}
 */
function presence({ text, optional, gloss }, index, current, state) {
  const on = state.toggled.includes(index) ? optional : !optional;
  const hidden = state.mask === 'causal' && index > current;
  return { index, text, gloss, optional, on, shown: on || !optional, attended: on && !hidden };
}

/**
 * Every token as the query: the scaled scores of each, and their softmax; both [N, N]. A call for each row takes
 * microseconds, and gives the numbers that the six steps show for that token.
 * @param {import('../core/load-steps.js').AttentionSteps} attention
 * @param {{ queries: Tensor, keys: Tensor, values: Tensor }} vectors
 * @param {Token[]} tokens
 * @param {{ scale: number, temperature: number, shift: number }} options
 * @param {boolean} causal
 * @returns {{ matrixScores: Tensor, matrix: Tensor }}
 */
function wholeMatrix(attention, vectors, tokens, { scale, temperature, shift }, causal) {
  const N = tokens.length;
  const square = () => ({ data: new Float32Array(N * N), dims: [N, N] });
  const [matrixScores, matrix] = [square(), square()];
  for (let row = 0; row < N; row++) {
    const attend = Uint8Array.from(tokens, ({ on, index }) => Number(on && !(causal && index > row)));
    const { scaled, weights } = attention.steps({ ...vectors, attend, queryIndex: row, scale, temperature, shift });
    matrixScores.data.set(scaled.data, row * N);
    matrix.data.set(weights.data, row * N);
  }
  return { matrixScores, matrix };
}
