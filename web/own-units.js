// A rem is the letter size of whatever page an element stands in. Where it stands alone it has a unit of its own.

/** @import { Plugin } from 'vite' */

const UNIT = 17; // px; what --unit is, unless the page around says otherwise

/** @returns {Plugin} */
export function ownUnits() {
  return {
    name: 'own-units',
    enforce: 'pre',
    transform: (code, id) =>
      (/\/web\/(tutorial|element)\/.*\.js$/.test(id) ? { code: withOwnUnits(code), map: null } : undefined),
  };
}

/**
 * The same style sheets in `var(--unit)`; what containers are asked for can't have variables.
 * @param {string} code
 */
export function withOwnUnits(code) {
  return code
    .replace(/(?<=-width: )([\d.]+)rem(?=\))/g, (_, number) => `${number * UNIT}px`)
    .replace(/(?<![\w.])(-?[\d.]+)rem\b/g, 'calc($1 * var(--unit))');
}
