// append.c - stores rows of keys or values in a cache of any type.
#include "attention.h"
#include "rows.h"
#include "vec.h"

// Small rather than fast: it takes a fraction of the time of what it's for.
#pragma clang attribute push(__attribute__((minsize)), apply_to = function)

#define CHUNK 64  // elements that are widened at a time

// To the nearest half, a tie to the even one; beyond the range to infinity. Without branches, so that compilers
// do several at a time.
static inline uint16_t half_from_float(float value)
{
    union { float value; uint32_t bits; } number = {.value = value}, shifted;
    uint32_t sign = number.bits >> 16 & 0x8000, size = number.bits & 0x7fffffff;
    number.bits = size;
    // Half a unit of the last place that stays, less one where that is even; exponents are 112 apart.
    uint32_t normal = (size + 0xfff + (size >> 13 & 1) - (112u << 23)) >> 13;
    // Below 2^-14 the last place is 2^-24, which is that of numbers from 0.5 on.
    shifted.value = number.value + 0.5f;
    uint32_t subnormal = shifted.bits - 0x3f000000;
    uint32_t special = size > 0x7f800000 ? 0x7e00 : 0x7c00;
    uint32_t half = size < 0x38800000 ? subnormal : size < 0x47800000 ? normal : special;
    return (uint16_t)(sign | half);
}

// Elements of a row from `start` on, as floats.
static int widen(row_view from, size_t row, int start, float *to)
{
    int count = from.dim - start < CHUNK ? from.dim - start : CHUNK, i = 0;
    for (; i + VEC_LANES <= count; i += VEC_LANES) vec_store(to + i, rows_load(from, row, start + i));
    for (; i < count; i++) to[i] = rows_element(from, from.type, row, start + i);
    return count;
}

// Of the largest magnitude, 127 steps; NaN where an element is NaN or infinite.
static float scale_of(row_view from, size_t row)
{
    float chunk[CHUNK], largest = 0.0f, nothing = 0.0f;
    for (int start = 0; start < from.dim; start += CHUNK) {
        int count = widen(from, row, start, chunk);
        for (int i = 0; i < count; i++) {
            float size = __builtin_fabsf(chunk[i]);
            largest = largest < size ? size : largest;
            nothing += size - size;
        }
    }
    return largest / 127.0f + nothing;
}

// To the nearest integer, a tie to the even one, from -127 to 127.
static inline int8_t quantise(double x, double scale)
{
    const double to_integer = 0x1.8p52;  // adding it rounds to an integer
    double steps = (x / scale + to_integer) - to_integer;
    // More than 127 where the scale is subnormal, which rounds it coarsely.
    return (int8_t)(steps > 127 ? 127 : steps < -127 ? -127 : steps);
}

static void append_row(attention_append_args *args, row_view from, size_t from_row, size_t row)
{
    float chunk[CHUNK], scale = 1.0f;
    int zero = 0;
    if (args->type == ATTENTION_INT8) {
        scale = scale_of(from, from_row);
        args->scales[row] = scale;
        zero = !(scale > 0.0f);  // nothing to divide by, or NaN
    }
    for (int start = 0; start < args->dim; start += CHUNK) {
        int count = widen(from, from_row, start, chunk);
        size_t at = row * (size_t)args->dim + (size_t)start;
        if (args->type == ATTENTION_FLOAT16) {
            uint16_t *to = (uint16_t *)args->rows + at;
            for (int i = 0; i < count; i++) {
                to[i] = half_from_float(chunk[i]);
                args->halves_finite &= (to[i] & 0x7c00) != 0x7c00;
            }
        } else if (args->type == ATTENTION_INT8) {
            int8_t *to = (int8_t *)args->rows + at;
            for (int i = 0; i < count; i++) to[i] = zero ? 0 : quantise(chunk[i], scale);
        } else {
            float *to = (float *)args->rows + at;
            for (int i = 0; i < count; i++) to[i] = chunk[i];
        }
    }
}

attention_status attention_append(attention_append_args *args)
{
    const int32_t sizes[] = {args->heads, args->count, args->dim, args->capacity, args->start};
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (sizes[i] < 0) return ATTENTION_BAD_SIZE;
    }
    if (args->start > args->capacity || args->count > args->capacity - args->start) return ATTENTION_BAD_SIZE;
    row_view from = {.data = args->from, .type = args->from_type, .dim = args->dim};
    args->halves_finite = args->type == ATTENTION_FLOAT16;
    for (int h = 0; h < args->heads; h++) {
        for (int i = 0; i < args->count; i++) {
            size_t row = (size_t)h * (size_t)args->capacity + (size_t)args->start + (size_t)i;
            append_row(args, from, (size_t)h * (size_t)args->count + (size_t)i, row);
        }
    }
    return ATTENTION_OK;
}

#pragma clang attribute pop
