// exp.h - e^x, tanh x and log x. Inline, over vec.h.
#ifndef ATTENTION_EXP_H
#define ATTENTION_EXP_H

#include "vec.h"

#include <stdint.h>

// Below this, exp returns exactly 0: subnormal results would slow a whole kernel down fourfold on x86.
#define VEC_EXP_LOWEST (-87.0f)

typedef struct {
    f32x4 power;     // 2^n
    f32x4 fraction;  // e^r, or e^r - 1
} exp_parts;

// x = n ln 2 + r with n = round(x / ln 2): 2^n and r's polynomial. ln 2 is subtracted in two parts (Cody &
// Waite 1980), the first of which has trailing zeros, so that n times it is exact. The polynomial is the minimax
// one of degree 5 for |r| <= ln 2 / 2, its constant left out: e^r - 1. For -87 <= x <= 88.
static inline exp_parts exp_split(f32x4 x)
{
    const f32x4 to_integer = vec_splat(12582912.0f);  // 1.5 * 2^23: adding it rounds to an integer
    f32x4 biased = vec_add(vec_mul(x, vec_splat(1.44269504f)), to_integer);
    f32x4 n = vec_sub(biased, to_integer);
    f32x4 r = vec_madd(n, vec_splat(-0.693359375f), x);
    r = vec_madd(n, vec_splat(2.12194440e-4f), r);

    f32x4 p = vec_madd(vec_splat(0.008290273f), r, vec_splat(0.041898165f));
    p = vec_madd(p, r, vec_splat(0.16667639f));
    p = vec_madd(p, r, vec_splat(0.49999148f));
    p = vec_madd(p, r, vec_splat(0.9999997f));
    return (exp_parts){.power = vec_power_of_two(biased), .fraction = vec_mul(p, r)};
}

// e^x for x <= 88, to about 2 units in the last place; NaN stays NaN.
static inline f32x4 vec_exp(f32x4 x)
{
    const f32x4 lowest = vec_splat(VEC_EXP_LOWEST);
    exp_parts e = exp_split(vec_max(x, lowest));
    f32x4 result = vec_mul(vec_add(e.fraction, vec_splat(1.0f)), e.power);
    return vec_clear(result, vec_less(x, lowest));
}

static inline float exp_one(float x)
{
    float lanes[VEC_LANES];
    vec_store(lanes, vec_exp(vec_splat(x)));
    return lanes[0];
}

// tanh x = (e^2x - 1) / (e^2x + 1), where e^2x - 1 = 2^n (e^r - 1) + (2^n - 1) keeps its precision near 0.
static inline f32x4 vec_tanh(f32x4 x)
{
    const f32x4 one = vec_splat(1.0f), most = vec_splat(18.0f);  // tanh 9 rounds to 1
    f32x4 twice = vec_add(x, x);
    f32x4 clamped = vec_min(vec_max(twice, vec_sub(vec_zero(), most)), most);
    exp_parts e = exp_split(clamped);
    f32x4 less_one = vec_madd(e.power, e.fraction, vec_sub(e.power, one));
    return vec_div(less_one, vec_add(less_one, vec_splat(2.0f)));
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

#endif
