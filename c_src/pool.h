// pool.h - one call's work, divided into items that threads take in turn.
//
// An item is computed whole by one thread, in a fixed order of operations, and what an item is depends on the
// sizes of the problem alone: that is why the number of threads can't change a bit of a result.
#ifndef ATTENTION_POOL_H
#define ATTENTION_POOL_H

#include "attention.h"

// Items of a phase run in any order, on any thread. All of a phase are done before any of the next begins.
typedef struct {
    const void *context;
    int phases;
    int (*items)(const void *context, int phase);  // how many the phase has
    void (*run)(const void *context, int phase, int item, int thread);
} pool_job;

// How many threads take part, the caller included: 1 without a pool. `thread` above is less than this.
int pool_threads(const attention_pool *pool);

void pool_run(attention_pool *pool, const pool_job *job);

#endif
