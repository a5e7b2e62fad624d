// sizes.c - sizes that are refused, and how much memory sizes take that nobody could allocate here.
#include "attention.h"
#include "fuzz.h"

static int any_size(void)
{
    if (fuzz_once_in(3)) return fuzz_below(5);
    if (fuzz_once_in(2)) return FUZZ_ONE_OF(16, 100, 255, 1 << 10, 1 << 15, 65535, 1 << 20);
    return fuzz_once_in(2) ? (int)(fuzz_bits() >> fuzz_below(31) >> 1)
                           : FUZZ_ONE_OF(1 << 30, (1 << 30) + 1, INT32_MAX - 7, INT32_MAX);
}

// Is a float32 tensor of these dimensions smaller than an address space of 32 bits?
static int fits(int a, int b, int c, int d)
{
    double empty = (double)a * b * c * d == 0;
    return empty || (double)a * b * c * d * 4 < 4294967296.0;
}

static int is_valid(const attention_problem *a)
{
    const int sizes[] = {a->batch, a->heads, a->key_heads, a->query_length, a->key_length, a->head_dim, a->value_dim};
    for (int i = 0; i < 7; i++) {
        if (sizes[i] < 0) return 0;
    }
    return a->key_capacity >= a->key_length && (a->heads == 0 || (a->key_heads > 0 && a->heads % a->key_heads == 0));
}

// All its tensors fit, which is the caller's business.
static int is_plausible(const attention_problem *a)
{
    return fits(a->batch, a->heads, a->query_length, a->head_dim) &&
           fits(a->batch, a->key_heads, a->key_capacity, a->head_dim) &&
           fits(a->batch, a->key_heads, a->key_capacity, a->value_dim) &&
           fits(a->batch, a->heads, a->query_length, a->value_dim) && fits(a->batch, a->heads, a->query_length, 1) &&
           fits(a->batch, a->heads, 1, 1);
}

// Pointers are NULL: what is refused may not touch them.
static void check_problem(void)
{
    attention_problem a = {.scale = 1, .window_left = -1, .window_right = -1};
    int32_t *sizes[] = {&a.batch, &a.key_heads, &a.query_length, &a.key_length, &a.head_dim, &a.value_dim};
    for (int i = 0; i < 6; i++) *sizes[i] = any_size();
    a.key_capacity = a.key_length;
    a.heads = fuzz_once_in(2) ? a.key_heads : any_size();
    if (a.key_heads < 1 << 20 && fuzz_once_in(2)) a.heads = a.key_heads * FUZZ_ONE_OF(1, 2, 8, 1000);
    if (fuzz_once_in(3)) *sizes[fuzz_below(6)] = FUZZ_ONE_OF(-1, INT32_MIN, -4);
    if (fuzz_once_in(8)) a.key_capacity = any_size();
    attention_forward_args forward = {.problem = a};
    attention_backward_args backward = {.problem = a};
    if (!is_valid(&a)) {
        if (attention_forward(&forward) != ATTENTION_BAD_SIZE) fuzz_fail("forward takes bad sizes");
        if (attention_backward(&backward) != ATTENTION_BAD_SIZE) fuzz_fail("backward takes bad sizes");
        if (attention_forward_workspace_bytes(&forward) != ATTENTION_TOO_LARGE)
            fuzz_fail("forward has memory for bad sizes");
        return;
    }
    if (!is_plausible(&a)) return;
    uint32_t bytes[] = {attention_forward_workspace_bytes(&forward), attention_backward_workspace_bytes(&backward)};
    // One row of a query and one of a value at least, in float32.
    double least = a.batch && a.heads && a.query_length ? 4.0 * ((double)a.head_dim + a.value_dim) : 0;
    for (int i = 0; i < 2; i++) {
        if (bytes[i] == ATTENTION_TOO_LARGE || bytes[i] >= least) continue;
        fuzz_fail("%s wants %u bytes for B %d H %d G %d M %d N %d D %d E %d", i ? "backward" : "forward", bytes[i],
                  a.batch, a.heads, a.key_heads, a.query_length, a.key_length, a.head_dim, a.value_dim);
    }
}

static void check_others(void)
{
    const int bad = FUZZ_ONE_OF(-1, INT32_MIN);
    attention_merge_args merge = {.states = 1, .rows = 1, .value_dim = 1};
    int32_t *merge_sizes[] = {&merge.states, &merge.rows, &merge.value_dim};
    *merge_sizes[fuzz_below(3)] = bad;
    if (attention_merge(&merge) != ATTENTION_BAD_SIZE) fuzz_fail("merge takes bad sizes");

    attention_append_args append = {.heads = 1, .count = 2, .dim = 1, .capacity = 5, .start = 3};
    int32_t *append_sizes[] = {&append.heads, &append.count, &append.dim, &append.capacity, &append.start};
    if (fuzz_once_in(2))
        *append_sizes[fuzz_below(5)] = bad;
    else if (fuzz_once_in(2))
        append.count = FUZZ_ONE_OF(3, INT32_MAX);
    else
        append.start = FUZZ_ONE_OF(4, 6, INT32_MAX);
    if (attention_append(&append) != ATTENTION_BAD_SIZE) fuzz_fail("append takes bad sizes");

    attention_steps_args steps = {
        .scale = 1, .temperature = 1, .tokens = 2, .embedding_dim = 1, .head_dim = 1, .value_dim = 1};
    int32_t *step_sizes[] = {&steps.tokens, &steps.embedding_dim, &steps.head_dim, &steps.value_dim,
                             &steps.query_index};
    if (fuzz_once_in(2))
        *step_sizes[fuzz_below(5)] = bad;
    else
        steps.query_index = FUZZ_ONE_OF(2, INT32_MAX);
    if (attention_steps(&steps) != ATTENTION_BAD_SIZE) fuzz_fail("steps takes bad sizes");
}

void fuzz_sizes(void)
{
    for (int i = 0; i < 50; i++) {
        check_problem();
        check_others();
    }
}
