// blocks.h - blocks of rows of a tensor, as the products of gemv.h read them.
#ifndef ATTENTION_BLOCKS_H
#define ATTENTION_BLOCKS_H

#include "gemv.h"
#include "rows.h"

#define BLOCK_ROWS 64  // which stay in the first-level cache while they are used more than once

static inline int blocks_round_up(int n, int multiple) { return (n + multiple - 1) / multiple * multiple; }

// How many rows the block that starts at `start` of `count` has. What doesn't fill GEMV_ROWS becomes a block of its
// own, which is copied.
static inline int blocks_rows(int count, int start)
{
    int left = count - start;
    return left >= BLOCK_ROWS ? BLOCK_ROWS : left > GEMV_ROWS ? left - left % GEMV_ROWS : left;
}

// In a type of gemv.h, off by its factor.
typedef struct {
    const void *data;
    int type;
    float factor;
} row_block;

// `count` is a multiple of VEC_LANES.
void blocks_clear(float *to, int count);

// Copies `count` rows as float32 and fills up with zeros to `rows` and `columns`; int8 without its scales.
void blocks_widen(row_view from, size_t row, int count, int rows, int columns, float *to);

enum {
    BLOCK_OFTEN = 1,   // read more than once, which makes it worth widening
    BLOCK_FINITE = 2,  // known not to hold infinity or NaN, as float16
    BLOCK_EXACT = 4,   // wanted with a factor of 1
};

// Rows padded to `columns`, read where they are if they can be, otherwise copied to `scratch`. `how`: any of these.
row_block blocks_at(row_view from, size_t row, int count, int columns, int how, float *scratch);

#endif
