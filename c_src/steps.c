// steps.c - the six steps of attention for one query token, in plain loops, every intermediate stored.
//
// This file is the specification that the fast kernels are tested against, so it shares nothing with them:
// no vec.h, no online softmax, its own exp. It's written to be read beside the formula, not to be fast.
//
// Sums are gathered in double and rounded once, when they are stored. Each number is computed from the
// float32 numbers stored before it (the ones a reader sees), not from more precise ones behind them.
#include "attention.h"

// e^x in double. x = n ln 2 + r with |r| <= ln 2 / 2; e^r by its Taylor series, whose first omitted term,
// r^14 / 14!, is below 1e-17.
static double exponential(double x)
{
    if (x != x) return x;
    if (x > 709) return __builtin_inf();
    if (x < -708) return 0;  // far below the smallest float32

    int n = (int)(x * 1.44269504088896340736 + (x < 0 ? -0.5 : 0.5));
    // ln 2 in two parts, the first with trailing zeros, so that n times it is exact.
    double r = x - n * 6.93147180369123816490e-01 - n * 1.90821492927058770002e-10;
    static const double inverse_factorial[] = {
        1, 1, 1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040, 1.0 / 40320, 1.0 / 362880,
        1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800,
    };
    double series = 0;
    for (int k = 13; k >= 0; k--) series = series * r + inverse_factorial[k];

    union { uint64_t bits; double value; } power_of_two = {.bits = (uint64_t)(1023 + n) << 52};
    return series * power_of_two.value;
}

// projected[n, d] = sum over c of embeddings[n, c] * weight[c, d]
static void project(const float *embeddings, const float *weight, float *projected,
                    int tokens, int embedding_dim, int dim)
{
    for (int n = 0; n < tokens; n++) {
        for (int d = 0; d < dim; d++) {
            double sum = 0;
            for (int c = 0; c < embedding_dim; c++) {
                sum += (double)embeddings[n * embedding_dim + c] * weight[c * dim + d];
            }
            projected[n * dim + d] = (float)sum;
        }
    }
}

static int seen(const attention_steps_args *a, int n)
{
    return !a->attend || a->attend[n];
}

// Steps 1 and 2: a query, a key and a value for each token.
static void make_queries_keys_values(const attention_steps_args *a)
{
    if (a->query_weight) {
        project(a->embeddings, a->query_weight, a->queries, a->tokens, a->embedding_dim, a->head_dim);
    }
    if (a->key_weight) {
        project(a->embeddings, a->key_weight, a->keys, a->tokens, a->embedding_dim, a->head_dim);
    }
    if (a->value_weight) {
        project(a->embeddings, a->value_weight, a->values, a->tokens, a->embedding_dim, a->value_dim);
    }
}

// Step 3: the query against every key.
static void compare(const attention_steps_args *a)
{
    const float *query = a->queries + a->query_index * a->head_dim;
    for (int n = 0; n < a->tokens; n++) {
        double sum = 0;
        for (int d = 0; d < a->head_dim; d++) {
            float product = query[d] * a->keys[n * a->head_dim + d];
            a->products[n * a->head_dim + d] = product;
            sum += product;
        }
        a->scores[n] = (float)sum;
    }
}

// Step 4.
static void scale(const attention_steps_args *a)
{
    for (int n = 0; n < a->tokens; n++) {
        a->scaled[n] = (float)(a->scores[n] * a->scale / a->temperature + a->shift);
    }
}

// Step 5, as a reader is told it: exponentials, their sum, and each one's share. The weights subtract the
// largest score first. That changes no share, and without it e^89 would be infinite in float32.
static void softmax(const attention_steps_args *a)
{
    double exponentials = 0, shifted = 0, largest = -__builtin_inf();
    for (int n = 0; n < a->tokens; n++) {
        a->exponentials[n] = seen(a, n) ? (float)exponential(a->scaled[n]) : 0;
        exponentials += a->exponentials[n];
        if (seen(a, n) && a->scaled[n] > largest) largest = a->scaled[n];
    }
    *a->sum = (float)exponentials;

    for (int n = 0; n < a->tokens; n++) {
        if (seen(a, n)) shifted += exponential(a->scaled[n] - largest);
    }
    for (int n = 0; n < a->tokens; n++) {
        a->weights[n] = seen(a, n) ? (float)(exponential(a->scaled[n] - largest) / shifted) : 0;
    }
}

// Step 6: the values, each by its weight, added up.
static void mix(const attention_steps_args *a)
{
    for (int e = 0; e < a->value_dim; e++) {
        double sum = 0;
        for (int n = 0; n < a->tokens; n++) {
            float contribution = seen(a, n) ? a->weights[n] * a->values[n * a->value_dim + e] : 0;
            a->contributions[n * a->value_dim + e] = contribution;
            sum += contribution;
        }
        a->output[e] = (float)sum;
    }
}

attention_status attention_steps(const attention_steps_args *args)
{
    if (args->tokens < 0 || args->embedding_dim < 0 || args->head_dim < 0 || args->value_dim < 0 ||
        args->query_index < 0 || args->query_index >= args->tokens) {
        return ATTENTION_BAD_SIZE;
    }
    make_queries_keys_values(args);
    compare(args);
    scale(args);
    softmax(args);
    mix(args);
    return ATTENTION_OK;
}
