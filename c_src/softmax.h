// softmax.h - a softmax that sees its scores a block at a time. Inline, over vec.h.
//
// The online softmax keeps the largest score so far and the sum of e^(score - largest). When a block brings
// a larger score, everything gathered before shrinks by one factor, which the caller applies to what it has
// accumulated itself.
#ifndef ATTENTION_SOFTMAX_H
#define ATTENTION_SOFTMAX_H

#include "exp.h"
#include "vec.h"

#define SOFTMAX_NEGATIVE_INFINITY (-__builtin_inff())

typedef struct {
    float max;  // -infinity while no key has been seen
    float sum;  // of e^(score - max)
} softmax_state;

static inline softmax_state softmax_start(void)
{
    return (softmax_state){.max = SOFTMAX_NEGATIVE_INFINITY, .sum = 0.0f};
}

// A row whose scores are all there: replaces `count` > 0 of them, a multiple of SOFTMAX_STEP (pad with -infinity),
// by e^(score - max). A NaN makes the sum NaN.
#define SOFTMAX_STEP 16

static inline softmax_state softmax_whole(float *scores, int count)
{
    enum { STEP = SOFTMAX_STEP / VEC_LANES };
    f32x4 largest[STEP], sum[STEP];
    for (int j = 0; j < STEP; j++) largest[j] = vec_load(scores + j * VEC_LANES), sum[j] = vec_zero();
    for (int i = SOFTMAX_STEP; i < count; i += SOFTMAX_STEP) {
        for (int j = 0; j < STEP; j++) largest[j] = vec_max(largest[j], vec_load(scores + i + j * VEC_LANES));
    }
    float lanes[VEC_LANES], max = SOFTMAX_NEGATIVE_INFINITY;
    vec_store(lanes, vec_max(vec_max(largest[0], largest[1]), vec_max(largest[2], largest[3])));
    for (int j = 0; j < VEC_LANES; j++) max = max < lanes[j] ? lanes[j] : max;

    // Nothing visible: -infinity - -infinity would be NaN. A NaN score must get past this, though it compares as
    // not larger than anything.
    f32x4 shift = vec_splat(max == SOFTMAX_NEGATIVE_INFINITY ? 0.0f : max);
    for (int i = 0; i < count; i += SOFTMAX_STEP) {
        for (int j = 0; j < STEP; j++) {
            f32x4 p = vec_exp(vec_sub(vec_load(scores + i + j * VEC_LANES), shift));
            vec_store(scores + i + j * VEC_LANES, p);
            sum[j] = vec_add(sum[j], p);
        }
    }
    return (softmax_state){.max = max, .sum = vec_sum(vec_add(vec_add(sum[0], sum[1]), vec_add(sum[2], sum[3])))};
}

// ------------------------------------------------------------------------------------------- many rows
// The same for SOFTMAX_ROWS rows at a time, which saves going from lanes to numbers and back for each.
#define SOFTMAX_ROWS VEC_LANES

typedef struct {
    float max[SOFTMAX_ROWS];
    float sum[SOFTMAX_ROWS][VEC_LANES];  // by lane: a row's sum is that of its lanes
    float factor[SOFTMAX_ROWS];          // for what was accumulated before the last block
} softmax_rows;

static inline f32x4 softmax_largest_of_row(const float *scores, int count)
{
    f32x4 largest = vec_load(scores), other = vec_load(scores + VEC_LANES);
    for (int i = 2 * VEC_LANES; i < count; i += 2 * VEC_LANES) {
        largest = vec_max(largest, vec_load(scores + i));
        other = vec_max(other, vec_load(scores + i + VEC_LANES));
    }
    return vec_max(largest, other);
}

// Takes in `count` > 0 scores a row, a multiple of 8, rows `stride` apart, and replaces them by e^(score - max).
static inline void softmax_absorb_rows(softmax_rows *state, float *scores, int count, int stride)
{
    f32x4 largest[SOFTMAX_ROWS];
    for (int i = 0; i < SOFTMAX_ROWS; i++) largest[i] = softmax_largest_of_row(scores + i * stride, count);
    vec_transpose(&largest[0], &largest[1], &largest[2], &largest[3]);
    f32x4 old = vec_load(state->max);
    f32x4 max = vec_max(old, vec_max(vec_max(largest[0], largest[1]), vec_max(largest[2], largest[3])));
    // While nothing is visible, -infinity - -infinity would be NaN.
    f32x4 reference = vec_clear(max, vec_equal(max, vec_splat(SOFTMAX_NEGATIVE_INFINITY)));
    float references[SOFTMAX_ROWS];
    vec_store(references, reference);
    vec_store(state->factor, vec_exp(vec_sub(old, reference)));
    vec_store(state->max, max);

    for (int i = 0; i < SOFTMAX_ROWS; i++) {
        float *row = scores + i * stride;
        f32x4 shift = vec_splat(references[i]), sum = vec_zero(), other = vec_zero();
        for (int j = 0; j < count; j += 2 * VEC_LANES) {
            f32x4 low = vec_exp(vec_sub(vec_load(row + j), shift));
            f32x4 high = vec_exp(vec_sub(vec_load(row + j + VEC_LANES), shift));
            vec_store(row + j, low);
            vec_store(row + j + VEC_LANES, high);
            sum = vec_add(sum, low);
            other = vec_add(other, high);
        }
        f32x4 before = vec_mul(vec_load(state->sum[i]), vec_splat(state->factor[i]));
        vec_store(state->sum[i], vec_add(before, vec_add(sum, other)));
    }
}

static inline softmax_state softmax_row(const softmax_rows *state, int row)
{
    return (softmax_state){.max = state->max[row], .sum = vec_sum(vec_load(state->sum[row]))};
}

// -infinity when nothing was visible.
static inline float softmax_log_sum_exp(softmax_state state)
{
    if (state.sum == 0.0f) return SOFTMAX_NEGATIVE_INFINITY;
    return (float)((double)state.max + log_one(state.sum));
}

#endif
