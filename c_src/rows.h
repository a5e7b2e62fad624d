// rows.h - rows of a tensor stored in any of the types of attention.h, read as floats. Inline.
#ifndef ATTENTION_ROWS_H
#define ATTENTION_ROWS_H

#include "attention.h"
#include "problem.h"
#include "vec.h"

#include <stddef.h>

// A matrix of `dim` columns.
typedef struct {
    const void *data;
    const float *scales;  // a row's factor, for int8
    int type;             // an attention_type
    int dim;
} row_view;

// Half precision to single, exactly, infinities and NaN included.
static inline float float_from_half(uint16_t half)
{
    union { uint32_t bits; float value; } number = {.bits = (uint32_t)(half & 0x7fff) << 13};
    // Exponents are 112 apart; the multiplication also puts subnormal halves right.
    if ((half & 0x7c00) == 0x7c00) number.bits |= 0x7f800000;
    else number.value *= 0x1p112f;
    number.bits |= (uint32_t)(half & 0x8000) << 16;
    return number.value;
}

// `type` repeats from.type: passed as a constant, it leaves one branch of these.
static inline __attribute__((always_inline)) float rows_element(row_view from, int type, size_t row, int column)
{
    size_t index = row * (size_t)from.dim + (size_t)column;
    if (type == ATTENTION_FLOAT16) return float_from_half(((const uint16_t *)from.data)[index]);
    if (type == ATTENTION_INT8) return (float)((const int8_t *)from.data)[index] * from.scales[row];
    return ((const float *)from.data)[index];
}

// Four elements one after the other, int8 without their scale.
static inline __attribute__((always_inline)) f32x4 rows_load_four(int type, const void *data, size_t index)
{
    if (type == ATTENTION_FLOAT32) return vec_load((const float *)data + index);
    if (type == ATTENTION_INT8) return vec_load_bytes((const int8_t *)data + index);
    f32x4 scaled = vec_load_halves((const uint16_t *)data + index);
    f32x4 finite = vec_less(vec_abs(scaled), vec_splat(0x1p-96f));
    return vec_select(finite, vec_mul(scaled, vec_splat(VEC_HALF_FACTOR)), vec_or(scaled, vec_splat(__builtin_inff())));
}

// What isn't four floats: other types, and the end of a row, where elements past it are 0. A function of its own,
// since it is long and rarely needed.
static __attribute__((noinline, unused)) f32x4 rows_load_other(row_view from, size_t row, int column)
{
    float lanes[VEC_LANES] = {0};
    size_t index = row * (size_t)from.dim + (size_t)column;
    if (!PROBLEM_PLAIN && column + VEC_LANES <= from.dim) {
        if (from.type == ATTENTION_FLOAT16) return rows_load_four(ATTENTION_FLOAT16, from.data, index);
        return vec_mul(rows_load_four(ATTENTION_INT8, from.data, index), vec_splat(from.scales[row]));
    }
    for (int i = 0; column + i < from.dim; i++) lanes[i] = rows_element(from, problem_type(from.type), row, column + i);
    return vec_load(lanes);
}

// Four elements of a row from `column` on; 0 past its end.
static inline f32x4 rows_load(row_view from, size_t row, int column)
{
    if (problem_type(from.type) != ATTENTION_FLOAT32 || column + VEC_LANES > from.dim) return rows_load_other(from, row, column);
    return vec_load((const float *)from.data + row * (size_t)from.dim + (size_t)column);
}

static inline row_view rows_query(const attention_problem *a)
{
    return (row_view){.data = a->query, .type = problem_type(a->query_type), .dim = a->head_dim};
}

static inline row_view rows_key(const attention_problem *a)
{
    return (row_view){.data = a->key, .scales = a->key_scales, .type = problem_type(a->key_type), .dim = a->head_dim};
}

static inline row_view rows_value(const attention_problem *a)
{
    return (row_view){.data = a->value, .scales = a->value_scales, .type = problem_type(a->value_type), .dim = a->value_dim};
}

#endif
