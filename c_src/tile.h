// tile.h - the matrix micro-kernels, and the panels that they read. Inline, over vec.h.
//
// A product of a tile is made of blocks of TILE_ROWS x TILE_COLUMNS results, held in registers while the common
// dimension, the depth, runs. Their operands lie in panels in the order in which they are read:
//   rows panel     [depth][TILE_ROWS]      TILE_ROWS rows of the left matrix, side by side
//   columns panel  [depth][TILE_COLUMNS]   TILE_COLUMNS columns of the right matrix
// What doesn't fill a panel is padded with zeros, so there is one kernel and no tail. The loops over the depth aren't
// unrolled: LLVM would then string a sum's additions together, and engines would spill the others meanwhile.
#ifndef ATTENTION_TILE_H
#define ATTENTION_TILE_H

#include "vec.h"

// x64 leaves WebAssembly 15 vector registers: 12 sums, 2 columns and a row's element fill them. Without a fused
// multiply-add the product wants one more, but there the adders are busier than the loads that this costs.
#define TILE_ROWS 6
#define TILE_COLUMNS 8

// A loop over blocks is a function of its own: engines then have registers to spare for the sums.
#define TILE_LOOP static __attribute__((noinline))

typedef struct {
    f32x4 sum[TILE_ROWS][2];
} tile_block;

static inline tile_block tile_zero(void)
{
    tile_block block;
#pragma clang loop unroll(full)
    for (int i = 0; i < TILE_ROWS; i++) block.sum[i][0] = block.sum[i][1] = vec_zero();
    return block;
}

// One step of the depth: `left` is the element of each row, `stride` floats apart.
static inline void tile_step(tile_block *block, const float *left, int stride, const float *right)
{
    f32x4 low = vec_load(right), high = vec_load(right + VEC_LANES);
#pragma clang loop unroll(full)
    for (int i = 0; i < TILE_ROWS; i++) {
        f32x4 element = vec_load_splat(left + i * stride);
        block->sum[i][0] = vec_madd(element, low, block->sum[i][0]);
        block->sum[i][1] = vec_madd(element, high, block->sum[i][1]);
    }
}

// to[row * stride + column] = sum over the depth of left[depth][row] * right[depth][column]
static inline void tile_dot(const float *left, const float *right, int depth, float *to, int stride)
{
    tile_block block = tile_zero();
#pragma clang loop unroll(disable)
    for (; depth > 0; depth--, left += TILE_ROWS, right += TILE_COLUMNS) tile_step(&block, left, 1, right);
#pragma clang loop unroll(full)
    for (int i = 0; i < TILE_ROWS; i++) {
        vec_store(to + i * stride, block.sum[i][0]);
        vec_store(to + i * stride + VEC_LANES, block.sum[i][1]);
    }
}

// to[row][column] += sum over the depth of left[row * stride + depth] * right[depth][column]
static inline void tile_accumulate(const float *left, int stride, const float *right, int depth, float *to)
{
    tile_block block;
#pragma clang loop unroll(full)
    for (int i = 0; i < TILE_ROWS; i++) {
        block.sum[i][0] = vec_load(to + i * TILE_COLUMNS);
        block.sum[i][1] = vec_load(to + i * TILE_COLUMNS + VEC_LANES);
    }
#pragma clang loop unroll(disable)
    for (; depth > 0; depth--, left++, right += TILE_COLUMNS) tile_step(&block, left, stride, right);
#pragma clang loop unroll(full)
    for (int i = 0; i < TILE_ROWS; i++) {
        vec_store(to + i * TILE_COLUMNS, block.sum[i][0]);
        vec_store(to + i * TILE_COLUMNS + VEC_LANES, block.sum[i][1]);
    }
}

#endif
