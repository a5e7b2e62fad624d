// gradients.c - what a block of queries by keys adds to the gradients, tile by tile.
//
// The backward pass of FlashAttention-2 (Dao 2023, algorithm 2): weights are computed again from the saved
// log_sum_exp. A tile takes five matrix products: scores, the gradient of the weights, and one for each of
// grad_query, grad_key, grad_value. Comments quote the line of the forward pass, then its derivative, where
// `d x` is the gradient of the loss with respect to x.
#include "gradients.h"
#include "pack.h"
#include "panels.h"
#include "problem.h"
#include "products.h"
#include "rows.h"
#include "scores.h"

_Static_assert(GRADIENT_STEP % PRODUCT_KEYS == 0 && GRADIENT_STEP % PRODUCT_QUERIES == 0, "chunks hold whole tiles");

// A thread's workspace. Panels have room for a chunk of rows.
typedef struct {
    float *query;          // panels of D columns
    float *grad_query;     // likewise, without `scale`
    float *grad_output;    // panels of E columns
    float *delta;          // [chunk]
    float *key;            // panels of D columns
    float *grad_key;       // likewise, without `scale`
    float *grad_value;     // panels of E columns
    float *key_columns;    // [chunk / 8][D][8]
    float *value_columns;  // [chunk / 8][E][8]
    float *weights;        // [PRODUCT_QUERIES][PRODUCT_KEYS]
    float *grad_scores;    // likewise
} buffers;

// The block, for one of the group's heads.
typedef struct {
    const gradient_problem *problem;
    const attention_problem *a;
    buffers own;
    int b, h;
    int first_query, queries;
    int first_key, keys;
    int query_finite, grad_output_finite, key_finite;
} block;

static size_t row_of(const block *at, int m)
{
    return ((size_t)at->b * (size_t)at->a->heads + (size_t)at->h) * (size_t)at->a->query_length + (size_t)m;
}

// ------------------------------------------------------------------------------------------- a row of a tile
// forward:  masked = capped + mask, the mask broadcast
// backward: d mask = d masked, summed over what it was broadcast along
static void add_to_grad_mask(const block *at, int m, int first_key, const float *grad_masked, int keys)
{
    const size_t *stride = at->problem->mask_stride;
    float *grad = at->problem->args->grad_mask + (size_t)at->b * stride[0] + (size_t)at->h * stride[1] +
                  (size_t)m * stride[2] + (size_t)first_key * stride[3];
    float sum = 0.0f;
    for (int i = 0; i < keys; i++) {
        if (stride[3] != 0) grad[i] += grad_masked[i];
        else sum += grad_masked[i];
    }
    if (stride[3] == 0) *grad += sum;
}

// forward:  capped = softcap * tanh(scores / softcap)
// backward: d scores = d capped * (1 - tanh²)
static void cap(const attention_problem *a, float *scores, float *derivative, int count)
{
    scores_cap(a, scores, count);
    for (int i = 0; i < count; i += VEC_LANES) {
        f32x4 tanh = vec_mul(vec_load(scores + i), vec_splat(1.0f / a->softcap));
        vec_store(derivative + i, vec_sub(vec_splat(1.0f), vec_mul(tanh, tanh)));
    }
}

// From scores to weights in place, and from the gradient of the weights to that of the scores, for one query and
// `keys` keys, in rows padded to `count`.
static void row_gradients(const block *at, int m, int first_key, int keys, int count, float *scores, float *grads)
{
    const attention_problem *a = at->a;
    float log_sum_exp = at->problem->args->log_sum_exp[row_of(at, m)];
    f32x4 delta = vec_splat(at->own.delta[m - at->first_query]);
    float derivative[PRODUCT_KEYS];
    if (log_sum_exp == SCORES_HIDDEN) {  // it saw nothing
        for (int i = 0; i < count; i++) scores[i] = grads[i] = 0.0f;
        return;
    }
    if (!PROBLEM_PLAIN && a->softcap != 0.0f) cap(a, scores, derivative, count);
    score_row options = scores_row(a, at->b, at->h, m);
    scores_mask(&options, first_key, scores, count);

    // forward:  weights = softmax(masked) = e^(masked - log_sum_exp)
    // backward: d masked = weights * (d weights - delta), delta being the row's sum of weights * d weights
    // Hidden keys get zeros by selection: their numbers and the row's log_sum_exp may be NaN.
#pragma clang loop unroll_count(2)
    for (int i = 0; i < count; i += VEC_LANES) {
        f32x4 masked = vec_load(scores + i);
        f32x4 weights = vec_exp(vec_sub(masked, vec_splat(log_sum_exp)));
        weights = vec_clear(weights, vec_equal(masked, vec_splat(SCORES_HIDDEN)));
        f32x4 grad_masked = vec_mul(weights, vec_sub(vec_load(grads + i), delta));
        vec_store(scores + i, weights);
        vec_store(grads + i, vec_clear(grad_masked, vec_equal(weights, vec_zero())));
    }
    if (!PROBLEM_PLAIN && at->problem->args->grad_mask) add_to_grad_mask(at, m, first_key, grads, keys);
    for (int i = 0; !PROBLEM_PLAIN && i < count && a->softcap != 0.0f; i += VEC_LANES) {
        f32x4 grad_scores = vec_mul(vec_load(grads + i), vec_load(derivative + i));
        vec_store(grads + i, vec_clear(grad_scores, vec_equal(vec_load(scores + i), vec_zero())));
    }
}

// delta: the sum over keys of weights * d weights equals the sum over columns of output * d output (Dao 2022,
// appendix B.2). Added up in the order of the products of a tile, so that a row that sees a single key, whose output
// is its value, has a gradient of exactly zero.
static void row_deltas(const block *at)
{
    const attention_backward_args *args = at->problem->args;
    row_view output = {.data = args->output, .dim = at->a->value_dim};
    row_view grad_output = {.data = args->grad_output, .dim = at->a->value_dim};
    for (int i = 0; i < at->queries; i += VEC_LANES) {
        size_t row = row_of(at, at->first_query + i);
        f32x4 sum = vec_zero(), left[VEC_LANES], right[VEC_LANES];
        for (int e = 0; e < output.dim; e += VEC_LANES) {
            pack_load_transposed(grad_output, row, at->queries - i, e, left);
            pack_load_transposed(output, row, at->queries - i, e, right);
#pragma clang loop unroll(full)
            for (int j = 0; j < VEC_LANES; j++) sum = vec_madd(left[j], right[j], sum);
        }
        vec_store(at->own.delta + i, sum);
    }
}

// ------------------------------------------------------------------------------------------------- a tile
// Queries from `query` and keys from `key` on, both counted within the block.
static void tile_gradients(const block *at, int query, int queries, int key, int keys)
{
    const attention_problem *a = at->a;
    const buffers *own = &at->own;
    const int chunk = at->problem->chunk, d = a->head_dim, e = a->value_dim;
    const int rows = pack_round_up(queries, TILE_ROWS), columns = pack_round_up(keys, PRODUCT_STEP);
    const float *key_columns = own->key_columns + (size_t)key * (size_t)pack_round_up(d, TILE_COLUMNS);
    const float *value_columns = own->value_columns + (size_t)key * (size_t)pack_round_up(e, TILE_COLUMNS);
    query *= TILE_COLUMNS, key *= TILE_COLUMNS;  // from here on, places in a panel

    // forward:  scores = scale * query . keyᵀ
    product_of_columns(own->weights, own->query + query, key_columns, a->scale, rows, columns, d, chunk);
    // forward:  output = weights . value
    // backward: d weights = d output . valueᵀ
    product_of_columns(own->grad_scores, own->grad_output + query, value_columns, 1.0f, rows, columns, e, chunk);

    for (int i = 0; i < queries; i++) {
        row_gradients(at, at->first_query + query / TILE_COLUMNS + i, at->first_key + key / TILE_COLUMNS, keys, columns,
                      own->weights + i * PRODUCT_KEYS, own->grad_scores + i * PRODUCT_KEYS);
    }
    for (int i = queries * PRODUCT_KEYS; i < rows * PRODUCT_KEYS; i++) own->grad_scores[i] = 0.0f;

    // forward:  output = weights . value
    // backward: d value = weightsᵀ . d output
    product_over_queries(own->grad_value + key, own->weights, own->grad_output + query, columns, queries, e, chunk,
                         at->grad_output_finite);
    // forward:  scores = scale * query . keyᵀ
    // backward: d key = scale * d scoresᵀ . query, d query = scale * d scores . key; the scale waits for the end
    product_over_queries(own->grad_key + key, own->grad_scores, own->query + query, columns, queries, d, chunk,
                         at->query_finite);
    product_over_keys(own->grad_query + query, own->grad_scores, own->key + key, rows, keys, d, chunk, at->key_finite);
}

// ------------------------------------------------------------------------------------------------ the block
static int larger(int a, int b) { return a < b ? b : a; }

// Which of `count` keys from `first` on some of the queries may see, masks aside.
static key_range seen_by(const block *at, int query, int queries, int first, int count)
{
    key_range visible = scores_visible(at->a, at->b, query, queries);
    return (key_range){larger(visible.first, first), pack_min(visible.last, first + count)};
}

static void head_gradients(block *at)
{
    const attention_backward_args *args = at->problem->args;
    const int chunk = at->problem->chunk, padded = pack_round_up(at->queries, TILE_ROWS), d = at->a->head_dim;
    size_t row = row_of(at, at->first_query);
    row_view grad_output = {.data = args->grad_output, .dim = at->a->value_dim};
    at->query_finite = panels_pack(rows_query(at->a), row, at->queries, padded, chunk, at->own.query);
    at->grad_output_finite = panels_pack(grad_output, row, at->queries, padded, chunk, at->own.grad_output);
    panels_clear(padded, d, chunk, at->own.grad_query);
    row_deltas(at);

    for (int key = 0; key < at->keys; key += PRODUCT_KEYS) {
        int keys = pack_min(PRODUCT_KEYS, at->keys - key);
        for (int query = 0; query < at->queries; query += PRODUCT_QUERIES) {
            int queries = pack_min(PRODUCT_QUERIES, at->queries - query);
            key_range seen = seen_by(at, at->first_query + query, queries, at->first_key + key, keys);
            if (seen.first < seen.last) tile_gradients(at, query, queries, key, seen.last - at->first_key - key);
        }
    }
    panels_add_to(args->grad_query + row * (size_t)d, at->own.grad_query, at->a->scale, at->queries, d, chunk);
}

// Gives each buffer its place in a workspace. Returns how many floats they take.
static uint64_t lay_out(const attention_problem *a, int chunk, float *workspace, buffers *own)
{
    const uint64_t rows = (uint64_t)chunk;
    const uint64_t d = ((uint64_t)a->head_dim + TILE_COLUMNS - 1) / TILE_COLUMNS * TILE_COLUMNS * rows;
    const uint64_t e = ((uint64_t)a->value_dim + TILE_COLUMNS - 1) / TILE_COLUMNS * TILE_COLUMNS * rows;
    const struct { float **buffer; uint64_t floats; } parts[] = {
        {&own->query, d}, {&own->grad_query, d}, {&own->grad_output, e}, {&own->delta, rows},
        {&own->key, d}, {&own->grad_key, d}, {&own->grad_value, e}, {&own->key_columns, d}, {&own->value_columns, e},
        {&own->weights, PRODUCT_QUERIES * PRODUCT_KEYS}, {&own->grad_scores, PRODUCT_QUERIES * PRODUCT_KEYS},
    };
    uint64_t floats = 0;
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (workspace) *parts[i].buffer = workspace + floats;
        floats += parts[i].floats;
    }
    return floats;
}

uint64_t gradient_workspace_floats(const attention_problem *problem, int chunk)
{
    buffers own;
    return lay_out(problem, chunk, NULL, &own);
}

void gradient_block(const gradient_problem *problem, float *workspace, int b, int g, int first_query, int first_key)
{
    const attention_backward_args *args = problem->args;
    const attention_problem *a = &args->problem;
    const int chunk = problem->chunk, group = a->heads / a->key_heads, d = a->head_dim, e = a->value_dim;
    block at = {.problem = problem, .a = a, .b = b, .first_query = first_query};
    at.queries = pack_min(chunk, a->query_length - first_query);
    key_range seen = seen_by(&at, first_query, at.queries, first_key, pack_min(chunk, a->key_length - first_key));
    if (seen.last <= seen.first) return;
    at.first_key = seen.first;
    at.keys = seen.last - seen.first;

    lay_out(a, chunk, workspace, &at.own);
    size_t head = (size_t)b * (size_t)a->key_heads + (size_t)g;
    size_t from = head * (size_t)a->key_capacity + (size_t)at.first_key;
    size_t to = head * (size_t)a->key_length + (size_t)at.first_key;
    int padded = pack_round_up(at.keys, PRODUCT_STEP);
    at.key_finite = panels_pack(rows_key(a), from, at.keys, padded, chunk, at.own.key);
    panels_transpose(at.own.key, padded, d, chunk, at.own.key_columns);
    // Values aren't needed in this form: they have it for a moment where their gradient will be.
    panels_pack(rows_value(a), from, at.keys, padded, chunk, at.own.grad_value);
    panels_transpose(at.own.grad_value, padded, e, chunk, at.own.value_columns);
    panels_clear(padded, d, chunk, at.own.grad_key);
    panels_clear(padded, e, chunk, at.own.grad_value);

    // forward:  the heads of a group read the same keys and values
    // backward: their gradients are the sum over those heads
    for (at.h = g * group; at.h < (g + 1) * group; at.h++) head_gradients(&at);
    panels_add_to(args->grad_key + to * (size_t)d, at.own.grad_key, a->scale, at.keys, d, chunk);
    panels_add_to(args->grad_value + to * (size_t)e, at.own.grad_value, 1.0f, at.keys, e, chunk);
}
