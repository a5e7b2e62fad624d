// scores.h - what the options of a problem do to a row of scores, between the two matrix products. Inline.
//
// Blocks of a row are `count` scores, a multiple of VEC_LANES, for the keys from `start` on; they may reach
// past the last key, and those lanes end up hidden.
#ifndef ATTENTION_SCORES_H
#define ATTENTION_SCORES_H

#include "attention.h"
#include "exp.h"
#include "problem.h"
#include "vec.h"

#include <stddef.h>

#define SCORES_HIDDEN (-__builtin_inff())

// A range of keys, [first, last). Empty when last <= first.
typedef struct {
    int first;
    int last;
} key_range;

typedef struct {
    const attention_problem *problem;
    const uint8_t *boolean_mask;  // [N] with the mask's stride, or NULL
    const float *additive_mask;   // likewise
    key_range visible;            // what key_lengths and window leave
    float position;               // of the query among the keys
    float slope;                  // ALiBi's; 0: none
} score_row;

static inline int scores_clamp(int64_t n, int most) { return n < 0 ? 0 : n > most ? most : (int)n; }

static inline int64_t scores_position(const attention_problem *a, int b, int m)
{
    return (int64_t)m + (a->query_offset ? a->query_offset[b] : 0);
}

// The keys that some query of m ... m + count - 1 sees, masks aside.
static inline key_range scores_visible(const attention_problem *a, int b, int m, int count)
{
    int length = a->key_lengths ? a->key_lengths[b] : a->key_length;
    int64_t first = scores_position(a, b, m), last = first + count - 1;
    return (key_range){
        .first = a->window_left < 0 ? 0 : scores_clamp(first - a->window_left, length),
        .last = a->window_right < 0 ? length : scores_clamp(last + a->window_right + 1, length),
    };
}

static inline score_row scores_row(const attention_problem *a, int b, int h, int m)
{
    ptrdiff_t mask = (ptrdiff_t)b * a->mask_stride[0] + (ptrdiff_t)h * a->mask_stride[1] +
                     (ptrdiff_t)m * a->mask_stride[2];
    if (PROBLEM_PLAIN) return (score_row){.problem = a, .visible = scores_visible(a, b, m, 1)};
    return (score_row){
        .problem = a,
        .boolean_mask = a->boolean_mask ? a->boolean_mask + mask : NULL,
        .additive_mask = a->additive_mask ? a->additive_mask + mask : NULL,
        .visible = scores_visible(a, b, m, 1),
        .position = (float)scores_position(a, b, m),
        .slope = a->alibi_slopes ? a->alibi_slopes[h] : 0.0f,
    };
}

static inline void scores_cap(const attention_problem *a, float *scores, int count)
{
    f32x4 cap = vec_splat(a->softcap), inverse = vec_splat(1.0f / a->softcap);
    for (int i = 0; i < count; i += VEC_LANES) {
        vec_store(scores + i, vec_mul(cap, vec_tanh(vec_mul(vec_load(scores + i), inverse))));
    }
}

// slope * |position - n| is subtracted.
static inline void scores_add_alibi(const score_row *row, int start, float *scores, int count)
{
    static const float steps[VEC_LANES] = {0, 1, 2, 3};
    f32x4 slope = vec_splat(-row->slope), distance = vec_sub(vec_load(steps), vec_splat(row->position - (float)start));
    for (int i = 0; i < count; i += VEC_LANES) {
        vec_store(scores + i, vec_madd(slope, vec_abs(distance), vec_load(scores + i)));
        distance = vec_add(distance, vec_splat(VEC_LANES));
    }
}

// Hidden means -infinity by assignment, never by addition: a hidden score may be NaN.
static inline void scores_add_mask(const score_row *row, int start, float *scores, int count)
{
    const f32x4 hidden = vec_splat(SCORES_HIDDEN);
    int stride = row->problem->mask_stride[3], length = row->problem->key_length;
    for (int i = 0; i < count && start + i < length; i += VEC_LANES) {
        const float *mask = row->additive_mask + (ptrdiff_t)(start + i) * stride;
        f32x4 added = stride == 0                      ? vec_splat(*mask)
                      : start + i + VEC_LANES <= length ? vec_load(mask)
                                                        : vec_load_partial(mask, length - start - i);
        f32x4 sum = vec_add(vec_load(scores + i), added);
        vec_store(scores + i, vec_select(vec_equal(added, hidden), hidden, sum));
    }
}

static inline void scores_hide(const score_row *row, int start, float *scores, int count)
{
    const f32x4 hidden = vec_splat(SCORES_HIDDEN);
    int stride = row->problem->mask_stride[3], length = row->problem->key_length;
    for (int i = 0; i < count && start + i < length; i += VEC_LANES) {
        uint8_t attend[VEC_LANES] = {0};
        const uint8_t *mask = row->boolean_mask + (ptrdiff_t)(start + i) * stride;
        if (stride == 0 || start + i + VEC_LANES > length) {
            for (int j = 0; j < VEC_LANES && start + i + j < length; j++) attend[j] = mask[j * stride];
            mask = attend;
        }
        vec_store(scores + i, vec_select(vec_zero_bytes(mask), hidden, vec_load(scores + i)));
    }
}

static inline void scores_hide_outside(key_range visible, int start, float *scores, int count)
{
    int first = scores_clamp((int64_t)visible.first - start, count);
    int last = scores_clamp((int64_t)visible.last - start, count);
    for (int i = 0; i < first; i++) scores[i] = SCORES_HIDDEN;
    for (int i = last; i < count; i++) scores[i] = SCORES_HIDDEN;
}

// From `capped` to `masked`.
static inline void scores_mask(const score_row *row, int start, float *scores, int count)
{
    if (row->slope != 0.0f) scores_add_alibi(row, start, scores, count);
    if (row->additive_mask) scores_add_mask(row, start, scores, count);
    if (row->boolean_mask) scores_hide(row, start, scores, count);
    scores_hide_outside(row->visible, start, scores, count);
}

#endif
