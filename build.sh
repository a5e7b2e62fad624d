#!/usr/bin/env bash
# Builds attention-wasm.    ./build.sh [target]...    (default: wasm)
#
#   wasm        c_src/*.c -> web/core/attention.{simd,relaxed}{,.threads}.wasm, and the six steps alone ->
#               web/core/attention.steps.wasm; with c_src/transformer/*.c -> web/transformer/transformer.{simd,relaxed}.wasm;
#               the first two as text -> web/inline/{simd,relaxed}.js;
#               installs a toolchain where there is none
#   packages    the npm packages of package-lock.json -> node_modules
#   types       the JSDoc types, checked; those of web/core, web/inline and web/transformer -> build/types
#   site        the page -> build/site, with attention-tutorial.js for other pages; the element for npm -> build/element
#   newer-node  a Node with relaxed SIMD, for the tests -> build/newer-node/node
#   chromium    a Chromium for the tests, installed where there is none; prints where it is
#   firefox     a Firefox, likewise
#   webkit      WebKitGTK's MiniBrowser with its driver and a screen in memory, likewise
#   lanes       tests/vec/lanes.c, the vocabulary of vec.h for its tests -> build/tests/lanes.{simd,relaxed}.wasm
#   native      the core under its fuzzer, and tests/vec/lanes.c, natively and with sanitizers; installs a compiler
#               where there is none -> build/tests/fuzz, build/tests/lanes
#   stacks      the npm packages of tests/stacks/: bundlers, frameworks, other runtimes -> build/stacks
#   recipes     what docs/embedding.md is tested with: the npm packages of tests/recipes/ -> build/recipes; MkDocs, Sphinx and
#               Jupyter's nbconvert, installed where there are none
#   bench       the npm packages of bench/, and what measures the ceiling -> build/bench
#   clean       removes what the targets above wrote, except node_modules
#
# Only what has changed is rebuilt. EMCC, CC, CHROMIUM, FIREFOX and WEBKIT name an emcc, a native compiler and
# browsers to use.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

say() { printf '%s\n' "$*"; }
fail() { printf 'build.sh: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# stale OUTPUT INPUT...: is OUTPUT missing, or older than an INPUT? Directories count with all they hold.
stale() {
    local output=$1
    shift
    [ -e "$output" ] || return 0
    [ -n "$(find "$@" -type f -newer "$output")" ]
}

# ---------------------------------------------------------------------------------------------- installing
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# apt_install WHY PACKAGE...
apt_install() {
    local why=$1
    shift
    [ "$(id -u)" = 0 ] || have sudo || fail "$why needs the packages $*: install them, or run this as root."
    say "installing $* ($why)"
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
    as_root "${apt[@]}" update || fail "$why needs the packages $*, but 'apt-get update' failed."
    as_root "${apt[@]}" install -y --no-install-recommends "$@" >/dev/null ||
        fail "$why needs the packages $*, but apt-get could not install them."
}

# ---------------------------------------------------------------------------------------------- toolchain
# Sets emcc (a command line) and wasm_ld. The compiler must emit the standard's opcode for a relaxed
# multiply-add, fd 85 02: LLVM 14, which Debian's emscripten uses by default, emits one that engines reject.
emcc=()
wasm_ld=''
probe_said=''

try_emcc() { # COMMAND...
    local scratch object=''
    scratch=$(mktemp -d)
    cat >"$scratch/probe.c" <<'C'
#include <wasm_simd128.h>
v128_t probe(v128_t a, v128_t b, v128_t c) { return wasm_f32x4_relaxed_madd(a, b, c); }
C
    if probe_said=$("$@" -O1 -msimd128 -mrelaxed-simd -c "$scratch/probe.c" -o "$scratch/probe.o" 2>&1); then
        object=$(od -An -v -tx1 "$scratch/probe.o" | tr -d ' \n')
    fi
    rm -rf "$scratch"
    [[ $object == *fd8502* ]]
}

find_toolchain() {
    local llvm config
    if have "${EMCC:-emcc}" && try_emcc "${EMCC:-emcc}"; then
        emcc=("${EMCC:-emcc}")
        config=$(dirname "$(command -v "${EMCC:-emcc}")")/em-config
        wasm_ld=$("$config" LLVM_ROOT)/wasm-ld
        [ -x "$wasm_ld" ] && return
    fi
    for llvm in /usr/lib/llvm-{19,20,21,22}; do
        [ -x "$llvm/bin/wasm-ld" ] && have emcc || continue
        emcc=(env "EM_LLVM_ROOT=$llvm/bin" "EM_LLVM_ADD_VERSION=${llvm##*-}"
            "EM_CLANG_ADD_VERSION=${llvm##*-}" emcc)
        wasm_ld=$llvm/bin/wasm-ld
        try_emcc "${emcc[@]}" && return
    done
    return 1
}

need_toolchain() {
    [ -z "$wasm_ld" ] || return 0
    find_toolchain && return
    wasm_ld=''
    local why='compiling to WebAssembly'
    if have apt-get; then
        apt_install "$why" emscripten clang-19 lld-19 llvm-19
    elif have brew; then
        say "installing emscripten ($why)"
        brew install --quiet emscripten
    fi
    find_toolchain && return
    [ -z "$probe_said" ] || say "$probe_said" >&2
    fail 'no suitable Emscripten: install emsdk 4.0 or newer and put its emcc on the PATH.'
}

# ---------------------------------------------------------------------------------------------------- wasm
# -ffast-math is left out because it breaks exp; wasm-opt because it made the kernels slower. LLVM is told to keep
# the order of the source: its own, made for machines with a stack of registers, spills half of a tile's sums in
# engines (47 instead of 55 GFLOP/s, where the multiply-add ceiling is 56). Objects are
# linked by wasm-ld itself: the core is freestanding and needs nothing of Emscripten's runtime, and the
# binaryen that Debian's emcc would run can't read relaxed SIMD. Stacks have 64 kB, and nothing stands behind those of
# threads, so large frames are refused.
cflags=(-std=c11 -O3 -ffp-contract=off -ffreestanding -fvisibility=hidden -mbulk-memory
    -mllvm -pre-RA-sched=source -Wall -Wextra -Wframe-larger-than=8192 -Werror)
ldflags=(--no-entry --export=__heap_base --import-memory --stack-first
    -z stack-size=65536 --gc-sections --strip-all --compress-relocations)
# Each thread is an instance of its own over the same memory: the one that comes first initialises the data (the
# linker guards that by an atomic flag), and each is given its stack by JavaScript.
threads_cflags=(-matomics)
threads_ldflags=(--shared-memory --max-memory=4294967296 --export=__stack_pointer)

# The six steps are small above all: their loops, unrolled, would be a twentieth of the core. Alone, for pages, they are
# plain WebAssembly that every engine takes. Without --export-dynamic the linker leaves out what isn't named here.
steps_sources=(c_src/steps.c c_src/version.c)
steps_exports=(--export=attention_steps --export=attention_interface)

build_variant() { # NAME FLAG...
    local name=$1 output=web/core/attention.$1.wasm source object objects=() link=("${ldflags[@]}")
    local sources=(c_src/*.c) level
    shift
    [[ $name != *.threads ]] || link+=("${threads_ldflags[@]}")
    if [ "$name" = steps ]; then
        sources=("${steps_sources[@]}")
        link+=("${steps_exports[@]}")
    else
        link+=(--export-dynamic)
    fi
    mkdir -p "build/$name"
    for source in "${sources[@]}"; do
        object=build/$name/$(basename "$source" .c).o
        objects+=("$object")
        stale "$object" "$source" c_src/*.h build.sh || continue
        need_toolchain
        level=-O3
        [ "$source" != c_src/steps.c ] || level=-Os
        "${emcc[@]}" "${cflags[@]}" "$@" "$level" -c "$source" -o "$object"
    done
    if stale "$output" "${objects[@]}"; then
        need_toolchain
        "$wasm_ld" "${link[@]}" "${objects[@]}" -o "$output"
    fi
    say "$output  $(wc -c <"$output") bytes, $(gzip -9 -c "$output" | wc -c) gzipped"
}

# The transformer is a binary of its own, small for pages: with the tiles of the core, without its other ways to attend
# and its options. Compiled by the linker, all files at once, arguments that are always the same go, and functions that
# are: 0.8 kB of 14, gzipped, and a twentieth of the time. (File by file, emcc turns inlining off at -Oz, trusting in
# wasm-opt, and vec.h becomes a call an operation.) The linker is told what emcc tells its compiler.
transformer_sources=(c_src/transformer/*.c c_src/{forward,backward,gradients,pool}.c)
transformer_cflags=(-Oz -flto -DATTENTION_PLAIN -Ic_src)
transformer_ldflags=(--fatal-warnings --lto-O2 -mllvm -pre-RA-sched=source -mllvm -disable-lsr -mllvm -enable-merge-functions)
transformer_exports=(interface relaxed arena_bytes table_floats init gradients train evaluate observe)

build_transformer() { # NAME FLAG...
    local name=$1 output=web/transformer/transformer.$1.wasm source object objects=() link=("${transformer_ldflags[@]}")
    shift
    for object in "${ldflags[@]}"; do [ "$object" = --export-dynamic ] || link+=("$object"); done
    mkdir -p "build/transformer.$name" web/transformer
    for source in "${transformer_sources[@]}"; do
        object=build/transformer.$name/$(basename "$source" .c).o
        objects+=("$object")
        stale "$object" "$source" c_src/*.h c_src/transformer/*.h build.sh || continue
        need_toolchain
        "${emcc[@]}" "${cflags[@]}" "${transformer_cflags[@]}" "$@" -c "$source" -o "$object"
    done
    if stale "$output" "${objects[@]}"; then
        need_toolchain
        "$wasm_ld" "${link[@]}" "${transformer_exports[@]/#/--export=transformer_}" "${objects[@]}" -o "$output"
    fi
    say "$output  $(wc -c <"$output") bytes, $(gzip -9 -c "$output" | wc -c) gzipped"
}

simd=(-msimd128)
relaxed=(-msimd128 -mrelaxed-simd)

# write_inline NAME: a core's binary as the text that attention-wasm/inline carries.
write_inline() {
    local binary=web/core/attention.$1.wasm output=web/inline/$1.js
    stale "$output" "$binary" build.sh || return 0
    printf "export default /** @type {string} */ ('%s');\n" "$(base64 <"$binary" | tr -d '\n')" >"$output"
}

target_wasm() {
    [ -z "${wasm_built:-}" ] || return 0
    build_variant simd "${simd[@]}"
    build_variant relaxed "${relaxed[@]}"
    build_variant simd.threads "${simd[@]}" "${threads_cflags[@]}"
    build_variant relaxed.threads "${relaxed[@]}" "${threads_cflags[@]}"
    build_variant steps
    build_transformer simd "${simd[@]}"
    build_transformer relaxed "${relaxed[@]}"
    write_inline simd
    write_inline relaxed
    wasm_built=yes
}

# build_single SOURCE OUTPUT FLAG...: a binary of one file.
build_single() {
    local source=$1 output=$2
    shift 2
    stale "$output" "$source" c_src/*.h build.sh || return 0
    need_toolchain
    mkdir -p "$(dirname "$output")"
    "${emcc[@]}" "${cflags[@]}" -Ic_src "$@" -c "$source" -o "${output%.wasm}.o"
    "$wasm_ld" "${ldflags[@]}" --export-dynamic "${output%.wasm}.o" -o "$output"
}

target_lanes() {
    build_single tests/vec/lanes.c build/tests/lanes.simd.wasm "${simd[@]}"
    build_single tests/vec/lanes.c build/tests/lanes.relaxed.wasm "${relaxed[@]}"
}

# -------------------------------------------------------------------------------------------------- native
# NULL + 0 is left alone: the core may add nothing to the pointer of a tensor without elements.
native_flags=(-std=c11 -g -O1 -ffp-contract=off -fsanitize=address,undefined,float-cast-overflow
    -fno-sanitize=pointer-overflow -fno-sanitize-recover=all -Wall -Wextra -Wno-unknown-pragmas -Werror)
native_cc=''

try_native() { # COMPILER
    local scratch status=1
    scratch=$(mktemp -d)
    echo 'int main(void) { return 0; }' >"$scratch/probe.c"
    if probe_said=$("$1" "${native_flags[@]}" "$scratch/probe.c" -o "$scratch/probe" 2>&1) &&
        probe_said=$("$scratch/probe" 2>&1); then
        status=0
    fi
    rm -rf "$scratch"
    return $status
}

find_native() {
    for native_cc in "${CC:-}" /usr/lib/llvm-{19,20,21,22}/bin/clang clang gcc; do
        [ -n "$native_cc" ] && have "$native_cc" && try_native "$native_cc" && return
    done
    native_cc=''
    return 1
}

need_native() {
    [ -z "$native_cc" ] || return 0
    find_native && return
    local why='testing with sanitizers'
    if have apt-get; then apt_install "$why" clang-19 libclang-rt-19-dev; fi
    find_native && return
    [ -z "$probe_said" ] || say "$probe_said" >&2
    fail 'no compiler with sanitizers: install clang with its compiler-rt, or name one in CC.'
}

# build_native OUTPUT INCLUDED SOURCE...: a program of all sources.
build_native() {
    local output=$1 included=$2
    shift 2
    stale "$output" "$@" c_src/*.h c_src/transformer/*.h "$included" build.sh || return 0
    need_native
    mkdir -p "$(dirname "$output")"
    say "compiling $output"
    "$native_cc" "${native_flags[@]}" -Ic_src -rdynamic "$@" -lm -o "$output"
}

target_native() {
    build_native build/tests/fuzz tests/native c_src/*.c c_src/transformer/*.c tests/native/*.c
    build_native build/tests/lanes tests/vec/lanes.c tests/vec/lanes.c
}

# -------------------------------------------------------------------------------------------- npm packages
need_node() {
    local oldest=20.19 found
    have npm && found=$(node --version) || fail "Node is missing: install Node $oldest or newer, with npm."
    [ "$(printf '%s\n' "$oldest" "${found#v}" | sort -V | head -n 1)" = "$oldest" ] ||
        fail "this is Node ${found#v}, which is too old: install Node $oldest or newer."
}

# install_packages FOLDER FLAG...: npm ci there, unless that was done with this very lock file.
install_packages() {
    local folder=$1 installed=$1/node_modules/.installed-lock.json
    shift
    need_node
    cmp -s "$folder/package-lock.json" "$installed" && return
    say "installing the npm packages of $folder/package-lock.json"
    (cd "$folder" && npm ci --no-audit --no-fund --no-update-notifier --loglevel=error "$@")
    cp "$folder/package-lock.json" "$installed"
}

target_packages() { install_packages .; }

# The npm packages holding a node binary link it into node_modules/.bin, which npm scripts put first on the
# PATH. A folder of its own keeps it from taking the place of the Node that runs the build.
target_newer_node() {
    mkdir -p build/newer-node
    cp tests/newer-node/package.json tests/newer-node/package-lock.json build/newer-node/
    install_packages build/newer-node
    (cd build/newer-node && ln -sf node_modules/node*/bin/node node)
}

# None of their install scripts is needed: they fetch what the packages for this platform hold already.
target_stacks() {
    mkdir -p build/stacks
    cp tests/stacks/package.json tests/stacks/package-lock.json build/stacks/
    install_packages build/stacks --ignore-scripts
}

have_recipe_tools() {
    have mkdocs && have sphinx-build && have jupyter-nbconvert || return 1
    python3 -c 'import IPython' 2>/dev/null || /usr/bin/python3 -c 'import IPython' 2>/dev/null
}

target_recipes() {
    mkdir -p build/recipes
    cp tests/recipes/package.json tests/recipes/package-lock.json build/recipes/
    install_packages build/recipes --ignore-scripts
    have_recipe_tools && return
    if have apt-get; then
        apt_install 'testing the recipes' mkdocs python3-sphinx jupyter-nbconvert python3-ipython
    fi
    have_recipe_tools || fail 'the recipes need MkDocs, Sphinx, Jupyter and IPython: pip install mkdocs sphinx nbconvert ipython.'
}

target_bench() {
    install_packages bench
    build_single bench/ceiling.c build/bench/ceiling.simd.wasm "${simd[@]}"
    build_single bench/ceiling.c build/bench/ceiling.relaxed.wasm "${relaxed[@]}"
}

# ------------------------------------------------------------------------------------------ types and site
target_types() {
    target_packages
    stale build/types/core/index.d.ts web package-lock.json || return 0
    say 'checking types'
    rm -rf build/types # tsc leaves what it wrote for files that have gone
    node_modules/.bin/tsc -p web/tsconfig.json
    node_modules/.bin/tsc -p web/tutorial/tsconfig.json
    mkdir -p build/types/element
    cp web/element/tutorial.d.ts build/types/element/
    # What the type says anyway, in words that compilers before TypeScript 5.7 can't read.
    local file
    for file in build/types/*/*.d.ts; do
        sed 's/Array<ArrayBufferLike>/Array/g' "$file" >"$file.new" && mv "$file.new" "$file"
    done
    touch build/types/core/index.d.ts
}

target_site() {
    target_wasm
    target_packages
    stale build/site/index.html web package-lock.json || return 0
    node_modules/.bin/vite build web --config web/vite.config.js
    node_modules/.bin/vite build web --config web/vite.config.js --mode builder
    node_modules/.bin/vite build web --config web/vite.element.config.js --mode script
    node_modules/.bin/vite build web --config web/vite.element.config.js --mode npm
    node_modules/.bin/vite build web --config web/vite.course.config.js
    touch build/site/index.html
}

# ------------------------------------------------------------------------------------------------ browsers
# first_of NAME...: where the first of these programs is.
first_of() {
    local name
    for name in "$@"; do
        [ -n "$name" ] && command -v "$name" && return
    done
    return 1
}

find_chromium() {
    first_of "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable chrome \
        '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome' \
        '/Applications/Chromium.app/Contents/MacOS/Chromium'
}

target_chromium() {
    find_chromium && return
    if have apt-get; then apt_install 'testing in a browser' chromium fonts-liberation >&2; fi
    find_chromium || fail 'no Chromium: install Chromium or Chrome, or name one in CHROMIUM.'
}

find_firefox() {
    first_of "${FIREFOX:-}" firefox-esr firefox /Applications/Firefox.app/Contents/MacOS/firefox
}

target_firefox() {
    find_firefox && return
    if have apt-get; then apt_install 'testing in Firefox' firefox-esr fonts-liberation >&2; fi
    find_firefox || fail 'no Firefox: install Firefox 140 or newer, or name one in FIREFOX.'
}

find_webkit() {
    have WebKitWebDriver && have Xvfb &&
        first_of "${WEBKIT:-}" /usr/lib/*/webkit{2gtk-4.1,2gtk-4.0,gtk-6.0}/MiniBrowser
}

target_webkit() {
    find_webkit && return
    if have apt-get; then apt_install 'testing in WebKit' webkit2gtk-driver xvfb fonts-liberation >&2; fi
    find_webkit || fail "no WebKit: install WebKitGTK with MiniBrowser and WebKitWebDriver, and Xvfb (Debian's packages \
webkit2gtk-driver and xvfb), or name a MiniBrowser in WEBKIT."
}

target_clean() {
    rm -rf build web/core/*.wasm web/transformer/*.wasm web/inline/{simd,relaxed}.js
}

for target in "${@:-wasm}"; do
    case $target in
        wasm | packages | types | site | chromium | firefox | webkit) "target_$target" ;;
        lanes | native | stacks | recipes | bench | clean) "target_$target" ;;
        newer-node) target_newer_node ;;
        *) fail "no target '$target': they are listed at the top of build.sh." ;;
    esac
done
