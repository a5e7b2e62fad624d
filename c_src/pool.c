// pool.c - see pool.h. Without shared memory it is a loop.
//
// With it, the items of all phases are numbered through, and threads draw numbers from one counter. Workers
// sleep on a futex between jobs, and look around for a while before they do, so that calls which follow each
// other closely find them awake. No thread is waited for that hasn't joined: the caller leaves the door open
// while there are items, and one who wakes up too late finds it closed. Deliberately absent: stealing, queues,
// more than one job at a time.
#include "pool.h"

static void run_alone(const pool_job *job)
{
    for (int phase = 0; phase < job->phases; phase++) {
        int items = job->items(job->context, phase);
        for (int item = 0; item < items; item++) job->run(job->context, phase, item, 0);
    }
}

#if !defined(__wasm_atomics__)

int pool_threads(const attention_pool *pool)
{
    (void)pool;
    return 1;
}

void pool_run(attention_pool *pool, const pool_job *job)
{
    (void)pool;
    run_alone(job);
}

#else

// Words that different threads write lie in cache lines of their own.
#define LINE _Alignas(64)

struct attention_pool {
    // Written by the caller while nobody is inside.
    int32_t threads;
    int32_t caller_may_sleep;
    const pool_job *job;
    uint32_t items;             // of all phases
    uint32_t failed;            // a worker trapped
    uint32_t stopped;
    uint32_t never;             // always 0: waiting for it to change is a nap

    LINE uint32_t generation;   // how many jobs were posted; workers sleep on it
    uint32_t asleep;            // how many do
    LINE uint32_t door;         // OPEN while there may be items left, plus how many workers are inside
    LINE uint32_t ticket;       // the next item
    LINE uint32_t done;         // how many are
};

#define OPEN 0x80000000u

// In rounds of look_around: a wasm build has no clock. Of 10 ns each on the machine it was measured on, so that a
// thread looks around for about as long as it takes to wake it up.
#define SPIN_FOR_JOB 5000
#define SPIN_FOR_OTHERS 5000
#define NAP_NANOSECONDS 20000

// The job that pays for waking a thread, some 120 us long, and the one that pays for sharing it with one awake.
#define WORTH_WAKING 6e6
#define WORTH_SHARING 4e5

static inline uint32_t load(const uint32_t *word) { return __atomic_load_n(word, __ATOMIC_SEQ_CST); }
static inline void store(uint32_t *word, uint32_t value) { __atomic_store_n(word, value, __ATOMIC_SEQ_CST); }
static inline uint32_t add(uint32_t *word, uint32_t value) { return __atomic_fetch_add(word, value, __ATOMIC_SEQ_CST); }

// Sleeps while the word has that value, at most so long (-1: for ever). Functions of their own, with nothing to come
// after the instruction: where it stands between others, V8 11.3 (Node 20) loses a local that they hold in a register.
// Seen as an item that became item 0 while its thread slept through the end of a phase, in baseline code alone.
static __attribute__((noinline)) void sleep_while(uint32_t *word, uint32_t value, int64_t nanoseconds)
{
    __builtin_wasm_memory_atomic_wait32((int *)word, (int)value, nanoseconds);
}

static __attribute__((noinline)) void wake(uint32_t *word, uint32_t sleepers)
{
    __builtin_wasm_memory_atomic_notify((int *)word, sleepers);
}

// Takes a moment before the next look: wasm has no instruction for that, but a fence waits for the memory and
// leaves the core to its other thread meanwhile.
static inline void look_around(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

// One round of waiting for another thread. A thread that the system has put aside needs the processor that
// this one would keep busy, so after a while this one lets go of it.
static void wait_a_little(attention_pool *pool, int thread, uint32_t round)
{
    if (round < SPIN_FOR_OTHERS || (thread == 0 && !pool->caller_may_sleep)) look_around();
    else sleep_while(&pool->never, 0, NAP_NANOSECONDS);
}

static void work(attention_pool *pool, int thread)
{
    const pool_job *job = pool->job;
    int phase = 0;
    uint32_t first = 0;  // item of the phase
    uint32_t count = (uint32_t)job->items(job->context, 0);
    for (uint32_t item; (item = add(&pool->ticket, 1)) < pool->items;) {
        while (item - first >= count) {
            first += count;
            count = (uint32_t)job->items(job->context, ++phase);
        }
        for (uint32_t round = 0; load(&pool->done) < first; round++) wait_a_little(pool, thread, round);
        job->run(job->context, phase, (int)(item - first), thread);
        add(&pool->done, 1);
    }
}

int pool_threads(const attention_pool *pool)
{
    return pool && !load(&pool->failed) ? pool->threads : 1;
}

// Posts a job, and wakes as many as can be of use.
static void post(attention_pool *pool, const pool_job *job, uint32_t items)
{
    pool->job = job;
    pool->items = items;
    store(&pool->ticket, 0);
    store(&pool->done, 0);
    add(&pool->door, OPEN);
    add(&pool->generation, 1);
    if (job->work != 0 && job->work < WORTH_WAKING) return;
    // A worker that falls asleep only now finds that the generation has changed, and doesn't.
    uint32_t asleep = load(&pool->asleep);
    if (asleep) wake(&pool->generation, asleep < items ? asleep : items - 1);
}

void pool_run(attention_pool *pool, const pool_job *job)
{
    uint32_t items = 0;
    int threads = pool_threads(pool);
    for (int phase = 0; phase < job->phases && threads > 1; phase++) items += (uint32_t)job->items(job->context, phase);
    // A door still open: the last call was cut short, by a trap or for lack of stack, and workers may be at it yet.
    if (items < 2 || (job->work != 0 && job->work < WORTH_SHARING) || (load(&pool->door) & OPEN)) {
        run_alone(job);
        return;
    }
    post(pool, job, items);
    work(pool, 0);
    add(&pool->door, -OPEN);
    for (uint32_t round = 0; load(&pool->door) != 0; round++) wait_a_little(pool, 0, round);
    if (load(&pool->failed)) __builtin_trap();
}

// One who comes too late counts itself in for a moment only. That is why the door changes by additions alone, which
// don't disturb each other.
static int enter(attention_pool *pool)
{
    if (add(&pool->door, 1) & OPEN) return 1;
    add(&pool->door, -1u);
    return 0;
}

static void leave(attention_pool *pool) { add(&pool->door, -1u); }

// Until another job than number `seen` has been posted, whose number it returns.
static uint32_t await_job(attention_pool *pool, uint32_t seen)
{
    for (int round = 0; round < SPIN_FOR_JOB; round++) {
        uint32_t generation = load(&pool->generation);
        if (generation != seen) return generation;
        look_around();
    }
    add(&pool->asleep, 1);
    while (load(&pool->generation) == seen) sleep_while(&pool->generation, seen, -1);
    add(&pool->asleep, -1u);
    return load(&pool->generation);
}

int32_t attention_pool_bytes(void) { return (int32_t)sizeof(attention_pool); }

void attention_pool_init(attention_pool *pool, int32_t threads, int32_t caller_may_sleep)
{
    *pool = (attention_pool){.threads = threads, .caller_may_sleep = caller_may_sleep};
}

void attention_worker(attention_pool *pool, int32_t thread)
{
    for (uint32_t seen = 0;;) {
        seen = await_job(pool, seen);
        if (load(&pool->stopped)) return;
        if (!enter(pool)) continue;
        work(pool, thread);
        leave(pool);
    }
}

void attention_worker_failed(attention_pool *pool)
{
    store(&pool->failed, 1);
    add(&pool->done, 1);
    leave(pool);
}

void attention_pool_stop(attention_pool *pool)
{
    store(&pool->stopped, 1);
    add(&pool->generation, 1);
    wake(&pool->generation, UINT32_MAX);
}

#endif
