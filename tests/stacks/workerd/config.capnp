using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  compatibilityDate = "2026-01-01",
  modules = [
    (name = "worker.js", esModule = embed "dist/worker.js"),
    (name = "attention-wasm/attention.simd.wasm",
      wasm = embed "node_modules/attention-wasm/web/core/attention.simd.wasm"),
    (name = "attention-wasm/attention.steps.wasm",
      wasm = embed "node_modules/attention-wasm/web/core/attention.steps.wasm"),
    (name = "attention-wasm/transformer.simd.wasm",
      wasm = embed "node_modules/attention-wasm/web/transformer/transformer.simd.wasm"),
  ],
);
