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
#include "gemv.h"
#include "pool.h"
#include "rows.h"
#include "scores.h"
#include "softmax.h"

#define DECODE_ROWS 8
#define PART_KEYS 512
#define BLOCK_KEYS 64  // whose keys, or values, stay in the first-level cache for all rows
#define LEAST_WORK (1 << 18)  // multiply-adds for which waking threads pays

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
    float *halved;   // the same, times GEMV_HALF_FACTOR
    float *scores;   // [rows][PART_KEYS]
    float *weights;  // [2][BLOCK_KEYS]
    float *block;    // [BLOCK_KEYS][depth or width]
    int halves_fit;  // 1 unless GEMV_HALF_FACTOR is too much for the queries
} workbench;

static int least(int a, int b) { return a < b ? a : b; }
static int round_up(int a, int multiple) { return (a + multiple - 1) / multiple * multiple; }

static void fill(float *to, int from, int end, float number)
{
    for (int n = from; n < end; n++) to[n] = number;
}

// ----------------------------------------------------------------------------------------------- plan
static decode_plan make_plan(const attention_forward_args *args)
{
    const attention_problem *a = &args->problem;
    decode_plan plan = {.args = args, .problem = a, .heads = a->batch * a->key_heads};
    plan.rows = a->heads / a->key_heads * a->query_length;
    plan.parts = a->key_length <= PART_KEYS ? 1 : (a->key_length - 1) / PART_KEYS + 1;
    plan.depth = round_up(a->head_dim, GEMV_COLUMNS);
    plan.width = round_up(a->value_dim, GEMV_COLUMNS);
    plan.block = (size_t)BLOCK_KEYS * (size_t)(plan.depth < plan.width ? plan.width : plan.depth);
    plan.part_floats = (uint64_t)plan.rows * ((uint64_t)plan.width + sizeof(part_row) / sizeof(float));
    plan.part_floats = (plan.part_floats + VEC_LANES - 1) / VEC_LANES * VEC_LANES;
    plan.thread_floats = (uint64_t)plan.rows * (2 * (uint64_t)plan.depth + PART_KEYS) + 2 * BLOCK_KEYS + plan.block;
    return plan;
}

int decode_fits(const attention_problem *a)
{
    return a->key_heads > 0 && (uint64_t)(a->heads / a->key_heads) * (uint64_t)a->query_length <= DECODE_ROWS;
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
    bench.halved = bench.queries + plan->rows * plan->depth;
    bench.scores = bench.halved + plan->rows * plan->depth;
    bench.weights = bench.scores + plan->rows * PART_KEYS;
    bench.block = bench.weights + 2 * BLOCK_KEYS;
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

// ---------------------------------------------------------------------------------- blocks of a matrix
// A block of keys or values as gemv.h reads it. `exact`: it's float32, widened if need be.
typedef struct {
    const void *data;
    int type;
    int exact;
} matrix_block;

// Copies rows as float32, their tail filled with zeros; int8 without its scales.
static void widen(row_view from, size_t row, int count, int columns, float *to)
{
    for (int i = 0; i < count; i++, to += columns) {
        size_t index = (row + (size_t)i) * (size_t)from.dim;
        int c = 0;
        for (; c + VEC_LANES <= from.dim; c += VEC_LANES) {
            vec_store(to + c, rows_load_four(from.type, from.data, index + (size_t)c));
        }
        for (; c < columns; c++) {
            to[c] = c >= from.dim                    ? 0.0f
                    : from.type == ATTENTION_INT8 ? (float)((const int8_t *)from.data)[index + (size_t)c]
                                                  : rows_element(from, from.type, row + (size_t)i, c);
        }
    }
}

static matrix_block block_at(row_view from, size_t row, int count, int columns, int halves_fit, float *scratch)
{
    size_t index = row * (size_t)from.dim;
    if (from.dim == columns) {
        if (from.type == ATTENTION_FLOAT32) return (matrix_block){(const float *)from.data + index, from.type, 1};
        if (from.type == ATTENTION_INT8) return (matrix_block){(const int8_t *)from.data + index, from.type, 0};
        const uint16_t *halves = (const uint16_t *)from.data + index;
        if (halves_fit && vec_halves_finite(halves, count * columns)) return (matrix_block){halves, from.type, 0};
    }
    widen(from, row, count, columns, scratch);
    return (matrix_block){scratch, ATTENTION_FLOAT32, 1};
}

// Functions for a type, for one row of queries and for two.
typedef void dot_kernel(const void *block, int count, int columns, const float *queries, float *scores);
typedef void add_kernel(const void *block, int count, int columns, const float *weights, int stride, float *sums);
typedef struct {
    dot_kernel *dot[2];
    add_kernel *add[2];
} type_kernels;

#define DEFINE_KERNELS(TYPE, ROWS)                                                                              \
    static void dot_##TYPE##ROWS(const void *block, int count, int columns, const float *queries, float *scores) \
    {                                                                                                           \
        gemv_dot(TYPE, ROWS, block, count, columns, queries, scores, PART_KEYS);                                \
    }                                                                                                           \
    static void add_##TYPE##ROWS(const void *block, int count, int columns, const float *weights, int stride,    \
                                 float *sums)                                                                   \
    {                                                                                                           \
        gemv_add(TYPE, ROWS, block, count, columns, weights, stride, sums);                                     \
    }
#define NAME_KERNELS(TYPE) {.dot = {dot_##TYPE##1, dot_##TYPE##2}, .add = {add_##TYPE##1, add_##TYPE##2}}

DEFINE_KERNELS(ATTENTION_FLOAT32, 1)
DEFINE_KERNELS(ATTENTION_FLOAT32, 2)
DEFINE_KERNELS(ATTENTION_FLOAT16, 1)
DEFINE_KERNELS(ATTENTION_FLOAT16, 2)
DEFINE_KERNELS(ATTENTION_INT8, 1)
DEFINE_KERNELS(ATTENTION_INT8, 2)

// Called through pointers because engines, which inline too, would make one function of all, and allocate
// registers badly.
static const type_kernels kernels[] = {
    [ATTENTION_FLOAT32] = NAME_KERNELS(ATTENTION_FLOAT32),
    [ATTENTION_FLOAT16] = NAME_KERNELS(ATTENTION_FLOAT16),
    [ATTENTION_INT8] = NAME_KERNELS(ATTENTION_INT8),
};

// --------------------------------------------------------------------------------------- part of the keys
static void place_queries(const decode_plan *plan, int head, workbench *bench)
{
    row_view query = rows_query(plan->problem);
    widen(query, row_of(plan, head, 0), plan->rows, plan->depth, bench->queries);
    if (plan->problem->key_type != ATTENTION_FLOAT16) return;
    // A NaN doesn't fit either.
    bench->halves_fit = 1;
    for (int i = 0; i < plan->rows * plan->depth; i += VEC_LANES) {
        f32x4 q = vec_load(bench->queries + i);
        bench->halves_fit &= vec_all(vec_less(vec_abs(q), vec_splat(0x1p15f)));
        vec_store(bench->halved + i, vec_mul(q, vec_splat(GEMV_HALF_FACTOR)));
    }
}

// scores = queries . keys * scale
static void score(const decode_plan *plan, const workbench *bench, size_t key, int count)
{
    const attention_problem *a = plan->problem;
    for (int n = 0; n < count; n += BLOCK_KEYS) {
        int keys = least(BLOCK_KEYS, count - n);
        matrix_block block = block_at(rows_key(a), key + (size_t)n, keys, plan->depth, bench->halves_fit, bench->block);
        const float *queries = block.type == ATTENTION_FLOAT16 ? bench->halved : bench->queries;
        for (int i = 0; i < plan->rows; i += 2) {
            dot_kernel *dot = kernels[block.type].dot[i + 1 < plan->rows];
            dot(block.data, keys, plan->depth, queries + i * plan->depth, bench->scores + i * PART_KEYS + n);
        }
    }
    for (int i = 0; i < plan->rows; i++) {
        float *scores = bench->scores + i * PART_KEYS;
        for (int n = 0; n < count; n += VEC_LANES) {
            f32x4 scale = vec_splat(a->scale);
            if (a->key_type == ATTENTION_INT8) {
                scale = vec_mul(scale, vec_load_partial(a->key_scales + key + n, least(VEC_LANES, count - n)));
            }
            vec_store(scores + n, vec_mul(vec_load(scores + n), scale));
        }
    }
}

static void record(const decode_plan *plan, int head, int row, attention_stage stage, const float *scores, int start, int count)
{
    if (!plan->args->weights || plan->args->weights_stage != (int)stage) return;
    float *to = recorded(plan, head, row) + start;
    for (int n = 0; n < count; n++) to[n] = scores[n];
}

// What the options and the softmax make of the scores of a row.
static softmax_state weigh(const decode_plan *plan, int head, int row, float *scores, int start, int count)
{
    const attention_problem *a = plan->problem;
    softmax_state state = softmax_start();
    int padded = round_up(count, VEC_LANES);
    record(plan, head, row, ATTENTION_STAGE_SCORES, scores, start, count);
    if (a->softcap != 0.0f) scores_cap(a, scores, padded);
    record(plan, head, row, ATTENTION_STAGE_CAPPED, scores, start, count);
    score_row options = scores_row(a, head / a->key_heads, head_of(plan, head, row), row % a->query_length);
    scores_mask(&options, start, scores, padded);
    for (int n = count; n < padded; n++) scores[n] = SCORES_HIDDEN;
    record(plan, head, row, ATTENTION_STAGE_MASKED, scores, start, count);
    softmax_absorb(&state, scores, padded);
    record(plan, head, row, ATTENTION_STAGE_SOFTMAX, scores, start, count);
    return state;
}

// What the weights of a row have to be multiplied with for gemv.h to read a block as it lies.
static void scale_weights(row_view value, matrix_block block, size_t row, int count, const float *weights, float *to)
{
    for (int n = 0; n < count; n += VEC_LANES) {
        f32x4 factor = value.type == ATTENTION_INT8
                           ? vec_load_partial(value.scales + row + n, least(VEC_LANES, count - n))
                           : vec_splat(block.exact ? 1.0f : GEMV_HALF_FACTOR);
        vec_store(to + n, vec_mul(vec_load(weights + n), factor));
    }
}

// sums = weights . values
static void sum_values(const decode_plan *plan, const workbench *bench, size_t key, int count, float *sums)
{
    row_view value = rows_value(plan->problem);
    int width = plan->width;
    for (int n = 0; n < count; n += BLOCK_KEYS) {
        int keys = least(BLOCK_KEYS, count - n);
        size_t row = key + (size_t)n;
        matrix_block block = block_at(value, row, keys, width, 1, bench->block);
        for (int i = 0; i < plan->rows; i += 2) {
            int two = i + 1 < plan->rows, stride = PART_KEYS;
            const float *weights = bench->scores + i * PART_KEYS + n;
            if (value.type != ATTENTION_FLOAT32) {
                for (int j = 0; j <= two; j++) {
                    scale_weights(value, block, row, keys, weights + j * PART_KEYS, bench->weights + j * BLOCK_KEYS);
                }
                weights = bench->weights;
                stride = BLOCK_KEYS;
            }
            kernels[block.type].add[two](block.data, keys, width, weights, stride, sums + i * width);
        }
    }
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
    row_view value = rows_value(plan->problem);
    fill(sums, 0, plan->rows * plan->width, 0.0f);
    for (int n = 0; n < count; n++) {
        size_t row = key + (size_t)n;
        widen(value, row, 1, plan->width, bench->block);
        for (int i = 0; i < plan->rows; i++) {
            float weight = bench->scores[i * PART_KEYS + n];
            if (weight == 0.0f) continue;
            if (value.type == ATTENTION_INT8) weight *= value.scales[row];
            gemv_add(ATTENTION_FLOAT32, 1, bench->block, 1, plan->width, &weight, 0, sums + i * plan->width);
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
        seen.first -= (seen.first - first) % VEC_LANES;
    }
    part_result result = result_of(plan, head, part);
    fill(result.sums, 0, plan->rows * plan->width, 0.0f);
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
    sum_values(plan, &bench, key, count, result.sums);
    if (!is_finite(result.sums, plan->rows * plan->width)) {
        sum_values_carefully(plan, &bench, key, count, result.sums);
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
        for (int n = p * PART_KEYS; n < least((p + 1) * PART_KEYS, length); n++) weights[n] = weights[n] * factor / divisor;
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
    uint64_t work = (uint64_t)plan.heads * (uint64_t)plan.rows * (uint64_t)(plan.depth + plan.width) *
                    (uint64_t)plan.problem->key_length;
    pool_run(work < LEAST_WORK ? NULL : args->pool, &(pool_job){
        .context = &plan,
        .phases = plan.parts > 1 ? 2 : 1,
        .items = count_items,
        .run = run_item,
    });
}
