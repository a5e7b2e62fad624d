// The bytes of an ONNX model of one node: just the fields of ONNX's protocol buffers that such a model needs, so
// that measuring onnxruntime-web needs no Python and no exporter. Field numbers are those of onnx.proto3.

const FLOAT = 1;
const encoder = new TextEncoder();

/** @param {number} number an integer of 0 … 2^53 */
function varint(number) {
  const bytes = [];
  for (; number >= 128; number = Math.floor(number / 128)) bytes.push((number % 128) + 128);
  return [...bytes, number];
}

const integer = (field, number) => Uint8Array.from([...varint(field * 8), ...varint(number)]);

/** A string, bytes, or a message given by its parts. */
function block(field, content) {
  const body = typeof content === 'string' ? encoder.encode(content)
    : Array.isArray(content) ? join(content) : content;
  return join([Uint8Array.from([...varint(field * 8 + 2), ...varint(body.length)]), body]);
}

function float(field, number) {
  return join([Uint8Array.of(field * 8 + 5), new Uint8Array(Float32Array.of(number).buffer)]);
}

function join(parts) {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let end = 0;
  for (const part of parts) {
    bytes.set(part, end);
    end += part.length;
  }
  return bytes;
}

/** A float32 tensor's name and shape, for the inputs and outputs of the graph. */
function valueInfo(name, dims) {
  const shape = dims.map((size) => block(1, [integer(1, size)]));
  return [block(1, name), block(2, [block(1, [integer(1, FLOAT), block(2, shape)])])];
}

function attribute([name, value]) {
  return Number.isInteger(value)
    ? [block(1, name), integer(3, value), integer(20, 2)]
    : [block(1, name), float(2, value), integer(20, 1)];
}

function initializer(name, { data, dims }) {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return [...dims.map((size) => integer(1, size)), integer(2, FLOAT), block(8, name), block(9, bytes)];
}

/**
 * @param {object} node
 * @param {string} node.type the operator
 * @param {string} [node.domain] '' is ONNX's own
 * @param {number} node.version of the domain's operator set
 * @param {Record<string, number>} [node.attributes] integers become INT, the rest FLOAT
 * @param {Record<string, number[]>} node.inputs dims by name, in order
 * @param {Record<string, number[]>} node.outputs
 * @param {Record<string, { data: Float32Array, dims: number[] }>} [node.constants] inputs that the model holds
 * @returns {Uint8Array}
 */
export function oneNodeModel({ type, domain = '', version, attributes = {}, inputs, outputs, constants = {} }) {
  const node = [
    ...Object.keys(inputs).map((name) => block(1, name)),
    ...Object.keys(outputs).map((name) => block(2, name)),
    block(4, type),
    ...Object.entries(attributes).map((entry) => block(5, attribute(entry))),
    block(7, domain),
  ];
  const given = Object.entries(inputs).filter(([name]) => !(name in constants));
  const graph = [
    block(1, node),
    block(2, type),
    ...Object.entries(constants).map(([name, tensor]) => block(5, initializer(name, tensor))),
    ...given.map(([name, dims]) => block(11, valueInfo(name, dims))),
    ...Object.entries(outputs).map(([name, dims]) => block(12, valueInfo(name, dims))),
  ];
  const operators = domain === '' ? [['', version]] : [['', 17], [domain, version]];
  return join([
    integer(1, 10), // the version of the format, which operator set 23 came with
    block(7, graph),
    ...operators.map(([name, number]) => block(8, [block(1, name), integer(2, number)])),
  ]);
}
