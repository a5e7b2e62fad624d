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

// `count` rows from row `first` on, and rows of zeros after them up to `padded`. Returns whether all are finite.
TILE_LOOP int panels_pack(row_view from, size_t first, int count, int padded, int capacity, float *panels)
{
    f32x4 nothing = vec_zero();  // 0 times each element: NaN for what isn't finite
    for (int row = 0; row < padded; row++, panels += TILE_COLUMNS) {
        float *to = panels;
        for (int column = 0; column < from.dim; column += TILE_COLUMNS, to += capacity * TILE_COLUMNS) {
            for (int i = 0; i < TILE_COLUMNS; i += VEC_LANES) {
                f32x4 four = row < count ? rows_load(from, first + (size_t)row, column + i) : vec_zero();
                vec_store(to + i, four);
                nothing = vec_madd(vec_zero(), four, nothing);
            }
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
    for (int row = 0; row < count; row++, rows += dim, panels += TILE_COLUMNS) {
        const float *from = panels;
        for (int column = 0; column < dim; column += TILE_COLUMNS, from += capacity * TILE_COLUMNS) {
            float *to = rows + column;
            if (column + TILE_COLUMNS <= dim) {
                vec_store(to, vec_madd(vec_load(from), vec_splat(factor), vec_load(to)));
                to += VEC_LANES;
                vec_store(to, vec_madd(vec_load(from + VEC_LANES), vec_splat(factor), vec_load(to)));
            } else {
#pragma clang loop vectorize(disable) unroll(disable)
                for (int i = 0; column + i < dim; i++) to[i] += factor * from[i];
            }
        }
    }
}

#endif
