// The stage's rows as data: which groups there are, in the order of time, and at which steps they are lit.

/**
 * kind: 'vector' has a row for each dimension, 'scalar' and 'bar' have one. lit: the steps that it belongs to; before
 * its first step a group is still to come, at other steps it rests. brief: vanishes instead of resting.
 * lead, tail: the vector of the current token that stands at the left, or comes out at the right.
 * @typedef {{ id: string, kind: 'vector' | 'scalar' | 'bar', step: number, lit: number[], brief?: boolean,
 *   lead?: string, tail?: string, reference?: 'scores' | 'weights' }} Group
 */

/** @type {Group[]} */
export const GROUPS = [
  { id: 'embeddings', kind: 'vector', step: 1, lit: [1, 2], lead: 'embeddings' },
  { id: 'keys', kind: 'vector', step: 2, lit: [2, 3], lead: 'queries' },
  { id: 'products', kind: 'vector', step: 3, lit: [3], brief: true },
  { id: 'scores', kind: 'scalar', step: 3, lit: [3, 4], reference: 'scores' },
  { id: 'scaled', kind: 'scalar', step: 4, lit: [4, 5] },
  { id: 'exponentials', kind: 'scalar', step: 5, lit: [5], brief: true, tail: 'sum' },
  { id: 'weights', kind: 'bar', step: 5, lit: [5, 6], reference: 'weights' },
  { id: 'values', kind: 'vector', step: 2, lit: [2, 6] },
  { id: 'contributions', kind: 'vector', step: 6, lit: [6], tail: 'output' },
];

/**
 * How a group stands at a step: 'lit', 'rest', 'preview' (the bars of step 5, faint, in step 4), 'room' (the rows of
 * the keys in step 1, empty beside the query), 'future' or 'gone'.
 * @param {Group} group
 * @param {number} step
 */
export function standing(group, step) {
  if (group.lit.includes(step)) return 'lit';
  if (group.id === 'keys' && step === 1) return 'room';
  if (group.id === 'weights' && step === 4) return 'preview';
  if (step < group.step) return group.brief ? 'gone' : 'future';
  return group.brief ? 'gone' : 'rest';
}

/** The tables of a narrow stage at each step: the groups that stand side by side in one table. */
export const NARROW = [
  [],
  [['embeddings']],
  [['keys'], ['values']],
  [['keys'], ['products', 'scores']],
  [['scores', 'scaled', 'weights']],
  [['scaled', 'exponentials', 'weights']],
  [['weights', 'contributions'], ['values']],
].map((tables) => tables.map((ids) => ids.map((id) =>
  /** @type {Group} */ (GROUPS.find((group) => group.id === id)))));

/**
 * The names of a vector's rows; a scalar has one row without a name.
 * @param {Group} group
 * @param {{ embedding: string[], key: string[], value: string[] }} dims
 */
export function dimensionNames(group, dims) {
  if (group.kind !== 'vector') return [''];
  if (group.id === 'embeddings') return dims.embedding;
  return group.id === 'keys' || group.id === 'products' ? dims.key : dims.value;
}

/**
 * Whether names of dimensions need a wider column.
 * @param {string[]} names
 */
export function areLong(names) {
  return names.some((name) => name.length > 8);
}

/**
 * @param {Group} group
 * @param {number} token
 * @param {number} row
 */
export function cellId(group, token, row) {
  return group.kind === 'vector' ? `${group.id}[${token},${row}]` : `${group.id}[${token}]`;
}

/**
 * Whether the new vector can stand beside the one that the token had before: both have the same dimensions.
 * @param {import('../compute.js').Model} model
 */
export function comparable({ dims }) {
  return dims.embedding.join() === dims.value.join();
}

/**
 * The weight that fills a bar's room: 0.6, unless one is larger.
 * @param {import('../compute.js').Model} model
 */
export function fullBar({ buffers }) {
  return Math.max(0.6, ...buffers.weights.data);
}
