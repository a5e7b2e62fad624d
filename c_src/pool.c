// pool.c - see pool.h.
#include "pool.h"

int pool_threads(const attention_pool *pool)
{
    (void)pool;
    return 1;
}

void pool_run(attention_pool *pool, const pool_job *job)
{
    (void)pool;
    for (int phase = 0; phase < job->phases; phase++) {
        int items = job->items(job->context, phase);
        for (int item = 0; item < items; item++) job->run(job->context, phase, item, 0);
    }
}
