// forward.c - attention_forward, over tiles and for few queries, against the reference.
#include "cases.h"

#include <math.h>
#include <stdio.h>

// What is compared, in double: [B, H, M, E], [B, H, M] and [B, H, M, N].
typedef struct {
    double *output, *output_error, *log_sum_exp, *log_sum_exp_error, *weights, *weights_error;
} expectation;

static double *doubles(size_t count) { return fuzz_allocate(count * sizeof(double), 16); }

static void expect_output(const attention_problem *a, int b, int h, size_t index, const reference_row *row,
                          double allowed, expectation *to)
{
    double *output = to->output + index * (size_t)a->value_dim,
           *error = to->output_error + index * (size_t)a->value_dim;
    for (int e = 0; e < a->value_dim; e++) {
        output[e] = error[e] = 0;
        for (int n = 0; n < a->key_length; n++) {
            double value = case_value(a, case_key_row(a, b, h, n), e);
            // A weight that underflows may have been one while less was known of the row.
            if (row->weights[n] == 0 && row->masked[n] != -INFINITY && !isfinite(value)) error[e] = INFINITY;
            if (row->weights[n] == 0) continue;
            double product = row->weights[n] * value;
            output[e] += product;
            error[e] += fabs(product) * (row->error[n] + allowed);
        }
        error[e] += 1e-35 * a->key_length;  // weights that underflow
    }
}

static void expect_weights(const attention_problem *a, int stage, size_t index, const reference_row *row,
                           double allowed, expectation *to)
{
    const double *stages[] = {row->scores, row->capped, row->masked, row->weights};
    int softmax = stage == ATTENTION_STAGE_SOFTMAX;
    for (int n = 0; n < a->key_length; n++) {
        size_t at = index * (size_t)a->key_length + (size_t)n;
        to->weights[at] = stages[stage][n];
        to->weights_error[at] = !softmax               ? row->error[n]
                                : row->weights[n] == 0 ? 0
                                                       : row->weights[n] * (row->error[n] + allowed);
    }
}

static expectation expect(const attention_problem *a, int stage, int matrix)
{
    size_t rows = case_rows(a), outputs = rows * (size_t)a->value_dim,
           weights = matrix ? rows * (size_t)a->key_length : 0;
    expectation to = {doubles(outputs), doubles(outputs), doubles(rows),
                      doubles(rows),    doubles(weights), doubles(weights)};
    reference_row row = reference_allocate(a);
    for (size_t i = 0; i < rows; i++) {
        int b = (int)(i / (size_t)a->query_length) / a->heads, h = (int)(i / (size_t)a->query_length) % a->heads;
        reference_compute(a, b, h, (int)(i % (size_t)a->query_length), &row);
        // Besides what the scores are off by: exp, and the sums.
        double allowed = row.spread + EPSILON * (16 + 2 * sqrt(a->key_length));
        expect_output(a, b, h, i, &row, allowed, &to);
        to.log_sum_exp[i] = row.log_sum_exp;
        to.log_sum_exp_error[i] = allowed + EPSILON * 2 * fabs(row.log_sum_exp);
        if (matrix) expect_weights(a, stage, i, &row, allowed, &to);
    }
    return to;
}

void fuzz_forward(void)
{
    random_case p = case_make(2e6, 1);
    const attention_problem *a = &p.sizes;
    int matrix = fuzz_once_in(2), stage = fuzz_below(4);
    size_t rows = case_rows(a);
    fuzz_freeze();
    expectation to = {0};
    if (p.manners != FUZZ_HOSTILE) to = expect(a, stage, matrix);
    attention_forward_args args = {
        .problem = *a,
        .weights_stage = stage,
        .output = fuzz_allocate(rows * (size_t)a->value_dim * 4, 4),
        .log_sum_exp = fuzz_allocate(rows * 4, 4),
        .weights = matrix ? fuzz_allocate(rows * (size_t)a->key_length * 4, 4) : NULL,
    };
    args.workspace = fuzz_workspace(attention_forward_workspace_bytes(&args));
    attention_status status = attention_forward(&args);
    if (status != ATTENTION_OK) fuzz_fail("refused: %s", case_text(&p));
    fuzz_unchanged();
    if (p.manners == FUZZ_HOSTILE) return;
    char what[500];
    const char *names[] = {"output", "log_sum_exp", "weights"};
    const float *actual[] = {args.output, args.log_sum_exp, args.weights};
    const double *expected[] = {to.output, to.log_sum_exp, to.weights};
    const double *errors[] = {to.output_error, to.log_sum_exp_error, to.weights_error};
    size_t counts[] = {rows * (size_t)a->value_dim, rows, args.weights ? rows * (size_t)a->key_length : 0};
    for (int i = 0; i < 3; i++) {
        snprintf(what, sizeof what, "%s, stage %d, %s: ", case_text(&p), stage, names[i]);
        fuzz_compare(what, actual[i], expected[i], errors[i], counts[i]);
    }
}
