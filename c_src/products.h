// products.h - the matrix products of the backward pass, over tiles of queries and keys. Inline, over vec.h.
//
// A tile is row-major, [queries][TILE_KEYS]. The other operands are panels (see panels.h). All products run
// through one block of registers: PRODUCT_ROWS rows by 8 columns, each step of the sum taking 8 elements of a row
// of `b` times one element for each row from `a`.
#ifndef ATTENTION_PRODUCTS_H
#define ATTENTION_PRODUCTS_H

#include "panels.h"
#include "vec.h"

// V8 leaves 15 vector registers on x64. A fused multiply-add needs one for the element of `a`, two for `b`;
// without it one more holds the product.
#if defined(__wasm_relaxed_simd__)
#define PRODUCT_ROWS 6
#else
#define PRODUCT_ROWS 4
#endif

// Multiples of 8 and of PRODUCT_ROWS, since keys are columns of one product and rows of another.
#define TILE_KEYS 72
#define TILE_QUERIES 72
// The least common multiple of the two.
#define TILE_STEP (PRODUCT_ROWS == 6 ? 24 : 8)

#define PRODUCT_INLINE static inline __attribute__((always_inline))

// c[row][8] += sum over i < depth of a[row * row_stride + i * depth_stride] * b[i][8]
PRODUCT_INLINE void product_block(f32x4 c[PRODUCT_ROWS][2], const float *a, int row_stride, int depth_stride,
                                  const float *b, int depth)
{
    for (int i = 0; i < depth; i++, a += depth_stride, b += PANEL_WIDTH) {
        f32x4 low = vec_load(b), high = vec_load(b + VEC_LANES);
        for (int row = 0; row < PRODUCT_ROWS; row++) {
            f32x4 element = vec_splat(a[row * row_stride]);
            c[row][0] = vec_madd(element, low, c[row][0]);
            c[row][1] = vec_madd(element, high, c[row][1]);
        }
    }
}

// tile[query][key] = factor * sum over columns of a[query][column] * b[key][column], `b` transposed.
static void product_of_columns(float *tile, const float *a, const float *b, float factor, int queries, int keys,
                               int columns, int capacity)
{
    columns = round_up(columns, PANEL_WIDTH);
    for (int key = 0; key < keys; key += PANEL_WIDTH) {
        const float *b_panel = b + (size_t)key * (size_t)columns;
        for (int query = 0; query < queries; query += PRODUCT_ROWS) {
            f32x4 c[PRODUCT_ROWS][2];
            for (int row = 0; row < PRODUCT_ROWS; row++) c[row][0] = c[row][1] = vec_zero();
            const float *a_rows = a + query * PANEL_WIDTH;
            for (int column = 0; column < columns; column += PANEL_WIDTH, a_rows += capacity * PANEL_WIDTH) {
                product_block(c, a_rows, PANEL_WIDTH, 1, b_panel + column * PANEL_WIDTH, PANEL_WIDTH);
            }
            for (int row = 0; row < PRODUCT_ROWS; row++) {
                float *to = tile + (query + row) * TILE_KEYS + key;
                vec_store(to, vec_mul(c[row][0], vec_splat(factor)));
                vec_store(to + VEC_LANES, vec_mul(c[row][1], vec_splat(factor)));
            }
        }
    }
}

// c[row][column] += sum over i < depth of a[row * row_stride + i * depth_stride] * b[i][column], `b` and `c` panels.
PRODUCT_INLINE void product_of_tile(float *c, const float *a, int row_stride, int depth_stride, const float *b,
                                    int rows, int depth, int columns, int capacity)
{
    for (int column = 0; column < columns; column += PANEL_WIDTH) {
        for (int row = 0; row < rows; row += PRODUCT_ROWS) {
            float *to = c + row * PANEL_WIDTH;
            f32x4 sum[PRODUCT_ROWS][2];
            for (int i = 0; i < PRODUCT_ROWS; i++) {
                sum[i][0] = vec_load(to + i * PANEL_WIDTH);
                sum[i][1] = vec_load(to + i * PANEL_WIDTH + VEC_LANES);
            }
            product_block(sum, a + row * row_stride, row_stride, depth_stride, b, depth);
            for (int i = 0; i < PRODUCT_ROWS; i++) {
                vec_store(to + i * PANEL_WIDTH, sum[i][0]);
                vec_store(to + i * PANEL_WIDTH + VEC_LANES, sum[i][1]);
            }
        }
        c += capacity * PANEL_WIDTH;
        b += capacity * PANEL_WIDTH;
    }
}

// The same where `b` has elements that aren't finite: a weight of 0 keeps them out, which 0 * NaN wouldn't.
static void product_where_seen(float *c, const float *a, int row_stride, int depth_stride, const float *b,
                               int rows, int depth, int columns, int capacity)
{
    for (int column = 0; column < columns; column++) {
        for (int row = 0; row < rows; row++) {
            float *sum = c + (column / PANEL_WIDTH * capacity + row) * PANEL_WIDTH + column % PANEL_WIDTH;
            for (int i = 0; i < depth; i++) {
                float weight = a[row * row_stride + i * depth_stride];
                if (weight != 0.0f) *sum += weight * b[(column / PANEL_WIDTH * capacity + i) * PANEL_WIDTH + column % PANEL_WIDTH];
            }
        }
    }
}

// c[query][column] += sum over keys of tile[query][key] * b[key][column]
static void product_over_keys(float *c, const float *tile, const float *b, int queries, int keys, int columns,
                              int capacity, int finite)
{
    if (finite) product_of_tile(c, tile, TILE_KEYS, 1, b, queries, keys, columns, capacity);
    else product_where_seen(c, tile, TILE_KEYS, 1, b, queries, keys, columns, capacity);
}

// c[key][column] += sum over queries of tile[query][key] * b[query][column]
static void product_over_queries(float *c, const float *tile, const float *b, int keys, int queries, int columns,
                                 int capacity, int finite)
{
    if (finite) product_of_tile(c, tile, 1, TILE_KEYS, b, keys, queries, columns, capacity);
    else product_where_seen(c, tile, 1, TILE_KEYS, b, keys, queries, columns, capacity);
}

#endif
