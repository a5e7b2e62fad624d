// The six steps as plain HTML, written into the page when it is built; without the questions, whose answers are in
// the figure. What they say of the lesson "animal" is held to its numbers by a test.

export const VALUES = { token: '<i>it</i>', count: '4', root: '2' };

/**
 * @param {Record<string, string>} words the locale
 * @returns {string}
 */
export function staticSteps(words) {
  return [1, 2, 3, 4, 5, 6].map((step) => {
    const text = (/** @type {string} */ part) => fill(words[`step.${step}.${part}`]);
    return `<section><h3>${step}. ${text('name')}: ${text('title')}</h3>
      <p>${text('text')}</p></section>`;
  }).join('\n');
}

/** @param {string} text */
function fill(text) {
  return text.replace(/\{(\w+)\}/g, (placeholder, name) => /** @type {any} */ (VALUES)[name] ?? placeholder);
}
