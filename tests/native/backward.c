// backward.c - attention_backward against analytic gradients in double; those, on small cases, against differences.
#include "cases.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// Weights below e to this are 0 in float32, and what they would multiply isn't looked at.
#define LEAST_EXPONENT -86.99

// Each gradient, and what float32 may add to it.
typedef struct {
    double *query, *key, *value, *mask;
    double *query_error, *key_error, *value_error, *mask_error;
    double *output, *log_sum_exp;
    double loss;
} gradients;

static double *zeros(size_t count)
{
    double *to = fuzz_allocate(count * sizeof(double), 16);
    for (size_t i = 0; i < count; i++) to[i] = 0;
    return to;
}

static size_t key_rows(const attention_problem *a)
{
    return (size_t)a->batch * (size_t)a->key_heads * (size_t)a->key_length;
}

static gradients allocate(const random_case *p)
{
    const attention_problem *a = &p->sizes;
    size_t rows = case_rows(a), q = rows * (size_t)a->head_dim, o = rows * (size_t)a->value_dim;
    size_t k = key_rows(a) * (size_t)a->head_dim, v = key_rows(a) * (size_t)a->value_dim, mask = case_mask_count(p);
    return (gradients){zeros(q), zeros(k),    zeros(v), zeros(mask), zeros(q), zeros(k),
                       zeros(v), zeros(mask), zeros(o), zeros(rows), 0};
}

static void forward_row(const attention_problem *a, int b, int h, int m, const float *grad_output, reference_row *row,
                        gradients *to)
{
    size_t index = case_query_row(a, b, h, m);
    double *output = to->output + index * (size_t)a->value_dim;
    reference_compute(a, b, h, m, row);
    to->log_sum_exp[index] = row->log_sum_exp;
    for (int e = 0; e < a->value_dim; e++) {
        output[e] = 0;
        for (int n = 0; n < a->key_length; n++) {
            if (row->weights[n] != 0) output[e] += row->weights[n] * case_value(a, case_key_row(a, b, h, n), e);
        }
        to->loss += output[e] * grad_output[index * (size_t)a->value_dim + (size_t)e];
    }
}

// What has no gradient brings none on, not even to what is infinite.
static void add(double *to, double *error, double factor, double factor_error, double x, int terms)
{
    if (factor == 0 && !isfinite(x)) return;
    *to += factor * x;
    *error += factor_error * fabs(x) + EPSILON * (4 + 2 * sqrt(terms)) * fabs(factor * x);
}

static void backward_key(const attention_problem *a, int b, int h, int m, int n, const float *grad,
                         const reference_row *row, gradients *to)
{
    int D = a->head_dim, E = a->value_dim, group = a->heads / a->key_heads;
    size_t q = case_query_row(a, b, h, m), k = case_key_row(a, b, h, n), mask = case_mask_index(a, b, h, m, n);
    size_t dense = ((size_t)b * (size_t)a->key_heads + (size_t)(h / group)) * (size_t)a->key_length + (size_t)n;
    double exponent = row->masked[n] - row->log_sum_exp, from_value = 0, size = 0;
    if (row->masked[n] == -INFINITY || row->log_sum_exp == -INFINITY) return;
    double relative = expm1(fmin(row->error[n] + EPSILON * (12 + 2 * fabs(row->log_sum_exp)), 60));
    double weight = exponent < LEAST_EXPONENT ? 0 : exp(exponent),
           weight_error = exp(exponent) * (relative + (weight == 0));
    for (int e = 0; e < E; e++) {
        double value = case_value(a, k, e), output = to->output[q * (size_t)E + (size_t)e];
        size_t at = dense * (size_t)E + (size_t)e;
        from_value += grad[e] * (value - output);
        size += fabs(grad[e] * value) + fabs(grad[e] * output);
        add(&to->value[at], &to->value_error[at], weight, weight_error, grad[e], a->query_length * group);
    }
    // d masked = weights * (d weights - delta), d scores = d masked * slope * scale
    double masked = weight == 0 ? 0 : weight * from_value;
    double error = weight_error * fabs(from_value) + weight * EPSILON * (4 + 2 * sqrt(E)) * size;
    if (weight == 0 && !isfinite(error)) error = 0;
    add(&to->mask[mask], &to->mask_error[mask], masked, error, 1, (int)fmin(case_rows(a) * (double)a->key_length, 1e6));
    double score = masked * row->slope[n] * a->scale;
    error = (error * row->slope[n] + (a->softcap != 0 ? 80 * EPSILON * fabs(masked) : 0)) * fabs(a->scale);
    for (int d = 0; d < D; d++) {
        size_t at_query = q * (size_t)D + (size_t)d, at_key = dense * (size_t)D + (size_t)d;
        add(&to->query[at_query], &to->query_error[at_query], score, error, case_key(a, k, d), a->key_length);
        add(&to->key[at_key], &to->key_error[at_key], score, error, case_query(a, q, d), a->query_length * group);
    }
}

// Fills in `output`, `log_sum_exp` and `loss`, and the gradients if those are wanted.
static void compute(const attention_problem *a, const float *grad_output, int with_gradients, reference_row *row,
                    gradients *to)
{
    to->loss = 0;
    for (int b = 0; b < a->batch; b++) {
        for (int h = 0; h < a->heads; h++) {
            for (int m = 0; m < a->query_length; m++) {
                const float *grad = grad_output + case_query_row(a, b, h, m) * (size_t)a->value_dim;
                forward_row(a, b, h, m, grad_output, row, to);
                for (int n = 0; n < a->key_length && with_gradients; n++) backward_key(a, b, h, m, n, grad, row, to);
            }
        }
    }
}

// The reference itself, against how the loss changes when an element does. The step is a power of two, so that the
// float32 element takes it exactly, or nearly.
static void check_differences(const random_case *p, const float *grad_output, const char *name, const float *elements,
                              const double *grads, size_t count, gradients *scratch, reference_row *row)
{
    for (int i = 0; i < 4 && count > 0; i++) {
        size_t at = fuzz_bits() % count;
        float *x = (float *)elements + at, was = *x, up, down;
        if (!isfinite(was) || fabsf(was) > 100) continue;
        *x = up = was + 0x1p-8f;
        compute(&p->sizes, grad_output, 0, row, scratch);
        double loss = scratch->loss;
        *x = down = was - 0x1p-8f;
        compute(&p->sizes, grad_output, 0, row, scratch);
        double slope = (loss - scratch->loss) / ((double)up - down);
        *x = was;
        // The third derivative's share of it grows with the scores, those of this case are moderate.
        if (!(fabs(slope - grads[at]) <= 2e-3 * (1 + fabs(grads[at])))) {
            fuzz_fail("the reference's gradient of %s[%zu] is %g, but by differences %g: %s", name, at, grads[at],
                      slope, case_text(p));
        }
    }
}

// A mask of -3e38 leaves nothing of the scores that it is added to: no difference would show.
static int has_huge_mask(const random_case *p)
{
    for (size_t i = 0; p->sizes.additive_mask && i < case_mask_count(p); i++) {
        float added = p->sizes.additive_mask[i];
        if (isfinite(added) && fabsf(added) > 1e3f) return 1;
    }
    return 0;
}

static void check_reference(const random_case *p, const float *grad_output, const gradients *to, reference_row *row)
{
    const attention_problem *a = &p->sizes;
    gradients scratch = allocate(p);
    int shared = a->query == a->key || a->key == a->value;
    double work = (double)case_rows(a) * a->key_length * (a->head_dim + a->value_dim);
    if (p->manners != FUZZ_TAME || shared || a->key_capacity != a->key_length || work > 1e5 || has_huge_mask(p)) return;
    if (a->query_type == ATTENTION_FLOAT32) {
        check_differences(p, grad_output, "query", a->query, to->query, case_rows(a) * (size_t)a->head_dim, &scratch,
                          row);
    }
    if (a->key_type == ATTENTION_FLOAT32) {
        check_differences(p, grad_output, "key", a->key, to->key, key_rows(a) * (size_t)a->head_dim, &scratch, row);
    }
    if (a->value_type == ATTENTION_FLOAT32) {
        check_differences(p, grad_output, "value", a->value, to->value, key_rows(a) * (size_t)a->value_dim, &scratch,
                          row);
    }
    if (a->additive_mask)
        check_differences(p, grad_output, "mask", a->additive_mask, to->mask, case_mask_count(p), &scratch, row);
}

static float *rounded(const double *from, size_t count)
{
    float *to = fuzz_allocate(count * 4, 4);
    for (size_t i = 0; i < count; i++) to[i] = (float)from[i];
    return to;
}

void fuzz_backward(void)
{
    random_case p = case_make(1e6, 0);
    const attention_problem *a = &p.sizes;
    size_t rows = case_rows(a), outputs = rows * (size_t)a->value_dim;
    float *grad_output = fuzz_allocate(outputs * 4, 4);
    for (size_t i = 0; i < outputs; i++) grad_output[i] = fuzz_float(1, p.manners);
    gradients to = allocate(&p);
    reference_row row = reference_allocate(a);
    compute(a, grad_output, p.manners != FUZZ_HOSTILE, &row, &to);
    check_reference(&p, grad_output, &to, &row);
    float *output = rounded(to.output, outputs), *log_sum_exp = rounded(to.log_sum_exp, rows);
    fuzz_freeze();
    size_t counts[] = {rows * (size_t)a->head_dim, key_rows(a) * (size_t)a->head_dim,
                       key_rows(a) * (size_t)a->value_dim,
                       a->additive_mask && !fuzz_once_in(4) ? case_mask_count(&p) : 0};
    attention_backward_args args = {
        .problem = *a,
        .grad_output = grad_output,
        .output = output,
        .log_sum_exp = log_sum_exp,
        .grad_query = fuzz_allocate(counts[0] * 4, 4),
        .grad_key = fuzz_allocate(counts[1] * 4, 4),
        .grad_value = fuzz_allocate(counts[2] * 4, 4),
        .grad_mask = counts[3] ? fuzz_allocate(counts[3] * 4, 4) : NULL,
    };
    memcpy(args.mask_dims, p.mask_dims, sizeof p.mask_dims);
    args.workspace = fuzz_workspace(attention_backward_workspace_bytes(&args));
    attention_status status = attention_backward(&args);
    if (status != ATTENTION_OK) fuzz_fail("refused: %s", case_text(&p));
    fuzz_unchanged();
    if (p.manners == FUZZ_HOSTILE) return;
    char what[500];
    const char *names[] = {"grad_query", "grad_key", "grad_value", "grad_mask"};
    const float *actual[] = {args.grad_query, args.grad_key, args.grad_value, args.grad_mask};
    const double *expected[] = {to.query, to.key, to.value, to.mask};
    const double *errors[] = {to.query_error, to.key_error, to.value_error, to.mask_error};
    for (int i = 0; i < 4; i++) {
        snprintf(what, sizeof what, "%s: %s", case_text(&p), names[i]);
        fuzz_compare(what, actual[i], expected[i], errors[i], counts[i]);
    }
}
