// What the suites of the tutorial share: the core in this Node, the built-in lessons, and a store over both.

import { readFileSync } from 'node:fs';
import { loadSteps } from '../../web/core/load-steps.js';
import { parseLesson } from '../../web/tutorial/own-lesson.js';
import { Store } from '../../web/tutorial/store.js';
import { initialState } from '../../web/tutorial/state.js';

export const attention = await loadSteps();

/** @param {string} id */
export function lesson(id) {
  return parseLesson(readFileSync(new URL(`../../web/lessons/${id}.json`, import.meta.url), 'utf8'));
}

/** @param {any} [patch] */
export function storeOf(patch = {}) {
  const store = new Store();
  const state = { ...initialState(), ...patch };
  store.load({ attention, lesson: lesson(state.lesson), state });
  return /** @type {Store & { model: import('../../web/tutorial/compute.js').Model }} */ (store);
}

/**
 * The name of every cell of a model.
 * @param {import('../../web/tutorial/compute.js').Model} model
 */
export function cellsOf({ buffers }) {
  return Object.entries(buffers).flatMap(([name, { data, dims }]) => Array.from(data, (_, index) => (dims.length === 1
    ? `${name}[${index}]` : `${name}[${Math.floor(index / dims[1])},${index % dims[1]}]`)));
}
