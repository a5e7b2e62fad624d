// rows.h - rows of a tensor stored in any of the types of attention.h, read as floats. Inline.
#ifndef ATTENTION_ROWS_H
#define ATTENTION_ROWS_H

#include "attention.h"

#include <stddef.h>

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

// Element `index` of a tensor, where `scales` has a factor for each `dim` elements when it is int8.
static inline float rows_element(const void *data, attention_type type, const float *scales, size_t index, int dim)
{
    if (type == ATTENTION_FLOAT16) return float_from_half(((const uint16_t *)data)[index]);
    if (type == ATTENTION_INT8) return (float)((const int8_t *)data)[index] * scales[index / (size_t)dim];
    return ((const float *)data)[index];
}

#endif
