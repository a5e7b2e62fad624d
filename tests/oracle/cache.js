// A key/value cache that keeps what each type of it can represent, and decoding as attention over it.

import { scaledDotProductAttention } from './forward.js';
import { fromHalf, roundToEven, toHalf, widen } from './half.js';

/** A row as int8 with one float32 scale represents it. A row with a non-finite number is lost whole. */
export function quantised(row) {
  const largest = row.reduce((max, x) => (Math.abs(x) <= max ? max : Math.abs(x)), 0);
  if (!row.every(Number.isFinite)) return row.map(() => NaN);
  const scale = Math.fround(largest / 127);
  return row.map((x) => (scale === 0 ? 0 : scale * roundToEven(x / scale)));
}

const REPRESENTED = {
  float32: (row) => row,
  float16: (row) => row.map((x) => fromHalf(toHalf(x))),
  int8: quantised,
};

export class KeyValueCache {
  /** @param {{ batch, heads, headDim, valueDim, capacity, type }} options */
  constructor({ batch, heads, type = 'float32', ...dims }) {
    Object.assign(this, { batch, heads, type, ...dims, length: 0 });
    const lists = () => Array.from({ length: batch * heads }, () => []);
    this.keys = lists();
    this.values = lists();
  }

  append(key, value) {
    const rows = key.dims[2];
    [[key, this.keys], [value, this.values]].forEach(([tensor, lists]) => {
      const { data, dims: [, , , width] } = widen(tensor);
      lists.forEach((list, head) => {
        for (let n = 0; n < rows; n++) {
          const at = (head * rows + n) * width;
          list.push(REPRESENTED[this.type](Float64Array.from(data.slice(at, at + width))));
        }
      });
    });
    this.length += rows;
  }

  truncate(length) {
    [...this.keys, ...this.values].forEach((list) => { list.length = length; });
    this.length = length;
  }

  /** What it holds, as two tensors. */
  tensors() {
    const { batch, heads, length, headDim, valueDim } = this;
    return [[this.keys, headDim], [this.values, valueDim]].map(([lists, width]) => {
      const data = new Float64Array(batch * heads * length * width);
      lists.flat().forEach((row, i) => data.set(row, i * width));
      return { data, dims: [batch, heads, length, width] };
    });
  }
}

/** The queries are the last of the sequence, unless `causal` says otherwise. */
export function decode(query, cache, options = {}) {
  return scaledDotProductAttention(query, ...cache.tensors(), { causal: 'lower-right', ...options });
}
