// states.c - attention_merge and attention_append: partial results, and rows of a cache.
#include "cases.h"

#include <math.h>
#include <string.h>

// ------------------------------------------------------------------------------------------------- merge
typedef struct {
    const float *outputs[8], *log_sum_exps[8];
    int states, width;
} partials;

// One row put together, in double.
static void merge_row(const partials *from, size_t row, double *output, double *error, double *log_sum_exp,
                      double *log_error)
{
    double most = -INFINITY, sum = 0;
    for (int i = 0; i < from->states; i++) {
        if (!(from->log_sum_exps[i][row] <= most)) most = from->log_sum_exps[i][row];
    }
    for (int i = 0; i < from->states; i++) {
        if (from->log_sum_exps[i][row] != -INFINITY) sum += exp(from->log_sum_exps[i][row] - most);
    }
    for (int e = 0; e < from->width; e++) output[e] = error[e] = 0;
    for (int i = 0; i < from->states; i++) {
        double exponent = from->log_sum_exps[i][row] - most;
        if (from->log_sum_exps[i][row] == -INFINITY || exponent < -86.99) continue;
        for (int e = 0; e < from->width; e++) {
            double part = exp(exponent) / sum * from->outputs[i][row * (size_t)from->width + (size_t)e];
            output[e] += part;
            error[e] += EPSILON * (24 + fabs(exponent)) * fabs(part);
        }
    }
    *log_sum_exp = sum == 0 ? -INFINITY : most + log(sum);
    *log_error = EPSILON * (16 + 2 * fabs(*log_sum_exp));
}

void fuzz_merge(void)
{
    fuzz_manners manners = fuzz_choose_manners();
    partials from = {.states = fuzz_below(8), .width = fuzz_below(20)};
    size_t rows = (size_t)fuzz_below(12), numbers = rows * (size_t)from.width;
    for (int i = 0; i < from.states; i++) {
        if (i > 0 && fuzz_once_in(6)) {  // inputs may be one another
            from.outputs[i] = from.outputs[i - 1];
            from.log_sum_exps[i] = from.log_sum_exps[i - 1];
            continue;
        }
        float *output = fuzz_allocate(numbers * 4, 4), *log_sum_exp = fuzz_allocate(rows * 4, 4);
        for (size_t n = 0; n < numbers; n++) output[n] = fuzz_float(2, manners);
        for (size_t n = 0; n < rows; n++)
            log_sum_exp[n] = fuzz_once_in(4) ? -INFINITY : fuzz_float(fuzz_once_in(4) ? 80 : 4, manners);
        // One that counts for nothing may hold anything.
        for (size_t n = 0; n < numbers; n++) {
            if (log_sum_exp[n / (size_t)from.width] == -INFINITY) output[n] = NAN;
        }
        from.outputs[i] = output;
        from.log_sum_exps[i] = log_sum_exp;
    }
    fuzz_freeze();
    attention_merge_args args = {
        .states = from.states,
        .rows = (int)rows,
        .value_dim = from.width,
        .outputs = from.outputs,
        .log_sum_exps = from.log_sum_exps,
        .output = fuzz_allocate(numbers * 4, 4),
        .log_sum_exp = fuzz_allocate(rows * 4, 4),
    };
    if (attention_merge(&args) != ATTENTION_OK) fuzz_fail("merge refused");
    fuzz_unchanged();
    for (size_t row = 0; row < rows && manners != FUZZ_HOSTILE; row++) {
        double output[20], error[20], log_sum_exp, log_error;
        merge_row(&from, row, output, error, &log_sum_exp, &log_error);
        fuzz_compare("merged output", args.output + row * (size_t)from.width, output, error, (size_t)from.width);
        fuzz_compare("merged log_sum_exp", args.log_sum_exp + row, &log_sum_exp, &log_error, 1);
    }
}

// ------------------------------------------------------------------------------------------------ append
static size_t size_of(int type) { return type == ATTENTION_FLOAT32 ? 4 : type == ATTENTION_FLOAT16 ? 2 : 1; }

static float element(const attention_append_args *args, size_t at)
{
    return args->from_type == ATTENTION_FLOAT16 ? (float)case_half(((const uint16_t *)args->from)[at])
                                                : ((const float *)args->from)[at];
}

// What a row should become, in bytes; its scale, where it has one.
static void expect_row(const attention_append_args *args, size_t first, char *row, float *scale)
{
    float largest = 0;
    int finite = 1;
    for (int i = 0; i < args->dim; i++) {
        float x = element(args, first + (size_t)i);
        finite &= isfinite(x) != 0;
        largest = fmaxf(largest, fabsf(x));
    }
    *scale = finite ? largest / 127.0f : NAN;
    for (int i = 0; i < args->dim; i++) {
        float x = element(args, first + (size_t)i);
        uint16_t half = case_to_half(x);
        double steps = *scale > 0 ? nearbyint((double)x / *scale) : 0;
        int8_t byte = (int8_t)fmax(-127, fmin(127, steps));
        const void *from = args->type == ATTENTION_FLOAT16 ? (void *)&half
                           : args->type == ATTENTION_INT8  ? (void *)&byte
                                                           : &x;
        memcpy(row + (size_t)i * size_of(args->type), from, size_of(args->type));
    }
}

// NaN is NaN with any payload.
static int same_row(const char *actual, const char *expected, int type, int dim)
{
    for (int i = 0; i < dim; i++) {
        const char *x = actual + (size_t)i * size_of(type), *y = expected + (size_t)i * size_of(type);
        float number, other;
        uint16_t half, other_half;
        memcpy(&half, x, type == ATTENTION_FLOAT16 ? 2 : 0);
        memcpy(&other_half, y, type == ATTENTION_FLOAT16 ? 2 : 0);
        memcpy(&number, x, type == ATTENTION_FLOAT32 ? 4 : 0);
        memcpy(&other, y, type == ATTENTION_FLOAT32 ? 4 : 0);
        if (type == ATTENTION_FLOAT16 && isnan(case_half(half)) && isnan(case_half(other_half))) continue;
        if (type == ATTENTION_FLOAT32 && isnan(number) && isnan(other)) continue;
        if (memcmp(x, y, size_of(type)) != 0) return 0;
    }
    return 1;
}

static float any_float(fuzz_manners manners)
{
    // Where halves round: at ties, at the ends of the subnormal and of all.
    double half = case_half((uint16_t)(fuzz_bits() & 0xfbff)), unit = ldexp(1, fuzz_below(42) - 25);
    if (fuzz_once_in(3)) return (float)(half + fuzz_below(3) * unit / 2);
    return fuzz_float(FUZZ_ONE_OF(3, 100000, 0) + 1e-42, manners);
}

void fuzz_append(void)
{
    fuzz_manners manners = fuzz_choose_manners();
    attention_append_args args = {
        .heads = fuzz_below(4),
        .count = fuzz_below(6),
        .dim = fuzz_once_in(2) ? fuzz_below(20) : FUZZ_ONE_OF(63, 64, 65, 80, 128, 131),
        .start = fuzz_below(6),
        .from_type = fuzz_below(2),
        .type = fuzz_below(3),
    };
    args.capacity = args.start + args.count + fuzz_below(3);
    size_t count = (size_t)args.heads * (size_t)args.count * (size_t)args.dim, from_size = size_of(args.from_type);
    size_t rows = (size_t)args.heads * (size_t)args.capacity, row_bytes = (size_t)args.dim * size_of(args.type);
    char *from = fuzz_allocate(count * from_size, from_size);
    for (size_t i = 0; i < count; i++) {
        float x = any_float(manners);
        uint16_t half = (uint16_t)(fuzz_once_in(2) ? case_to_half(x) : fuzz_bits());
        memcpy(from + i * from_size, args.from_type == ATTENTION_FLOAT16 ? (void *)&half : &x, from_size);
    }
    args.from = from;
    fuzz_freeze();
    char *cache = fuzz_allocate(rows * row_bytes, size_of(args.type)), *expected = fuzz_allocate(rows * row_bytes, 16);
    float *scales = args.type == ATTENTION_INT8 ? fuzz_allocate(rows * 4, 4) : NULL,
          *expected_scales = fuzz_allocate(rows * 4, 4);
    args.rows = cache;
    args.scales = scales;
    for (size_t i = 0; i < (size_t)args.heads * (size_t)args.count; i++) {
        size_t row = i / (size_t)args.count * (size_t)args.capacity + (size_t)args.start + i % (size_t)args.count;
        expect_row(&args, i * (size_t)args.dim, expected + row * row_bytes, expected_scales + row);
    }
    if (attention_append(&args) != ATTENTION_OK) fuzz_fail("append refused");
    fuzz_unchanged();
    int finite = 1;
    for (size_t i = 0; i < count && args.type == ATTENTION_FLOAT16; i++) {
        finite &= isfinite(case_half(case_to_half(element(&args, i)))) != 0;
    }
    if (args.type == ATTENTION_FLOAT16 && args.halves_finite != finite) fuzz_fail("halves_finite isn't %d", finite);
    for (size_t row = 0; row < rows; row++) {
        if (!same_row(cache + row * row_bytes, expected + row * row_bytes, args.type, args.dim))
            fuzz_fail("row %zu, type %d", row, args.type);
        if (scales && !same_row((char *)(scales + row), (char *)(expected_scales + row), ATTENTION_FLOAT32, 1)) {
            fuzz_fail("scale %zu: %g instead of %g", row, scales[row], expected_scales[row]);
        }
    }
}
