// forward.c - scaled dot-product attention over a whole batch: softmax(Q Kᵀ · scale + mask) V.
//
// A query row at a time, its keys in blocks: score a block, mask it, let the online softmax absorb it, add
// its weighted values to the row's output. Nothing of size M·N exists unless the caller asks for it, and no
// workspace is needed: the row of `output` is the accumulator.
//
// Deliberately not here: matrix tiles, packed keys, threads, and the options that JavaScript reports as not
// supported yet. `forward_row` is what a tile of rows would replace; masking and recording stay per block.
#include "attention.h"
#include "softmax.h"
#include "vec.h"

#include <stddef.h>

#define KEY_BLOCK 64  // scores in flight for a row; a multiple of VEC_LANES, small enough for the stack

typedef struct {
    const attention_forward_args *args;
    const float *query;           // [D]
    const float *key;             // [N, D]
    const float *value;           // [N, E]
    const uint8_t *boolean_mask;  // [N] with the mask's stride, or NULL
    const float *additive_mask;   // likewise
    float *output;                // [E]
    float *weights;               // [N] or NULL
    int visible;                  // keys at and after this one are hidden by causality
} forward_row_args;

static int min_int(int a, int b) { return a < b ? a : b; }
static int round_up(int n, int multiple) { return (n + multiple - 1) / multiple * multiple; }

// ------------------------------------------------------------------------------------------- a block
// Dot products of `query` with the keys n … n + 3. Past the last key the last one is read again: the caller
// overwrites those lanes.
static f32x4 dot_four(const forward_row_args *row, int n)
{
    size_t dim = (size_t)row->args->head_dim;
    int last = row->args->key_length - 1, d = 0;
    const float *key[VEC_LANES];
    f32x4 sum[VEC_LANES];
    for (int i = 0; i < VEC_LANES; i++) {
        key[i] = row->key + (size_t)min_int(n + i, last) * dim;
        sum[i] = vec_zero();
    }
    for (; d + VEC_LANES <= (int)dim; d += VEC_LANES) {
        f32x4 query = vec_load(row->query + d);
        for (int i = 0; i < VEC_LANES; i++) sum[i] = vec_madd(query, vec_load(key[i] + d), sum[i]);
    }
    if (d < (int)dim) {
        f32x4 query = vec_load_partial(row->query + d, (int)dim - d);
        for (int i = 0; i < VEC_LANES; i++) {
            sum[i] = vec_madd(query, vec_load_partial(key[i] + d, (int)dim - d), sum[i]);
        }
    }
    vec_transpose(&sum[0], &sum[1], &sum[2], &sum[3]);
    return vec_add(vec_add(sum[0], sum[1]), vec_add(sum[2], sum[3]));
}

static void score_block(const forward_row_args *row, int start, int count, float *scores)
{
    f32x4 scale = vec_splat(row->args->scale);
    for (int i = 0; i < count; i += VEC_LANES) {
        vec_store(scores + i, vec_mul(dot_four(row, start + i), scale));
    }
}

// Hidden means -infinity by assignment, never by addition: a hidden score may be NaN.
static void mask_block(const forward_row_args *row, int start, int count, float *scores)
{
    ptrdiff_t stride = row->args->mask_stride[3];
    for (int i = 0; i < count; i++) {
        int n = start + i;
        int hidden = n >= row->visible;
        if (row->boolean_mask) hidden |= !row->boolean_mask[n * stride];
        if (row->additive_mask) {
            float added = row->additive_mask[n * stride];
            hidden |= added == SOFTMAX_NEGATIVE_INFINITY;
            scores[i] += added;
        }
        if (hidden) scores[i] = SOFTMAX_NEGATIVE_INFINITY;
    }
}

// output += weights . value, over the keys whose weight isn't 0: that leaves hidden values untouched, which
// 0 * infinity would not.
static void add_values(const forward_row_args *row, int start, int count, const float *weights, float factor)
{
    int dim = row->args->value_dim, live_count = 0;
    int live[KEY_BLOCK];
    for (int i = 0; i < count; i++) {
        live[live_count] = i;
        live_count += weights[i] != 0.0f;
    }
    for (int e = 0; e < dim; e += VEC_LANES) {
        int lanes = min_int(VEC_LANES, dim - e);
        const float *value = row->value + (size_t)start * (size_t)dim + e;
        f32x4 sum = vec_mul(vec_load_partial(row->output + e, lanes), vec_splat(factor));
        if (lanes == VEC_LANES) {
            for (int i = 0; i < live_count; i++) {
                f32x4 weight = vec_splat(weights[live[i]]);
                sum = vec_madd(weight, vec_load(value + (size_t)live[i] * (size_t)dim), sum);
            }
        } else {
            for (int i = 0; i < live_count; i++) {
                f32x4 weight = vec_splat(weights[live[i]]);
                sum = vec_madd(weight, vec_load_partial(value + (size_t)live[i] * (size_t)dim, lanes), sum);
            }
        }
        vec_store_partial(row->output + e, sum, lanes);
    }
}

// --------------------------------------------------------------------------------------------- a row
static void record_block(const forward_row_args *row, int start, int count, const float *scores)
{
    for (int i = 0; i < count; i++) row->weights[start + i] = scores[i];
}

// Turns the row's masked scores, recorded block by block, into its weights, now that max and sum are final.
static void softmax_recorded(const forward_row_args *row, softmax_state state)
{
    int count = row->args->key_length;
    float divisor = state.sum == 0.0f ? 1.0f : state.sum;
    float max = state.sum == 0.0f ? 0.0f : state.max;
    for (int n = 0; n < count; n += VEC_LANES) {
        int lanes = min_int(VEC_LANES, count - n);
        f32x4 score = vec_load_partial(row->weights + n, lanes);
        f32x4 weight = vec_div(vec_exp(vec_sub(score, vec_splat(max))), vec_splat(divisor));
        vec_store_partial(row->weights + n, weight, lanes);
    }
}

static void divide_output(const forward_row_args *row, softmax_state state)
{
    int dim = row->args->value_dim;
    if (state.sum == 0.0f) return;  // nothing to attend to: zeros
    for (int e = 0; e < dim; e += VEC_LANES) {
        int lanes = min_int(VEC_LANES, dim - e);
        f32x4 sum = vec_load_partial(row->output + e, lanes);
        vec_store_partial(row->output + e, vec_div(sum, vec_splat(state.sum)), lanes);
    }
}

// Returns the row's logSumExp.
static float forward_row(const forward_row_args *row)
{
    int stage = row->args->weights_stage;
    // Hidden keys are looked at only for the caller who asked to see every score.
    int keys = row->weights ? row->args->key_length : row->visible;
    softmax_state state = softmax_start();
    float scores[KEY_BLOCK];

    for (int e = 0; e < row->args->value_dim; e++) row->output[e] = 0.0f;
    for (int start = 0; start < keys; start += KEY_BLOCK) {
        int count = min_int(KEY_BLOCK, keys - start);
        int padded = round_up(count, VEC_LANES);
        score_block(row, start, count, scores);
        if (row->weights && stage < ATTENTION_STAGE_MASKED) record_block(row, start, count, scores);
        mask_block(row, start, count, scores);
        if (row->weights && stage >= ATTENTION_STAGE_MASKED) record_block(row, start, count, scores);
        for (int i = count; i < padded; i++) scores[i] = SOFTMAX_NEGATIVE_INFINITY;

        float factor = softmax_absorb(&state, scores, padded);
        add_values(row, start, count, scores, factor);
    }
    divide_output(row, state);
    if (row->weights && stage == ATTENTION_STAGE_SOFTMAX) softmax_recorded(row, state);
    return softmax_log_sum_exp(state);
}

// ------------------------------------------------------------------------------------------- a head
static int visible_keys(const attention_forward_args *a, int m)
{
    if (!a->causal) return a->key_length;
    int64_t visible = (int64_t)m + a->query_offset + 1;
    if (visible < 0) return 0;
    return visible < a->key_length ? (int)visible : a->key_length;
}

static void forward_head(const attention_forward_args *a, int b, int h)
{
    size_t head = (size_t)b * (size_t)a->heads + (size_t)h;
    size_t key_head = (size_t)b * (size_t)a->key_heads + (size_t)(h / (a->heads / a->key_heads));
    size_t keys = (size_t)a->key_length;

    for (int m = 0; m < a->query_length; m++) {
        size_t row = head * (size_t)a->query_length + (size_t)m;
        ptrdiff_t mask = (ptrdiff_t)b * a->mask_stride[0] + (ptrdiff_t)h * a->mask_stride[1] +
                         (ptrdiff_t)m * a->mask_stride[2];
        a->log_sum_exp[row] = forward_row(&(forward_row_args){
            .args = a,
            .query = a->query + row * (size_t)a->head_dim,
            .key = a->key + key_head * keys * (size_t)a->head_dim,
            .value = a->value + key_head * keys * (size_t)a->value_dim,
            .boolean_mask = a->boolean_mask ? a->boolean_mask + mask : NULL,
            .additive_mask = a->additive_mask ? a->additive_mask + mask : NULL,
            .output = a->output + row * (size_t)a->value_dim,
            .weights = a->weights ? a->weights + row * keys : NULL,
            .visible = visible_keys(a, m),
        });
    }
}

attention_status attention_forward(const attention_forward_args *args)
{
    const int32_t sizes[] = {args->batch, args->heads, args->key_heads, args->query_length,
                             args->key_length, args->head_dim, args->value_dim};
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (sizes[i] < 0) return ATTENTION_BAD_SIZE;
    }
    if (args->heads > 0 && (args->key_heads == 0 || args->heads % args->key_heads != 0)) {
        return ATTENTION_BAD_SIZE;
    }
    for (int b = 0; b < args->batch; b++) {
        for (int h = 0; h < args->heads; h++) forward_head(args, b, h);
    }
    return ATTENTION_OK;
}
