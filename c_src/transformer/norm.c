// norm.c - layer normalisation.
#include "parts.h"
#include "vec.h"

#define EPSILON 1e-5f

// (x - mean) / deviation
static inline f32x4 standard(const float *x, const float *statistics)
{
    return vec_mul(vec_sub(vec_load(x), vec_splat(statistics[0])), vec_splat(statistics[1]));
}

void norm_forward(const float *x, int rows, int dim, const float *gain, const float *bias, float *statistics,
                  float *y)
{
    for (int r = 0; r < rows; r++, x += dim, y += dim, statistics += 2) {
        f32x4 sum = vec_zero(), squares = vec_zero();
        for (int c = 0; c < dim; c += VEC_LANES) sum = vec_add(sum, vec_load(x + c));
        statistics[0] = vec_sum(sum) / (float)dim;
        for (int c = 0; c < dim; c += VEC_LANES) {
            f32x4 centred = vec_sub(vec_load(x + c), vec_splat(statistics[0]));
            squares = vec_madd(centred, centred, squares);
        }
        statistics[1] = 1.0f / __builtin_sqrtf(vec_sum(squares) / (float)dim + EPSILON);
        for (int c = 0; c < dim; c += VEC_LANES) {
            vec_store(y + c, vec_madd(standard(x + c, statistics), vec_load(gain + c), vec_load(bias + c)));
        }
    }
}

static inline void add_to(float *to, f32x4 a) { vec_store(to, vec_add(vec_load(to), a)); }

void norm_backward(const float *x, int rows, int dim, const float *gain, const float *statistics, const float *grad_y,
                   float *grad_gain, float *grad_bias, float *grad_x)
{
    for (int r = 0; r < rows; r++, x += dim, grad_y += dim, grad_x += dim, statistics += 2) {
        // forward:  y = s · gain + bias
        // backward: d gain = d y · s, d bias = d y, d s = d y · gain
        f32x4 sum = vec_zero(), product = vec_zero();
        for (int c = 0; c < dim; c += VEC_LANES) {
            f32x4 s = standard(x + c, statistics), grad = vec_load(grad_y + c);
            f32x4 grad_s = vec_mul(grad, vec_load(gain + c));
            add_to(grad_gain + c, vec_mul(grad, s));
            add_to(grad_bias + c, grad);
            sum = vec_add(sum, grad_s);
            product = vec_madd(grad_s, s, product);
        }
        // forward:  s = (x - mean(x)) / deviation(x)
        // backward: d x = (d s - mean(d s) - s · mean(d s · s)) / deviation
        f32x4 mean = vec_splat(vec_sum(sum) / (float)dim), slope = vec_splat(vec_sum(product) / (float)dim);
        for (int c = 0; c < dim; c += VEC_LANES) {
            f32x4 grad_s = vec_mul(vec_load(grad_y + c), vec_load(gain + c));
            f32x4 rest = vec_sub(vec_sub(grad_s, mean), vec_mul(standard(x + c, statistics), slope));
            add_to(grad_x + c, vec_mul(rest, vec_splat(statistics[1])));
        }
    }
}
