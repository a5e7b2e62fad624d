// The six steps as plain HTML, written into the page when it is built. What they say of the lesson "animal" is held
// to its numbers by a test.

export const VALUES = {
  token: '<i>it</i>', first: '<i>it</i>', best: '<i>animal</i>', loudest: '<i>animal</i>', other: '<i>tired</i>',
  count: '4', root: '2',
  dimension: 'animate', product: '2.48', score: '2.80',
};

/**
 * @param {Record<string, string>} words the locale
 * @returns {string}
 */
export function staticSteps(words) {
  return [1, 2, 3, 4, 5, 6].map((step) => {
    const text = (/** @type {string} */ part) => fill(words[`step.${step}.${part}`]);
    return `<section><h3>${step}. ${text('name')}: ${text('title')}</h3>
      <p>${text('text')}</p>
      <p>${text('question')} ${text('answer')}</p></section>`;
  }).join('\n');
}

/** @param {string} text */
function fill(text) {
  return text.replace(/\{(\w+)\}/g, (placeholder, name) => /** @type {any} */ (VALUES)[name] ?? placeholder);
}
