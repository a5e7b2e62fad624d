// Takes the place of first-language.js in the page, whose document brings its words along: there they compress best, and
// nothing has to be waited for.

/** @type {import('./words.js').Language} */
export const FIRST = JSON.parse(/** @type {HTMLElement} */ (document.getElementById('words')).textContent ?? '');
