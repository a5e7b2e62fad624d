// merge.c - partial attentions over disjoint keys, put together: outputs weighted by a softmax of log_sum_exp.
#include "attention.h"
#include "softmax.h"
#include "vec.h"

#include <stddef.h>

// Small rather than fast: it takes a fraction of the time of what it's for.
#pragma clang attribute push(__attribute__((minsize)), apply_to = function)

// output += factor * partial
static void add_scaled(float *output, const float *partial, float factor, int count)
{
    int e = 0;
    for (; e + VEC_LANES <= count; e += VEC_LANES) {
        vec_store(output + e, vec_madd(vec_splat(factor), vec_load(partial + e), vec_load(output + e)));
    }
    f32x4 rest = vec_madd(vec_splat(factor), vec_load_partial(partial + e, count - e),
                          vec_load_partial(output + e, count - e));
    vec_store_partial(output + e, rest, count - e);
}

static void merge_row(const attention_merge_args *args, size_t row)
{
    size_t first = row * (size_t)args->value_dim;
    float *output = args->output + first;
    softmax_state state = softmax_start();
    for (int i = 0; i < args->states; i++) {
        float exponent = args->log_sum_exps[i][row];
        if (state.max < exponent) state.max = exponent;
    }
    // A NaN isn't larger than anything, so nothing but NaN may leave the maximum at -infinity.
    float max = state.max == SOFTMAX_NEGATIVE_INFINITY ? 0.0f : state.max;
    for (int i = 0; i < args->states; i++) state.sum += exp_one(args->log_sum_exps[i][row] - max);

    for (int e = 0; e < args->value_dim; e++) output[e] = 0.0f;
    for (int i = 0; i < args->states; i++) {
        float factor = exp_one(args->log_sum_exps[i][row] - max);
        // One that counts for nothing may hold anything.
        if (factor != 0.0f) add_scaled(output, args->outputs[i] + first, factor / state.sum, args->value_dim);
    }
    args->log_sum_exp[row] = softmax_log_sum_exp(state);
}

attention_status attention_merge(const attention_merge_args *args)
{
    if (args->states < 0 || args->rows < 0 || args->value_dim < 0) return ATTENTION_BAD_SIZE;
    for (int row = 0; row < args->rows; row++) merge_row(args, (size_t)row);
    return ATTENTION_OK;
}

#pragma clang attribute pop
