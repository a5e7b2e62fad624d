// cases.h - random problems, and what each of their rows should give, in double and in plain loops.
#ifndef CASES_H
#define CASES_H

#include "attention.h"
#include "fuzz.h"

typedef struct {
    attention_problem sizes;  // the problem as the core is given it
    fuzz_manners manners;
    int mask_dims[4];
} random_case;

// Sizes such that B * H * M * N * (D + E) is at most `work`. Types may be int8 where `narrow` is 1.
random_case case_make(double work, int narrow);

size_t case_rows(const attention_problem *a);  // B * H * M
size_t case_mask_count(const random_case *p);
const char *case_text(const random_case *p);

// The row of head h in [B, H, M] or, for keys, in [B, G, capacity].
size_t case_query_row(const attention_problem *a, int b, int h, int m);
size_t case_key_row(const attention_problem *a, int b, int h, int n);
size_t case_mask_index(const attention_problem *a, int b, int h, int m, int n);

double case_query(const attention_problem *a, size_t row, int d);
double case_key(const attention_problem *a, size_t row, int d);
double case_value(const attention_problem *a, size_t row, int e);
double case_half(uint16_t half);
uint16_t case_to_half(double x);

// One row's computation, [N] each; `error` is what float32 may add to `masked`.
typedef struct {
    double *scores, *capped, *masked, *weights, *error, *slope;  // `slope` of the softcap, d capped / d scores
    double log_sum_exp;
    double spread;  // the mean of `error`, by weight
} reference_row;

reference_row reference_allocate(const attention_problem *a);
void reference_compute(const attention_problem *a, int b, int h, int m, reference_row *row);

#define EPSILON 0x1p-24

#endif
