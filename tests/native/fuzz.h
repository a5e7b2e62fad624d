// fuzz.h - what the fuzzers share: random numbers, memory that sanitizers can watch, and a way to fail.
//
// A case is made of its seed alone, so that one that failed can be run again by itself.
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

// ------------------------------------------------------------------------------------------------ numbers
uint32_t fuzz_bits(void);
int fuzz_below(int n);      // in [0, n); 0 for n = 0
int fuzz_once_in(int n);    // 1 in n: true
double fuzz_uniform(void);  // in [-1, 1)
int fuzz_one_of(const int *from, size_t count);
#define FUZZ_ONE_OF(...) fuzz_one_of((const int[]){__VA_ARGS__}, sizeof(int[]){__VA_ARGS__} / sizeof(int))

// How bad the numbers of a case are.
typedef enum {
    FUZZ_TAME,      // finite and of moderate size
    FUZZ_POISONED,  // a few are NaN or infinite: results are still known
    FUZZ_HOSTILE,   // many are anything, huge and subnormal ones too: calls must only survive it
} fuzz_manners;

fuzz_manners fuzz_choose_manners(void);
float fuzz_float(double size, fuzz_manners manners);

// ------------------------------------------------------------------------------------------------- memory
// An allocation of its own of just `bytes`, aligned to `alignment` and often to no more, filled with 0xff: NaN in every
// type. Sometimes NULL for no bytes.
void *fuzz_allocate(size_t bytes, size_t alignment);

// A workspace is aligned to 16.
void *fuzz_workspace(uint32_t bytes);

// All that was allocated so far in this case is input from now on: fuzz_unchanged fails if anything wrote to it.
void fuzz_freeze(void);
void fuzz_unchanged(void);

// ------------------------------------------------------------------------------------------------- failing
// Says what went wrong in which case, and ends the program.
__attribute__((noreturn, format(printf, 1, 2))) void fuzz_fail(const char *format, ...);

// |actual - expected| <= error, where what isn't finite must be matched by what isn't. An infinite error allows all.
void fuzz_compare(const char *what, const float *actual, const double *expected, const double *error, size_t count);

// ---------------------------------------------------------------------------------------------- the fuzzers
void fuzz_forward(void);
void fuzz_backward(void);
void fuzz_sizes(void);
void fuzz_merge(void);
void fuzz_append(void);
void fuzz_steps(void);
void fuzz_transformer(void);

#endif
