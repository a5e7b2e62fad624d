// forward.c - scaled dot-product attention over a whole batch: softmax(Q Kᵀ · scale + mask) V.
//
// Keys and values are packed once a key/value head into tiles of TILE_KEYS, shared by all queries of its group.
// A tile of queries then meets one tile of keys after the other: a product for the scores, what the options do
// to them, the online softmax, a product with the values. A round packs as many heads as fit into a budget, so
// that the workspace grows with N for a single head only, and then computes their queries.
//
// Few queries are decode.c's, as packing wouldn't pay: dispatch.c decides.
#include "forward.h"
#include "pack.h"
#include "pool.h"
#include "problem.h"
#include "rows.h"
#include "scores.h"
#include "softmax.h"
#include "tile.h"

// Measured: wide tiles of keys amortise what is done once a tile, few queries keep all of it near the first-level
// cache. 36 x 256 reaches 88 % of the multiply-add ceiling, 72 x 64 reaches 85 %.
#define TILE_KEYS 256
#define TILE_QUERIES 36
#define ROW_PANELS (TILE_QUERIES / TILE_ROWS)
#define ROUND_BYTES (1u << 20)  // a thread: its share of packed tiles stays in a second-level cache of 2 MB

// Floats at the start of the workspace, then what the threads have each.
typedef struct {
    const attention_forward_args *args;
    const attention_problem *problem;
    int rows;            // queries of a key/value head: H / G * M, one after the other in memory
    int depth;           // D, padded to VEC_LANES
    int value_panels;    // panels of E
    int key_tiles;
    int head_tiles;      // tiles that the queries of a head are split into; 0: the group is split as one
    int tile_rows;       // queries of a tile
    int query_tiles;     // of a key/value head
    int heads;           // B * G
    int round_heads;     // of these in a round
    float query_scale;   // the scale is the product of the two
    float score_scale;
    uint64_t tile_floats, thread_floats;
} forward_plan;

// What a thread keeps of the tile of queries it's at.
typedef struct {
    const forward_plan *plan;
    int batch, first_row, count;     // rows of the group
    int first_head;                  // of the group
    key_range panel[ROW_PANELS];     // keys that a panel of rows sees
    key_range any, all;              // keys that one of the rows sees; keys that all see
    float *queries;                  // rows panels
    float *sums;                     // [value_panels][TILE_QUERIES][TILE_COLUMNS]
    float *scores;                   // [TILE_QUERIES][TILE_KEYS]
    softmax_rows *state;             // [TILE_QUERIES / SOFTMAX_ROWS]
} query_tile;

static int divide_up(int a, int b) { return a / b + (a % b != 0); }

// ----------------------------------------------------------------------------------------------- plan
// The power of two in `scale`, which queries can be multiplied by without a digit changing. Where it is so large
// or so small that they might overflow or vanish: 1.
static float power_of_two_in(float scale)
{
    union { float value; uint32_t bits; } number = {.value = scale};
    number.bits &= 0x7f800000;
    return number.value >= 0x1p-16f && number.value <= 0x1p16f ? number.value : 1.0f;
}

static forward_plan make_plan(const attention_forward_args *args)
{
    const attention_problem *a = &args->problem;
    forward_plan plan = {.args = args, .problem = a};
    plan.query_scale = power_of_two_in(a->scale);
    plan.score_scale = a->scale / plan.query_scale;
    plan.heads = a->batch * a->key_heads;
    plan.rows = a->key_heads == 0 ? 0 : a->heads / a->key_heads * a->query_length;
    plan.depth = pack_round_up(a->head_dim, VEC_LANES);
    plan.value_panels = divide_up(a->value_dim, TILE_COLUMNS);
    plan.key_tiles = divide_up(a->key_length, TILE_KEYS);

    int together = a->query_length < TILE_QUERIES ? plan.rows : a->query_length;
    int tiles = divide_up(together, TILE_QUERIES);
    plan.tile_rows = tiles == 0 ? 0 : pack_round_up(divide_up(together, tiles), TILE_ROWS);
    plan.head_tiles = together == plan.rows ? 0 : divide_up(together, plan.tile_rows);
    plan.query_tiles = plan.rows == 0 ? 0 : plan.head_tiles ? plan.rows / together * plan.head_tiles
                                                            : divide_up(plan.rows, plan.tile_rows);

    // A tile: keys, values, and a word that says whether the values are finite, padded to the alignment.
    plan.tile_floats = (uint64_t)TILE_KEYS * ((uint64_t)plan.depth + (uint64_t)plan.value_panels * TILE_COLUMNS) + 4;
    uint64_t head_bytes = plan.tile_floats * (uint64_t)plan.key_tiles * sizeof(float);
    uint64_t budget = (uint64_t)ROUND_BYTES * (uint64_t)pool_threads(args->pool);
    uint64_t fitting = head_bytes == 0 ? (uint64_t)plan.heads : budget / head_bytes;
    plan.round_heads = fitting < 1 ? 1 : fitting < (uint64_t)plan.heads ? (int)fitting : plan.heads;
    uint64_t query_floats = (uint64_t)plan.depth + (uint64_t)plan.value_panels * TILE_COLUMNS + TILE_KEYS;
    plan.thread_floats = TILE_QUERIES * query_floats;
    plan.thread_floats += TILE_QUERIES / SOFTMAX_ROWS * sizeof(softmax_rows) / sizeof(float);
    return plan;
}

static float *tile_at(const forward_plan *plan, int head, int tile)
{
    uint64_t index = (uint64_t)(head % plan->round_heads) * (uint64_t)plan->key_tiles + (uint64_t)tile;
    return (float *)plan->args->workspace + (size_t)(index * plan->tile_floats);
}

// ----------------------------------------------------------------------------------------------- pack
static void pack_tile(const forward_plan *plan, int head, int tile)
{
    const attention_problem *a = plan->problem;
    int start = tile * TILE_KEYS, count = pack_min(TILE_KEYS, a->key_length - start);
    int padded = pack_round_up(count, TILE_COLUMNS);
    size_t row = (size_t)head * (size_t)a->key_capacity + (size_t)start;
    float *to = tile_at(plan, head, tile);
    for (int i = 0; i < padded; i += TILE_COLUMNS) {
        int columns = pack_min(TILE_COLUMNS, count - i);
        pack_columns_panel(rows_key(a), row + (size_t)i, columns, plan->depth, to + i * plan->depth);
    }
    to += TILE_KEYS * plan->depth;
    f32x4 nothing = vec_zero();
    for (int i = 0; i < plan->value_panels; i++, to += TILE_KEYS * TILE_COLUMNS) {
        nothing = vec_add(nothing, pack_depth_panel(rows_value(a), row, count, padded, i * TILE_COLUMNS, to));
    }
    *to = vec_sum(nothing);
}

// ----------------------------------------------------------------------------------- a tile of queries
static int query_of(const query_tile *q, int row) { return (q->first_row + row) % q->plan->problem->query_length; }
static int head_of(const query_tile *q, int row)
{
    return q->first_head + (q->first_row + row) / q->plan->problem->query_length;
}

// The keys that one of some rows sees, and those that all of them see. Rows may be of several heads.
static void find_ranges(const query_tile *q, int first, int count, key_range *any, key_range *all)
{
    const attention_problem *a = q->plan->problem;
    int low = query_of(q, first), high = query_of(q, first + count - 1);
    if (head_of(q, first) != head_of(q, first + count - 1)) low = 0, high = a->query_length - 1;
    *any = scores_visible(a, q->batch, low, high - low + 1);
    all->first = scores_visible(a, q->batch, high, 1).first;
    all->last = scores_visible(a, q->batch, low, 1).last;
}

static float *weights_wanted(const attention_forward_args *args) { return PROBLEM_PLAIN ? NULL : args->weights; }

static int shows_hidden(const attention_forward_args *args)
{
    return weights_wanted(args) && args->weights_stage < ATTENTION_STAGE_MASKED;
}

static query_tile start_tile(const forward_plan *plan, int head, int tile, int thread)
{
    const attention_problem *a = plan->problem;
    int group = a->heads / a->key_heads, at = tile * plan->tile_rows, end = plan->rows;
    if (plan->head_tiles) {
        int start = tile / plan->head_tiles * a->query_length;
        at = start + tile % plan->head_tiles * plan->tile_rows;
        end = start + a->query_length;
    }
    float *own = (float *)plan->args->workspace +
                 (size_t)(plan->tile_floats * (uint64_t)plan->key_tiles * (uint64_t)plan->round_heads +
                          plan->thread_floats * (uint64_t)thread);
    query_tile q = {.plan = plan, .batch = head / a->key_heads, .first_row = at, .queries = own};
    q.count = pack_min(plan->tile_rows, end - at);
    q.first_head = head % a->key_heads * group;
    q.sums = q.queries + TILE_QUERIES * plan->depth;
    q.scores = q.sums + TILE_QUERIES * TILE_COLUMNS * plan->value_panels;
    q.state = (softmax_rows *)(q.scores + TILE_QUERIES * TILE_KEYS);

    size_t row = (size_t)head * (size_t)plan->rows + (size_t)at;
    for (int i = 0, panel = 0; i < q.count; i += TILE_ROWS, panel++) {
        int rows = pack_min(TILE_ROWS, q.count - i);
        key_range all;
        pack_rows_panel(rows_query(a), row + (size_t)i, rows, plan->depth, plan->query_scale,
                        q.queries + i * plan->depth);
        find_ranges(&q, i, rows, &q.panel[panel], &all);
        if (shows_hidden(plan->args)) q.panel[panel] = (key_range){0, a->key_length};
    }
    find_ranges(&q, 0, q.count, &q.any, &q.all);
    if (shows_hidden(plan->args)) q.any = (key_range){0, a->key_length};

    for (int i = 0; i < TILE_QUERIES * TILE_COLUMNS * plan->value_panels; i++) q.sums[i] = 0.0f;
    for (int i = 0; i < q.count; i++) {
        softmax_rows *state = &q.state[i / SOFTMAX_ROWS];
        int lane = i % SOFTMAX_ROWS;
        float sink = !PROBLEM_PLAIN && a->sinks ? a->sinks[head_of(&q, i)] : SCORES_HIDDEN;
        state->max[lane] = sink;
        vec_store(state->sum[lane], vec_zero());
        if (sink != SCORES_HIDDEN) state->sum[lane][0] = 1.0f;
    }
    return q;
}

static float *weights_of(const query_tile *q, int row)
{
    const attention_problem *a = q->plan->problem;
    size_t head = (size_t)q->batch * (size_t)a->heads + (size_t)head_of(q, row);
    size_t index = head * (size_t)a->query_length + (size_t)query_of(q, row);
    return q->plan->args->weights + index * (size_t)a->key_length;
}

static void record(const query_tile *q, int start, int columns, attention_stage stage)
{
    const attention_forward_args *args = q->plan->args;
    int wanted = args->weights_stage == ATTENTION_STAGE_SOFTMAX ? ATTENTION_STAGE_MASKED : args->weights_stage;
    if (!weights_wanted(args) || wanted != (int)stage) return;
    int count = pack_min(columns, args->problem.key_length - start);
    for (int i = 0; i < q->count; i++) {
        float *to = weights_of(q, i) + start;
        for (int j = 0; j < count; j++) to[j] = q->scores[i * TILE_KEYS + j];
    }
}

TILE_LOOP void score(const query_tile *q, const float *keys, int start, int columns)
{
    int depth = q->plan->depth;
    for (int j = 0; j < columns; j += TILE_COLUMNS, keys += TILE_COLUMNS * depth) {
        for (int i = 0; i < q->count; i += TILE_ROWS) {
            key_range seen = q->panel[i / TILE_ROWS];
            if (start + j >= seen.last || start + j + TILE_COLUMNS <= seen.first) continue;
            tile_dot(q->queries + i * depth, keys, depth, q->scores + i * TILE_KEYS + j, TILE_KEYS);
        }
    }
}

static void apply_options(const query_tile *q, int start, int columns)
{
    const attention_problem *a = q->plan->problem;
    f32x4 scale = vec_splat(q->plan->score_scale);
    for (int i = 0; i < q->count && q->plan->score_scale != 1.0f; i++) {
        float *scores = q->scores + i * TILE_KEYS;
        for (int j = 0; j < columns; j += VEC_LANES) vec_store(scores + j, vec_mul(vec_load(scores + j), scale));
    }
    record(q, start, columns, ATTENTION_STAGE_SCORES);
    if (!PROBLEM_PLAIN && a->softcap != 0.0f) {
        for (int i = 0; i < q->count; i++) scores_cap(a, q->scores + i * TILE_KEYS, columns);
    }
    record(q, start, columns, ATTENTION_STAGE_CAPPED);
    int inside = start >= q->all.first && start + columns <= q->all.last;
    if (!inside || a->alibi_slopes || a->additive_mask || a->boolean_mask) {
        for (int i = 0; i < q->count; i++) {
            score_row row = scores_row(a, q->batch, head_of(q, i), query_of(q, i));
            scores_mask(&row, start, q->scores + i * TILE_KEYS, columns);
        }
    }
    record(q, start, columns, ATTENTION_STAGE_MASKED);
}

// sums *= factor, for the rows that found a larger score.
static void rescale(const query_tile *q)
{
    for (int i = 0; i < q->count; i++) {
        float factor = q->state[i / SOFTMAX_ROWS].factor[i % SOFTMAX_ROWS];
        if (factor == 1.0f) continue;
        float *sums = q->sums + i * TILE_COLUMNS;
        for (int j = 0; j < q->plan->value_panels; j++, sums += TILE_QUERIES * TILE_COLUMNS) {
            vec_store(sums, vec_mul(vec_load(sums), vec_splat(factor)));
            vec_store(sums + VEC_LANES, vec_mul(vec_load(sums + VEC_LANES), vec_splat(factor)));
        }
    }
}

// sums += weights . values
TILE_LOOP void add_values(const query_tile *q, const float *values, int start, int columns)
{
    for (int j = 0; j < q->plan->value_panels; j++, values += TILE_KEYS * TILE_COLUMNS) {
        float *sums = q->sums + j * TILE_QUERIES * TILE_COLUMNS;
        for (int i = 0; i < q->count; i += TILE_ROWS) {
            key_range seen = q->panel[i / TILE_ROWS];
            int first = scores_clamp((int64_t)seen.first - start, columns) / VEC_LANES * VEC_LANES;
            int last = pack_round_up(scores_clamp((int64_t)seen.last - start, columns), VEC_LANES);
            if (last <= first) continue;
            tile_accumulate(q->scores + i * TILE_KEYS + first, TILE_KEYS, values + first * TILE_COLUMNS, last - first,
                            sums + i * TILE_COLUMNS);
        }
    }
}

// The same where a value is NaN or infinite: a weight of 0 must not meet it. Operations and their order are those
// of the tile, so that what doesn't see such a value stays the same to the bit.
static void add_values_carefully(const query_tile *q, const float *values, int columns)
{
    for (int i = 0; i < q->count; i++) {
        for (int n = 0; n < columns; n++) {
            float weight = q->scores[i * TILE_KEYS + n];
            if (weight == 0.0f) continue;
            for (int j = 0; j < q->plan->value_panels; j++) {
                float *sums = q->sums + (j * TILE_QUERIES + i) * TILE_COLUMNS;
                const float *value = values + (j * TILE_KEYS + n) * TILE_COLUMNS;
                for (int e = 0; e < TILE_COLUMNS; e += VEC_LANES) {
                    vec_store(sums + e, vec_madd(vec_splat(weight), vec_load(value + e), vec_load(sums + e)));
                }
            }
        }
    }
}

static void meet(const query_tile *q, int head, int tile)
{
    const forward_plan *plan = q->plan;
    const float *keys = tile_at(plan, head, tile);
    const float *values = keys + TILE_KEYS * plan->depth;
    const float *nothing = values + TILE_KEYS * TILE_COLUMNS * plan->value_panels;
    int start = tile * TILE_KEYS;
    int columns = pack_min(TILE_KEYS, pack_round_up(q->any.last - start, TILE_COLUMNS));

    score(q, keys, start, columns);
    apply_options(q, start, columns);
    for (int i = 0; i < q->count; i += SOFTMAX_ROWS) {
        softmax_absorb_rows(&q->state[i / SOFTMAX_ROWS], q->scores + i * TILE_KEYS, columns, TILE_KEYS);
    }
    rescale(q);
    if (PROBLEM_PLAIN || *nothing == 0.0f) add_values(q, values, start, columns);
    else add_values_carefully(q, values, columns);
}

// -------------------------------------------------------------------------------------------- results
// Turns a row's masked scores, recorded tile by tile, into its weights, now that max and sum are final.
static void softmax_recorded(float *weights, int count, softmax_state state)
{
    f32x4 divisor = vec_splat(state.sum == 0.0f ? 1.0f : state.sum);
    f32x4 max = vec_splat(state.sum == 0.0f ? 0.0f : state.max);
    for (int n = 0; n < count; n += VEC_LANES) {
        int lanes = pack_min(VEC_LANES, count - n);
        f32x4 weight = vec_div(vec_exp(vec_sub(vec_load_partial(weights + n, lanes), max)), divisor);
        vec_store_partial(weights + n, weight, lanes);
    }
}

// What the tiles that were skipped would have recorded.
static void hide_skipped(float *weights, int count, int first, int last)
{
    for (int n = 0; n < pack_min(first, count); n++) weights[n] = SCORES_HIDDEN;
    for (int n = last; n < count; n++) weights[n] = SCORES_HIDDEN;
}

static void finish_row(const query_tile *q, int i, int first_met, int last_met)
{
    const attention_forward_args *args = q->plan->args;
    const attention_problem *a = q->plan->problem;
    softmax_state state = softmax_row(&q->state[i / SOFTMAX_ROWS], i % SOFTMAX_ROWS);
    size_t row = ((size_t)q->batch * (size_t)a->heads + (size_t)q->first_head) * (size_t)a->query_length +
                 (size_t)(q->first_row + i);
    float *output = args->output + row * (size_t)a->value_dim;
    f32x4 divisor = vec_splat(state.sum == 0.0f ? 1.0f : state.sum);
    for (int e = 0; e < a->value_dim; e += VEC_LANES) {
        const float *sums = q->sums + (e / TILE_COLUMNS * TILE_QUERIES + i) * TILE_COLUMNS + e % TILE_COLUMNS;
        f32x4 result = vec_div(vec_load(sums), divisor);
        if (e + VEC_LANES <= a->value_dim) vec_store(output + e, result);
        else vec_store_partial(output + e, result, a->value_dim - e);
    }
    args->log_sum_exp[row] = softmax_log_sum_exp(state);
    if (!weights_wanted(args)) return;
    if (!shows_hidden(args)) hide_skipped(weights_of(q, i), a->key_length, first_met, last_met);
    if (args->weights_stage == ATTENTION_STAGE_SOFTMAX) softmax_recorded(weights_of(q, i), a->key_length, state);
}

static void compute_tile(const forward_plan *plan, int head, int tile, int thread)
{
    query_tile q = start_tile(plan, head, tile, thread);
    int first = q.any.first / TILE_KEYS, last = divide_up(q.any.last, TILE_KEYS);
    if (q.any.last <= q.any.first) first = last = 0;
    for (int n = first; n < last; n++) meet(&q, head, n);
    int met = pack_min(last * TILE_KEYS, last == 0 ? 0 : pack_round_up(q.any.last, TILE_COLUMNS));
    for (int i = 0; i < q.count; i++) finish_row(&q, i, first * TILE_KEYS, met);
}

// ---------------------------------------------------------------------------------------------- rounds
// Phases alternate: pack the heads of a round, compute their queries.
static int heads_of_round(const forward_plan *plan, int phase)
{
    return pack_min(plan->round_heads, plan->heads - phase / 2 * plan->round_heads);
}

static int count_items(const void *context, int phase)
{
    const forward_plan *plan = context;
    return heads_of_round(plan, phase) * (phase % 2 == 0 ? plan->key_tiles : plan->query_tiles);
}

static void run_item(const void *context, int phase, int item, int thread)
{
    const forward_plan *plan = context;
    int tiles = phase % 2 == 0 ? plan->key_tiles : plan->query_tiles;
    int head = phase / 2 * plan->round_heads + item / tiles, tile = item % tiles;
    if (phase % 2 == 0) pack_tile(plan, head, tile);
    // Under causality the last queries have the most to do; first come the long ones, so that threads end together.
    else compute_tile(plan, head, tiles - 1 - tile, thread);
}

uint64_t forward_workspace_bytes(const attention_forward_args *args)
{
    forward_plan plan = make_plan(args);
    uint64_t floats = plan.tile_floats * (uint64_t)plan.key_tiles * (uint64_t)plan.round_heads +
                      plan.thread_floats * (uint64_t)pool_threads(args->pool);
    return floats >= ATTENTION_TOO_LARGE / sizeof(float) ? ATTENTION_TOO_LARGE : floats * sizeof(float);
}

void forward_run(const attention_forward_args *args)
{
    forward_plan plan = make_plan(args);
    const attention_problem *a = &args->problem;
    pool_run(args->pool, &(pool_job){
        .context = &plan,
        .phases = 2 * divide_up(plan.heads, plan.round_heads),
        .items = count_items,
        .run = run_item,
        .work = 2.0 * plan.heads * plan.rows * a->key_length * ((double)a->head_dim + a->value_dim),
    });
}
