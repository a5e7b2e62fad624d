// pool.h - one call's work, divided into items that threads take in turn.
//
// An item is computed whole by one thread, in a fixed order of operations, and what an item is depends on the
// sizes of the problem alone: that is why the number of threads can't change a bit of a result.
#ifndef ATTENTION_POOL_H
#define ATTENTION_POOL_H

#include "attention.h"

// Items of a phase run in any order, on any thread. All of a phase are done before any of the next begins.
// `items` must answer the same whenever it is asked, and `run` must not call pool_run.
typedef struct {
    const void *context;
    int phases;
    int (*items)(const void *context, int phase);  // how many the phase has
    void (*run)(const void *context, int phase, int item, int thread);
    double work;  // floating-point operations of all items together, roughly, at the rate of a matrix product (what
                  // waits for memory counts for more): small jobs aren't worth waking anybody for. 0: not known
} pool_job;

// How many threads take part, the caller included: 1 without a pool. `thread` above is less than this.
int pool_threads(const attention_pool *pool);

// Returns when all items are done. The caller, which is thread 0, works too.
void pool_run(attention_pool *pool, const pool_job *job);

#if defined(__wasm_atomics__)

// What JavaScript needs to keep a pool, in threaded builds only. Each thread is an instance of the module over
// the same memory, with a stack of its own.

// How large a pool is. It is aligned to 64.
ATTENTION_API int32_t attention_pool_bytes(void);

// Makes a pool for `threads` threads, the caller included. `caller_may_sleep` is 0 where calls come from a
// thread that may not block, as a browser's main thread: it spins while it has nothing to do.
ATTENTION_API void attention_pool_init(attention_pool *pool, int32_t threads, int32_t caller_may_sleep);

// Runs jobs as thread number `thread`, in 1 … threads - 1, until the pool is stopped.
ATTENTION_API void attention_worker(attention_pool *pool, int32_t thread);

// To be called when attention_worker trapped: lets the caller, who would wait for the item for ever, trap too.
// The pool has one thread from then on.
ATTENTION_API void attention_worker_failed(attention_pool *pool);

// Ends the workers. The pool may still be used: the caller then works alone.
ATTENTION_API void attention_pool_stop(attention_pool *pool);

#endif
#endif
