// decode.c - few queries against many keys, where reading keys and values is what takes the time.
//
// The queries that share a key/value head, H / G heads times M, are stacked, so that each key and value is read
// once for all of them. Keys are split at fixed places into parts that threads take in turn; the softmax of a
// part needs no online correction, for its scores fit into the cache. Then the parts are merged in their order
// (Flash-Decoding, Dao et al. 2023).
//
// A hidden value gets the weight 0, which is harmless unless the value is infinite or NaN. Instead of looking at
// each value, the sums of a part are looked at, and where they aren't finite the part is summed again, with care.
#include "decode.h"
#include "blocks.h"
#include "gemv.h"
#include "pool.h"
#include "rows.h"
#include "scores.h"
#include "softmax.h"

// What runs once a block or less often needs no speed; what does is in gemv.c, and soften below.
#pragma clang attribute push(__attribute__((minsize)), apply_to = function)

#define DECODE_ROWS 16       // more are faster in tiles, at least with few keys
#define DECODE_COLUMNS 1024  // of keys and values: a block of them is worked on at a time
#define PART_KEYS 512

// Floats of the workspace: first what is kept of each part, then what the threads have each.
typedef struct {
    const attention_forward_args *args;
    const attention_problem *problem;
    int heads;        // B * G
    int rows;         // stacked: H / G * M
    int parts;        // of the keys
    int depth;        // D, padded to GEMV_COLUMNS
    int width;        // E, likewise
    size_t block;     // the larger of the two
    int how;          // to read keys and values: see blocks.h
    uint64_t part_floats, thread_floats;
} decode_plan;

// The results of a part.
typedef struct {
    softmax_state state;
    float factor;  // that merging multiplies a row of `sums` with
} part_row;

typedef struct {
    float *sums;     // [rows][width]  of e^(score - max) times value
    part_row *rows;  // [rows]
} part_result;

// What a thread works with.
typedef struct {
    float *queries;  // [rows][depth]
    float *scaled;   // the same, times the factor of the keys' type
    float *scores;   // [rows][PART_KEYS]
    float *weights;  // [2][BLOCK_ROWS]
    float *block;    // [BLOCK_ROWS][depth or width]
    int keys_how;    // to read keys: exactly, when that factor is too much for the queries
} workbench;

static int least(int a, int b) { return a < b ? a : b; }

static void fill(float *to, int from, int end, float number)
{
    for (int n = from; n < end; n++) to[n] = number;
}

static f32x4 load_some(const float *from, int count)
{
    return count >= VEC_LANES ? vec_load(from) : vec_load_partial(from, count);
}

// ----------------------------------------------------------------------------------------------- plan
static decode_plan make_plan(const attention_forward_args *args)
{
    const attention_problem *a = &args->problem;
    decode_plan plan = {.args = args, .problem = a, .heads = a->batch * a->key_heads};
    plan.rows = a->heads / a->key_heads * a->query_length;
    plan.parts = a->key_length <= PART_KEYS ? 1 : (a->key_length - 1) / PART_KEYS + 1;
    plan.depth = blocks_round_up(a->head_dim, GEMV_COLUMNS);
    plan.width = blocks_round_up(a->value_dim, GEMV_COLUMNS);
    plan.how = (plan.rows > 1 ? BLOCK_OFTEN : 0) | (a->halves_finite ? BLOCK_FINITE : 0);
    plan.block = (size_t)BLOCK_ROWS * (size_t)(plan.depth < plan.width ? plan.width : plan.depth);
    plan.part_floats = (uint64_t)plan.rows * ((uint64_t)plan.width + sizeof(part_row) / sizeof(float));
    plan.part_floats = (plan.part_floats + VEC_LANES - 1) / VEC_LANES * VEC_LANES;
    plan.thread_floats = (uint64_t)plan.rows * (2 * (uint64_t)plan.depth + PART_KEYS) + 2 * BLOCK_ROWS + plan.block;
    return plan;
}

int decode_fits(const attention_problem *a)
{
    return a->key_heads > 0 && (uint64_t)(a->heads / a->key_heads) * (uint64_t)a->query_length <= DECODE_ROWS &&
           a->head_dim <= DECODE_COLUMNS && a->value_dim <= DECODE_COLUMNS;
}

uint64_t decode_workspace_bytes(const attention_forward_args *args)
{
    decode_plan plan = make_plan(args);
    uint64_t parts = (uint64_t)plan.heads * (uint64_t)plan.parts, most = UINT64_MAX / sizeof(float) / 2;
    if (parts != 0 && plan.part_floats > most / parts) return UINT64_MAX;
    return (parts * plan.part_floats + plan.thread_floats * (uint64_t)pool_threads(args->pool)) * sizeof(float);
}

static part_result result_of(const decode_plan *plan, int head, int part)
{
    uint64_t index = (uint64_t)head * (uint64_t)plan->parts + (uint64_t)part;
    float *sums = (float *)plan->args->workspace + (size_t)(index * plan->part_floats);
    return (part_result){.sums = sums, .rows = (part_row *)(sums + plan->rows * plan->width)};
}

static workbench bench_of(const decode_plan *plan, int thread)
{
    uint64_t parts = (uint64_t)plan->heads * (uint64_t)plan->parts;
    float *own = (float *)plan->args->workspace +
                 (size_t)(parts * plan->part_floats + plan->thread_floats * (uint64_t)thread);
    workbench bench = {.queries = own};
    bench.scaled = bench.queries + plan->rows * plan->depth;
    bench.scores = bench.scaled + plan->rows * plan->depth;
    bench.weights = bench.scores + plan->rows * PART_KEYS;
    bench.block = bench.weights + 2 * BLOCK_ROWS;
    return bench;
}

static int head_of(const decode_plan *plan, int head, int row)
{
    const attention_problem *a = plan->problem;
    return head % a->key_heads * (a->heads / a->key_heads) + row / a->query_length;
}

static size_t row_of(const decode_plan *plan, int head, int row)
{
    return (size_t)head * (size_t)plan->rows + (size_t)row;
}

static float *recorded(const decode_plan *plan, int head, int row)
{
    return plan->args->weights + row_of(plan, head, row) * (size_t)plan->problem->key_length;
}

// --------------------------------------------------------------------------------------- part of the keys
static void place_queries(const decode_plan *plan, int head, workbench *bench)
{
    f32x4 factor = vec_splat(gemv_of[plan->problem->key_type].factor), lowest = vec_splat(-0x1p15f);
    blocks_widen(rows_query(plan->problem), row_of(plan, head, 0), plan->rows, plan->rows, plan->depth, bench->queries);
    int exact = 0;
    for (int i = 0; i < plan->rows * plan->depth; i += VEC_LANES) {
        f32x4 q = vec_load(bench->queries + i);
        vec_store(bench->scaled + i, vec_mul(q, factor));
        // A NaN doesn't fit either.
        exact |= !vec_all(vec_less(lowest, vec_sub(vec_zero(), vec_abs(q))));
    }
    bench->keys_how = plan->how;
    if (exact && plan->problem->key_type == ATTENTION_FLOAT16) bench->keys_how |= BLOCK_EXACT;
}

// Returns 0 when it has to be done again, exactly.
static int score_block(const decode_plan *plan, const workbench *bench, row_block block, int count, float *scores)
{
    const float *queries = block.factor == 1.0f ? bench->queries : bench->scaled, scale = plan->problem->scale;
    int rows = blocks_round_up(count, GEMV_ROWS), i = 0;
    for (; i + 2 <= plan->rows; i += 2, queries += 2 * plan->depth, scores += 2 * PART_KEYS) {
        gemv_dot_two(block.data, rows, plan->depth, queries, scale, scores, PART_KEYS);
    }
    return i == plan->rows || gemv_of[block.type].dot(block.data, rows, plan->depth, plan->problem->halves_finite,
                                                      queries, scale, scores);
}

// scores = queries . keys * scale
static void score(const decode_plan *plan, const workbench *bench, size_t key, int count)
{
    row_view keys = rows_key(plan->problem);
    for (int n = 0, rows; n < count; n += rows) {
        rows = blocks_rows(count, n);
        size_t first = key + (size_t)n;
        row_block block = blocks_at(keys, first, rows, plan->depth, bench->keys_how, bench->block);
        if (score_block(plan, bench, block, rows, bench->scores + n)) continue;
        block = blocks_at(keys, first, rows, plan->depth, plan->how | BLOCK_EXACT, bench->block);
        score_block(plan, bench, block, rows, bench->scores + n);
    }
    if (keys.type != ATTENTION_INT8) return;
    for (int i = 0; i < plan->rows; i++) {
        float *scores = bench->scores + i * PART_KEYS;
        for (int n = 0; n < count; n += VEC_LANES) {
            f32x4 scales = load_some(keys.scales + key + n, count - n);
            vec_store(scores + n, vec_mul(vec_load(scores + n), scales));
        }
    }
}

static void record(const decode_plan *plan, int head, int row, attention_stage stage, const float *scores, int start,
                   int count)
{
    if (!plan->args->weights || plan->args->weights_stage != (int)stage) return;
    float *to = recorded(plan, head, row) + start;
    for (int n = 0; n < count; n++) to[n] = scores[n];
}

#pragma clang attribute pop
static softmax_state soften(float *scores, int count) { return softmax_whole(scores, count); }
#pragma clang attribute push(__attribute__((minsize)), apply_to = function)

// What the options and the softmax make of the scores of a row.
static softmax_state weigh(const decode_plan *plan, int head, int row, float *scores, int start, int count)
{
    const attention_problem *a = plan->problem;
    int padded = blocks_round_up(count, SOFTMAX_STEP);
    record(plan, head, row, ATTENTION_STAGE_SCORES, scores, start, count);
    if (a->softcap != 0.0f) scores_cap(a, scores, padded);
    record(plan, head, row, ATTENTION_STAGE_CAPPED, scores, start, count);
    score_row options = scores_row(a, head / a->key_heads, head_of(plan, head, row), row % a->query_length);
    scores_mask(&options, start, scores, padded);
    for (int n = count; n < padded; n++) scores[n] = SCORES_HIDDEN;
    record(plan, head, row, ATTENTION_STAGE_MASKED, scores, start, count);
    softmax_state state = soften(scores, padded);
    record(plan, head, row, ATTENTION_STAGE_SOFTMAX, scores, start, count);
    return state;
}

// What sums of int8 values are multiplied with on the way: with the factor of their type a small weight would become
// subnormal, which is slow.
static float unit_of(const decode_plan *plan)
{
    return plan->problem->value_type == ATTENTION_INT8 ? 1.0f / gemv_of[ATTENTION_INT8].factor : 1.0f;
}

// sums += weights . values of a block. Returns 0 when the part has to be done again, with care.
static int sum_block(const decode_plan *plan, const workbench *bench, row_block block, size_t value, int count,
                     const float *weights, float *sums)
{
    const float *scales = plan->problem->value_type == ATTENTION_INT8 ? plan->problem->value_scales + value : NULL;
    float factor = block.factor * unit_of(plan);
    int rows = blocks_round_up(count, GEMV_ROWS), finite = plan->problem->halves_finite;
    for (int i = 0; i < plan->rows; i += 2, weights += 2 * PART_KEYS, sums += 2 * plan->width) {
        int two = i + 2 <= plan->rows;
        const float *used = weights;
        if (scales || factor != 1.0f) {
            for (int j = 0; j < (two ? 2 * rows : rows); j += VEC_LANES) {
                int n = j < rows ? j : j - rows;
                f32x4 weight = vec_mul(vec_load(weights + (j < rows ? 0 : PART_KEYS) + n), vec_splat(factor));
                if (scales) weight = vec_mul(weight, load_some(scales + n, count - n));
                vec_store(bench->weights + j, weight);
            }
            used = bench->weights;
        }
        if (two) gemv_add_two(block.data, rows, plan->width, used, used == weights ? PART_KEYS : rows, sums);
        else if (!gemv_of[block.type].add(block.data, rows, plan->width, finite, used, sums)) return 0;
    }
    return 1;
}

static int sum_values(const decode_plan *plan, const workbench *bench, size_t key, int count, float *sums)
{
    row_view values = rows_value(plan->problem);
    for (int n = 0, rows; n < count; n += rows) {
        rows = blocks_rows(count, n);
        size_t first = key + (size_t)n;
        row_block block = blocks_at(values, first, rows, plan->width, plan->how, bench->block);
        if (!sum_block(plan, bench, block, first, rows, bench->scores + n, sums)) return 0;
    }
    return 1;
}

static int is_finite(const float *numbers, int count)
{
    f32x4 nothing = vec_zero();
    for (int i = 0; i < count; i += VEC_LANES) {
        f32x4 number = vec_load(numbers + i);
        nothing = vec_add(nothing, vec_sub(number, number));
    }
    return vec_sum(nothing) == 0.0f;
}

// The same when a value is infinite or NaN: a weight of 0 must not meet it. To the bit the same for the rest.
static void sum_values_carefully(const decode_plan *plan, const workbench *bench, size_t key, int count, float *sums)
{
    row_view values = rows_value(plan->problem);
    blocks_clear(sums, plan->rows * plan->width);
    for (int n = 0; n < count; n++) {
        size_t row = key + (size_t)n;
        blocks_widen(values, row, 1, 1, plan->width, bench->block);
        for (int i = 0; i < plan->rows; i++) {
            float *to = sums + i * plan->width, weight = bench->scores[i * PART_KEYS + n];
            if (weight == 0.0f) continue;
            if (values.type == ATTENTION_INT8) weight *= values.scales[row];
            for (int e = 0; e < plan->width; e += VEC_LANES) {
                vec_store(to + e, vec_madd(vec_load(bench->block + e), vec_splat(weight), vec_load(to + e)));
            }
        }
    }
}

static void compute_part(const decode_plan *plan, int head, int part, int thread)
{
    const attention_forward_args *args = plan->args;
    const attention_problem *a = plan->problem;
    int stage = args->weights ? args->weights_stage : ATTENTION_STAGE_SOFTMAX;
    int first = part * PART_KEYS, last = first + least(PART_KEYS, a->key_length - first);
    key_range seen = {first, last};
    if (stage >= ATTENTION_STAGE_MASKED) {
        seen = scores_visible(a, head / a->key_heads, 0, a->query_length);
        seen.last = seen.last < first ? first : least(seen.last, last);
        seen.first = seen.first < first ? first : least(seen.first, seen.last);
        // Each key keeps its lane, so that what else is asked for changes no bit of the result.
        seen.first -= (seen.first - first) % SOFTMAX_STEP;
    }
    part_result result = result_of(plan, head, part);
    blocks_clear(result.sums, plan->rows * plan->width);
    for (int i = 0; i < plan->rows; i++) result.rows[i].state = softmax_start();
    if (args->weights) {
        float hidden = stage == ATTENTION_STAGE_SOFTMAX ? 0.0f : SCORES_HIDDEN;
        for (int i = 0; i < plan->rows; i++) {
            fill(recorded(plan, head, i), first, seen.first, hidden);
            fill(recorded(plan, head, i), seen.last, last, hidden);
        }
    }
    int count = seen.last - seen.first;
    if (count <= 0) return;

    workbench bench = bench_of(plan, thread);
    size_t key = (size_t)head * (size_t)a->key_capacity + (size_t)seen.first;
    place_queries(plan, head, &bench);
    score(plan, &bench, key, count);
    for (int i = 0; i < plan->rows; i++) {
        result.rows[i].state = weigh(plan, head, i, bench.scores + i * PART_KEYS, seen.first, count);
    }
    int size = plan->rows * plan->width;
    if (!sum_values(plan, &bench, key, count, result.sums) || !is_finite(result.sums, size)) {
        sum_values_carefully(plan, &bench, key, count, result.sums);
    } else if (a->value_type == ATTENTION_INT8) {
        for (int i = 0; i < size; i++) result.sums[i] /= unit_of(plan);
    }
}

// ------------------------------------------------------------------------------------------ merging parts
// Puts the maximum and the sum of a row together, and gives each part its factor.
static softmax_state merge_states(const decode_plan *plan, int head, int row)
{
    const float *sinks = plan->problem->sinks;
    softmax_state state = softmax_start();
    if (sinks) state.max = sinks[head_of(plan, head, row)];
    if (state.max != SCORES_HIDDEN) state.sum = 1.0f;
    float sink = state.max;
    for (int p = 0; p < plan->parts; p++) {
        float max = result_of(plan, head, p).rows[row].state.max;
        state.max = state.max < max ? max : state.max;
    }
    // While nothing is visible, -infinity - -infinity would be NaN.
    float reference = state.max == SCORES_HIDDEN ? 0.0f : state.max;
    state.sum *= exp_one(sink - reference);
    for (int p = 0; p < plan->parts; p++) {
        part_row *part = &result_of(plan, head, p).rows[row];
        part->factor = exp_one(part->state.max - reference);
        state.sum += part->state.sum * part->factor;
    }
    return state;
}

static void merge_row(const decode_plan *plan, int head, int row)
{
    const attention_forward_args *args = plan->args;
    int width = plan->problem->value_dim, length = plan->problem->key_length;
    size_t index = row_of(plan, head, row);
    float *output = args->output + index * (size_t)width;
    softmax_state state = merge_states(plan, head, row);
    float divisor = state.sum == 0.0f ? 1.0f : state.sum;
    args->log_sum_exp[index] = softmax_log_sum_exp(state);

    for (int e = 0; e < width; e += VEC_LANES) {
        f32x4 sum = vec_zero();
        for (int p = 0; p < plan->parts; p++) {
            part_result part = result_of(plan, head, p);
            sum = vec_madd(vec_splat(part.rows[row].factor), vec_load(part.sums + row * plan->width + e), sum);
        }
        vec_store_partial(output + e, vec_div(sum, vec_splat(divisor)), least(VEC_LANES, width - e));
    }
    if (!args->weights || args->weights_stage != ATTENTION_STAGE_SOFTMAX) return;
    float *weights = recorded(plan, head, row);
    for (int p = 0; p < plan->parts; p++) {
        float factor = result_of(plan, head, p).rows[row].factor;
        int first = p * PART_KEYS, last = first + least(PART_KEYS, length - first);
        for (int n = first; n < last; n++) weights[n] = weights[n] * factor / divisor;
    }
}

// Phase 0 computes parts, phase 1 merges them, head by head.
static int count_items(const void *context, int phase)
{
    const decode_plan *plan = context;
    return phase == 0 ? plan->heads * plan->parts : plan->heads;
}

static void run_item(const void *context, int phase, int item, int thread)
{
    const decode_plan *plan = context;
    if (phase == 0) compute_part(plan, item / plan->parts, item % plan->parts, thread);
    if (phase == 0 && plan->parts > 1) return;
    for (int i = 0; i < plan->rows; i++) merge_row(plan, item, i);
}

void decode_run(const attention_forward_args *args)
{
    decode_plan plan = make_plan(args);
    if (plan.heads == 0 || plan.rows == 0) return;
    pool_run(args->pool, &(pool_job){
        .context = &plan,
        .phases = plan.parts > 1 ? 2 : 1,
        .items = count_items,
        .run = run_item,
        // Fourfold: bound by memory, an operation takes about as long as four of a product of tiles.
        .work = 8.0 * plan.heads * plan.rows * (plan.depth + plan.width) * plan.problem->key_length,
    });
}

#pragma clang attribute pop
