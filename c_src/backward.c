// backward.c - gradients of attention with respect to query, key, value and additive mask: who adds what, when.
//
// Queries and keys are cut into chunks, and a chunk of either, a block, is an item of work. Two blocks in a row or a
// column add to the same gradients, so a phase has only blocks that share neither: of C chunks of queries and C of
// keys, phase p has the blocks with query chunk + key chunk = p modulo C. Every number is thus the same sum in the
// same order, whoever computes it, and threads need no gradients of their own to be summed up later. Under a causal
// mask this diagonal, unlike the other, leaves each phase the same number of blocks.
//
// Rejected: one pass for grad_query and another for the rest, which needs no phases but seven products instead of
// five; and gradients of keys and values for each chunk of queries, summed up at the end, which takes M * N memory.
#include "attention.h"
#include "gradients.h"
#include "pool.h"
#include "problem.h"

// Tiles of a chunk. More mean less packing for each product: 4 are 5 % faster than 2, and 8 no faster than 4.
#define MOST_TILES 4
#define ENOUGH_ITEMS 8  // in a phase, to keep threads busy

typedef struct {
    gradient_problem problem;
    uint64_t floats;         // of a thread's workspace
    int query_chunks;
    int key_chunks;
    int batches, key_heads, blocks, phases;  // of which an item takes one, or all:
    int whole_batch, all_heads, all_blocks, all_phases;
} backward_plan;

static int smaller(int a, int b) { return a < b ? a : b; }
static int larger(int a, int b) { return a < b ? b : a; }
static int chunks_of(int length, int chunk) { return length / chunk + (length % chunk != 0); }

// The sizes of the problem must be valid. The sums' order depends on nothing but these.
static backward_plan plan_of(const attention_backward_args *args)
{
    const attention_problem *a = &args->problem;
    backward_plan plan = {.problem = {.args = args}, .batches = a->batch, .key_heads = a->key_heads};
    for (int tiles = MOST_TILES; tiles > 0; tiles /= 2) {
        plan.problem.chunk = tiles * GRADIENT_STEP;
        plan.query_chunks = chunks_of(a->query_length, plan.problem.chunk);
        plan.key_chunks = chunks_of(a->key_length, plan.problem.chunk);
        plan.blocks = smaller(plan.query_chunks, plan.key_chunks);
        plan.phases = larger(plan.query_chunks, plan.key_chunks);
        int enough_heads = chunks_of(ENOUGH_ITEMS, larger(plan.blocks, 1));
        if ((int64_t)a->batch * a->key_heads >= enough_heads) break;
    }
    plan.floats = gradient_workspace_floats(a, plan.problem.chunk);
    return plan;
}

// Nor must two items of a phase add to the same part of grad_mask. Its blocks share neither queries nor keys, so an
// item must take together just what the mask is broadcast along.
static void plan_mask(backward_plan *plan)
{
    const attention_backward_args *args = plan->problem.args;
    size_t *stride = plan->problem.mask_stride, size = 1;
    if (!args->grad_mask) return;
    for (int i = 3; i >= 0; i--) {
        stride[i] = args->mask_dims[i] == 1 ? 0 : size;
        size *= (size_t)args->mask_dims[i];
    }
    plan->whole_batch = stride[0] == 0;
    plan->all_heads = stride[1] == 0;
    plan->all_blocks = stride[2] == 0 && stride[3] == 0;
}

static int count_items(const void *context, int phase)
{
    const backward_plan *plan = context;
    (void)phase;
    return (plan->whole_batch ? 1 : plan->batches) * (plan->all_heads ? 1 : plan->key_heads) *
           (plan->all_blocks ? 1 : plan->blocks);
}

// Where heads alone keep the threads busy, an item goes through all phases at once, which leaves it its head in the
// cache. The order of every sum stays the same, so this may depend on the threads.
static void plan_phases(backward_plan *plan, int threads)
{
    int heads = (plan->whole_batch ? 1 : plan->batches) * (plan->all_heads ? 1 : plan->key_heads);
    if (heads % threads != 0 && heads < 8 * threads) return;
    plan->all_phases = plan->all_blocks = 1;
}

typedef struct { int first, last; } range;

// All of `count`, or the one that is next in the item's number.
static range take(int *item, int count, int all)
{
    if (all) return (range){0, count};
    int one = *item % count;
    *item /= count;
    return (range){one, one + 1};
}

static void run_item(const void *context, int phase, int item, int thread)
{
    const backward_plan *plan = context;
    const int chunk = plan->problem.chunk, fewer_queries = plan->query_chunks < plan->key_chunks;
    float *workspace = (float *)plan->problem.args->workspace + (size_t)plan->floats * (size_t)thread;
    range blocks = take(&item, plan->blocks, plan->all_blocks);
    range heads = take(&item, plan->key_heads, plan->all_heads);
    range batches = take(&item, plan->batches, plan->whole_batch);
    range phases = take(&phase, plan->phases, plan->all_phases);
    for (int p = phases.first; p < phases.last; p++) {
        for (int b = batches.first; b < batches.last; b++) {
            for (int g = heads.first; g < heads.last; g++) {
                for (int i = blocks.first; i < blocks.last; i++) {
                    int other = (p - i + plan->phases) % plan->phases;
                    int query = fewer_queries ? i : other, key = fewer_queries ? other : i;
                    gradient_block(&plan->problem, workspace, b, g, query * chunk, key * chunk);
                }
            }
        }
    }
}

static int is_valid_mask(const attention_backward_args *args)
{
    const attention_problem *a = &args->problem;
    const int32_t full[] = {a->batch, a->heads, a->query_length, a->key_length};
    for (int i = 0; i < 4 && args->grad_mask; i++) {
        if (args->mask_dims[i] != 1 && args->mask_dims[i] != full[i]) return 0;
    }
    return 1;
}

uint32_t attention_backward_workspace_bytes(const attention_backward_args *args)
{
    if (!problem_is_valid(&args->problem)) return ATTENTION_TOO_LARGE;
    if (problem_is_empty(&args->problem)) return 0;
    // Each factor by itself is far below 2^64; their product might not be.
    uint32_t threads = (uint32_t)pool_threads(args->pool);
    uint64_t floats = plan_of(args).floats, most = ATTENTION_TOO_LARGE / sizeof(float) / threads;
    return floats < most ? (uint32_t)(floats * sizeof(float)) * threads : ATTENTION_TOO_LARGE;
}

static void clear(float *to, size_t count)
{
    for (size_t i = 0; i < count; i++) to[i] = 0.0f;
}

attention_status attention_backward(const attention_backward_args *args)
{
    const attention_problem *a = &args->problem;
    if (!problem_is_valid(a) || !is_valid_mask(args)) return ATTENTION_BAD_SIZE;
    const size_t rows = (size_t)a->batch * (size_t)a->heads * (size_t)a->query_length;
    const size_t key_rows = (size_t)a->batch * (size_t)a->key_heads * (size_t)a->key_length;
    const int32_t *mask = args->mask_dims;
    clear(args->grad_query, rows * (size_t)a->head_dim);
    clear(args->grad_key, key_rows * (size_t)a->head_dim);
    clear(args->grad_value, key_rows * (size_t)a->value_dim);
    if (args->grad_mask) clear(args->grad_mask, (size_t)mask[0] * (size_t)mask[1] * (size_t)mask[2] * (size_t)mask[3]);
    if (rows == 0 || key_rows == 0) return ATTENTION_OK;

    backward_plan plan = plan_of(args);
    plan_mask(&plan);
    plan_phases(&plan, pool_threads(args->pool));
    pool_run(args->pool, &(pool_job){
        .context = &plan,
        .phases = plan.all_phases ? 1 : plan.phases,
        .items = count_items,
        .run = run_item,
        .work = 2.0 * (double)rows * a->key_length * (3.0 * a->head_dim + 2.0 * a->value_dim),
    });
    return ATTENTION_OK;
}
