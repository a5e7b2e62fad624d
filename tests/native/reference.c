// reference.c - one row of attention, in double and as attention.h says it.
#include "cases.h"

#include <math.h>

// Weights below this are 0 in float32.
#define LEAST_EXPONENT -86.99

reference_row reference_allocate(const attention_problem *a)
{
    size_t bytes = (size_t)a->key_length * sizeof(double);
    reference_row row = {0};
    double **parts[] = {&row.scores, &row.capped, &row.masked, &row.weights, &row.error, &row.slope};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) *parts[i] = fuzz_allocate(bytes, 16);
    return row;
}

static int is_hidden(const attention_problem *a, int b, int h, int m, int n)
{
    int64_t p = (int64_t)m + (a->query_offset ? a->query_offset[b] : 0);
    size_t mask = case_mask_index(a, b, h, m, n);
    return (a->key_lengths && n >= a->key_lengths[b]) || (a->window_left >= 0 && n < p - a->window_left) ||
           (a->window_right >= 0 && n > p + a->window_right) || (a->boolean_mask && !a->boolean_mask[mask]) ||
           (a->additive_mask && a->additive_mask[mask] == -INFINITY);
}

static void compute_score(const attention_problem *a, int b, int h, int m, int n, reference_row *row)
{
    size_t query = case_query_row(a, b, h, m), key = case_key_row(a, b, h, n);
    double sum = 0, size = 0, position = (double)m + (a->query_offset ? a->query_offset[b] : 0);
    for (int d = 0; d < a->head_dim; d++) {
        double product = case_query(a, query, d) * case_key(a, key, d);
        sum += product;
        size += fabs(product);
    }
    row->scores[n] = row->capped[n] = sum * a->scale;
    row->slope[n] = 1;
    // Of rounded sums: their errors add up like those of a random walk.
    row->error[n] = EPSILON * (4 + 2 * sqrt(a->head_dim)) * size * fabs(a->scale);
    if (a->softcap != 0) {
        double tanh_of = tanh(row->scores[n] / a->softcap);
        row->capped[n] = a->softcap * tanh_of;
        row->slope[n] = 1 - tanh_of * tanh_of;
        // An infinite score is capped like any, and exactly.
        row->error[n] = (isinf(sum) ? 0 : row->error[n]) + 36 * EPSILON * fabs(row->capped[n]);
    }
    row->masked[n] = row->capped[n];
    if (a->alibi_slopes) {
        row->masked[n] -= a->alibi_slopes[h] * fabs(position - n);
        row->error[n] += 4 * EPSILON * fabs(a->alibi_slopes[h]) * (fabs(position) + n);
    }
    if (a->additive_mask) row->masked[n] += a->additive_mask[case_mask_index(a, b, h, m, n)];
    if (isfinite(row->masked[n])) row->error[n] += 2 * EPSILON * fabs(row->masked[n]);
    if (is_hidden(a, b, h, m, n)) row->masked[n] = -INFINITY;
}

void reference_compute(const attention_problem *a, int b, int h, int m, reference_row *row)
{
    double sink = a->sinks ? a->sinks[h] : -INFINITY, most = sink, sum = 0;
    row->spread = 0;
    for (int n = 0; n < a->key_length; n++) {
        compute_score(a, b, h, m, n, row);
        if (!(row->masked[n] <= most)) most = row->masked[n];
    }
    if (sink != -INFINITY) sum = exp(sink - most);
    for (int n = 0; n < a->key_length; n++) {
        double below = row->masked[n] - most;
        row->weights[n] = row->masked[n] == -INFINITY || below < LEAST_EXPONENT ? 0 : exp(below);
        sum += row->weights[n];
    }
    for (int n = 0; n < a->key_length && sum != 0; n++) {
        row->weights[n] /= sum;
        if (row->weights[n] != 0) row->spread += row->weights[n] * row->error[n];
    }
    row->log_sum_exp = sum == 0 ? -INFINITY : most + log(sum);
}
