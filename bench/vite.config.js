// Serves bench/index.html, with the headers without which a page gets no shared memory and thus no threads. A phone
// needs a secure address for that too: forward a port of its own to this one (`adb reverse tcp:4174 tcp:4174`) and
// open http://localhost:4174/ there. Without, everything runs on one thread, and the page says so.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig({
  root: path('..'), // the page takes the core from web/core and the ceiling from build/bench
  cacheDir: path('../build/bench/vite'),
  appType: 'mpa',
  clearScreen: false,
  server: {
    port: 4174,
    open: false,
    hmr: false,
    watch: null, // nothing may interrupt a measurement
    headers: {
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    },
  },
  resolve: {
    // The build without WebGPU, which is the one to compare with.
    alias: [{
      find: /^onnxruntime-web$/,
      replacement: path('node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs'),
    }],
  },
  optimizeDeps: {
    entries: ['bench/index.html', 'bench/contenders/*.js'], // found now rather than in the middle of a run
    exclude: ['onnxruntime-web'], // it looks for its binary beside its own file
  },
  plugins: [{
    name: 'start-at-the-page',
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        if (request.url !== '/') return next();
        response.writeHead(302, { location: '/bench/' }).end();
      });
    },
  }],
});
