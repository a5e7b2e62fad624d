// lanes.c - each operation of vec.h, and what exp.h and rows.h make of them, over records in memory: so that tests
// see bits, and lanes one by one. Built for WebAssembly by ./build.sh lanes, where exports have the names of the
// operations, and natively with sanitizers by ./build.sh native, as a program: see the end.
//
// An operation reads `count` records of inputs, one after the other without gaps, and writes as many records of
// results. `n` is the size of a record where that varies.
#include "exp.h"
#include "rows.h"
#include "vec.h"

#if defined(__wasm__)
#define EXPORT(name) __attribute__((export_name(#name)))
#else
#define EXPORT(name) __attribute__((visibility("default")))
#endif

// Records of FROM_SIZE elements `from`, to records of TO_SIZE elements `to`.
#define OPERATION(NAME, FROM, FROM_SIZE, TO, TO_SIZE, ...)                                                      \
    EXPORT(NAME) void lanes_##NAME(const void *inputs, void *results, int count, int n);                        \
    void lanes_##NAME(const void *inputs, void *results, int count, int n)                                      \
    {                                                                                                           \
        const FROM *from = inputs;                                                                              \
        TO *to = results;                                                                                       \
        (void)n, (void)from;                                                                                    \
        for (; count > 0; count--, from += (FROM_SIZE), to += (TO_SIZE)) { __VA_ARGS__; }                       \
    }
#define UNARY(NAME) OPERATION(NAME, float, 4, float, 4, vec_store(to, NAME(vec_load(from))))
#define BINARY(NAME) OPERATION(NAME, float, 8, float, 4, vec_store(to, NAME(vec_load(from), vec_load(from + 4))))
#define TERNARY(NAME) \
    OPERATION(NAME, float, 12, float, 4, vec_store(to, NAME(vec_load(from), vec_load(from + 4), vec_load(from + 8))))

// ---------------------------------------------------------------------------------------------- moving
OPERATION(vec_splat, float, 1, float, 4, vec_store(to, vec_splat(*from)))
OPERATION(vec_load, float, 4, float, 4, vec_store(to, vec_load(from)))
OPERATION(vec_store, float, 4, float, 4, vec_store(to, vec_load(from)))
OPERATION(vec_load_splat, float, 1, float, 4, vec_store(to, vec_load_splat(from)))
OPERATION(vec_load_partial, float, n, float, 4, vec_store(to, vec_load_partial(from, n)))
OPERATION(vec_store_partial, float, 4, float, n, vec_store_partial(to, vec_load(from), n))
OPERATION(vec_zero, float, 0, float, 4, vec_store(to, vec_zero()))
OPERATION(vec_transpose, float, 16, float, 16, f32x4 rows[4];
          for (int i = 0; i < 4; i++) rows[i] = vec_load(from + 4 * i);
          vec_transpose(&rows[0], &rows[1], &rows[2], &rows[3]);
          for (int i = 0; i < 4; i++) vec_store(to + 4 * i, rows[i]))

// ------------------------------------------------------------------------------------------ arithmetic
BINARY(vec_add)
BINARY(vec_sub)
BINARY(vec_mul)
BINARY(vec_div)
TERNARY(vec_madd)
BINARY(vec_max)
BINARY(vec_min)
UNARY(vec_abs)
OPERATION(vec_sum, float, 4, float, 1, *to = vec_sum(vec_load(from)))

// ----------------------------------------------------------------------------------------------- masks
BINARY(vec_less)
BINARY(vec_equal)
BINARY(vec_clear)
TERNARY(vec_select)
BINARY(vec_or)
OPERATION(vec_all, float, 4, int32_t, 1, *to = vec_all(vec_load(from)))
OPERATION(vec_zero_bytes, uint8_t, 4, float, 4, vec_store(to, vec_zero_bytes(from)))

// ---------------------------------------------------------------------------------------- narrow types
UNARY(vec_exponent)
OPERATION(vec_load_halves, uint16_t, 4, float, 4, vec_store(to, vec_load_halves(from)))
OPERATION(vec_load_eight_halves, uint16_t, 8, float, 8, f32x4 first, last;
          vec_load_eight_halves(from, &first, &last);
          vec_store(to, first), vec_store(to + 4, last))
OPERATION(vec_nothing_seen, uint16_t, 0, int32_t, 1, *to = vec_all_finite(vec_nothing_seen()))
OPERATION(vec_see_halves, uint16_t, n, int32_t, 1, vec_seen seen = vec_nothing_seen();
          for (int i = 0; i < n; i += 8) vec_see_halves(from + i, &seen);
          *to = vec_all_finite(seen))
OPERATION(vec_all_finite, uint16_t, 8, int32_t, 1, vec_seen seen = vec_nothing_seen();
          vec_see_halves(from, &seen);
          *to = vec_all_finite(seen))
OPERATION(vec_load_bytes, int8_t, 4, float, 4, vec_store(to, vec_load_bytes(from)))
OPERATION(vec_load_eight_bytes, int8_t, 8, float, 8, f32x4 first, last;
          vec_load_eight_bytes(from, &first, &last);
          vec_store(to, first), vec_store(to + 4, last))
OPERATION(float_from_half, uint16_t, 1, float, 1, *to = float_from_half(*from))
OPERATION(rows_load_halves, uint16_t, 4, float, 4, vec_store(to, rows_load_four(ATTENTION_FLOAT16, from, 0)))

// ------------------------------------------------------------------------------------------- functions
UNARY(vec_exp)
UNARY(vec_tanh)
OPERATION(exp_one, float, 1, float, 1, *to = exp_one(*from))
OPERATION(log_one, double, 1, double, 1, *to = log_one(*from))

#if !defined(__wasm__)
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

typedef void operation(const void *inputs, void *results, int count, int n);

// lanes NAME COUNT N FROM_BYTES TO_BYTES SHIFT <inputs >results: allocations of just these sizes, for sanitizers to
// watch, whose contents begin SHIFT bytes after a multiple of 16, those of results at a multiple of 4.
int main(int argc, char **argv)
{
    char name[64];
    if (argc != 7) return 2;
    size_t from_bytes = strtoul(argv[4], NULL, 10), to_bytes = strtoul(argv[5], NULL, 10);
    size_t shift = strtoul(argv[6], NULL, 10), to_shift = (shift + 3) / 4 * 4;
    char *from = malloc(shift + from_bytes), *to = malloc(to_shift + to_bytes);
    snprintf(name, sizeof name, "lanes_%s", argv[1]);
    union { void *symbol; operation *run; } found = {.symbol = dlsym(dlopen(NULL, RTLD_NOW), name)};
    if (!found.symbol || !from || !to || fread(from + shift, 1, from_bytes, stdin) != from_bytes) return 2;
    found.run(from + shift, to + to_shift, atoi(argv[2]), atoi(argv[3]));
    size_t written = fwrite(to + to_shift, 1, to_bytes, stdout);
    free(from);
    free(to);
    return written == to_bytes ? 0 : 2;
}
#endif
