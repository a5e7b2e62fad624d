// gemv.h - products of a matrix, stored row by row in any type, with one vector or two: bound by reading the
// matrix, which is read once. Inline, over vec.h.
//
// A vector of sums or of weights takes a register for each of GEMV_ROWS rows of the matrix, or for half as many
// when there are two vectors. Columns come in eights: GEMV_COLUMNS.
//
// float16 is read as it lies (vec_load_halves), so its products are 2^-112 of what they should be: the other
// factor has to be 2^112 too large. int8 is read without its scales.
#ifndef ATTENTION_GEMV_H
#define ATTENTION_GEMV_H

#include "attention.h"
#include "vec.h"

#include <stddef.h>

#define GEMV_ROWS 8
#define GEMV_COLUMNS 8
#define GEMV_HALF_FACTOR 0x1p112f
#define GEMV_INLINE static inline __attribute__((always_inline))

// The type is a constant wherever this is inlined.
GEMV_INLINE size_t gemv_bytes(int type)
{
    return type == ATTENTION_FLOAT32 ? sizeof(float) : type == ATTENTION_FLOAT16 ? sizeof(uint16_t) : 1;
}

GEMV_INLINE f32x4 gemv_load(int type, const char *row, int column)
{
    if (type == ATTENTION_FLOAT16) return vec_load_halves((const uint16_t *)(const void *)row + column);
    if (type == ATTENTION_INT8) return vec_load_bytes((const int8_t *)row + column);
    return vec_load((const float *)(const void *)row + column);
}

// sums[vector][row] += the row times the vector, still spread over four lanes.
GEMV_INLINE void gemv_dot_rows(int type, int vectors, int rows, const char *matrix, int columns, const float *x,
                               f32x4 sums[][GEMV_ROWS])
{
    size_t stride = (size_t)columns * gemv_bytes(type);
    for (int v = 0; v < vectors; v++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) sums[v][i] = vec_zero();
    }
    for (int c = 0; c < columns; c += GEMV_COLUMNS) {
        const char *at = matrix + (size_t)c * gemv_bytes(type);
        f32x4 x_low[2], x_high[2];
        for (int v = 0; v < vectors; v++) {
            x_low[v] = vec_load(x + v * columns + c);
            x_high[v] = vec_load(x + v * columns + c + VEC_LANES);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++, at += stride) {
            f32x4 low = gemv_load(type, at, 0), high = gemv_load(type, at, VEC_LANES);
            for (int v = 0; v < vectors; v++) {
                sums[v][i] = vec_madd(low, x_low[v], sums[v][i]);
                sums[v][i] = vec_madd(high, x_high[v], sums[v][i]);
            }
        }
    }
}

// y[vector * stride + row] = row . x[vector], for `count` rows.
GEMV_INLINE void gemv_dot(int type, int vectors, const void *matrix, int count, int columns, const float *x,
                          float *y, int stride)
{
    const int rows = GEMV_ROWS / vectors;
    const char *at = matrix;
    size_t row_bytes = (size_t)columns * gemv_bytes(type);
    f32x4 sums[2][GEMV_ROWS];
    int i = 0;
    for (; i + rows <= count; i += rows, at += (size_t)rows * row_bytes) {
        gemv_dot_rows(type, vectors, rows, at, columns, x, sums);
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) {
#pragma clang loop unroll(full)
            for (int j = 0; j < rows; j += VEC_LANES) {
                f32x4 *four = sums[v] + j;
                vec_transpose(four, four + 1, four + 2, four + 3);
                vec_store(y + v * stride + i + j, vec_add(vec_add(four[0], four[1]), vec_add(four[2], four[3])));
            }
        }
    }
    for (; i < count; i++, at += row_bytes) {
        gemv_dot_rows(type, vectors, 1, at, columns, x, sums);
        for (int v = 0; v < vectors; v++) y[v * stride + i] = vec_sum(sums[v][0]);
    }
}

// y[vector] += sum over the rows of weights[vector][row] * row
GEMV_INLINE void gemv_add_rows(int type, int vectors, int rows, const char *matrix, int columns,
                               const float *weights, int stride, float *y)
{
    size_t row_bytes = (size_t)columns * gemv_bytes(type);
    f32x4 weight[2][GEMV_ROWS];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) weight[v][i] = vec_load_splat(weights + v * stride + i);
    }
    for (int c = 0; c < columns; c += GEMV_COLUMNS) {
        const char *at = matrix + (size_t)c * gemv_bytes(type);
        f32x4 y_low[2], y_high[2];
        for (int v = 0; v < vectors; v++) {
            y_low[v] = vec_load(y + v * columns + c);
            y_high[v] = vec_load(y + v * columns + c + VEC_LANES);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++, at += row_bytes) {
            f32x4 low = gemv_load(type, at, 0), high = gemv_load(type, at, VEC_LANES);
            for (int v = 0; v < vectors; v++) {
                y_low[v] = vec_madd(low, weight[v][i], y_low[v]);
                y_high[v] = vec_madd(high, weight[v][i], y_high[v]);
            }
        }
        for (int v = 0; v < vectors; v++) {
            vec_store(y + v * columns + c, y_low[v]);
            vec_store(y + v * columns + c + VEC_LANES, y_high[v]);
        }
    }
}

// The same for `count` rows.
GEMV_INLINE void gemv_add(int type, int vectors, const void *matrix, int count, int columns, const float *weights,
                          int stride, float *y)
{
    const int rows = GEMV_ROWS / vectors;
    const char *at = matrix;
    size_t row_bytes = (size_t)columns * gemv_bytes(type);
    int i = 0;
    for (; i + rows <= count; i += rows, at += (size_t)rows * row_bytes) {
        gemv_add_rows(type, vectors, rows, at, columns, weights + i, stride, y);
    }
    for (; i < count; i++, at += row_bytes) gemv_add_rows(type, vectors, 1, at, columns, weights + i, stride, y);
}

#endif
