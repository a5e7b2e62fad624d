// token.c - the objective whose answer is a word: logits by the embedding, and their cross-entropy.
#include "exp.h"
#include "parts.h"
#include "table.h"
#include "vec.h"

// Rows of x at the places that are asked.
static void gather(const transformer_config *config, const transformer_batch *batch, int length, const float *x,
                   float *to)
{
    for (int b = 0; b < batch->count; b++) {
        const float *from = x + (b * length + batch->queries[b]) * config->dim;
        for (int c = 0; c < config->dim; c++) *to++ = from[c];
    }
}

static void scatter(const transformer_config *config, const transformer_batch *batch, int length, const float *from,
                    float *x)
{
    for (int i = 0; i < batch->count * length * config->dim; i++) x[i] = 0.0f;
    for (int b = 0; b < batch->count; b++) {
        float *to = x + (b * length + batch->queries[b]) * config->dim;
        for (int c = 0; c < config->dim; c++) to[c] = *from++;
    }
}

static int largest(const float *of, int count)
{
    int best = 0;
    for (int i = 1; i < count; i++) best = of[best] < of[i] ? i : best;
    return best;
}

// From logits to e^(logit - max), padding to 0. Returns the sum.
static float exponentials(float *logits, int words, int padded, float max)
{
    f32x4 sum = vec_zero();
    for (int w = words; w < padded; w++) logits[w] = -__builtin_inff();
    for (int w = 0; w < padded; w += VEC_LANES) {
        vec_store(logits + w, vec_exp(vec_sub(vec_load(logits + w), vec_splat(max))));
        sum = vec_add(sum, vec_load(logits + w));
    }
    return vec_sum(sum);
}

// From a sentence's logits to their gradient, in place.
static void cross_entropy(const transformer_config *config, transformer_batch *batch, int b, float *logits)
{
    int words = config->vocabulary, padded = arena_words(config);
    int word = batch->tokens[b * config->max_length + batch->answers[b]];
    float logit = logits[word];
    batch->chosen[b] = largest(logits, words);
    float max = logits[batch->chosen[b]], sum = exponentials(logits, words, padded, max);

    // forward:  loss = log(Σ e^logit) - logit[word], the mean over sentences
    // backward: d logit = (softmax(logit) - (1 for the word, 0 for others)) / sentences
    double loss = (double)max + log_one(sum) - logit;
    batch->losses[b] = (float)loss;
    batch->loss += loss / batch->count;
    batch->probabilities[b] = 1.0f / sum;
    for (int w = 0; w < padded; w++) {
        logits[w] = (logits[w] / sum - (w == word ? 1.0f : 0.0f)) / (float)batch->count;
    }
}

void token_loss(const transformer_config *config, const arena *a, transformer_batch *batch, int length, int backward)
{
    int count = batch->count, dim = config->dim, words = config->vocabulary, padded = arena_words(config);
    const float *embedding = table_find(config, a->parameters, TABLE_EMBEDDING, 0);
    const float *gain = table_find(config, a->parameters, TABLE_FINAL_GAIN, 0);
    const float *bias = table_find(config, a->parameters, TABLE_FINAL_BIAS, 0);
    gather(config, batch, length, a->x, a->asked);
    norm_forward(a->asked, count, dim, gain, bias, a->asked_statistics, a->answer);
    linear_tied_forward(a->answer, count, dim, embedding, words, padded, a->transposed, a->logits);
    for (int b = 0; b < count; b++) cross_entropy(config, batch, b, a->logits + b * padded);
    if (!backward) return;

    linear_tied_backward(a->answer, count, dim, embedding, words, padded, a->logits, a->grad_answer,
                         table_find(config, a->gradients, TABLE_EMBEDDING, 0));
    for (int i = 0; i < count * dim; i++) a->grad_asked[i] = 0.0f;
    norm_backward(a->asked, count, dim, gain, a->asked_statistics, a->grad_answer,
                  table_find(config, a->gradients, TABLE_FINAL_GAIN, 0),
                  table_find(config, a->gradients, TABLE_FINAL_BIAS, 0), a->grad_asked);
    scatter(config, batch, length, a->grad_asked, a->grad_x);
}
