// softmax.h - exp, and a softmax that sees its scores a block at a time. Inline, over vec.h.
//
// The online softmax keeps the largest score so far and the sum of e^(score - largest). When a block brings
// a larger score, everything gathered before shrinks by one factor, which the caller applies to what it has
// accumulated itself.
#ifndef ATTENTION_SOFTMAX_H
#define ATTENTION_SOFTMAX_H

#include "vec.h"

#include <stdint.h>

#define SOFTMAX_NEGATIVE_INFINITY (-__builtin_inff())

// Below this, exp returns exactly 0: subnormal results would slow a whole kernel down fourfold on x86.
#define VEC_EXP_LOWEST (-87.0f)

// e^x for x <= 88, to about 2 units in the last place; NaN stays NaN.
// e^x = 2^n * e^r with n = round(x / ln 2). ln 2 is subtracted in two parts (Cody & Waite 1980), the first of
// which has trailing zeros, so that n times it is exact. The polynomial is the minimax one of degree 5 for
// |r| <= ln 2 / 2, with its constant fixed at 1 so that e^0 is 1.
static inline f32x4 vec_exp(f32x4 x)
{
    const f32x4 lowest = vec_splat(VEC_EXP_LOWEST);
    const f32x4 to_integer = vec_splat(12582912.0f);  // 1.5 * 2^23: adding it rounds to an integer
    f32x4 clamped = vec_max(x, lowest);

    f32x4 biased = vec_add(vec_mul(clamped, vec_splat(1.44269504f)), to_integer);
    f32x4 n = vec_sub(biased, to_integer);
    f32x4 r = vec_madd(n, vec_splat(-0.693359375f), clamped);
    r = vec_madd(n, vec_splat(2.12194440e-4f), r);

    f32x4 p = vec_madd(vec_splat(0.008290273f), r, vec_splat(0.041898165f));
    p = vec_madd(p, r, vec_splat(0.16667639f));
    p = vec_madd(p, r, vec_splat(0.49999148f));
    p = vec_madd(p, r, vec_splat(0.9999997f));
    p = vec_madd(p, r, vec_splat(1.0f));
    return vec_clear(vec_mul(p, vec_power_of_two(biased)), vec_less(x, lowest));
}

static inline float exp_one(float x)
{
    float lanes[VEC_LANES];
    vec_store(lanes, vec_exp(vec_splat(x)));
    return lanes[0];
}

// Natural logarithm of a normal, positive x; NaN stays NaN. Runs once a row, so it is plain double
// precision: x = 2^n * m with m in [√½, √2], log m = 2 artanh((m - 1) / (m + 1)).
static inline double log_one(double x)
{
    union { double value; uint64_t bits; } number = {.value = x};
    if (x != x) return x;
    // Subtracting the bits of √½ makes the exponent field step at √½ rather than at 1.
    uint64_t root_half = 0x3fe6a09e667f3bcd;
    int64_t n = (int64_t)(number.bits - root_half) >> 52;
    number.bits -= (uint64_t)n << 52;

    double f = (number.value - 1) / (number.value + 1);
    double square = f * f, series = 0;
    for (int k = 21; k >= 1; k -= 2) series = series * square + 1.0 / k;
    return (double)n * 0.69314718055994530942 + 2 * f * series;
}

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
