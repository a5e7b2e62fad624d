// A finger that goes to one side.

const DISTANCE = 60; // px

/**
 * Listeners for `pointerdown` and `pointerup`; calls back with −1 for a swipe to the left, 1 to the right.
 * @param {(direction: number) => void} swiped
 */
export function swipe(swiped) {
  /** @type {PointerEvent | undefined} */
  let start;
  return {
    down(/** @type {PointerEvent} */ event) {
      const free = !(/** @type {HTMLElement} */ (event.target).closest('input, select, button'));
      start = event.pointerType === 'touch' && free ? event : undefined;
    },
    up(/** @type {PointerEvent} */ event) {
      if (!start) return;
      const [x, y] = [event.clientX - start.clientX, event.clientY - start.clientY];
      start = undefined;
      if (Math.abs(x) >= DISTANCE && Math.abs(x) >= 2 * Math.abs(y)) swiped(Math.sign(x));
    },
  };
}
