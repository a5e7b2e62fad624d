// forward.c - scaled dot-product attention over a whole batch: softmax(Q Kᵀ · scale + mask) V.
#include "attention.h"
#include "rows.h"
#include "scores.h"
#include "softmax.h"

#define KEY_BLOCK 64

static void forward_row(const attention_forward_args *args, int b, int h, int m)
{
    const attention_problem *a = &args->problem;
    size_t row = ((size_t)b * (size_t)a->heads + (size_t)h) * (size_t)a->query_length + (size_t)m;
    size_t key_row = ((size_t)b * (size_t)a->key_heads + (size_t)(h / (a->heads / a->key_heads))) * (size_t)a->key_capacity;
    score_row options = scores_row(a, b, h, m);
    softmax_state state = softmax_start();
    float *output = args->output + row * (size_t)a->value_dim;
    float *weights = args->weights ? args->weights + row * (size_t)a->key_length : NULL;
    float scores[KEY_BLOCK];
    for (int e = 0; e < a->value_dim; e++) output[e] = 0.0f;
    if (a->sinks && a->sinks[h] != SCORES_HIDDEN) state = (softmax_state){.max = a->sinks[h], .sum = 1.0f};

    for (int start = 0; start < a->key_length; start += KEY_BLOCK) {
        int count = a->key_length - start < KEY_BLOCK ? a->key_length - start : KEY_BLOCK;
        for (int i = 0; i < KEY_BLOCK; i++) {
            float sum = 0.0f;
            for (int d = 0; d < a->head_dim && i < count; d++) {
                sum += rows_element(a->query, a->query_type, NULL, row * (size_t)a->head_dim + (size_t)d, a->head_dim) *
                       rows_element(a->key, a->key_type, a->key_scales,
                                    (key_row + (size_t)(start + i)) * (size_t)a->head_dim + (size_t)d, a->head_dim);
            }
            scores[i] = sum * a->scale;
        }
        for (int i = 0; i < count && weights && args->weights_stage == ATTENTION_STAGE_SCORES; i++) weights[start + i] = scores[i];
        if (a->softcap != 0.0f) scores_cap(a, scores, KEY_BLOCK);
        for (int i = 0; i < count && weights && args->weights_stage == ATTENTION_STAGE_CAPPED; i++) weights[start + i] = scores[i];
        scores_mask(&options, start, scores, KEY_BLOCK);
        for (int i = 0; i < count && weights && args->weights_stage >= ATTENTION_STAGE_MASKED; i++) weights[start + i] = scores[i];
        float factor = softmax_absorb(&state, scores, KEY_BLOCK);
        for (int e = 0; e < a->value_dim; e++) {
            float sum = output[e] * factor;
            for (int i = 0; i < count; i++) {
                if (scores[i] == 0.0f) continue;
                sum += scores[i] * rows_element(a->value, a->value_type, a->value_scales,
                                                (key_row + (size_t)(start + i)) * (size_t)a->value_dim + (size_t)e, a->value_dim);
            }
            output[e] = sum;
        }
    }
    for (int e = 0; e < a->value_dim && state.sum != 0.0f; e++) output[e] /= state.sum;
    if (weights && args->weights_stage == ATTENTION_STAGE_SOFTMAX) {
        for (int n = 0; n < a->key_length; n++) weights[n] = state.sum == 0.0f ? 0.0f : exp_one(weights[n] - state.max) / state.sum;
    }
    args->log_sum_exp[row] = softmax_log_sum_exp(state);
}

uint32_t attention_forward_workspace_bytes(const attention_forward_args *args)
{
    (void)args;
    return 16;
}

attention_status attention_forward(const attention_forward_args *args)
{
    const attention_problem *a = &args->problem;
    const int32_t sizes[] = {a->batch, a->heads, a->key_heads, a->query_length, a->key_length, a->head_dim, a->value_dim};
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (sizes[i] < 0) return ATTENTION_BAD_SIZE;
    }
    if (a->key_capacity < a->key_length) return ATTENTION_BAD_SIZE;
    if (a->heads > 0 && (a->key_heads == 0 || a->heads % a->key_heads != 0)) return ATTENTION_BAD_SIZE;
    for (int b = 0; b < a->batch; b++) {
        for (int h = 0; h < a->heads; h++) {
            for (int m = 0; m < a->query_length; m++) forward_row(args, b, h, m);
        }
    }
    return ATTENTION_OK;
}
