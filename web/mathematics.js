// What stands for a formula's part within the prose: {Q} in a text of web/locales/XX.page.json.

/** @type {Record<string, string>} */
export const mathematics = {
  Q: '<math><mi class="query">Q</mi></math>',
  K: '<math><mi class="key">K</mi></math>',
  V: '<math><mi class="value">V</mi></math>',
  i: '<math><mi>i</mi></math>',
  QKT: '<math><mi class="query">Q</mi><msup><mi class="key">K</mi><mi class="name" mathvariant="normal">'
    + 'T</mi></msup></math>',
  dk: '<math><msub><mi>d</mi><mi>k</mi></msub></math>',
  e: '<math><mi>e</mi></math>',
  weights: '<math><mi class="name">softmax</mi><mo stretchy="false">(</mo><mi class="query">Q</mi><msup>'
    + '<mi class="key">K</mi><mi class="name" mathvariant="normal">T</mi></msup><mo>/</mo><msqrt><msub><mi>'
    + 'd</mi><mi>k</mi></msub></msqrt><mo stretchy="false">)</mo></math>',
  root: '<math><msqrt><msub><mi>d</mi><mi>k</mi></msub></msqrt></math>',
};
