// adamw.c - AdamW (Loshchilov & Hutter 2019), as in the papers: moments without bias by division, decay apart from
// the gradient.
#include "parts.h"
#include "table.h"
#include "vec.h"

#define BETA_1 0.9
#define BETA_2 0.99
#define EPSILON 1e-8f

// Each number times 0 is 0, or NaN. Squares are looked at, since a second moment that overflowed would stop its
// parameter for good.
int adamw_is_finite(const transformer_config *config, const arena *a)
{
    f32x4 nothing = vec_zero();
    int count = (int)table_floats(config);
    for (int i = 0; i < count; i += VEC_LANES) {
        f32x4 gradient = vec_load(a->gradients + i);
        nothing = vec_madd(vec_mul(gradient, gradient), vec_zero(), nothing);
    }
    return vec_sum(nothing) == 0.0f;
}

static double power(double base, int exponent)
{
    double result = 1;
    for (; exponent > 0; exponent >>= 1, base *= base) {
        if (exponent & 1) result *= base;
    }
    return result;
}

void adamw_update(const transformer_config *config, const arena *a, double rate, double decay, int step)
{
    const float first_share = (float)(1 - BETA_1), second_share = (float)(1 - BETA_2);
    const float first_factor = (float)(1 / (1 - power(BETA_1, step)));
    const float second_factor = (float)(1 / (1 - power(BETA_2, step)));
    for (int e = 0; e < table_count(config); e++) {
        table_entry entry = table_at(config, e);
        float kept = table_is_matrix(entry.name) ? (float)decay : 0.0f, speed = (float)rate;
        for (uint32_t i = entry.offset; i < entry.offset + (uint32_t)(entry.rows * entry.columns); i++) {
            float gradient = a->gradients[i];
            float first = a->first[i] = (float)BETA_1 * a->first[i] + first_share * gradient;
            float second = a->second[i] = (float)BETA_2 * a->second[i] + second_share * (gradient * gradient);
            float change = first * first_factor / (__builtin_sqrtf(second * second_factor) + EPSILON);
            a->parameters[i] -= speed * (change + kept * a->parameters[i]);
        }
    }
}
