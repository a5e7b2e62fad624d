// pointer.c - the objective whose answer is a place: a row of the last layer's attention weights.
//
// The row is what attention gives one query for values that are the identity, so that the core's own backward pass
// takes the gradient of the loss with respect to the weights as that of an output.
#include "exp.h"
#include "parts.h"

#define LEAST 1e-30f  // a weight may be 0 in float32; its logarithm is this one's then

static attending_row row_of(const transformer_config *config, const arena *a, const transformer_batch *batch,
                            int length, int sentence, int head)
{
    return (attending_row){
        .config = config,
        .arena = a,
        .layer = &a->layers[config->layers - 1],
        .length = length,
        .sentence = sentence,
        .head = head,
        .tokens = batch->lengths[sentence],
        .query = batch->queries[sentence],
    };
}

// Adds a head's share of the mean row.
static void add_row(const arena *a, int tokens, int heads, int head)
{
    for (int n = 0; n < tokens; n++) a->mean_row[n] = (head ? a->mean_row[n] : 0.0f) + a->row[n] / (float)heads;
}

// The loss of a head, times `heads`. grad_row is that of the mean over heads and sentences.
static double row_loss(const attending_row *at, int answer, int sentences)
{
    const transformer_config *config = at->config;
    const arena *a = at->arena;
    int seen = config->causal ? at->query + 1 : at->tokens;
    float other = seen > 1 ? (1.0f - config->target) / (float)(seen - 1) : 0.0f;
    double loss = 0;
    for (int n = 0; n < at->length; n++) a->grad_row[n] = 0.0f;
    for (int n = 0; n < seen; n++) {
        float target = n == answer ? config->target : other, weight = a->row[n] < LEAST ? LEAST : a->row[n];
        // forward:  loss = -Σ target · log(weight), the mean over heads and sentences
        // backward: d weight = -target / weight / (heads · sentences)
        loss -= (double)target * log_one(weight);
        a->grad_row[n] = -target / weight / (float)(config->heads * sentences);
    }
    return loss;
}

static int largest(const float *of, int count)
{
    int best = 0;
    for (int i = 1; i < count; i++) best = of[best] < of[i] ? i : best;
    return best;
}

static void clear(float *to, int count)
{
    for (int i = 0; i < count; i++) to[i] = 0.0f;
}

void pointer_loss(const transformer_config *config, const arena *a, transformer_batch *batch, int length, int backward)
{
    int floats = batch->count * length * config->dim;
    attending_prepare_rows(a, length);
    if (backward) clear(a->grad_query, floats), clear(a->grad_key, floats);
    for (int b = 0; b < batch->count; b++) {
        double loss = 0;
        for (int h = 0; h < config->heads; h++) {
            attending_row at = row_of(config, a, batch, length, b, h);
            attending_row_forward(&at);
            add_row(a, at.tokens, config->heads, h);
            loss += row_loss(&at, batch->answers[b], batch->count);
            if (backward) attending_row_backward(&at);
        }
        batch->losses[b] = (float)(loss / config->heads);
        batch->chosen[b] = largest(a->mean_row, batch->lengths[b]);
        batch->probabilities[b] = a->mean_row[batch->chosen[b]];
        batch->weights[b] = a->mean_row[batch->answers[b]];
        batch->loss += loss / config->heads / batch->count;
    }
}

void pointer_weights(const transformer_config *config, const arena *a, transformer_batch *batch, int length)
{
    attending_prepare_rows(a, length);
    for (int b = 0; b < batch->count; b++) {
        for (int h = 0; h < config->heads; h++) {
            attending_row at = row_of(config, a, batch, length, b, h);
            attending_row_forward(&at);
            add_row(a, at.tokens, config->heads, h);
        }
        batch->weights[b] = a->mean_row[batch->answers[b]];
    }
}
