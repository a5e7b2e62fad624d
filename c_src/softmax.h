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

static inline float softmax_largest(const float *scores, int count)
{
    f32x4 largest = vec_load(scores);
    for (int i = VEC_LANES; i < count; i += VEC_LANES) largest = vec_max(largest, vec_load(scores + i));
    float lanes[VEC_LANES];
    vec_store(lanes, largest);
    float low = lanes[0] < lanes[1] ? lanes[1] : lanes[0];
    float high = lanes[2] < lanes[3] ? lanes[3] : lanes[2];
    return low < high ? high : low;
}

// Takes in a block of `count` > 0 scores, a multiple of 4 (pad with -infinity), and replaces each by
// e^(score - max). Returns the factor for what was accumulated before this block. A NaN makes the sum NaN.
static inline float softmax_absorb(softmax_state *state, float *scores, int count)
{
    float largest = softmax_largest(scores, count);
    float max = state->max < largest ? largest : state->max;
    // Nothing visible yet: -infinity - -infinity would be NaN. A NaN score must get past this, though it
    // compares as not larger than anything.
    float reference = max == SOFTMAX_NEGATIVE_INFINITY ? 0.0f : max;
    float factor = exp_one(state->max - reference);

    f32x4 sum = vec_zero();
    for (int i = 0; i < count; i += VEC_LANES) {
        f32x4 p = vec_exp(vec_sub(vec_load(scores + i), vec_splat(reference)));
        vec_store(scores + i, p);
        sum = vec_add(sum, p);
    }
    state->sum = state->sum * factor + vec_sum(sum);
    state->max = max;
    return factor;
}

// -infinity when nothing was visible.
static inline float softmax_log_sum_exp(softmax_state state)
{
    if (state.sum == 0.0f) return SOFTMAX_NEGATIVE_INFINITY;
    return (float)((double)state.max + log_one(state.sum));
}

#endif
