// problem.h - whether the sizes of an attention_problem make sense. Inline.
#ifndef ATTENTION_PROBLEM_H
#define ATTENTION_PROBLEM_H

#include "attention.h"

static inline int problem_is_valid(const attention_problem *a)
{
    const int32_t sizes[] = {a->batch,      a->heads,    a->key_heads, a->query_length,
                             a->key_length, a->head_dim, a->value_dim};
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (sizes[i] < 0) return 0;
    }
    return a->key_capacity >= a->key_length && (a->heads == 0 || (a->key_heads > 0 && a->heads % a->key_heads == 0));
}

// Without queries there are no results to compute, and the other sizes may be such that their products overflow.
static inline int problem_is_empty(const attention_problem *a)
{
    return a->batch == 0 || a->heads == 0 || a->query_length == 0;
}

#endif
