// What may depend on what, and where things may be. The rules are those of the tree: dependencies point one
// way, and each kind of thing has one home.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, test } from 'node:test';
import { APPEND, BACKWARD, FORWARD, MERGE } from '../web/core/layout.js';
import { STEPS } from '../web/core/steps-layout.js';
import { INTERFACE } from '../web/core/version.js';
import * as transformer from '../web/transformer/layout.js';

const root = new URL('../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');

/** Paths of the files below a folder, from the root of the repository. */
function files(folder, extension) {
  if (!existsSync(new URL(folder, root))) return [];
  return readdirSync(new URL(folder, root), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : files(path, extension);
    return path.endsWith(extension) ? [path] : [];
  });
}

/** Source without comments, so that prose may name what code may not use. */
function code(path) {
  return read(path).replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
}

/** What a module imports, resolved to paths from the root where relative. Types in comments don't count. */
function imports(path) {
  const found = code(path).matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*)(['"])([^'"]+)\1/g);
  const folder = posix.dirname(path);
  return [...found].map(([, , name]) => (name.startsWith('.') ? posix.join(folder, name) : name));
}

const includes = (path) => [...code(path).matchAll(/#include\s*"([^"]+)"/g)].map(([, name]) => name);
const offenders = (paths, pattern) => paths.filter((path) => pattern.test(code(path)));

describe('C', () => {
  const PROBLEM = [
    'attention.h', 'exp.h', 'pack.h', 'pool.h', 'problem.h', 'rows.h', 'scores.h', 'softmax.h', 'tile.h', 'vec.h',
  ];
  const ORDER = {
    'vec.h': [],
    'exp.h': ['vec.h'],
    'softmax.h': ['exp.h', 'vec.h'],
    'tile.h': ['vec.h'],
    'pack.h': ['rows.h', 'tile.h', 'vec.h'],
    'attention.h': [],
    'problem.h': ['attention.h'],
    'rows.h': ['attention.h', 'problem.h', 'vec.h'],
    'scores.h': ['attention.h', 'exp.h', 'problem.h', 'vec.h'],
    'pool.h': ['attention.h'],
    'pool.c': ['attention.h', 'pool.h'],
    'version.c': ['attention.h'],
    'steps.c': ['attention.h'],
    'append.c': ['attention.h', 'rows.h', 'vec.h'],
    'merge.c': ['attention.h', 'exp.h', 'softmax.h', 'vec.h'],
    'gemv.h': [],
    'gemv.c': ['attention.h', 'gemv.h', 'vec.h'],
    'decode.h': ['attention.h', 'pool.h'],
    'blocks.h': ['gemv.h', 'rows.h'],
    'blocks.c': ['attention.h', 'blocks.h', 'vec.h'],
    'decode.c': [...PROBLEM, 'blocks.h', 'decode.h', 'gemv.h'],
    'forward.h': ['attention.h'],
    'forward.c': [...PROBLEM, 'forward.h'],
    'dispatch.c': ['attention.h', 'decode.h', 'forward.h', 'problem.h'],
    'panels.h': ['pack.h', 'rows.h', 'tile.h', 'vec.h'],
    'products.h': ['pack.h', 'panels.h', 'problem.h', 'tile.h', 'vec.h'],
    'gradients.h': ['attention.h'],
    'gradients.c': [...PROBLEM, 'gradients.h', 'panels.h', 'products.h'],
    'backward.c': [...PROBLEM, 'gradients.h'],
    'transformer.h': [],
    'table.h': ['transformer.h'],
    'table.c': ['table.h'],
    'arena.h': ['transformer.h'],
    'parts.h': ['arena.h'],
    'arena.c': ['parts.h', 'table.h'],
    'linear.c': ['parts.h', 'vec.h'],
    'norm.c': ['parts.h', 'vec.h'],
    'gelu.c': ['exp.h', 'parts.h', 'vec.h'],
    'embedding.c': ['parts.h', 'vec.h'],
    'heads.c': ['parts.h'],
    'attending.c': ['forward.h', 'parts.h'],
    'pointer.c': ['exp.h', 'parts.h'],
    'token.c': ['exp.h', 'parts.h', 'table.h', 'vec.h'],
    'adamw.c': ['parts.h', 'table.h', 'vec.h'],
    'random.c': ['parts.h', 'table.h'],
    'model.c': ['attention.h', 'parts.h', 'table.h'],
  };
  const sources = files('c_src', '');

  test('dependencies point one way', () => {
    for (const path of sources) {
      const name = posix.basename(path);
      assert.ok(ORDER[name], `${name} has no place in the order yet`);
      for (const header of includes(path)) {
        assert.ok(ORDER[name].includes(header), `${name} must not include ${header}`);
      }
    }
  });

  test('only vec.h names intrinsics', () => {
    const others = sources.filter((path) => !path.endsWith('vec.h'));
    assert.deepEqual(offenders(others, /\bwasm_[a-z]|v128_t|wasm_simd128\.h|immintrin|arm_neon/), []);
  });

  test('no allocation, no libc, no state between calls', () => {
    assert.deepEqual(offenders(sources, /\b(malloc|calloc|free|memcpy|memset|printf)\s*\(/), []);
    assert.deepEqual(offenders(sources, /#include\s*<(?!stdint\.h|stddef\.h|wasm_simd128\.h)/), []);
    const variable = /^(?!typedef\b|.*\bconst\b)\w[\w *]* \w+(\[\w*\])?( = [^;(]*)?;$/m;
    assert.match('static int calls;', variable);
    assert.deepEqual(offenders(sources, variable), []);
  });
});

describe('the boundary between JavaScript and C', () => {
  const header = code('c_src/attention.h');

  test('argument structs have the same fields in the same order', () => {
    const layouts = { steps: STEPS, forward: FORWARD, backward: BACKWARD, merge: MERGE, append: APPEND };
    for (const [name, layout] of Object.entries(layouts)) {
      const { doubles, words } = fieldsOf(header, `attention_${name}_args`);
      assert.deepEqual(doubles, layout.doubles, name);
      assert.deepEqual(words, layout.words, name);
    }
  });

  test('the interface has the same number', () => {
    assert.equal(Number(header.match(/#define ATTENTION_INTERFACE (\d+)/)[1]), INTERFACE);
  });

  test('so it is with the transformer', () => {
    const of = code('c_src/transformer/transformer.h');
    assert.deepEqual(fieldsOf(of, 'transformer_config'), { doubles: [], words: [...transformer.CONFIG] });
    assert.deepEqual(fieldsOf(of, 'transformer_batch'), { doubles: ['loss'], words: [...transformer.BATCH] });
    assert.deepEqual(fieldsOf(of, 'transformer_view'), { doubles: [], words: [...transformer.VIEW] });
    assert.equal(Number(of.match(/#define TRANSFORMER_INTERFACE (\d+)/)[1]), transformer.INTERFACE);
  });
});

/** A struct's declarations, without those of the fields that are structs themselves. */
function declarationsOf(header, name) {
  const body = header.match(new RegExp(`\\{([^{}]*)\\}\\s*${name};`))[1];
  return body.split(';').map((line) => line.trim()).filter(Boolean).flatMap((declaration) =>
    (declaration === 'attention_problem problem' ? declarationsOf(header, 'attention_problem') : [declaration]));
}

/** The fields of a struct, in camel case: those of 64 bits, which must come first, and those of 32. */
function fieldsOf(header, name) {
  const fields = declarationsOf(header, name).flatMap((declaration) => {
    const [, type, field, length] = declaration.match(/^(.*?)\s*\*?(\w+)(?:\[(\d+)\])?$/);
    const camel = field.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
    const kind = type === 'double' ? 'doubles' : 'words';
    return length ? Array.from({ length }, (_, i) => [kind, camel + i]) : [[kind, camel]];
  });
  const firstWord = fields.findIndex(([kind]) => kind === 'words');
  assert.ok(fields.slice(firstWord).every(([kind]) => kind === 'words'), `${name}: doubles come first`);
  return {
    doubles: fields.filter(([kind]) => kind === 'doubles').map(([, field]) => field),
    words: fields.filter(([kind]) => kind === 'words').map(([, field]) => field),
  };
}

describe('JavaScript', () => {
  const core = files('web/core', '.js');
  const learning = files('web/transformer', '.js');
  const tutorial = files('web/tutorial', '.js');
  const all = [...core, ...learning, ...tutorial];

  test('the core imports nothing outside itself, the transformer nothing but the core', () => {
    for (const path of core) {
      for (const name of imports(path)) assert.ok(name.startsWith('web/core/'), `${path} imports ${name}`);
    }
    for (const path of learning) {
      for (const name of imports(path)) assert.match(name, /^web\/(core|transformer)\//, path);
    }
  });

  test('neither knows a DOM', () => {
    const dom = /(?<!['])\b(document|window)\s*[.[]|\b(customElements|HTML\w*Element|requestAnimationFrame)\b/;
    assert.deepEqual(offenders([...core, ...learning], dom), []);
  });

  test('nothing in the transformer is left to chance or to the time', () => {
    assert.deepEqual(offenders(learning, /Math\.random|Date\b|performance\b|crypto\b/), []);
  });

  test('memory is created and grown in one file', () => {
    const memory = /WebAssembly\.Memory\s*\(|new\s+WebAssembly\.Memory|\.grow\s*\(/;
    const others = all.filter((path) => path !== 'web/core/memory.js');
    assert.deepEqual(offenders(others, memory), []);
    assert.match(code('web/core/memory.js'), memory);
  });

  test('bundlers find all binaries, the snapshot and the workers', () => {
    const homes = {
      'web/core/load.js': ['attention.simd', 'attention.relaxed'],
      'web/core/threads.js': ['attention.simd.threads', 'attention.relaxed.threads'],
      'web/core/load-steps.js': ['attention.steps'],
      'web/transformer/engine.js': ['transformer.simd', 'transformer.relaxed'],
    };
    for (const [path, names] of Object.entries(homes)) {
      for (const name of names) {
        assert.ok(code(path).includes(`new URL('./${name}.wasm', import.meta.url)`), name);
      }
    }
    for (const path of ['web/core/threads.js', 'web/tutorial/training/client.js']) {
      assert.ok(code(path).includes("new Worker(new URL('./worker.js', import.meta.url), { type: 'module'"), path);
    }
    assert.ok(code('web/tutorial/training/snapshot.js').includes("new URL('./snapshot.bin', import.meta.url)"));
  });

  test('the steps alone load none of the rest of the core', () => {
    const reached = new Set();
    const visit = (path) => {
      if (reached.has(path)) return;
      reached.add(path);
      imports(path).forEach(visit);
    };
    visit('web/core/load-steps.js');
    for (const name of ['load', 'attention', 'layout', 'problem', 'key-value-cache', 'threads']) {
      assert.ok(!reached.has(`web/core/${name}.js`), name);
    }
  });

  test('the tutorial uses only the public APIs of the core and of the transformer', () => {
    const PUBLIC = ['web/core/index.js', 'web/core/load-steps.js', 'web/transformer/index.js'];
    for (const path of tutorial) {
      for (const name of imports(path)) {
        if (!/^web\/(core|transformer)\//.test(name)) continue;
        assert.ok(PUBLIC.includes(name), `${path} imports ${name}`);
      }
    }
  });

  test('training uses only the public API of the transformer', () => {
    for (const path of files('web/training', '.js')) {
      for (const name of imports(path).filter((each) => each.startsWith('web/'))) {
        assert.ok(name === 'web/transformer/index.js' || name.startsWith('web/training/'), `${path} imports ${name}`);
      }
    }
  });

  test('the inlined module adds nothing to the core, and the command knows only how lessons are read', () => {
    const allowed = {
      'web/inline': /^web\/(core\/(index|variant)|inline\/(simd|relaxed))\.js$/,
      'web/cli': /^(node:|web\/cli\/|web\/tutorial\/own-lesson\.js$)/,
    };
    for (const [folder, pattern] of Object.entries(allowed)) {
      for (const path of files(folder, '.js')) {
        for (const name of imports(path)) assert.match(name, pattern, `${path} imports ${name}`);
      }
    }
  });

  test('elements are registered in one file', () => {
    const others = files('web', '.js').filter((path) => path !== 'web/tutorial/register.js');
    assert.deepEqual(offenders(others, /customElements\s*\.\s*define|@customElement/), []);
  });

  test('no module is part of a cycle', () => {
    const graph = new Map(all.map((path) => [path, imports(path)]));
    const done = new Set();
    const visit = (path, trail) => {
      assert.ok(!trail.includes(path), `cycle: ${[...trail, path].join(' → ')}`);
      if (done.has(path)) return;
      (graph.get(path) ?? []).forEach((next) => visit(next, [...trail, path]));
      done.add(path);
    };
    graph.forEach((_, path) => visit(path, []));
  });
});

describe('the repository', () => {
  test('lock files name no registry', () => {
    const folders = ['', 'tests/newer-node/', 'tests/stacks/', 'tests/recipes/', 'bench/'];
    for (const path of folders.map((folder) => `${folder}package-lock.json`)) {
      if (existsSync(new URL(path, root))) assert.doesNotMatch(read(path), /"resolved"|registry(?!-(url|auth-token)")/, path);
    }
  });
});
