// products.h - the matrix products of the backward pass, over a tile of queries by keys. Inline, over tile.h.
//
// A tile is row-major, [queries][PRODUCT_KEYS]; all else are panels (see panels.h), or, of keys and values as the
// right side of a sum over their columns, panels of eight rows: [rows / 8][columns][8].
#ifndef ATTENTION_PRODUCTS_H
#define ATTENTION_PRODUCTS_H

#include "pack.h"
#include "panels.h"
#include "problem.h"
#include "tile.h"
#include "vec.h"

// Keys are rows of some products and columns of others, so there is a multiple of both in a tile.
#define PRODUCT_KEYS 72
#define PRODUCT_QUERIES 72
#define PRODUCT_STEP 24

#define PRODUCT_INLINE static inline __attribute__((always_inline))

// Adds the sum over i < depth of left[row * row_stride + i * depth_stride] * right[i][column].
PRODUCT_INLINE void product_sum(tile_block *block, const float *left, int row_stride, int depth_stride,
                                const float *right, int depth)
{
#pragma clang loop unroll(disable)
    for (; depth > 0; depth--, left += depth_stride, right += TILE_COLUMNS) tile_step(block, left, row_stride, right);
}

// tile[query][key] = factor * sum over columns of left[query][column] * right[key][column]
TILE_LOOP void product_of_columns(float *tile, const float *left, const float *right, float factor, int queries,
                                  int keys, int columns, int capacity)
{
    columns = pack_round_up(columns, TILE_COLUMNS);
    for (int key = 0; key < keys; key += TILE_COLUMNS, right += (size_t)columns * TILE_COLUMNS) {
        for (int query = 0; query < queries; query += TILE_ROWS) {
            tile_block block = tile_zero();
            const float *rows = left + query * TILE_COLUMNS;
            for (int column = 0; column < columns; column += TILE_COLUMNS, rows += capacity * TILE_COLUMNS) {
                product_sum(&block, rows, TILE_COLUMNS, 1, right + column * TILE_COLUMNS, TILE_COLUMNS);
            }
            float *to = tile + query * PRODUCT_KEYS + key;
#pragma clang loop unroll(full)
            for (int row = 0; row < TILE_ROWS; row++) {
                vec_store(to + row * PRODUCT_KEYS, vec_mul(block.sum[row][0], vec_splat(factor)));
                vec_store(to + row * PRODUCT_KEYS + VEC_LANES, vec_mul(block.sum[row][1], vec_splat(factor)));
            }
        }
    }
}

// to[row][column] += sum over i < depth of left[row * row_stride + i * depth_stride] * right[i][column]
PRODUCT_INLINE void product_of_tile(float *to, const float *left, int row_stride, int depth_stride, const float *right,
                                    int rows, int depth, int columns, int capacity)
{
    for (int column = 0; column < columns; column += TILE_COLUMNS) {
        for (int row = 0; row < rows; row += TILE_ROWS) {
            float *sums = to + row * TILE_COLUMNS;
            tile_block block;
#pragma clang loop unroll(full)
            for (int i = 0; i < TILE_ROWS; i++) {
                block.sum[i][0] = vec_load(sums + i * TILE_COLUMNS);
                block.sum[i][1] = vec_load(sums + i * TILE_COLUMNS + VEC_LANES);
            }
            product_sum(&block, left + row * row_stride, row_stride, depth_stride, right, depth);
#pragma clang loop unroll(full)
            for (int i = 0; i < TILE_ROWS; i++) {
                vec_store(sums + i * TILE_COLUMNS, block.sum[i][0]);
                vec_store(sums + i * TILE_COLUMNS + VEC_LANES, block.sum[i][1]);
            }
        }
        to += capacity * TILE_COLUMNS;
        right += capacity * TILE_COLUMNS;
    }
}

// The same where `right` has elements that aren't finite: a weight of 0 keeps them out, which 0 * NaN wouldn't.
TILE_LOOP void product_where_seen(float *to, const float *left, int row_stride, int depth_stride, const float *right,
                               int rows, int depth, int columns, int capacity)
{
    for (int column = 0; column < columns; column++) {
        for (int row = 0; row < rows; row++) {
            float *sum = to + row * TILE_COLUMNS + column % TILE_COLUMNS;
            for (int i = 0; i < depth; i++) {
                float weight = left[row * row_stride + i * depth_stride];
                if (weight != 0.0f) *sum += weight * right[i * TILE_COLUMNS + column % TILE_COLUMNS];
            }
        }
        if ((column + 1) % TILE_COLUMNS != 0) continue;
        to += capacity * TILE_COLUMNS;
        right += capacity * TILE_COLUMNS;
    }
}

// to[query][column] += sum over keys of tile[query][key] * right[key][column]
TILE_LOOP void product_over_keys(float *to, const float *tile, const float *right, int queries, int keys, int columns,
                              int capacity, int finite)
{
    if (PROBLEM_PLAIN || finite) product_of_tile(to, tile, PRODUCT_KEYS, 1, right, queries, keys, columns, capacity);
    else product_where_seen(to, tile, PRODUCT_KEYS, 1, right, queries, keys, columns, capacity);
}

// to[key][column] += sum over queries of tile[query][key] * right[query][column]
TILE_LOOP void product_over_queries(float *to, const float *tile, const float *right, int keys, int queries,
                                    int columns, int capacity, int finite)
{
    if (PROBLEM_PLAIN || finite) product_of_tile(to, tile, 1, PRODUCT_KEYS, right, keys, queries, columns, capacity);
    else product_where_seen(to, tile, 1, PRODUCT_KEYS, right, keys, queries, columns, capacity);
}

#endif
