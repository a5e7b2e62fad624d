// gemv.c - see gemv.h. One loop for all types, which is a constant wherever it is inlined.
//
// A register for each row's sum, or its weight, and a few for what is read: LLVM moves sums down to where they're
// needed, but loads no further than the next store, and what doesn't fit into x64's 15 registers is spilled. The
// order of the loops avoids that; it shows in the generated code only.
#include "gemv.h"
#include "attention.h"
#include "vec.h"

#include <stddef.h>

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define NARROW_ROWS 4  // at a time: widening takes registers too
#define EIGHT (2 * VEC_LANES)
#define CACHE_LINE 64

INLINE size_t bytes_of(int type)
{
    return type == ATTENTION_FLOAT32 ? sizeof(float) : type == ATTENTION_FLOAT16 ? sizeof(uint16_t) : 1;
}

INLINE void load_eight(int type, const char *from, f32x4 *first, f32x4 *last)
{
    if (type == ATTENTION_FLOAT16) {
        vec_load_eight_halves((const uint16_t *)(const void *)from, first, last);
    } else if (type == ATTENTION_INT8) {
        vec_load_eight_bytes((const int8_t *)from, first, last);
    } else {
        *first = vec_load((const float *)(const void *)from);
        *last = vec_load((const float *)(const void *)from + VEC_LANES);
    }
}

// Elements come in multiples of 32.
INLINE void see(int type, const char *from, int elements, vec_seen *seen)
{
    if (type != ATTENTION_FLOAT16) return;
    const uint16_t *halves = (const uint16_t *)(const void *)from;
    for (int i = 0; i < elements; i += 4 * EIGHT) {
        UNROLL for (int j = 0; j < 4 * EIGHT; j += EIGHT) vec_see_halves(halves + i + j, seen);
    }
}

// Reads what comes next once from front to back, if only a byte of each cache line: prefetchers follow that, but not
// the products, which go to and fro between several rows. (A float16 cache: 445 instead of 590 µs, x64.) float32
// keeps memory busy as it is.
INLINE void look_ahead(int type, const char *from, int elements, int finite, vec_seen *seen)
{
    if (type == ATTENTION_FLOAT16 && !finite) {
        see(type, from, elements, seen);
    } else if (type != ATTENTION_FLOAT32) {
        int bytes = elements * (int)bytes_of(type);
        for (int i = 0; i < bytes; i += CACHE_LINE) (void)*(const volatile char *)(from + i);
    }
}

// ------------------------------------------------------------------------------------------------- dot
// sums[vector][row] = row . vector, spread over four lanes.
INLINE void dot_rows(int type, int vectors, int rows, int step, const char *matrix, int columns, const float *x,
                     f32x4 sums[2][GEMV_ROWS])
{
    size_t row_bytes = (size_t)columns * bytes_of(type);
    UNROLL for (int v = 0; v < vectors; v++) {
        UNROLL for (int i = 0; i < rows; i++) sums[v][i] = vec_zero();
    }
    for (int c = 0; c < columns; c += step) {
        const char *at = matrix + (size_t)c * bytes_of(type);
        f32x4 part[2][GEMV_COLUMNS / VEC_LANES];
        UNROLL for (int v = 0; v < vectors; v++) {
            const float *from = x + v * columns + c;
            UNROLL for (int j = 0; j < step / VEC_LANES; j++) part[v][j] = vec_load(from + j * VEC_LANES);
        }
        UNROLL for (int i = 0; i < rows; i++, at += row_bytes) {
            UNROLL for (int j = 0; j < step / VEC_LANES; j += 2) {
                f32x4 first, last;
                load_eight(type, at + (size_t)(j * VEC_LANES) * bytes_of(type), &first, &last);
                UNROLL for (int v = 0; v < vectors; v++) sums[v][i] = vec_madd(first, part[v][j], sums[v][i]);
                UNROLL for (int v = 0; v < vectors; v++) sums[v][i] = vec_madd(last, part[v][j + 1], sums[v][i]);
            }
        }
    }
}

INLINE int dot(int type, int vectors, const void *matrix, int count, int columns, int finite, const float *x,
               float scale, float *y, int stride)
{
    const int wide = type == ATTENTION_FLOAT32 && vectors == 1, rows = wide ? GEMV_ROWS : NARROW_ROWS;
    const char *at = matrix;
    vec_seen seen = vec_nothing_seen();
    for (int i = 0; i < count; i += rows, at += (size_t)(rows * columns) * bytes_of(type)) {
        f32x4 sums[2][GEMV_ROWS];
        look_ahead(type, at, rows * columns, finite, &seen);
        dot_rows(type, vectors, rows, wide ? GEMV_COLUMNS : EIGHT, at, columns, x, sums);
        UNROLL for (int v = 0; v < vectors; v++) {
            UNROLL for (int j = 0; j < rows; j += VEC_LANES) {
                f32x4 *four = sums[v] + j;
                vec_transpose(four, four + 1, four + 2, four + 3);
                f32x4 sum = vec_add(vec_add(four[0], four[1]), vec_add(four[2], four[3]));
                vec_store(y + v * stride + i + j, vec_mul(sum, vec_splat(scale)));
            }
        }
    }
    return vec_all_finite(seen);
}

// ------------------------------------------------------------------------------------------------- add
// Four columns after four, all rows for each.
INLINE void add_rows(int vectors, int rows, const float *matrix, int columns, f32x4 weight[2][GEMV_ROWS], float *y)
{
    const int step = GEMV_COLUMNS / vectors;
    for (int c = 0; c < columns; c += step) {
        UNROLL for (int j = 0; j < step; j += VEC_LANES) {
            float *to = y + c + j;
            f32x4 sums[2];
            UNROLL for (int v = 0; v < vectors; v++) sums[v] = vec_load(to + v * columns);
            UNROLL for (int i = 0; i < rows; i++) {
                f32x4 row = vec_load(matrix + i * columns + c + j);
                UNROLL for (int v = 0; v < vectors; v++) sums[v] = vec_madd(row, weight[v][i], sums[v]);
            }
            UNROLL for (int v = 0; v < vectors; v++) vec_store(to + v * columns, sums[v]);
        }
    }
}

// Eight columns after eight, because that many are widened together.
INLINE void add_narrow_rows(int type, const char *matrix, int columns, const f32x4 *weight, float *y)
{
    size_t row_bytes = (size_t)columns * bytes_of(type);
    for (int c = 0; c < columns; c += EIGHT) {
        const char *at = matrix + (size_t)c * bytes_of(type);
        f32x4 first_sum = vec_load(y + c), last_sum = vec_load(y + c + VEC_LANES);
        UNROLL for (int i = 0; i < NARROW_ROWS; i++, at += row_bytes) {
            f32x4 first, last;
            load_eight(type, at, &first, &last);
            first_sum = vec_madd(first, weight[i], first_sum);
            last_sum = vec_madd(last, weight[i], last_sum);
        }
        vec_store(y + c, first_sum);
        vec_store(y + c + VEC_LANES, last_sum);
    }
}

INLINE int add(int type, int vectors, const void *matrix, int count, int columns, int finite, const float *weights,
               int stride, float *y)
{
    const int wide = type == ATTENTION_FLOAT32, rows = wide ? GEMV_ROWS / vectors : NARROW_ROWS;
    const char *at = matrix;
    vec_seen seen = vec_nothing_seen();
    for (int i = 0; i < count; i += rows, at += (size_t)(rows * columns) * bytes_of(type)) {
        f32x4 weight[2][GEMV_ROWS];
        look_ahead(type, at, rows * columns, finite, &seen);
        UNROLL for (int v = 0; v < vectors; v++) {
            UNROLL for (int j = 0; j < rows; j++) weight[v][j] = vec_load_splat(weights + v * stride + i + j);
        }
        if (wide) add_rows(vectors, rows, (const float *)(const void *)at, columns, weight, y);
        else add_narrow_rows(type, at, columns, weight[0], y);
    }
    return vec_all_finite(seen);
}

// ----------------------------------------------------------------------------------------------- widen
INLINE int widen(int type, const void *matrix, int elements, int finite, float *to)
{
    const char *at = matrix;
    vec_seen seen = vec_nothing_seen();
    for (int i = 0; i < elements; i += 4 * EIGHT) {
        if (!finite) see(type, at + (size_t)i * bytes_of(type), 4 * EIGHT, &seen);
        UNROLL for (int j = 0; j < 4 * EIGHT; j += EIGHT) {
            f32x4 first, last;
            load_eight(type, at + (size_t)(i + j) * bytes_of(type), &first, &last);
            vec_store(to + i + j, first);
            vec_store(to + i + j + VEC_LANES, last);
        }
    }
    return vec_all_finite(seen);
}

// --------------------------------------------------------------------------------------------- kernels
#define KERNELS(NAME, TYPE)                                                                                        \
    static int dot_##NAME(const void *matrix, int rows, int columns, int finite, const float *x, float scale, float *y)\
    {                                                                                                              \
        return dot(TYPE, 1, matrix, rows, columns, finite, x, scale, y, 0);                                        \
    }                                                                                                              \
    static int add_##NAME(const void *matrix, int rows, int columns, int finite, const float *weights, float *y)   \
    {                                                                                                              \
        return add(TYPE, 1, matrix, rows, columns, finite, weights, 0, y);                                         \
    }                                                                                                              \
    static int widen_##NAME(const void *matrix, int elements, int finite, float *to)                               \
    {                                                                                                              \
        return widen(TYPE, matrix, elements, finite, to);                                                          \
    }

KERNELS(floats, ATTENTION_FLOAT32)
KERNELS(halves, ATTENTION_FLOAT16)
KERNELS(bytes, ATTENTION_INT8)

// Called through pointers because engines, which inline too, would make one function of all, and allocate its
// registers badly.
const gemv_kernels gemv_of[3] = {
    [ATTENTION_FLOAT32] = {.factor = 1.0f, .dot = dot_floats, .add = add_floats, .widen = widen_floats},
    [ATTENTION_FLOAT16] = {.factor = VEC_HALF_FACTOR, .dot = dot_halves, .add = add_halves, .widen = widen_halves},
    [ATTENTION_INT8] = {.factor = VEC_BYTE_FACTOR, .dot = dot_bytes, .add = add_bytes, .widen = widen_bytes},
};

void gemv_dot_two(const float *matrix, int rows, int columns, const float *x, float scale, float *y, int stride)
{
    dot(ATTENTION_FLOAT32, 2, matrix, rows, columns, 1, x, scale, y, stride);
}

void gemv_add_two(const float *matrix, int rows, int columns, const float *weights, int stride, float *y)
{
    add(ATTENTION_FLOAT32, 2, matrix, rows, columns, 1, weights, stride, y);
}
