// Where the fields of an argument struct of c_src/attention.h lie. On wasm32 a double takes two words and everything
// else one.

/**
 * The offset of each field from the start of its struct: in doubles for `doubles`, else in 32-bit words.
 * @template {string} Name
 * @param {readonly string[]} doubles
 * @param {readonly Name[]} words
 */
export function struct(doubles, words) {
  const first = 2 * doubles.length;
  const offsets = /** @type {Record<Name, number>} */ (
    Object.fromEntries(words.map((name, index) => [name, first + index])));
  // Structs with a double are padded to a multiple of 8.
  const bytes = Math.ceil((first + words.length) / 2) * 8;
  return Object.freeze({ doubles, words, offsets: Object.freeze(offsets), bytes });
}
