// panels.h - matrices as panels of eight columns, as the backward pass keeps all that it multiplies. Inline.
//
//     panels     [columns / 8][capacity][8]   element (row, column) is at (column / 8, row, column % 8)
//
// The eight columns of a row are two vectors, and a column's elements are 8 floats apart in any panel: the same
// copy serves as the right side of a sum over its rows and as the left side of one over its columns.
#ifndef ATTENTION_PANELS_H
#define ATTENTION_PANELS_H

#include "rows.h"
#include "tile.h"
#include "vec.h"

// The eight elements of a row from `column` on, in float32 or float16; 0 past its end.
static inline void panels_load(row_view from, size_t row, int column, f32x4 eight[2])
{
    size_t index = row * (size_t)from.dim + (size_t)column;
    if (column + TILE_COLUMNS > from.dim) {
        float lanes[TILE_COLUMNS] = {0};
#pragma clang loop vectorize(disable) unroll(disable)
        for (int i = 0; column + i < from.dim; i++) lanes[i] = rows_element(from, from.type, row, column + i);
        eight[0] = vec_load(lanes), eight[1] = vec_load(lanes + VEC_LANES);
    } else if (from.type == ATTENTION_FLOAT32) {
        eight[0] = rows_load_four(ATTENTION_FLOAT32, from.data, index);
        eight[1] = rows_load_four(ATTENTION_FLOAT32, from.data, index + VEC_LANES);
    } else {
        eight[0] = rows_load_four(ATTENTION_FLOAT16, from.data, index);
        eight[1] = rows_load_four(ATTENTION_FLOAT16, from.data, index + VEC_LANES);
    }
}

// `count` rows from row `first` on, and rows of zeros after them up to `padded`. Returns whether all are finite.
TILE_LOOP int panels_pack(row_view from, size_t first, int count, int padded, int capacity, float *panels)
{
    f32x4 nothing = vec_zero();  // 0 times each element: NaN for what isn't finite
    for (int column = 0; column < from.dim; column += TILE_COLUMNS, panels += capacity * TILE_COLUMNS) {
        for (int row = 0; row < padded; row++) {
            f32x4 eight[2] = {vec_zero(), vec_zero()};
            if (row < count) panels_load(from, first + (size_t)row, column, eight);
            vec_store(panels + row * TILE_COLUMNS, eight[0]);
            vec_store(panels + row * TILE_COLUMNS + VEC_LANES, eight[1]);
            nothing = vec_madd(vec_zero(), eight[0], vec_madd(vec_zero(), eight[1], nothing));
        }
    }
    return vec_sum(nothing) == 0.0f;
}

TILE_LOOP void panels_clear(int count, int columns, int capacity, float *panels)
{
    for (int column = 0; column < columns; column += TILE_COLUMNS, panels += capacity * TILE_COLUMNS) {
        for (int i = 0; i < count * TILE_COLUMNS; i += VEC_LANES) vec_store(panels + i, vec_zero());
    }
}

// Panels of eight rows instead: to[rows / 8][columns][8], of `count` rows, a multiple of 8.
TILE_LOOP void panels_transpose(const float *panels, int count, int columns, int capacity, float *to)
{
    for (int row = 0; row < count; row += TILE_COLUMNS) {
        const float *from = panels + row * TILE_COLUMNS;
        for (int column = 0; column < columns; column += TILE_COLUMNS, from += capacity * TILE_COLUMNS) {
            for (int half = 0; half < TILE_COLUMNS; half += VEC_LANES, to += VEC_LANES * TILE_COLUMNS) {
#pragma clang loop unroll(disable)
                for (int i = 0; i < TILE_COLUMNS; i += VEC_LANES) {
                    const float *rows = from + i * TILE_COLUMNS + half;
                    f32x4 a = vec_load(rows), b = vec_load(rows + TILE_COLUMNS);
                    f32x4 c = vec_load(rows + 2 * TILE_COLUMNS), d = vec_load(rows + 3 * TILE_COLUMNS);
                    vec_transpose(&a, &b, &c, &d);
                    vec_store(to + i, a);
                    vec_store(to + i + TILE_COLUMNS, b);
                    vec_store(to + i + 2 * TILE_COLUMNS, c);
                    vec_store(to + i + 3 * TILE_COLUMNS, d);
                }
            }
        }
    }
}

// rows[count][dim] += factor * panels
TILE_LOOP void panels_add_to(float *rows, const float *panels, float factor, int count, int dim, int capacity)
{
    for (int column = 0; column < dim; column += VEC_LANES) {
        int lanes = dim - column;
        const float *from = panels + column % TILE_COLUMNS;
        for (int row = 0; row < count; row++, from += TILE_COLUMNS) {
            float *to = rows + (size_t)row * (size_t)dim + column;
            f32x4 sum = lanes >= VEC_LANES ? vec_load(to) : vec_load_partial(to, lanes);
            sum = vec_madd(vec_load(from), vec_splat(factor), sum);
            if (lanes >= VEC_LANES) vec_store(to, sum);
            else vec_store_partial(to, sum, lanes);
        }
        if ((column + VEC_LANES) % TILE_COLUMNS == 0) panels += capacity * TILE_COLUMNS;
    }
}

#endif
