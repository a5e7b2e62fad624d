// panels.h - matrices as panels of eight columns, as the backward pass keeps all that it multiplies. Inline.
//
//     panels     [columns / 8][capacity][8]   element (row, column) is at (column / 8, row, column % 8)
//
// The eight columns of a row are two vectors, and a column's elements are 8 floats apart in any panel: the same
// copy serves as the right side of a sum over its rows and as the left side of one over its columns.
#ifndef ATTENTION_PANELS_H
#define ATTENTION_PANELS_H

#include "pack.h"
#include "rows.h"
#include "tile.h"
#include "vec.h"

// `count` rows from row `first` on, and rows of zeros after them up to `padded`. Returns whether all are finite.
static inline int panels_pack(row_view from, size_t first, int count, int padded, int capacity, float *panels)
{
    f32x4 nothing = vec_zero();
    for (int column = 0; column < from.dim; column += TILE_COLUMNS, panels += capacity * TILE_COLUMNS) {
        nothing = vec_add(nothing, pack_depth_panel(from, first, count, padded, column, panels));
    }
    return vec_sum(nothing) == 0.0f;
}

static inline void panels_clear(int count, int columns, int capacity, float *panels)
{
    for (int column = 0; column < columns; column += TILE_COLUMNS, panels += capacity * TILE_COLUMNS) {
        for (int i = 0; i < count * TILE_COLUMNS; i += VEC_LANES) vec_store(panels + i, vec_zero());
    }
}

// rows[count][dim] += factor * panels
static inline void panels_add_to(float *rows, const float *panels, float factor, int count, int dim, int capacity)
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
