// main.c - a fuzzer for the C core, to be built with sanitizers:    fuzz [cases] [seed] [name]...
//
// Case number i of a fuzzer has the seed `seed` + i. Names are those of the table below; none: all of them.
#include "fuzz.h"

#include <sanitizer/common_interface_defs.h>

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    void (*run)(void);
    int share;  // how many cases of this kind, of 100
} fuzzers[] = {
    {"forward", fuzz_forward, 100}, {"backward", fuzz_backward, 40}, {"sizes", fuzz_sizes, 100},
    {"merge", fuzz_merge, 100},     {"append", fuzz_append, 100},    {"steps", fuzz_steps, 100},
    {"transformer", fuzz_transformer, 10},
};

static const char *running = "";
static unsigned seed;

// ------------------------------------------------------------------------------------------------ numbers
static uint64_t state;

uint32_t fuzz_bits(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 32);
}

int fuzz_below(int n) { return n == 0 ? 0 : (int)((uint64_t)fuzz_bits() * (uint64_t)n >> 32); }
int fuzz_once_in(int n) { return fuzz_below(n) == 0; }
double fuzz_uniform(void) { return (double)fuzz_bits() / 2147483648.0 - 1; }
int fuzz_one_of(const int *from, size_t count) { return from[fuzz_below((int)count)]; }

fuzz_manners fuzz_choose_manners(void)
{
    return (fuzz_manners)FUZZ_ONE_OF(FUZZ_TAME, FUZZ_TAME, FUZZ_TAME, FUZZ_POISONED, FUZZ_POISONED, FUZZ_HOSTILE);
}

float fuzz_float(double size, fuzz_manners manners)
{
    const float bad[] = {NAN, INFINITY, -INFINITY, FLT_MAX, -FLT_MAX, 1e30f, -1e20f, FLT_MIN, 1e-40f, -1e-45f, -0.0f};
    union {
        uint32_t bits;
        float value;
    } any = {.bits = fuzz_bits()};
    if (manners == FUZZ_POISONED && fuzz_once_in(400)) return bad[fuzz_below(3)];
    if (manners == FUZZ_HOSTILE && fuzz_once_in(6)) return bad[fuzz_below(sizeof bad / sizeof *bad)];
    if (manners == FUZZ_HOSTILE && fuzz_once_in(8)) return any.value;
    return (float)(fuzz_uniform() * (fuzz_once_in(100) ? 1e-6 : size));  // as halves, those are subnormal
}

// ------------------------------------------------------------------------------------------------- memory
enum { MOST_BLOCKS = 256 };
static struct {
    char *start, *data, *frozen;
    size_t bytes;
} blocks[MOST_BLOCKS];
static int block_count;

void *fuzz_allocate(size_t bytes, size_t alignment)
{
    if (block_count == MOST_BLOCKS) fuzz_fail("too many allocations");
    if (bytes == 0 && fuzz_once_in(2)) return NULL;
    size_t shift = alignment * (size_t)fuzz_below(fuzz_once_in(2) ? 4 : 1);
    char *start = malloc(shift + bytes);
    if (!start) fuzz_fail("no memory for %zu bytes", bytes);
    memset(start, 0xff, shift + bytes);
    blocks[block_count].start = start;
    blocks[block_count].data = start + shift;
    blocks[block_count].frozen = NULL;
    blocks[block_count++].bytes = bytes;
    return start + shift;
}

void *fuzz_workspace(uint32_t bytes)
{
    if (bytes == UINT32_MAX) fuzz_fail("no workspace");
    char *data = fuzz_allocate(bytes, 16);
    if ((uintptr_t)data % 16 != 0) fuzz_fail("malloc aligns to less than 16");
    // Whatever the last call left there: numbers must not depend on it, nor may NaN get out of it.
    for (uint32_t i = 0; i < bytes && fuzz_once_in(2); i += 1 + fuzz_bits() % 64) data[i] = (char)fuzz_bits();
    return data;
}

void fuzz_freeze(void)
{
    for (int i = 0; i < block_count; i++) {
        blocks[i].frozen = malloc(blocks[i].bytes);
        memcpy(blocks[i].frozen, blocks[i].data, blocks[i].bytes);
    }
}

void fuzz_unchanged(void)
{
    for (int i = 0; i < block_count; i++) {
        if (!blocks[i].frozen || memcmp(blocks[i].frozen, blocks[i].data, blocks[i].bytes) == 0) continue;
        fuzz_fail("wrote to input number %d", i);
    }
}

static void release(void)
{
    for (int i = 0; i < block_count; i++) {
        free(blocks[i].start);
        free(blocks[i].frozen);
    }
    block_count = 0;
}

// ------------------------------------------------------------------------------------------------- failing
static void say_case(void) { fprintf(stderr, "in case: 1 %u %s\n", seed, running); }

void fuzz_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\n");
    say_case();
    exit(1);
}

static double worst;

void fuzz_compare(const char *what, const float *actual, const double *expected, const double *error, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (isinf(error[i])) continue;  // nothing is known
        if (!isfinite(expected[i]) && (isnan(expected[i]) ? !isfinite(actual[i]) : actual[i] == expected[i])) continue;
        // Where infinities meet, their order decides between infinity and NaN.
        if (isinf(expected[i]) && isnan(actual[i])) continue;
        double share = fabs(actual[i] - expected[i]) / (error[i] + 1e-33);  // where weights underflow
        if (!(share <= 1)) fuzz_fail("%s[%zu]: %g instead of %g ± %g", what, i, actual[i], expected[i], error[i]);
        if (share > worst) worst = share;
    }
}

int main(int argc, char **argv)
{
    int cases = argc > 1 ? atoi(argv[1]) : 100;
    unsigned first = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1;
    __sanitizer_set_death_callback(say_case);
    for (size_t i = 0; i < sizeof fuzzers / sizeof *fuzzers; i++) {
        int wanted = argc <= 3;
        for (int j = 3; j < argc; j++) wanted |= strcmp(argv[j], fuzzers[i].name) == 0;
        if (!wanted) continue;
        running = fuzzers[i].name;
        worst = 0;
        int count = argc > 3 ? cases : (cases * fuzzers[i].share + 99) / 100;
        for (int number = 0; number < count; number++) {
            seed = first + (unsigned)number;
            state = seed * 0x9e3779b97f4a7c15u;
            for (int warm = 0; warm < 4; warm++) fuzz_bits();
            fuzzers[i].run();
            release();
        }
        printf("%s: %d cases from seed %u, errors up to %.2f of what is allowed\n", running, count, first, worst);
    }
    return 0;
}
