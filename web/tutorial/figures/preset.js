// The six steps of a preset as it stands in its lesson, for figures that don't follow the reader's state.

/**
 * @param {import('../../core/index.js').Attention} attention
 * @param {any} preset of a lesson that parseLesson has accepted
 */
export function stepsOf(attention, preset) {
  const tokens = preset.tokens.map(token);
  const steps = attention.steps({
    embeddings: matrix(preset.embeddings),
    queryWeight: matrix(preset.queryWeight),
    keyWeight: matrix(preset.keyWeight),
    valueWeight: matrix(preset.valueWeight),
    queryIndex: preset.current,
    attend: Uint8Array.from(tokens, (/** @type {any} */ { attended }) => Number(attended)),
  });
  return { tokens, current: preset.current, steps };
}

/**
 * @param {{ text: string, optional?: boolean }} token
 * @param {number} index
 */
function token({ text, optional = false }, index) {
  return { index, text, shown: !optional, attended: !optional };
}

/** @param {number[][]} rows */
function matrix(rows) {
  return { data: Float32Array.from(rows.flat()), dims: [rows.length, rows[0].length] };
}
