// panels.h - rows of a tensor copied into panels of eight columns, the form the matrix products read. Inline.
//
//     panels     [columns / 8][capacity][8]: element (row, column) of the rows is at (column / 8, row, column % 8)
//     transposed [rows / 8][columns][8]:     element (row, column) is at (row / 8, column, row % 8)
//
// In panels, the eight columns of one row are two vectors, and one column of several rows is a fixed 8 floats
// apart, so the same copy serves a sum over rows and a sum over columns. Columns and rows are padded with zeros
// to a multiple of 8, and columns up to PANEL_WIDTH.
#ifndef ATTENTION_PANELS_H
#define ATTENTION_PANELS_H

#include "rows.h"
#include "vec.h"

#define PANEL_WIDTH 8

static inline int round_up(int count, int multiple) { return (count + multiple - 1) / multiple * multiple; }

// Up to four elements from `index` on, zeros after them.
static inline f32x4 panels_load(const void *data, attention_type type, size_t index, int count)
{
    if (type == ATTENTION_FLOAT32) {
        const float *from = (const float *)data + index;
        return count >= VEC_LANES ? vec_load(from) : vec_load_partial(from, count < 0 ? 0 : count);
    }
    float lanes[VEC_LANES] = {0};
    for (int i = 0; i < VEC_LANES && i < count; i++) lanes[i] = rows_element(data, type, NULL, index + (size_t)i, 1);
    return vec_load(lanes);
}

// `count` rows of `dim` elements from element `first` on, and zero rows after them up to a multiple of `multiple`.
// Whether all elements were finite: x * 0 is NaN for the others.
static inline int panels_pack(const void *data, attention_type type, size_t first, int count, int dim, int multiple,
                              int capacity, float *panels)
{
    f32x4 zeros = vec_zero();
    for (int column = 0; column < dim; column += PANEL_WIDTH, panels += capacity * PANEL_WIDTH) {
        float *to = panels;
        for (int row = 0; row < count; row++, to += PANEL_WIDTH) {
            size_t index = first + (size_t)row * (size_t)dim + (size_t)column;
            f32x4 low = panels_load(data, type, index, dim - column);
            f32x4 high = panels_load(data, type, index + VEC_LANES, dim - column - VEC_LANES);
            zeros = vec_add(zeros, vec_mul(vec_add(vec_mul(low, vec_zero()), high), vec_zero()));
            vec_store(to, low);
            vec_store(to + VEC_LANES, high);
        }
        for (int row = count; row < round_up(count, multiple); row++, to += PANEL_WIDTH) {
            vec_store(to, vec_zero());
            vec_store(to + VEC_LANES, vec_zero());
        }
    }
    return vec_sum(zeros) == 0.0f;
}

static inline void panels_pack_transposed(const void *data, attention_type type, size_t first, int count, int dim,
                                          float *transposed)
{
    for (int row = 0; row < count; row += PANEL_WIDTH) {
        for (int column = 0; column < dim; column += VEC_LANES) {
            f32x4 block[PANEL_WIDTH];
            for (int i = 0; i < PANEL_WIDTH; i++) {
                size_t index = first + (size_t)(row + i) * (size_t)dim + (size_t)column;
                block[i] = row + i < count ? panels_load(data, type, index, dim - column) : vec_zero();
            }
            vec_transpose(&block[0], &block[1], &block[2], &block[3]);
            vec_transpose(&block[4], &block[5], &block[6], &block[7]);
            for (int i = 0; i < VEC_LANES; i++, transposed += PANEL_WIDTH) {
                vec_store(transposed, block[i]);
                vec_store(transposed + VEC_LANES, block[i + VEC_LANES]);
            }
        }
        // Rows of panels have a multiple of 8 columns, so the sums over columns go that far.
        for (int column = round_up(dim, VEC_LANES); column < round_up(dim, PANEL_WIDTH); column++, transposed += PANEL_WIDTH) {
            vec_store(transposed, vec_zero());
            vec_store(transposed + VEC_LANES, vec_zero());
        }
    }
}

static inline void panels_clear(int count, int dim, int capacity, float *panels)
{
    for (int column = 0; column < dim; column += PANEL_WIDTH, panels += capacity * PANEL_WIDTH) {
        for (int i = 0; i < count * PANEL_WIDTH; i += VEC_LANES) vec_store(panels + i, vec_zero());
    }
}

// rows[count][dim] += factor * panels
static inline void panels_add_to(float *rows, const float *panels, float factor, int count, int dim, int capacity)
{
    for (int column = 0; column < dim; column += VEC_LANES) {
        const float *from = panels + column / PANEL_WIDTH * capacity * PANEL_WIDTH + column % PANEL_WIDTH;
        int lanes = dim - column;
        for (int row = 0; row < count; row++, from += PANEL_WIDTH) {
            float *to = rows + (size_t)row * (size_t)dim + column;
            f32x4 sum = lanes >= VEC_LANES ? vec_load(to) : vec_load_partial(to, lanes);
            sum = vec_add(sum, vec_mul(vec_load(from), vec_splat(factor)));
            if (lanes >= VEC_LANES) vec_store(to, sum);
            else vec_store_partial(to, sum, lanes);
        }
    }
}

#endif
