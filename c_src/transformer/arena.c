// arena.c - the layout of the arena.
#include "parts.h"
#include "table.h"

// Hands out room from `base`, which may be NULL to count only.
typedef struct {
    char *base;
    uint64_t used;
} room;

#define ALIGNMENT 16u
#define PADDED 8  // columns, for linear.c

static void *take_bytes(room *from, uint64_t bytes)
{
    void *to = from->base + (uintptr_t)from->used;
    from->used += (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return to;
}

static float *take(room *from, int rows, int columns)
{
    return take_bytes(from, (uint64_t)rows * (uint64_t)columns * sizeof(float));
}

int arena_words(const transformer_config *config)
{
    return (config->vocabulary + PADDED - 1) / PADDED * PADDED;
}

static arena_layer take_layer(room *from, const transformer_config *config)
{
    int rows = config->batch * config->max_length, dim = config->dim;
    return (arena_layer){
        .x = take(from, rows, dim),
        .statistics = take(from, rows, 2),
        .h = take(from, rows, dim),
        .query = take(from, rows, dim),
        .key = take(from, rows, dim),
        .value = take(from, rows, dim),
        .attended = take(from, rows, dim),
        .log_sum_exp = take(from, rows, config->heads),
        .merged = take(from, rows, dim),
        .middle = take(from, rows, dim),
        .middle_statistics = take(from, rows, 2),
        .u = take(from, rows, dim),
        .expanded = take(from, rows, config->hidden),
        .activated = take(from, rows, config->hidden),
    };
}

static void take_token(room *from, const transformer_config *config, arena *a)
{
    a->asked = take(from, config->batch, config->dim);
    a->asked_statistics = take(from, config->batch, 2);
    a->answer = take(from, config->batch, config->dim);
    a->logits = take(from, config->batch, arena_words(config));
    a->grad_asked = take(from, config->batch, config->dim);
    a->grad_answer = take(from, config->batch, config->dim);
}

static void take_row(room *from, const transformer_config *config, arena *a)
{
    int length = config->max_length;
    a->identity = take(from, length, length);
    a->row = take(from, 1, length);
    a->grad_row = take(from, 1, length);
    a->mean_row = take(from, 1, length);
    a->grad_identity = take(from, length, length);
}

static void take_backward(room *from, const transformer_config *config, arena *a)
{
    int rows = config->batch * config->max_length, dim = config->dim, words = arena_words(config);
    a->grad_x = take(from, rows, dim);
    a->grad_norm = take(from, rows, dim);
    a->grad_wide = take(from, rows, config->hidden);
    a->grad_merged = take(from, rows, dim);
    a->grad_attended = take(from, rows, dim);
    a->grad_query = take(from, rows, dim);
    a->grad_key = take(from, rows, dim);
    a->grad_value = take(from, rows, dim);
    int columns = config->hidden < dim ? dim : config->hidden;
    a->transposed = take(from, dim, columns < words ? words : columns);
    a->scores = take(from, config->heads * config->max_length, config->max_length);
    a->weights = take(from, config->heads * config->max_length, config->max_length);
}

arena arena_of(const transformer_config *config)
{
    room from = {.base = config->arena};
    arena a = {.bytes = 0};
    int floats = (int)table_floats(config);
    a.parameters = take(&from, floats, 1);
    a.gradients = take(&from, floats, 1);
    a.first = take(&from, floats, 1);
    a.second = take(&from, floats, 1);
    for (int i = 0; i < config->layers; i++) a.layers[i] = take_layer(&from, config);
    a.x = take(&from, config->batch * config->max_length, config->dim);
    take_token(&from, config, &a);
    take_row(&from, config, &a);
    take_backward(&from, config, &a);
    a.workspace = take_bytes(&from, attending_workspace_bytes(config));
    a.bytes = from.used;
    return a;
}
