// steps.c - attention_steps, each number against those that were written before it.
#include "attention.h"
#include "fuzz.h"

#include <float.h>
#include <math.h>

#define ROUNDING 0x1p-23

static float *numbers(size_t count) { return fuzz_allocate(count * 4, 4); }

static float *filled(size_t count, fuzz_manners manners)
{
    float *to = numbers(count);
    for (size_t i = 0; i < count; i++) to[i] = fuzz_float(2, manners);
    return to;
}

static void check(const char *what, double actual, double expected)
{
    if (actual == expected || (isinf(actual) && fabs(expected) > FLT_MAX)) return;
    if (!(fabs(actual - expected) <= ROUNDING * fabs(expected) + 1e-38))
        fuzz_fail("%s: %g instead of %g", what, actual, expected);
}

static void check_projection(const attention_steps_args *a, const float *weight, const float *projected, int dim)
{
    for (int i = 0; i < a->tokens * dim && weight; i++) {
        double sum = 0;
        for (int c = 0; c < a->embedding_dim; c++)
            sum += (double)a->embeddings[i / dim * a->embedding_dim + c] * weight[c * dim + i % dim];
        if (fabs(projected[i] - sum) > ROUNDING * fabs(sum) + 1e-12)
            fuzz_fail("projection: %g instead of %g", projected[i], sum);
    }
}

static int seen(const attention_steps_args *a, int n) { return !a->attend || a->attend[n]; }

static void check_scores(const attention_steps_args *a)
{
    int D = a->head_dim;
    for (int n = 0; n < a->tokens; n++) {
        double sum = 0;
        for (int d = 0; d < D; d++) {
            check("product", a->products[n * D + d], (double)a->queries[a->query_index * D + d] * a->keys[n * D + d]);
            sum += a->products[n * D + d];
        }
        check("score", a->scores[n], sum);
        check("scaled", a->scaled[n], a->scores[n] * a->scale / a->temperature + a->shift);
        check("exponential", a->exponentials[n], !seen(a, n) ? 0 : exp(a->scaled[n]));
    }
}

static void check_weights(const attention_steps_args *a)
{
    int E = a->value_dim;
    double sum = 0, share = 0, most = -INFINITY;
    for (int n = 0; n < a->tokens; n++) {
        sum += a->exponentials[n];
        if (seen(a, n)) most = fmax(most, a->scaled[n]);
    }
    check("sum", *a->sum, sum);
    for (int n = 0; n < a->tokens; n++) share += seen(a, n) ? exp(a->scaled[n] - most) : 0;
    for (int n = 0; n < a->tokens; n++)
        check("weight", a->weights[n], seen(a, n) ? exp(a->scaled[n] - most) / share : 0);
    for (int e = 0; e < E; e++) {
        double output = 0;
        for (int n = 0; n < a->tokens; n++) {
            check("contribution", a->contributions[n * E + e],
                  seen(a, n) ? (double)a->weights[n] * a->values[n * E + e] : 0);
            output += a->contributions[n * E + e];
        }
        check("output", a->output[e], output);
    }
}

void fuzz_steps(void)
{
    fuzz_manners manners = fuzz_once_in(3) ? FUZZ_HOSTILE : FUZZ_TAME;
    attention_steps_args a = {
        .scale = fuzz_float(1, manners),
        .temperature = 0.1 + fuzz_below(30) / 10.0,
        .shift = fuzz_once_in(3) ? fuzz_uniform() * 5 : 0,
        .tokens = 1 + fuzz_below(9),
        .embedding_dim = fuzz_below(9),
        .head_dim = fuzz_below(9),
        .value_dim = fuzz_below(9),
    };
    a.query_index = fuzz_below(a.tokens);
    size_t N = (size_t)a.tokens, C = (size_t)a.embedding_dim, D = (size_t)a.head_dim, E = (size_t)a.value_dim;
    uint8_t *attend = fuzz_allocate(N, 1);
    for (size_t n = 0; n < N; n++) attend[n] = fuzz_once_in(3) ? 0 : 1;
    if (fuzz_once_in(2)) a.attend = attend;
    a.embeddings = filled(N * C, manners);
    if (fuzz_once_in(2) && C * D) a.query_weight = filled(C * D, manners);
    if (fuzz_once_in(2) && C * D) a.key_weight = filled(C * D, manners);
    if (fuzz_once_in(2) && C * E) a.value_weight = filled(C * E, manners);
    if (!a.query_weight) a.queries = filled(N * D, manners);
    if (!a.key_weight) a.keys = filled(N * D, manners);
    if (!a.value_weight) a.values = filled(N * E, manners);
    fuzz_freeze();
    if (a.query_weight) a.queries = numbers(N * D);
    if (a.key_weight) a.keys = numbers(N * D);
    if (a.value_weight) a.values = numbers(N * E);
    float **outputs[] = {&a.scores, &a.scaled, &a.exponentials, &a.weights};
    for (int i = 0; i < 4; i++) *outputs[i] = numbers(N);
    a.products = numbers(N * D);
    a.sum = numbers(1);
    a.contributions = numbers(N * E);
    a.output = numbers(E);
    if (attention_steps(&a) != ATTENTION_OK) fuzz_fail("steps refused");
    fuzz_unchanged();
    if (manners == FUZZ_HOSTILE) return;
    check_projection(&a, a.query_weight, a.queries, a.head_dim);
    check_projection(&a, a.key_weight, a.keys, a.head_dim);
    check_projection(&a, a.value_weight, a.values, a.value_dim);
    check_scores(&a);
    check_weights(&a);
}
