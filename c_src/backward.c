// backward.c - gradients of attention with respect to query, key, value and additive mask.
//
// The backward pass of FlashAttention-2 (Dao 2023, algorithm 2): weights are computed again from the saved
// log_sum_exp, a tile of queries by keys at a time, so nothing of size M * N is stored. A tile takes five matrix
// products: scores, their gradient, and one for each of grad_query, grad_key, grad_value.
//
// Queries and keys are cut into chunks, and a pair of chunks is an item of work. Two pairs that share a chunk add to
// the same gradients, so a phase has only pairs that share none: with C chunks of queries and of keys, phase p
// has the pairs with query chunk + key chunk = p modulo C. Every number is then added up in the order of the phases,
// whoever computes it, and the threads need no gradients of their own to be added up later. That order also gives
// every phase the same number of pairs under a causal mask. (FlashAttention-2 adds atomically, in any order. A
// pass for grad_query and another for the rest needs no phases, but seven products.)
#include "attention.h"
#include "panels.h"
#include "pool.h"
#include "products.h"
#include "scores.h"

#define CHUNK (2 * PRODUCT_KEYS)

// A thread's own: panels of one chunk of queries and one of keys.
typedef struct {
    float *query;          // [D / 8][CHUNK][8]
    float *grad_query;     // likewise, without `scale`
    float *grad_output;    // [E / 8][CHUNK][8]
    float *delta;          // [CHUNK]
    float *key;            // [D / 8][CHUNK][8]
    float *grad_key;       // likewise, without `scale`
    float *key_columns;    // [CHUNK / 8][D][8]
    float *value_columns;  // [CHUNK / 8][E][8]
    float *grad_value;     // [E / 8][CHUNK][8]
    float *weights;        // [PRODUCT_QUERIES][PRODUCT_KEYS]
    float *grad_scores;    // likewise
} workspace;

typedef struct {
    const attention_backward_args *args;
    uint64_t floats;         // of a thread's workspace
    int query_chunks;
    int key_chunks;
    int pairs;               // in a phase
    int merged[3];           // whether an item takes all of batch, key heads, pairs, since they share grad_mask
    size_t mask_stride[4];   // of grad_mask
} backward_plan;

// What the tiles of one chunk of queries and one of keys have in common.
typedef struct {
    const backward_plan *plan;
    workspace own;
    int b, h;
    int first_query, queries;
    int first_key, keys;
    int query_finite, grad_output_finite, key_finite;
} pair;

static size_t row_of(const attention_problem *a, int b, int h, int m)
{
    return ((size_t)b * (size_t)a->heads + (size_t)h) * (size_t)a->query_length + (size_t)m;
}

// forward:  masked = capped + mask, the mask broadcast
// backward: d mask = d masked, summed over what it was broadcast along
static void add_to_grad_mask(const pair *p, int m, int start, const float *grad_masked, int keys)
{
    const size_t *stride = p->plan->mask_stride;
    float *grad = p->plan->args->grad_mask + (size_t)p->b * stride[0] + (size_t)p->h * stride[1] +
                  (size_t)m * stride[2] + (size_t)start * stride[3];
    if (stride[3] != 0) {
        for (int i = 0; i < keys; i++) grad[i] += grad_masked[i];
        return;
    }
    float sum = 0.0f;
    for (int i = 0; i < keys; i++) sum += grad_masked[i];
    *grad += sum;
}

// One query's row of a tile: from scores to weights, and from the gradient of the weights to that of the scores.
static void backward_row(const pair *p, int m, int start, int keys, int padded, float *scores, float *grads)
{
    const attention_problem *a = &p->plan->args->problem;
    float log_sum_exp = p->plan->args->log_sum_exp[row_of(a, p->b, p->h, m)];
    f32x4 delta = vec_splat(p->own.delta[m - p->first_query]);
    float slopes[PRODUCT_KEYS];
    if (log_sum_exp == SCORES_HIDDEN) {  // it saw nothing
        for (int i = 0; i < padded; i++) scores[i] = grads[i] = 0.0f;
        return;
    }

    // forward:  capped = softcap * tanh(scores / softcap)
    // backward: d scores = d capped * (1 - tanh²) = d capped * (1 - (capped / softcap)²)
    if (a->softcap != 0.0f) {
        scores_cap(a, scores, padded);
        for (int i = 0; i < padded; i += VEC_LANES) {
            f32x4 tanh = vec_mul(vec_load(scores + i), vec_splat(1.0f / a->softcap));
            vec_store(slopes + i, vec_sub(vec_splat(1.0f), vec_mul(tanh, tanh)));
        }
    }
    score_row options = scores_row(a, p->b, p->h, m);
    scores_mask(&options, start, scores, padded);

    // forward:  weights = softmax(masked) = e^(masked - log_sum_exp)
    // backward: d masked = weights * (d weights - sum of weights * d weights over the row), where that sum is delta
    // Hidden keys get zeros by selection: their numbers and the row's log_sum_exp may be NaN.
    for (int i = 0; i < padded; i += VEC_LANES) {
        f32x4 masked = vec_load(scores + i);
        f32x4 weight = vec_clear(vec_exp(vec_sub(masked, vec_splat(log_sum_exp))),
                                 vec_equal(masked, vec_splat(SCORES_HIDDEN)));
        f32x4 grad = vec_mul(weight, vec_sub(vec_load(grads + i), delta));
        vec_store(scores + i, weight);
        vec_store(grads + i, vec_clear(grad, vec_equal(weight, vec_zero())));
    }
    if (p->plan->args->grad_mask) add_to_grad_mask(p, m, start, grads, keys);
    for (int i = 0; i < padded && a->softcap != 0.0f; i += VEC_LANES) {
        f32x4 grad = vec_mul(vec_load(grads + i), vec_load(slopes + i));
        vec_store(grads + i, vec_clear(grad, vec_equal(vec_load(scores + i), vec_zero())));
    }
}

// The tile of queries from `query` and keys from `key` on, both counted within their chunks.
static void backward_tile(const pair *p, int query, int queries, int key, int keys)
{
    const attention_problem *a = &p->plan->args->problem;
    const workspace *own = &p->own;
    int rows = pack_round_up(queries, TILE_ROWS), padded = pack_round_up(keys, PRODUCT_STEP);
    int d = a->head_dim, e = a->value_dim, d_columns = pack_round_up(d, TILE_COLUMNS), e_columns = pack_round_up(e, TILE_COLUMNS);

    // forward:  scores = scale * query . keyᵀ
    product_of_columns(own->weights, own->query + query * TILE_COLUMNS, own->key_columns + (size_t)key * (size_t)d_columns,
                       a->scale, rows, padded, d, CHUNK);
    // forward:  output = weights . value
    // backward: d weights = d output . valueᵀ
    product_of_columns(own->grad_scores, own->grad_output + query * TILE_COLUMNS,
                       own->value_columns + (size_t)key * (size_t)e_columns, 1.0f, rows, padded, e, CHUNK);

    for (int i = 0; i < queries; i++) {
        backward_row(p, p->first_query + query + i, p->first_key + key, keys, padded,
                     own->weights + i * PRODUCT_KEYS, own->grad_scores + i * PRODUCT_KEYS);
    }
    for (int i = queries * PRODUCT_KEYS; i < rows * PRODUCT_KEYS; i++) own->grad_scores[i] = 0.0f;

    // backward: d value = weightsᵀ . d output
    product_over_queries(own->grad_value + key * TILE_COLUMNS, own->weights, own->grad_output + query * TILE_COLUMNS,
                         padded, queries, e, CHUNK, p->grad_output_finite);
    // backward: d query = scale * d scores . key
    //           d key   = scale * d scoresᵀ . query           (the scale comes last, when they are complete)
    product_over_queries(own->grad_key + key * TILE_COLUMNS, own->grad_scores, own->query + query * TILE_COLUMNS,
                         padded, queries, d, CHUNK, p->query_finite);
    product_over_keys(own->grad_query + query * TILE_COLUMNS, own->grad_scores, own->key + key * TILE_COLUMNS,
                      rows, keys, d, CHUNK, p->key_finite);
}

// The sum over keys of weights * d weights is that over value columns of output * d output (Dao 2022, appendix B.2).
static void row_deltas(const pair *p)
{
    const attention_backward_args *args = p->plan->args;
    int dim = args->problem.value_dim;
    row_view output = {.data = args->output, .dim = dim}, grad_output = {.data = args->grad_output, .dim = dim};
    for (int i = 0; i < p->queries; i++) {
        size_t row = row_of(&args->problem, p->b, p->h, p->first_query + i);
        f32x4 sum = vec_zero();
        for (int e = 0; e < dim; e += VEC_LANES) {
            sum = vec_madd(rows_load(output, row, e), rows_load(grad_output, row, e), sum);
        }
        p->own.delta[i] = vec_sum(sum);
    }
}

// As panels of eight rows, [count / 8][columns][8].
static void pack_columns(row_view from, size_t first, int count, float *to)
{
    int columns = pack_round_up(from.dim, TILE_COLUMNS);
    for (int i = 0; i < count; i += TILE_COLUMNS, to += (size_t)columns * TILE_COLUMNS) {
        pack_columns_panel(from, first + (size_t)i, pack_min(TILE_COLUMNS, count - i), columns, to);
    }
}

static int smaller(int a, int b) { return a < b ? a : b; }
static int larger(int a, int b) { return a < b ? b : a; }

// Keys of `count` from `first` on that the queries might see, masks aside.
static key_range seen_of(const pair *p, int query, int queries, int first, int count)
{
    key_range visible = scores_visible(&p->plan->args->problem, p->b, query, queries);
    return (key_range){larger(visible.first, first), smaller(visible.last, first + count)};
}

static void backward_head(pair *p)
{
    const attention_backward_args *args = p->plan->args;
    const attention_problem *a = &args->problem;
    size_t row = row_of(a, p->b, p->h, p->first_query);
    int d = a->head_dim, e = a->value_dim;
    int padded = pack_round_up(p->queries, TILE_ROWS);
    row_view grad_output = {.data = args->grad_output, .dim = e};
    p->query_finite = panels_pack(rows_query(a), row, p->queries, padded, CHUNK, p->own.query);
    p->grad_output_finite = panels_pack(grad_output, row, p->queries, padded, CHUNK, p->own.grad_output);
    panels_clear(padded, d, CHUNK, p->own.grad_query);
    row_deltas(p);

    for (int key = 0; key < p->keys; key += PRODUCT_KEYS) {
        for (int query = 0; query < p->queries; query += PRODUCT_QUERIES) {
            int queries = smaller(PRODUCT_QUERIES, p->queries - query);
            key_range seen = seen_of(p, p->first_query + query, queries, p->first_key + key,
                                     smaller(PRODUCT_KEYS, p->keys - key));
            if (seen.first < seen.last) backward_tile(p, query, queries, key, seen.last - p->first_key - key);
        }
    }
    panels_add_to(args->grad_query + row * (size_t)d, p->own.grad_query, a->scale, p->queries, d, CHUNK);
}

// All heads of a group, one after another: grad_key and grad_value sum over them.
static void backward_pair(const backward_plan *plan, const workspace *own, int b, int g, int query_chunk, int key_chunk)
{
    const attention_backward_args *args = plan->args;
    const attention_problem *a = &args->problem;
    pair p = {.plan = plan, .own = *own, .b = b, .first_query = query_chunk * CHUNK};
    p.queries = smaller(CHUNK, a->query_length - p.first_query);
    key_range seen = seen_of(&p, p.first_query, p.queries, key_chunk * CHUNK, CHUNK);
    if (seen.last <= seen.first) return;
    p.first_key = seen.first;
    p.keys = seen.last - seen.first;

    int group = a->heads / a->key_heads, d = a->head_dim, e = a->value_dim;
    size_t head = (size_t)b * (size_t)a->key_heads + (size_t)g;
    size_t row = head * (size_t)a->key_length + (size_t)p.first_key;
    size_t stored = head * (size_t)a->key_capacity + (size_t)p.first_key;
    p.key_finite = panels_pack(rows_key(a), stored, p.keys, p.keys, CHUNK, own->key);
    pack_columns(rows_key(a), stored, p.keys, own->key_columns);
    pack_columns(rows_value(a), stored, p.keys, own->value_columns);
    panels_clear(pack_round_up(p.keys, PRODUCT_STEP), d, CHUNK, own->grad_key);
    panels_clear(pack_round_up(p.keys, PRODUCT_STEP), e, CHUNK, own->grad_value);
    for (p.h = g * group; p.h < (g + 1) * group; p.h++) backward_head(&p);
    panels_add_to(args->grad_key + row * (size_t)d, own->grad_key, a->scale, p.keys, d, CHUNK);
    panels_add_to(args->grad_value + row * (size_t)e, own->grad_value, 1.0f, p.keys, e, CHUNK);
}

// ------------------------------------------------------------------------------------------------ the plan
// Gives each buffer its place in a thread's workspace at `at`, and returns how many floats that takes.
static uint64_t workspace_layout(const attention_problem *a, workspace *own, float *at)
{
    uint64_t d = ((uint64_t)a->head_dim + TILE_COLUMNS - 1) / TILE_COLUMNS * TILE_COLUMNS * CHUNK, floats = 0;
    uint64_t e = ((uint64_t)a->value_dim + TILE_COLUMNS - 1) / TILE_COLUMNS * TILE_COLUMNS * CHUNK;
    struct { float **buffer; uint64_t floats; } parts[] = {
        {&own->query, d}, {&own->grad_query, d}, {&own->grad_output, e}, {&own->delta, CHUNK},
        {&own->key, d}, {&own->grad_key, d}, {&own->key_columns, d}, {&own->value_columns, e}, {&own->grad_value, e},
        {&own->weights, PRODUCT_QUERIES * PRODUCT_KEYS}, {&own->grad_scores, PRODUCT_QUERIES * PRODUCT_KEYS},
    };
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (at) *parts[i].buffer = at + floats;
        floats += parts[i].floats;
    }
    return floats;
}

uint32_t attention_backward_workspace_bytes(const attention_backward_args *args)
{
    workspace own;
    if (args->problem.head_dim < 0 || args->problem.value_dim < 0) return ATTENTION_TOO_LARGE;
    uint64_t floats = workspace_layout(&args->problem, &own, NULL);
    uint64_t bytes = floats * sizeof(float) * (uint64_t)pool_threads(args->pool);
    return bytes < ATTENTION_TOO_LARGE ? (uint32_t)bytes : ATTENTION_TOO_LARGE;
}

static int chunks_of(int length) { return length / CHUNK + (length % CHUNK != 0); }

// Parts of grad_mask must not be added to by two items of a phase. Pairs of a phase share neither queries nor keys;
// so what an item must take whole is only what the mask is broadcast along.
static backward_plan plan_of(const attention_backward_args *args)
{
    const attention_problem *a = &args->problem;
    backward_plan plan = {
        .args = args,
        .query_chunks = chunks_of(a->query_length),
        .key_chunks = chunks_of(a->key_length),
    };
    plan.pairs = smaller(plan.query_chunks, plan.key_chunks);
    if (args->grad_mask) {
        size_t stride = 1;
        for (int i = 3; i >= 0; i--) {
            plan.mask_stride[i] = args->mask_dims[i] == 1 ? 0 : stride;
            stride *= (size_t)args->mask_dims[i];
        }
        plan.merged[0] = plan.mask_stride[0] == 0;
        plan.merged[1] = plan.mask_stride[1] == 0;
        plan.merged[2] = plan.mask_stride[2] == 0 && plan.mask_stride[3] == 0;
    }
    return plan;
}

static int backward_items(const void *context, int phase)
{
    const backward_plan *plan = context;
    const attention_problem *a = &plan->args->problem;
    (void)phase;
    return (plan->merged[0] ? 1 : a->batch) * (plan->merged[1] ? 1 : a->key_heads) * (plan->merged[2] ? 1 : plan->pairs);
}

// [*first, *last) of `count`: one of them, taken off `item`, or all.
static int take(int item, int count, int merged, int *first, int *last)
{
    *first = merged ? 0 : item % count;
    *last = merged ? count : *first + 1;
    return merged ? item : item / count;
}

static void backward_item(const void *context, int phase, int item, int thread)
{
    const backward_plan *plan = context;
    const attention_problem *a = &plan->args->problem;
    int b, b_last, g, g_last, i, i_last, first_g, first_i;
    item = take(item, plan->pairs, plan->merged[2], &first_i, &i_last);
    item = take(item, a->key_heads, plan->merged[1], &first_g, &g_last);
    take(item, a->batch, plan->merged[0], &b, &b_last);
    workspace own;
    workspace_layout(a, &own, (float *)plan->args->workspace + (size_t)thread * (size_t)plan->floats);
    for (; b < b_last; b++) {
        for (g = first_g; g < g_last; g++) {
            for (i = first_i; i < i_last; i++) {
                int chunks = larger(plan->query_chunks, plan->key_chunks);
                int other = (phase + chunks - i) % chunks;
                int swapped = plan->key_chunks < plan->query_chunks;
                backward_pair(plan, &own, b, g, swapped ? other : i, swapped ? i : other);
            }
        }
    }
}

static void clear(float *to, size_t count)
{
    for (size_t i = 0; i < count; i++) to[i] = 0.0f;
}

attention_status attention_backward(const attention_backward_args *args)
{
    const attention_problem *a = &args->problem;
    const int32_t sizes[] = {a->batch, a->heads, a->key_heads, a->query_length, a->key_length, a->head_dim, a->value_dim};
    const int32_t full[] = {a->batch, a->heads, a->query_length, a->key_length};
    size_t batch = (size_t)a->batch, rows = batch * (size_t)a->heads * (size_t)a->query_length;
    size_t key_rows = batch * (size_t)a->key_heads * (size_t)a->key_length, mask = 1;
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (sizes[i] < 0) return ATTENTION_BAD_SIZE;
    }
    if (a->key_capacity < a->key_length) return ATTENTION_BAD_SIZE;
    if (a->heads > 0 && (a->key_heads == 0 || a->heads % a->key_heads != 0)) return ATTENTION_BAD_SIZE;
    for (int i = 0; i < 4 && args->grad_mask; i++) {
        if (args->mask_dims[i] != 1 && args->mask_dims[i] != full[i]) return ATTENTION_BAD_SIZE;
        mask *= (size_t)args->mask_dims[i];
    }

    clear(args->grad_query, rows * (size_t)a->head_dim);
    clear(args->grad_key, key_rows * (size_t)a->head_dim);
    clear(args->grad_value, key_rows * (size_t)a->value_dim);
    if (args->grad_mask) clear(args->grad_mask, mask);
    if (rows == 0 || key_rows == 0) return ATTENTION_OK;

    workspace own;
    backward_plan plan = plan_of(args);
    plan.floats = workspace_layout(a, &own, NULL);
    pool_job job = {
        .context = &plan,
        .phases = larger(plan.query_chunks, plan.key_chunks),
        .items = backward_items,
        .run = backward_item,
    };
    pool_run(args->pool, &job);
    return ATTENTION_OK;
}
