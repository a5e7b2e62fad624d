// problem.h - which attention_problems a build takes, and whether their sizes make sense. Inline.
#ifndef ATTENTION_PROBLEM_H
#define ATTENTION_PROBLEM_H

#include "attention.h"

// A build with ATTENTION_PLAIN is small: it takes float32 alone and, of the options, key_lengths, query_offset and the
// windows; it returns no weights; what isn't finite may reach every result of its head. All else leaves no code.
#ifdef ATTENTION_PLAIN
#define PROBLEM_PLAIN 1
#else
#define PROBLEM_PLAIN 0
#endif

static inline int problem_type(int type) { return PROBLEM_PLAIN ? ATTENTION_FLOAT32 : type; }

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
