// What save() writes and load() reads, all of it little-endian:
//
//   8 bytes   89 "ATTN" 0D 0A 1A, as PNG begins: it shows when a file was sent as text
//   uint32    the version of this format
//   uint32    CRC-32 of all that follows
//   uint32    length of the header
//   header    JSON in UTF-8: { config, vocabulary, step, precision, optimizer }
//   numbers   the parameters in the order of the engine's table, float32 or bfloat16 (the upper half of a float32);
//             and where `optimizer`, which says how many updates they have seen, isn't 0, the first and the second
//             moments, always float32
//
// A file comes from anywhere: nothing in it is used before all of it was checked. Where the checks see to a size,
// nothing is allocated beyond the size of the file.

import { checkChoice, isArrayOf, readInteger, typeError } from '../core/arguments.js';
import { AttentionError, describe, wrong } from '../core/errors.js';
import { fromBfloat16, toBfloat16 } from './bfloat16.js';
import { crc32 } from './crc32.js';
import { readConfig, readRate } from './options.js';

/** @import { TransformerConfig } from './options.js' */

/** @typedef {'float32' | 'bfloat16'} Precision */
/** @typedef {ReturnType<Uint8Array['slice']>} Bytes in a buffer that is never shared: see Floats of the core */

/**
 * A model, as a file holds it.
 * @typedef {object} Snapshot
 * @property {TransformerConfig} config
 * @property {number} learningRate
 * @property {number} step updates made
 * @property {Precision} precision of the parameters
 * @property {number} optimizer how many updates the moments have seen; 0: none are stored
 */

const MAGIC = [0x89, 0x41, 0x54, 0x54, 0x4e, 0x0d, 0x0a, 0x1a];
const VERSION = 1;
const START = 20;
const MOST_STEPS = 2 ** 31 - 1;

/** @param {TransformerConfig} config */
function countParameters({ vocabulary, maxLength, layers, dim, hidden }) {
  const layer = 4 * dim * dim + 4 * dim + 2 * dim * hidden + hidden + dim;
  return (vocabulary.length + maxLength + 2) * dim + layers * layer;
}

/** @param {Snapshot} snapshot */
function headerOf({ config, learningRate, step, precision, optimizer }) {
  const { vocabulary, ...rest } = config;
  return JSON.stringify({ config: { ...rest, learningRate }, vocabulary, step, precision, optimizer });
}

/**
 * @param {Snapshot} snapshot
 * @param {readonly { name: string, data: Float32Array }[]} tensors the parameters, then the moments
 * @param {number} significantBits of bfloat16
 * @returns {Bytes}
 */
export function encode(snapshot, tensors, significantBits) {
  const header = new TextEncoder().encode(headerOf(snapshot));
  const parameters = countParameters(snapshot.config);
  const start = START + header.length;
  const bytes = new Uint8Array(start + sizeOf(snapshot, parameters));
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(8, VERSION, true);
  view.setUint32(16, header.length, true);
  bytes.set(header, START);
  const put = writer(view, start, snapshot.precision === 'bfloat16' ? parameters : 0, significantBits);
  for (const { name, data } of tensors) {
    for (const number of data) {
      if (put(number)) continue;
      throw wrong('not-finite', name, `parameters that are finite in ${snapshot.precision}`, describe(number));
    }
  }
  view.setUint32(12, crc32(bytes.subarray(16)), true);
  return bytes;
}

/**
 * @param {DataView} view
 * @param {number} at
 * @param {number} halves how many numbers come first that are bfloat16
 * @param {number} significantBits of these
 * @returns {(number: number) => boolean} writes the next number; false when it isn't finite there
 */
function writer(view, at, halves, significantBits) {
  return (number) => {
    if (halves-- > 0) {
      const half = toBfloat16(number, significantBits);
      view.setUint16(at, half, true);
      at += 2;
      return Number.isFinite(fromBfloat16(half));
    }
    view.setFloat32(at, number, true);
    at += 4;
    return Number.isFinite(number);
  };
}

/**
 * @param {Snapshot} snapshot
 * @param {number} parameters how many
 */
const sizeOf = ({ precision, optimizer }, parameters) =>
  parameters * ((precision === 'bfloat16' ? 2 : 4) + (optimizer ? 8 : 0));

/**
 * @param {unknown} source
 * @returns {Snapshot & { numbers: Float32Array }} the parameters, and the moments where it has them
 */
export function decode(source) {
  const bytes = copy(source);
  const view = new DataView(bytes.buffer);
  if (bytes.length < START || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw refused('the file that save() gave', `${bytes.length} bytes that do not begin as it does`);
  }
  const version = view.getUint32(8, true);
  if (version !== VERSION) throw refused(`version ${VERSION}`, `version ${version}`);
  if (view.getUint32(12, true) !== crc32(bytes.subarray(16))) {
    throw refused('the bytes that were saved', `${bytes.length} bytes of another checksum: damaged, or cut off`);
  }
  const start = START + view.getUint32(16, true);
  if (start > bytes.length) throw refused('a header within the file', `one of ${start - START} bytes`);
  const snapshot = readHeader(bytes.subarray(START, start));
  const parameters = countParameters(snapshot.config);
  const size = start + sizeOf(snapshot, parameters);
  if (bytes.length !== size) throw refused(`${size} bytes, for a model of this size`, `${bytes.length}`);
  return { ...snapshot, numbers: readNumbers(view, start, parameters, snapshot) };
}

/**
 * @param {any} source
 * @returns {Bytes} its own, so that what was checked stays
 */
function copy(source) {
  if (isArrayOf(source, 'Uint8Array')) return Uint8Array.from(source);
  if (Object.prototype.toString.call(source) === '[object ArrayBuffer]') return new Uint8Array(source.slice(0));
  throw typeError('snapshot', 'a Uint8Array or an ArrayBuffer', source);
}

/**
 * @param {Uint8Array} bytes
 * @returns {Snapshot}
 */
function readHeader(bytes) {
  let text;
  let snapshot;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const { config, vocabulary, step, precision, optimizer } = JSON.parse(text);
    readInteger(step, 'step', 0, MOST_STEPS);
    checkChoice(precision, 'precision', ['float32', 'bfloat16']);
    readInteger(optimizer, 'optimizer', 0, step);
    const learningRate = readRate(config.learningRate);
    snapshot = { config: readConfig({ ...config, vocabulary }), learningRate, step, precision, optimizer };
  } catch (cause) {
    if (!(cause instanceof AttentionError)) throw refused('a header of JSON in UTF-8', 'another', cause);
    throw wrong('snapshot', `snapshot.${cause.argument}`, cause.expected, cause.actual);
  }
  // So a field that is missing, unknown or there twice is refused, and a model has one header only.
  if (headerOf(snapshot) !== text) throw refused('a header as save() writes it', 'one with other fields');
  return snapshot;
}

/**
 * @param {DataView} view
 * @param {number} at
 * @param {number} parameters
 * @param {Snapshot} snapshot
 */
function readNumbers(view, at, parameters, { precision, optimizer }) {
  const numbers = new Float32Array(parameters * (optimizer ? 3 : 1));
  const halves = precision === 'bfloat16' ? parameters : 0;
  for (let i = 0; i < numbers.length; i++) {
    const half = i < halves;
    const number = half ? fromBfloat16(view.getUint16(at, true)) : view.getFloat32(at, true);
    if (!Number.isFinite(number)) throw refused('finite numbers', `${number}`);
    // The optimizer takes its square root.
    if (i >= 2 * parameters && number < 0) throw refused('second moments of 0 or more', `${number}`);
    numbers[i] = number;
    at += half ? 2 : 4;
  }
  return numbers;
}

/**
 * @param {string} expected
 * @param {string} actual
 * @param {unknown} [cause]
 */
const refused = (expected, actual, cause) =>
  new AttentionError('snapshot', { argument: 'snapshot', expected, actual, cause });
