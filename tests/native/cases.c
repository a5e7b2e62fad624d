// cases.c - random sizes, tensors and options.
#include "cases.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

size_t case_rows(const attention_problem *a) { return (size_t)a->batch * (size_t)a->heads * (size_t)a->query_length; }

size_t case_query_row(const attention_problem *a, int b, int h, int m)
{
    return ((size_t)b * (size_t)a->heads + (size_t)h) * (size_t)a->query_length + (size_t)m;
}

size_t case_key_row(const attention_problem *a, int b, int h, int n)
{
    size_t head = (size_t)b * (size_t)a->key_heads + (size_t)(h / (a->heads / a->key_heads));
    return head * (size_t)a->key_capacity + (size_t)n;
}

size_t case_mask_index(const attention_problem *a, int b, int h, int m, int n)
{
    const int at[] = {b, h, m, n};
    size_t index = 0;
    for (int i = 0; i < 4; i++) index += (size_t)at[i] * (size_t)a->mask_stride[i];
    return index;
}

size_t case_mask_count(const random_case *p)
{
    size_t count = 1;
    for (int i = 0; i < 4; i++) count *= (size_t)p->mask_dims[i];
    return count;
}

// ----------------------------------------------------------------------------------------------- elements
double case_half(uint16_t half)
{
    int exponent = half >> 10 & 31, fraction = half & 1023;
    double sign = half & 0x8000 ? -1 : 1;
    if (exponent == 31) return fraction ? NAN : sign * INFINITY;
    return sign * (exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24));
}

uint16_t case_to_half(double x)
{
    uint16_t sign = signbit(x) ? 0x8000 : 0;
    int exponent;
    if (isnan(x)) return 0x7e00;
    if (fabs(x) >= 65520) return sign | 0x7c00;
    frexp(x, &exponent);
    if (exponent < -13) exponent = -13;
    // In units of the last place, of which 1024 are the implicit bit; 2048 carry into the exponent by themselves.
    int units = (int)nearbyint(ldexp(fabs(x), 11 - exponent));
    return (uint16_t)(sign | (units < 1024 ? units : ((exponent + 13) << 10) + units));
}

static double element(const void *data, const float *scales, int type, size_t row, int dim, int column)
{
    size_t index = row * (size_t)dim + (size_t)column;
    if (type == ATTENTION_FLOAT16) return case_half(((const uint16_t *)data)[index]);
    if (type == ATTENTION_INT8) return (double)((const int8_t *)data)[index] * scales[row];
    return ((const float *)data)[index];
}

double case_query(const attention_problem *a, size_t row, int d)
{
    return element(a->query, NULL, a->query_type, row, a->head_dim, d);
}

double case_key(const attention_problem *a, size_t row, int d)
{
    return element(a->key, a->key_scales, a->key_type, row, a->head_dim, d);
}

double case_value(const attention_problem *a, size_t row, int e)
{
    return element(a->value, a->value_scales, a->value_type, row, a->value_dim, e);
}

// Rows between the heads of a cache stay as they are allocated: NaN.
static void *make_tensor(size_t heads, size_t count, size_t capacity, int dim, int type, fuzz_manners manners)
{
    const size_t sizes[] = {4, 2, 1};
    size_t rows = heads == 0 ? 0 : (heads - 1) * capacity + count;
    char *data = fuzz_allocate(rows * (size_t)dim * sizes[type], sizes[type]);
    double size = fuzz_once_in(8) ? 8 : 2;
    for (size_t i = 0; i < rows * (size_t)dim; i++) {
        if (i / (size_t)dim % capacity >= count) continue;
        float x = fuzz_float(size, manners);
        uint16_t half = case_to_half(x);
        int8_t byte = (int8_t)(fuzz_bits() & 255);
        const void *from = type == ATTENTION_FLOAT16 ? (void *)&half : type == ATTENTION_INT8 ? (void *)&byte : &x;
        memcpy(data + i * sizes[type], from, sizes[type]);
    }
    return data;
}

// A row with numbers that aren't finite has the scale NaN, never infinity; one without numbers has a finite one.
static float *make_scales(size_t heads, size_t count, size_t capacity, int dim, fuzz_manners manners)
{
    if (dim == 0) manners = FUZZ_TAME;
    float *scales = fuzz_allocate(heads == 0 ? 0 : ((heads - 1) * capacity + count) * 4, 4);
    for (size_t i = 0; heads > 0 && i < (heads - 1) * capacity + count; i++) {
        if (i % capacity >= count) continue;
        float scale = fabsf(fuzz_float(0.02, manners));
        scales[i] = isinf(scale) && manners == FUZZ_POISONED ? NAN : scale;
    }
    return scales;
}

// ------------------------------------------------------------------------------------------------ options
static void choose_sizes(attention_problem *a, double work, int narrow)
{
    int few = fuzz_once_in(2), group = FUZZ_ONE_OF(1, 1, 2, 3, 8);
    do {
        a->batch = FUZZ_ONE_OF(1, 1, 2, 3);
        a->key_heads = FUZZ_ONE_OF(1, 1, 2, 3);
        a->heads = a->key_heads * group;
        a->query_length =
            few ? fuzz_below(9) : FUZZ_ONE_OF(2, 9, 30, 35, 36, 37, 59, 71, 72, 73, 100, 143, 144, 145, 290);
        a->key_length = fuzz_once_in(3) ? fuzz_below(20)
                                        : FUZZ_ONE_OF(63, 64, 65, 71, 72, 73, 144, 145, 255, 256, 257, 300, 511, 512,
                                                      513, 1030, 1100);
        a->head_dim = fuzz_once_in(3) ? fuzz_below(20) : FUZZ_ONE_OF(24, 31, 32, 33, 64, 65, 80, 128);
        a->value_dim = fuzz_once_in(2)   ? a->head_dim
                       : fuzz_once_in(2) ? fuzz_below(20)
                                         : FUZZ_ONE_OF(24, 31, 64, 80, 129);
    } while ((double)case_rows(a) * a->key_length * (a->head_dim + a->value_dim) > work);
    int *empty[] = {&a->batch, &a->query_length, &a->key_length, &a->head_dim, &a->value_dim};
    if (fuzz_once_in(20)) *empty[fuzz_below(5)] = 0;
    if (fuzz_once_in(40)) a->heads = 0, a->key_heads = fuzz_below(2);
    a->key_capacity = a->key_length + (fuzz_once_in(3) ? fuzz_below(5) : 0);
    a->query_type = FUZZ_ONE_OF(ATTENTION_FLOAT32, ATTENTION_FLOAT32, ATTENTION_FLOAT16);
    a->key_type = fuzz_once_in(2) ? ATTENTION_FLOAT32 : fuzz_below(narrow ? 3 : 2);
    a->value_type = fuzz_once_in(2) ? a->key_type : fuzz_below(narrow ? 3 : 2);
}

// Of the rows that are one, in each head of a cache.
static int halves_finite(const void *data, int type, size_t heads, size_t count, size_t capacity, int dim)
{
    for (size_t i = 0; type == ATTENTION_FLOAT16 && i < heads * count * (size_t)dim; i++) {
        size_t row = i / (size_t)dim / count * capacity + i / (size_t)dim % count;
        if (!isfinite(case_half(((const uint16_t *)data)[row * (size_t)dim + i % (size_t)dim]))) return 0;
    }
    return 1;
}

static void make_tensors(attention_problem *a, fuzz_manners manners)
{
    size_t heads = (size_t)a->batch * (size_t)a->key_heads, count = (size_t)a->key_length,
           capacity = (size_t)a->key_capacity;
    a->query = make_tensor(1, case_rows(a), case_rows(a), a->head_dim, a->query_type, manners);
    a->key = make_tensor(heads, count, capacity, a->head_dim, a->key_type, manners);
    a->value = make_tensor(heads, count, capacity, a->value_dim, a->value_type, manners);
    if (a->key_type == ATTENTION_INT8) a->key_scales = make_scales(heads, count, capacity, a->head_dim, manners);
    if (a->value_type == ATTENTION_INT8) a->value_scales = make_scales(heads, count, capacity, a->value_dim, manners);
    // Inputs may be one another.
    int same = a->head_dim == a->value_dim && a->key_type == a->value_type;
    if (same && fuzz_once_in(8)) a->value = a->key, a->value_scales = a->key_scales;
    a->halves_finite = fuzz_once_in(2) && halves_finite(a->key, a->key_type, heads, count, capacity, a->head_dim) &&
                       halves_finite(a->value, a->value_type, heads, count, capacity, a->value_dim);
    if (a->query_type == a->key_type && capacity == count && case_rows(a) == heads * count && fuzz_once_in(3)) {
        a->query = a->key;
    }
}

static void make_rows(attention_problem *a, int which, fuzz_manners manners)
{
    int M = a->query_length, N = a->key_length, far = manners == FUZZ_HOSTILE || !(which & 32);
    int32_t *offset = fuzz_allocate((size_t)a->batch * 4, 4), *lengths = fuzz_allocate((size_t)a->batch * 4, 4);
    float *slopes = fuzz_allocate((size_t)a->heads * 4, 4), *sinks = fuzz_allocate((size_t)a->heads * 4, 4);
    for (int b = 0; b < a->batch; b++) {
        offset[b] = fuzz_once_in(2) ? N - M : fuzz_below(41) - 20;
        // So far away, ALiBi's distances are rounded, and which weights underflow isn't known any more.
        if (far && fuzz_once_in(8)) offset[b] = FUZZ_ONE_OF(1 << 30, -(1 << 30), 1 << 24);
        lengths[b] = fuzz_below(N + 1);
    }
    for (int h = 0; h < a->heads; h++) {
        slopes[h] = fuzz_once_in(8) ? 0 : (float)pow(2, -fuzz_below(9)) * (fuzz_once_in(8) ? -1 : 1);
        if (manners == FUZZ_HOSTILE) slopes[h] = fuzz_float(1, manners);
        // A sink of NaN or +infinity means nothing, so no result of it is known.
        sinks[h] = fuzz_once_in(4) ? -INFINITY : fuzz_float(3, manners == FUZZ_POISONED ? FUZZ_TAME : manners);
    }
    if (which & 4) a->query_offset = offset;
    if (which & 8) a->key_lengths = lengths;
    if (which & 16) a->softcap = (float)FUZZ_ONE_OF(1, 2, 15, 30, 50);
    if (which & 16 && manners == FUZZ_HOSTILE) a->softcap = fabsf(fuzz_float(30, manners));
    if (!(a->softcap >= FLT_MIN && a->softcap <= FLT_MAX)) a->softcap = 0;
    if (which & 32) a->alibi_slopes = slopes;
    if (which & 64) a->sinks = sinks;
}

static void make_mask(random_case *p, int kinds)
{
    attention_problem *a = &p->sizes;
    const int full[] = {a->batch, a->heads, a->query_length, a->key_length};
    size_t stride = 1;
    for (int i = 3; i >= 0; i--) {
        p->mask_dims[i] = fuzz_once_in(3) ? 1 : full[i];
        a->mask_stride[i] = p->mask_dims[i] == 1 ? 0 : (int)stride;
        stride *= (size_t)p->mask_dims[i];
    }
    float *added = fuzz_allocate(kinds & 1 ? stride * 4 : 0, 4);
    uint8_t *attend = fuzz_allocate(kinds & 2 ? stride : 0, 1);
    float most = fuzz_once_in(4) ? -FLT_MAX : -INFINITY;
    for (size_t i = 0; i < stride; i++) {
        if (kinds & 1) added[i] = fuzz_once_in(5) ? most : fuzz_float(2, p->manners);
        if (kinds & 2) attend[i] = fuzz_once_in(3) ? 0 : (uint8_t)(fuzz_bits() | 1 << fuzz_below(8));
    }
    if (kinds & 1) a->additive_mask = added;
    if (kinds & 2) a->boolean_mask = attend;
}

random_case case_make(double work, int narrow)
{
    random_case p = {.manners = fuzz_choose_manners(), .mask_dims = {1, 1, 1, 1}};
    attention_problem *a = &p.sizes;
    choose_sizes(a, work, narrow);
    make_tensors(a, p.manners);
    // No option, one, two, or any.
    int options = fuzz_below(4), which = options == 3 ? fuzz_below(256) : 0;
    if (options == 1 || options == 2) which |= 1 << fuzz_below(8);
    if (options == 2) which |= 1 << fuzz_below(8);
    a->scale = a->head_dim == 0 || fuzz_once_in(8) ? (float)fuzz_uniform() : 1 / sqrtf((float)a->head_dim);
    if (p.manners == FUZZ_HOSTILE) a->scale = fuzz_float(1, p.manners);
    a->window_left = a->window_right = -1;
    if (which & 1) a->window_right = 0;
    if (which & 2) a->window_left = FUZZ_ONE_OF(0, 1, 5, 64, 100, INT32_MAX);
    if (which & 2 && fuzz_once_in(2)) a->window_right = FUZZ_ONE_OF(0, 3, 70, INT32_MAX);
    make_rows(a, which, p.manners);
    if (which & 128) make_mask(&p, 1 + fuzz_below(3));
    return p;
}

const char *case_text(const random_case *p)
{
    static char text[400];
    const attention_problem *a = &p->sizes;
    snprintf(text, sizeof text,
             "B %d H %d G %d M %d N %d of %d D %d E %d, types %d %d %d, finite %d, window %d %d, scale %g, softcap %g, "
             "mask %d %d %d %d%s%s%s%s%s%s, manners %d",
             a->batch, a->heads, a->key_heads, a->query_length, a->key_length, a->key_capacity, a->head_dim,
             a->value_dim, a->query_type, a->key_type, a->value_type, a->halves_finite, a->window_left, a->window_right,
             a->scale, a->softcap, p->mask_dims[0], p->mask_dims[1], p->mask_dims[2], p->mask_dims[3],
             a->boolean_mask ? " boolean" : "", a->additive_mask ? " additive" : "", a->query_offset ? ", offset" : "",
             a->key_lengths ? ", lengths" : "", a->alibi_slopes ? ", ALiBi" : "", a->sinks ? ", sinks" : "",
             p->manners);
    return text;
}
