// gelu.c - the Gaussian error linear unit: 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))).
#include "exp.h"
#include "parts.h"
#include "vec.h"

#define ROOT 0.7978845608f
#define CUBE 0.044715f

// tanh(√(2/π) (x + 0.044715 x³))
static inline f32x4 inner(f32x4 x)
{
    f32x4 factor = vec_madd(vec_mul(x, x), vec_splat(ROOT * CUBE), vec_splat(ROOT));
    return vec_tanh(vec_mul(x, factor));
}

void gelu_forward(const float *x, int count, float *y)
{
    for (int i = 0; i < count; i += VEC_LANES) {
        f32x4 half = vec_mul(vec_load(x + i), vec_splat(0.5f));
        vec_store(y + i, vec_madd(half, inner(vec_load(x + i)), half));
    }
}

void gelu_backward(const float *x, int count, float *grad)
{
    // forward:  y = ½ x (1 + t), t = tanh(√(2/π) (x + 0.044715 x³))
    // backward: d x = d y (½ (1 + t) + ½ x (1 - t²) √(2/π) (1 + 3 · 0.044715 x²))
    for (int i = 0; i < count; i += VEC_LANES) {
        f32x4 at = vec_load(x + i), t = inner(at), one = vec_splat(1.0f);
        f32x4 slope = vec_madd(vec_mul(at, at), vec_splat(3 * CUBE * ROOT), vec_splat(ROOT));
        f32x4 tail = vec_mul(vec_mul(at, slope), vec_sub(one, vec_mul(t, t)));
        f32x4 derivative = vec_mul(vec_splat(0.5f), vec_add(vec_add(one, t), tail));
        vec_store(grad + i, vec_mul(vec_load(grad + i), derivative));
    }
}
