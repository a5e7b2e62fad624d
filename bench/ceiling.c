// What the processor can give at most, in WebAssembly: multiply-adds that stay in registers, and reading memory.
// Both are measured in the run in which the kernels are, so that a share of the ceiling means something on any
// machine. Built like the core, once with relaxed SIMD's fused multiply-add and once without. Not part of the core,
// so intrinsics may be named here.
//
// Engines compile a loop better only when the function is entered anew, so each call does a bounded piece of work.

#include <stddef.h>
#include <wasm_simd128.h>

#define EXPORT __attribute__((visibility("default")))

#ifdef __wasm_relaxed_simd__
#define MADD(a, x, y) wasm_f32x4_relaxed_madd(x, y, a)
#else
// a·x + y, where the relaxed build has x·y + a: the product of two constants would be taken out of the loop. It makes
// the chain of dependences longer, for which more accumulators are there to be tried.
#define MADD(a, x, y) wasm_f32x4_add(wasm_f32x4_mul(a, x), y)
#endif

// `count` accumulators, four multiply-adds each in a turn of the loop, so that the loop itself costs nothing.
// 16 vector registers: x and y take two, so up to 12 stay free of spills on x86; arm64 has 32.
#define MULTIPLY_ADD(count)                                                    \
    EXPORT float multiply_add_##count(int turns, float start, float x, float y) { \
        v128_t factor = wasm_f32x4_splat(x), term = wasm_f32x4_splat(y), a[count]; \
        _Pragma("clang loop unroll(full)")                                     \
        for (int i = 0; i < count; i++) a[i] = wasm_f32x4_splat(start + (float)i); \
        for (int turn = 0; turn < turns; turn++) {                             \
            _Pragma("clang loop unroll(full)")                                 \
            for (int i = 0; i < 4 * count; i++)                                \
                a[i % count] = MADD(a[i % count], factor, term);               \
        }                                                                      \
        v128_t sum = a[0];                                                     \
        _Pragma("clang loop unroll(full)")                                     \
        for (int i = 1; i < count; i++) sum = wasm_f32x4_add(sum, a[i]);       \
        return wasm_f32x4_extract_lane(sum, 0);                                \
    }

MULTIPLY_ADD(6)
MULTIPLY_ADD(8)
MULTIPLY_ADD(10)
MULTIPLY_ADD(12)

// Reads `vectors` 16-byte vectors, a multiple of 32, as `streams` neighbouring pieces in step: hardware fetches ahead
// for a few streams at a time, and attention reads two (keys and values). The least arithmetic that keeps the
// loads from being dropped: one `or` a vector, spread over eight chains.
#define READ(streams)                                                          \
    EXPORT int read_##streams(const v128_t *data, size_t vectors) {            \
        size_t piece = vectors / streams;                                      \
        v128_t a[8];                                                           \
        _Pragma("clang loop unroll(full)")                                     \
        for (int i = 0; i < 8; i++) a[i] = wasm_i32x4_splat(0);                \
        for (const v128_t *end = data + piece; data < end; data += 8) {        \
            _Pragma("clang loop unroll(full)")                                 \
            for (int s = 0; s < streams; s++) {                                \
                const v128_t *from = data + (size_t)s * piece;                 \
                _Pragma("clang loop unroll(full)")                             \
                for (int i = 0; i < 8; i++) a[i] = wasm_v128_or(a[i], from[i]); \
            }                                                                  \
        }                                                                      \
        _Pragma("clang loop unroll(full)")                                     \
        for (int i = 1; i < 8; i++) a[0] = wasm_v128_or(a[0], a[i]);           \
        return wasm_i32x4_extract_lane(a[0], 0);                               \
    }

READ(1)
READ(2)
READ(4)
