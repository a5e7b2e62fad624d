// attending.c - the core's attention, as the transformer calls it: over all sentences of a call, or for one place and
// head. Tiles always, never decode.c, which a small binary is better off without.
#include "forward.h"
#include "parts.h"

static attention_problem problem_of(const transformer_config *config, int count, int heads, int queries, int keys)
{
    return (attention_problem){
        .batch = count,
        .heads = heads,
        .key_heads = heads,
        .query_length = queries,
        .key_length = keys,
        .key_capacity = keys,
        .head_dim = config->dim / config->heads,
        .value_dim = config->dim / config->heads,
        .window_left = -1,
        .window_right = config->causal ? 0 : -1,
        .scale = config->scale,
    };
}

static attention_problem layer_problem(const transformer_config *config, int count, int length)
{
    return problem_of(config, count, config->heads, length, length);
}

// The values are the identity, padded to `length` columns: the output is the row of weights.
static attention_problem row_problem(const transformer_config *config, int tokens, int length)
{
    attention_problem problem = problem_of(config, 1, 1, 1, tokens);
    problem.value_dim = length;
    return problem;
}

static uint32_t larger(uint64_t a, uint32_t b) { return a < b ? b : (uint32_t)a; }

uint32_t attending_workspace_bytes(const transformer_config *config)
{
    // Each grows with the length and with the sentences.
    attention_problem problems[] = {layer_problem(config, config->batch, config->max_length),
                                    row_problem(config, config->max_length, config->max_length)};
    uint32_t bytes = 0;
    for (int i = 0; i < 2; i++) {
        attention_forward_args forward = {.problem = problems[i]};
        attention_backward_args backward = {.problem = problems[i]};
        bytes = larger(forward_workspace_bytes(&forward), bytes);
        bytes = larger(attention_backward_workspace_bytes(&backward), bytes);
    }
    return bytes;
}

// ------------------------------------------------------------------------------------------- a whole layer
static attention_problem problem_of_layer(const transformer_config *config, const transformer_batch *batch, int length,
                                          const arena_layer *layer)
{
    attention_problem problem = layer_problem(config, batch->count, length);
    problem.query = layer->query;
    problem.key = layer->key;
    problem.value = layer->value;
    problem.key_lengths = batch->lengths;
    return problem;
}

void attending_forward(const transformer_config *config, const arena *a, const transformer_batch *batch, int length,
                       const arena_layer *layer)
{
    attention_forward_args args = {
        .problem = problem_of_layer(config, batch, length, layer),
        .output = layer->attended,
        .log_sum_exp = layer->log_sum_exp,
        .workspace = a->workspace,
    };
    forward_run(&args);
}

void attending_backward(const transformer_config *config, const arena *a, const transformer_batch *batch, int length,
                        const arena_layer *layer)
{
    attention_backward_args args = {
        .problem = problem_of_layer(config, batch, length, layer),
        .grad_output = a->grad_attended,
        .output = layer->attended,
        .log_sum_exp = layer->log_sum_exp,
        .grad_query = a->grad_query,
        .grad_key = a->grad_key,
        .grad_value = a->grad_value,
        .workspace = a->workspace,
    };
    attention_backward(&args);
}

// --------------------------------------------------------------------------------------------------- a row
// Where the head begins in tensors [B, H, N, D].
static int head_at(const attending_row *at)
{
    int dim = at->config->dim / at->config->heads;
    return (at->sentence * at->config->heads + at->head) * at->length * dim;
}

static int query_at(const attending_row *at)
{
    return head_at(at) + at->query * (at->config->dim / at->config->heads);
}

static attention_problem problem_of_row(const attending_row *at)
{
    attention_problem problem = row_problem(at->config, at->tokens, at->length);
    problem.query = at->layer->query + query_at(at);
    problem.key = at->layer->key + head_at(at);
    problem.value = at->arena->identity;
    problem.query_offset = &at->query;
    return problem;
}

void attending_prepare_rows(const arena *a, int length)
{
    float *to = a->identity;
    for (int i = 0; i < length; i++) {
        for (int j = 0; j < length; j++) *to++ = i == j ? 1.0f : 0.0f;
    }
}

void attending_row_forward(attending_row *at)
{
    attention_forward_args args = {
        .problem = problem_of_row(at),
        .output = at->arena->row,
        .log_sum_exp = &at->log_sum_exp,
        .workspace = at->arena->workspace,
    };
    forward_run(&args);
}

void attending_row_backward(const attending_row *at)
{
    attention_backward_args args = {
        .problem = problem_of_row(at),
        .grad_output = at->arena->grad_row,
        .output = at->arena->row,
        .log_sum_exp = &at->log_sum_exp,
        .grad_query = at->arena->grad_query + query_at(at),
        .grad_key = at->arena->grad_key + head_at(at),
        .grad_value = at->arena->grad_identity,
        .workspace = at->arena->workspace,
    };
    attention_backward(&args);
}

// ---------------------------------------------------------------------------------------------------- all rows
static void observe_row(attending_row *at, float *scores, float *weights)
{
    const float *query = at->layer->query + query_at(at), *key = at->layer->key + head_at(at);
    int dim = at->config->dim / at->config->heads;
    attending_row_forward(at);
    for (int n = 0; n < at->tokens; n++, key += dim) {
        float sum = 0;
        for (int i = 0; i < dim; i++) sum += query[i] * key[i];
        scores[n] = at->config->causal && n > at->query ? -__builtin_inff() : sum * at->config->scale;
        weights[n] = at->arena->row[n];
    }
}

void attending_observe(const transformer_config *config, const arena *a, int length, const arena_layer *layer,
                       float *scores, float *weights)
{
    attending_prepare_rows(a, length);
    for (int row = 0; row < config->heads * length; row++, scores += length, weights += length) {
        observe_row(&(attending_row){
            .config = config,
            .arena = a,
            .layer = layer,
            .length = length,
            .head = row / length,
            .tokens = length,
            .query = row % length,
        }, scores, weights);
    }
}
