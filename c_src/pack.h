// pack.h - rows of tensors, of any of their types, into the panels of tile.h. Inline.
#ifndef ATTENTION_PACK_H
#define ATTENTION_PACK_H

#include "rows.h"
#include "tile.h"
#include "vec.h"

static inline int pack_round_up(int n, int multiple) { return (n + multiple - 1) / multiple * multiple; }
static inline int pack_min(int a, int b) { return a < b ? a : b; }

// Elements `column` ... + 3 of the rows first ... first + 3, transposed. Rows from `count` on are zeros.
static inline void pack_load_transposed(row_view from, size_t first, int count, int column, f32x4 *to)
{
#pragma clang loop unroll(full)
    for (int i = 0; i < VEC_LANES; i++) to[i] = i < count ? rows_load(from, first + (size_t)i, column) : vec_zero();
    vec_transpose(&to[0], &to[1], &to[2], &to[3]);
}

// `count` rows side by side, times `scale`, as a rows panel: to[depth][TILE_ROWS].
static inline void pack_rows_panel(row_view from, size_t first, int count, int depth, float scale, float *to)
{
    // Rows 0 to 3, then 2 to 5, in the middle of which the same is written twice.
    const int last = TILE_ROWS - VEC_LANES;
    for (int d = 0; d < depth; d += VEC_LANES, to += VEC_LANES * TILE_ROWS) {
        f32x4 low[VEC_LANES], high[VEC_LANES];
        pack_load_transposed(from, first, count, d, low);
        pack_load_transposed(from, first + (size_t)last, count - last, d, high);
        for (int i = 0; i < VEC_LANES; i++) {
            vec_store(to + i * TILE_ROWS, vec_mul(low[i], vec_splat(scale)));
            vec_store(to + i * TILE_ROWS + last, vec_mul(high[i], vec_splat(scale)));
        }
    }
}

// `count` rows side by side as a columns panel: to[depth][TILE_COLUMNS]. They are transposed.
static inline void pack_columns_panel(row_view from, size_t first, int count, int depth, float *to)
{
    for (int d = 0; d < depth; d += VEC_LANES, to += VEC_LANES * TILE_COLUMNS) {
        for (int half = 0; half < TILE_COLUMNS; half += VEC_LANES) {
            f32x4 column[VEC_LANES];
            pack_load_transposed(from, first + (size_t)half, count - half, d, column);
            for (int i = 0; i < VEC_LANES; i++) vec_store(to + i * TILE_COLUMNS + half, column[i]);
        }
    }
}

// `count` rows below each other, their elements from `column` on, as a columns panel whose depth is the rows:
// to[depth][TILE_COLUMNS]. Returns 0 in each lane when all are finite, else NaN in some.
static inline f32x4 pack_depth_panel(row_view from, size_t first, int count, int depth, int column, float *to)
{
    f32x4 nothing = vec_zero();
    for (int i = 0; i < count; i++, to += TILE_COLUMNS) {
        f32x4 low = rows_load(from, first + (size_t)i, column);
        f32x4 high = rows_load(from, first + (size_t)i, column + VEC_LANES);
        vec_store(to, low);
        vec_store(to + VEC_LANES, high);
        if (!PROBLEM_PLAIN) nothing = vec_madd(vec_zero(), low, vec_madd(vec_zero(), high, nothing));
    }
    for (int i = 0; i < (depth - count) * TILE_COLUMNS; i += VEC_LANES) vec_store(to + i, vec_zero());
    return nothing;
}

#endif
