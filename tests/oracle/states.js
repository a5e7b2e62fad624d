// Partial attentions over disjoint keys, put together in float64.

/** @param {{ output, logSumExp }[]} states of the same dims */
export function mergeStates(states) {
  const [{ output: { dims }, logSumExp: { dims: rowDims } }] = states;
  const E = dims[dims.length - 1];
  const rows = rowDims.reduce((a, b) => a * b, 1);
  const output = new Float64Array(rows * E);
  const logSumExp = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    // A state that saw nothing in this row counts nothing, whatever its output holds.
    const parts = states.filter((state) => state.logSumExp.data[row] !== -Infinity);
    const exponents = parts.map((state) => state.logSumExp.data[row]);
    const max = Math.max(-Infinity, ...exponents);
    const sum = exponents.reduce((total, x) => total + Math.exp(x - max), 0);
    logSumExp[row] = parts.length === 0 ? -Infinity : max + Math.log(sum);
    parts.forEach((state, i) => {
      const share = Math.exp(exponents[i] - logSumExp[row]);
      for (let e = 0; e < E; e++) output[row * E + e] += share * state.output.data[row * E + e];
    });
  }
  return { output: { data: output, dims }, logSumExp: { data: logSumExp, dims: rowDims } };
}
