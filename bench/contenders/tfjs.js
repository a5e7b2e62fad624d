// TensorFlow.js with its WebAssembly backend. It has no attention, so this is the usual composition of matrix
// products and softmax. Tensors are made once; `dataSync()` gives the output, as a program would read it.

import * as core from '@tensorflow/tfjs-core';
import * as backend from '@tensorflow/tfjs-backend-wasm';
import { tensors } from '../shapes.js';

const tf = core.default ?? core;
const wasm = backend.default ?? backend;
const here = import.meta.url; // apart, since bundlers take `new URL('…', import.meta.url)` for a file to take along

/** The library, its WebAssembly backend running. @param {number} threads */
export async function start(threads) {
  const folder = new URL('../node_modules/@tensorflow/tfjs-backend-wasm/dist/', here);
  wasm.setWasmPaths(folder.protocol === 'file:' ? decodeURIComponent(folder.pathname) : folder.href);
  wasm.setThreadsCount(threads);
  if (threads === 1) tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false); // the plain SIMD build, without atomics
  await tf.setBackend('wasm');
  await tf.ready();
  return tf;
}

/** @param {{ threads: number }} options */
export async function load({ threads }) {
  await start(threads);
  if (threads > 1 && !tf.env().get('WASM_HAS_MULTITHREAD_SUPPORT')) {
    return { unavailable: globalThis.process?.versions ? 'it has no threads in Node' : 'no shared memory here' };
  }
  return { version: tf.version_core, prepare };
}

function prepare(shape) {
  const { D, M, N, causal } = shape;
  const { query, key, value } = tensors(shape);
  const [q, k, v] = [query, key, value].map(({ data, dims }) => tf.tensor(data, dims));
  const scale = tf.scalar(1 / Math.sqrt(D));
  const mask = causal && tf.tensor2d(Float32Array.from({ length: M * N },
    (_, i) => (i % N > Math.floor(i / N) ? -Infinity : 0)), [M, N]);
  const attend = () => {
    // Scaling the queries rather than the scores: fewer numbers.
    const scores = tf.matMul(tf.mul(q, scale), k, false, true);
    return tf.matMul(tf.softmax(mask ? tf.add(scores, mask) : scores), v);
  };
  return {
    run() {
      const output = tf.tidy(attend);
      const data = output.dataSync();
      output.dispose();
      return data;
    },
    output: (data) => data,
    dispose: () => tf.dispose([q, k, v, scale, mask || []]),
  };
}
