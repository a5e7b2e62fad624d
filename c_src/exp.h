// exp.h - e^x, tanh x and log x. Inline, over vec.h.
#ifndef ATTENTION_EXP_H
#define ATTENTION_EXP_H

#include "vec.h"

#include <stdint.h>

// e^x = 2^n (1 + f), in the parts that exp and tanh put together differently.
typedef struct {
    f32x4 half_power;  // 2^(n-1), or 0 for n = -126
    f32x4 p, r;        // 2 f = p r
} exp_parts;

// x = n ln 2 + r with n = round(x / ln 2). ln 2 is subtracted in two parts (Cody & Waite 1980), the first of
// which has trailing zeros, so that n times it is exact. The polynomial is the minimax one of degree 5 for
// |r| <= ln 2 / 2, doubled, its constant left out. NaN stays NaN; x <= 88.
static inline exp_parts exp_split(f32x4 x)
{
    // 1.5 * 2^23 + 126: adding it rounds to an integer, and leaves n + 126 in the low bits.
    const f32x4 to_integer = vec_splat(12583038.0f);
    f32x4 clamped = vec_max(x, vec_splat(-87.3f));  // n >= -126
    f32x4 biased = vec_madd(clamped, vec_splat(1.44269504f), to_integer);
    f32x4 n = vec_sub(biased, to_integer);
    f32x4 r = vec_madd(n, vec_splat(-0.693359375f), clamped);
    r = vec_madd(n, vec_splat(2.12194440e-4f), r);

    f32x4 p = vec_madd(vec_splat(0.016580546f), r, vec_splat(0.08379633f));
    p = vec_madd(p, r, vec_splat(0.33335276f));
    p = vec_madd(p, r, vec_splat(0.99998298f));
    p = vec_madd(p, r, vec_splat(1.9999994f));
    return (exp_parts){.half_power = vec_exponent(biased), .p = p, .r = r};
}

// e^x for x <= 88, to about 2 units in the last place; NaN stays NaN. Exactly 0 below -87: subnormal results
// would slow a whole kernel down fourfold on x86. There n is -126 and its bits are those of 0; one above, 2^(n-1)
// is the smallest normal number, and what it is multiplied by is more than 1. That is why both halves are doubled.
VEC_LONG f32x4 vec_exp(f32x4 x)
{
    exp_parts e = exp_split(x);
    return vec_mul(vec_madd(e.p, e.r, vec_splat(2.0f)), e.half_power);
}

static inline float exp_one(float x)
{
    float lanes[VEC_LANES];
    vec_store(lanes, vec_exp(vec_splat(x)));
    return lanes[0];
}

// tanh x = (e^2x - 1) / (e^2x + 1), where e^2x - 1 = 2^n f + (2^n - 1) keeps its precision near 0.
static inline f32x4 vec_tanh(f32x4 x)
{
    const f32x4 most = vec_splat(18.0f);  // tanh 9 rounds to 1
    f32x4 twice = vec_min(vec_max(vec_add(x, x), vec_sub(vec_zero(), most)), most);
    exp_parts e = exp_split(twice);
    f32x4 power_less_one = vec_sub(vec_add(e.half_power, e.half_power), vec_splat(1.0f));
    f32x4 less_one = vec_madd(e.half_power, vec_mul(e.p, e.r), power_less_one);
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
