// pack.h - rows of tensors, of any of their types, into the panels of tile.h. Inline.
#ifndef ATTENTION_PACK_H
#define ATTENTION_PACK_H

#include "rows.h"
#include "tile.h"
#include "vec.h"

static inline int pack_round_up(int n, int multiple) { return (n + multiple - 1) / multiple * multiple; }
static inline int pack_min(int a, int b) { return a < b ? a : b; }

// `count` rows side by side, times `scale`, as a rows panel: to[depth][TILE_ROWS].
static inline void pack_rows_panel(row_view from, size_t first, int count, int depth, float scale, float *to)
{
    for (int i = 0; i < TILE_ROWS; i++) {
        for (int d = 0; d < depth; d += VEC_LANES) {
            f32x4 four = i < count ? rows_load(from, first + (size_t)i, d) : vec_zero();
            float lanes[VEC_LANES];
            vec_store(lanes, vec_mul(four, vec_splat(scale)));
            for (int j = 0; j < VEC_LANES; j++) to[(d + j) * TILE_ROWS + i] = lanes[j];
        }
    }
}

// `count` rows side by side as a columns panel: to[depth][TILE_COLUMNS]. They are transposed.
static inline void pack_columns_panel(row_view from, size_t first, int count, int depth, float *to)
{
    for (int half = 0; half < TILE_COLUMNS; half += VEC_LANES) {
        for (int d = 0; d < depth; d += VEC_LANES) {
            f32x4 row[VEC_LANES];
            for (int i = 0; i < VEC_LANES; i++) {
                row[i] = half + i < count ? rows_load(from, first + (size_t)(half + i), d) : vec_zero();
            }
            vec_transpose(&row[0], &row[1], &row[2], &row[3]);
            for (int i = 0; i < VEC_LANES; i++) vec_store(to + (d + i) * TILE_COLUMNS + half, row[i]);
        }
    }
}

// `count` rows below each other, their elements from `column` on, as a columns panel whose depth is the rows:
// to[depth][TILE_COLUMNS]. Returns 0 in each lane when all are finite, else NaN in some.
static inline f32x4 pack_depth_panel(row_view from, size_t first, int count, int depth, int column, float *to)
{
    f32x4 nothing = vec_zero();
    for (int i = 0; i < depth; i++) {
        for (int half = 0; half < TILE_COLUMNS; half += VEC_LANES) {
            f32x4 four = i < count ? rows_load(from, first + (size_t)i, column + half) : vec_zero();
            vec_store(to + i * TILE_COLUMNS + half, four);
            nothing = vec_madd(four, vec_zero(), nothing);
        }
    }
    return nothing;
}

#endif
