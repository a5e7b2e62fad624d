/**
 * The names that hold, for a class attribute.
 * @param {Record<string, unknown>} names
 */
export function classes(names) {
  return Object.keys(names).filter((name) => names[name]).join(' ');
}
