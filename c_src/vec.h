// vec.h - four floats at a time: the vocabulary that the kernels are written in, and the only file that
// names an intrinsic. Three implementations: WebAssembly SIMD, the same with relaxed SIMD (fused
// multiply-add), and the vector extensions of GCC and Clang for native builds and their sanitizers.
//
// Deliberately absent: integer arithmetic beyond what exp and narrow types need, wider vectors, gathers.
#ifndef ATTENTION_VEC_H
#define ATTENTION_VEC_H

#include <stdint.h>

#define VEC_LANES 4

#if defined(__wasm_simd128__)

#include <wasm_simd128.h>

typedef v128_t f32x4;

static inline f32x4 vec_splat(float x) { return wasm_f32x4_splat(x); }
static inline f32x4 vec_load(const float *from) { return wasm_v128_load(from); }
static inline f32x4 vec_load_splat(const float *from) { return wasm_v128_load32_splat(from); }
static inline void vec_store(float *to, f32x4 a) { wasm_v128_store(to, a); }

static inline f32x4 vec_add(f32x4 a, f32x4 b) { return wasm_f32x4_add(a, b); }
static inline f32x4 vec_sub(f32x4 a, f32x4 b) { return wasm_f32x4_sub(a, b); }
static inline f32x4 vec_mul(f32x4 a, f32x4 b) { return wasm_f32x4_mul(a, b); }
static inline f32x4 vec_div(f32x4 a, f32x4 b) { return wasm_f32x4_div(a, b); }

// a * b + c, rounded once where the hardware fuses, twice elsewhere.
static inline f32x4 vec_madd(f32x4 a, f32x4 b, f32x4 c)
{
#if defined(__wasm_relaxed_simd__)
    return wasm_f32x4_relaxed_madd(a, b, c);
#else
    return wasm_f32x4_add(wasm_f32x4_mul(a, b), c);
#endif
}

// a < b ? b : a. A NaN in `a` stays, one in `b` is ignored. (pmax rather than max, whose NaN and signed
// zero rules take nine x64 instructions.)
static inline f32x4 vec_max(f32x4 a, f32x4 b) { return wasm_f32x4_pmax(a, b); }

// b < a ? b : a, likewise.
static inline f32x4 vec_min(f32x4 a, f32x4 b) { return wasm_f32x4_pmin(a, b); }

// All bits set in the lanes where a < b; never where either is NaN.
static inline f32x4 vec_less(f32x4 a, f32x4 b) { return wasm_f32x4_lt(a, b); }

static inline f32x4 vec_equal(f32x4 a, f32x4 b) { return wasm_f32x4_eq(a, b); }

// The lanes of `a` where the mask's bits are clear, 0 elsewhere.
static inline f32x4 vec_clear(f32x4 a, f32x4 mask) { return wasm_v128_andnot(a, mask); }

// The lanes of `a` where the mask's bits are set, those of `b` elsewhere.
static inline f32x4 vec_select(f32x4 mask, f32x4 a, f32x4 b) { return wasm_v128_bitselect(a, b, mask); }

static inline f32x4 vec_abs(f32x4 a) { return wasm_f32x4_abs(a); }

// All bits set in the lanes whose byte is 0.
static inline f32x4 vec_zero_bytes(const uint8_t *from)
{
    v128_t wide = wasm_u32x4_extend_low_u16x8(wasm_u16x8_extend_low_u8x16(wasm_v128_load32_zero(from)));
    return wasm_i32x4_eq(wide, wasm_i32x4_splat(0));
}

// 2^(n - 127), or 0 for n = 0, given 1.5 * 2^23 + n as a float (see exp.h): n, in [0, 254], is in its low bits.
static inline f32x4 vec_exponent(f32x4 biased) { return wasm_i32x4_shl(biased, 23); }

static inline f32x4 vec_or(f32x4 a, f32x4 b) { return wasm_v128_or(a, b); }

// Are all lanes of a mask set?
static inline int vec_all(f32x4 mask) { return wasm_i32x4_all_true(mask); }

// Four halves divided by VEC_HALF_FACTOR, exactly: it's the difference of the exponents' biases, so that moving the
// bits is all there is to do. Infinity and NaN come out as numbers of 2^16 and more, thus divided: vec_see_halves
// finds them.
#define VEC_HALF_FACTOR 0x1p112f

static inline f32x4 vec_load_halves(const uint16_t *from)
{
    return wasm_v128_and(wasm_i32x4_shl(wasm_i32x4_load16x4(from), 13), wasm_u32x4_const_splat(0x8fffe000));
}

// Eight of them, in fewer operations than twice four.
static inline void vec_load_eight_halves(const uint16_t *from, f32x4 *first, f32x4 *last)
{
    v128_t halves = wasm_v128_load(from), low = wasm_i16x8_shl(halves, 13);
    v128_t high = wasm_v128_and(wasm_i16x8_shr(halves, 3), wasm_u16x8_const_splat(0x8fff));
    *first = wasm_i16x8_shuffle(low, high, 0, 8, 1, 9, 2, 10, 3, 11);
    *last = wasm_i16x8_shuffle(low, high, 4, 12, 5, 13, 6, 14, 7, 15);
}

// The largest halves seen, taken for integers. As signed ones the positive halves are in their order and above the
// others, as unsigned ones the negative halves are.
typedef struct {
    v128_t positive, negative;
} vec_seen;

static inline vec_seen vec_nothing_seen(void) { return (vec_seen){vec_splat(0.0f), vec_splat(0.0f)}; }

// Adds eight.
static inline void vec_see_halves(const uint16_t *from, vec_seen *seen)
{
    v128_t halves = wasm_v128_load(from);
    seen->positive = wasm_i16x8_max(seen->positive, halves);
    seen->negative = wasm_u16x8_max(seen->negative, halves);
}

static inline int vec_all_finite(vec_seen seen)
{
    return wasm_i16x8_all_true(wasm_v128_and(wasm_i16x8_lt(seen.positive, wasm_i16x8_const_splat(0x7c00)),
                                             wasm_u16x8_lt(seen.negative, wasm_u16x8_const_splat(0xfc00))));
}

// Four signed bytes as floats.
static inline f32x4 vec_load_bytes(const int8_t *from)
{
    v128_t wide = wasm_i16x8_extend_low_i8x16(wasm_v128_load32_zero(from));
    return wasm_f32x4_convert_i32x4(wasm_i32x4_extend_low_i16x8(wide));
}

// Eight of them divided by VEC_BYTE_FACTOR, which saves what would move them down to the low bits.
#define VEC_BYTE_FACTOR 0x1p-16f

static inline void vec_load_eight_bytes(const int8_t *from, f32x4 *first, f32x4 *last)
{
    v128_t wide = wasm_i16x8_load8x8(from), zero = wasm_i16x8_const_splat(0);
    *first = wasm_f32x4_convert_i32x4(wasm_i16x8_shuffle(zero, wide, 0, 8, 1, 9, 2, 10, 3, 11));
    *last = wasm_f32x4_convert_i32x4(wasm_i16x8_shuffle(zero, wide, 4, 12, 5, 13, 6, 14, 7, 15));
}

// a0 b0 c0 d0, a1 b1 c1 d1, …: the 4 x 4 transpose of the rows a, b, c, d.
static inline void vec_transpose(f32x4 *a, f32x4 *b, f32x4 *c, f32x4 *d)
{
    f32x4 ab_low = wasm_i32x4_shuffle(*a, *b, 0, 4, 1, 5);
    f32x4 ab_high = wasm_i32x4_shuffle(*a, *b, 2, 6, 3, 7);
    f32x4 cd_low = wasm_i32x4_shuffle(*c, *d, 0, 4, 1, 5);
    f32x4 cd_high = wasm_i32x4_shuffle(*c, *d, 2, 6, 3, 7);
    *a = wasm_i64x2_shuffle(ab_low, cd_low, 0, 2);
    *b = wasm_i64x2_shuffle(ab_low, cd_low, 1, 3);
    *c = wasm_i64x2_shuffle(ab_high, cd_high, 0, 2);
    *d = wasm_i64x2_shuffle(ab_high, cd_high, 1, 3);
}

#else

typedef float f32x4 __attribute__((vector_size(16)));
typedef int32_t vec_bits __attribute__((vector_size(16)));

static inline f32x4 vec_splat(float x) { return (f32x4){x, x, x, x}; }
static inline f32x4 vec_load(const float *from) { return (f32x4){from[0], from[1], from[2], from[3]}; }
static inline f32x4 vec_load_splat(const float *from) { return vec_splat(*from); }

static inline void vec_store(float *to, f32x4 a)
{
    for (int i = 0; i < VEC_LANES; i++) to[i] = a[i];
}

static inline f32x4 vec_add(f32x4 a, f32x4 b) { return a + b; }
static inline f32x4 vec_sub(f32x4 a, f32x4 b) { return a - b; }
static inline f32x4 vec_mul(f32x4 a, f32x4 b) { return a * b; }
static inline f32x4 vec_div(f32x4 a, f32x4 b) { return a / b; }
static inline f32x4 vec_madd(f32x4 a, f32x4 b, f32x4 c) { return a * b + c; }
static inline f32x4 vec_less(f32x4 a, f32x4 b) { return (f32x4)(a < b); }
static inline f32x4 vec_equal(f32x4 a, f32x4 b) { return (f32x4)(a == b); }
static inline f32x4 vec_clear(f32x4 a, f32x4 mask) { return (f32x4)((vec_bits)a & ~(vec_bits)mask); }
static inline f32x4 vec_abs(f32x4 a) { return (f32x4)((vec_bits)a & 0x7fffffff); }

static inline f32x4 vec_select(f32x4 mask, f32x4 a, f32x4 b)
{
    return (f32x4)(((vec_bits)a & (vec_bits)mask) | ((vec_bits)b & ~(vec_bits)mask));
}

static inline f32x4 vec_zero_bytes(const uint8_t *from)
{
    return (f32x4)((vec_bits){from[0], from[1], from[2], from[3]} == 0);
}

static inline f32x4 vec_min(f32x4 a, f32x4 b)
{
    vec_bits less = b < a;
    return (f32x4)(((vec_bits)b & less) | ((vec_bits)a & ~less));
}

static inline f32x4 vec_max(f32x4 a, f32x4 b)
{
    vec_bits less = a < b;
    return (f32x4)(((vec_bits)b & less) | ((vec_bits)a & ~less));
}

static inline f32x4 vec_exponent(f32x4 biased)
{
    typedef uint32_t unsigned_bits __attribute__((vector_size(16)));
    return (f32x4)((unsigned_bits)biased << 23);
}

static inline f32x4 vec_or(f32x4 a, f32x4 b) { return (f32x4)((vec_bits)a | (vec_bits)b); }

static inline int vec_all(f32x4 mask)
{
    vec_bits bits = (vec_bits)mask;
    return bits[0] && bits[1] && bits[2] && bits[3];
}

#define VEC_HALF_FACTOR 0x1p112f

static inline f32x4 vec_load_halves(const uint16_t *from)
{
    vec_bits halves = {from[0], from[1], from[2], from[3]};
    return (f32x4)(((halves & 0x7fff) << 13) | ((halves >> 15) * INT32_MIN));
}

static inline void vec_load_eight_halves(const uint16_t *from, f32x4 *first, f32x4 *last)
{
    *first = vec_load_halves(from);
    *last = vec_load_halves(from + VEC_LANES);
}

typedef struct {
    int infinite;
} vec_seen;

static inline vec_seen vec_nothing_seen(void) { return (vec_seen){0}; }
static inline int vec_all_finite(vec_seen seen) { return !seen.infinite; }

static inline void vec_see_halves(const uint16_t *from, vec_seen *seen)
{
    for (int i = 0; i < 2 * VEC_LANES; i++) seen->infinite |= (from[i] & 0x7c00) == 0x7c00;
}

static inline f32x4 vec_load_bytes(const int8_t *from) { return (f32x4){from[0], from[1], from[2], from[3]}; }

#define VEC_BYTE_FACTOR 0x1p-16f

static inline void vec_load_eight_bytes(const int8_t *from, f32x4 *first, f32x4 *last)
{
    *first = vec_load_bytes(from) * 0x1p16f;
    *last = vec_load_bytes(from + VEC_LANES) * 0x1p16f;
}

static inline void vec_transpose(f32x4 *a, f32x4 *b, f32x4 *c, f32x4 *d)
{
    f32x4 rows[VEC_LANES] = {*a, *b, *c, *d};
    f32x4 *columns[VEC_LANES] = {a, b, c, d};
    for (int i = 0; i < VEC_LANES; i++) {
        *columns[i] = (f32x4){rows[0][i], rows[1][i], rows[2][i], rows[3][i]};
    }
}

#endif

static inline f32x4 vec_zero(void) { return vec_splat(0.0f); }

// What is long and stands in many places: in a small build (see problem.h) a function of its own.
#ifdef ATTENTION_PLAIN
#define VEC_LONG static __attribute__((noinline, unused))
#else
#define VEC_LONG static inline
#endif

// At the end of a row, if at all: functions of their own, as they would be long wherever they are used.
#define VEC_RARE static __attribute__((noinline, unused))

// The first `count` lanes (0 to 4) from memory and 0 in the others, without reading past the end.
VEC_RARE f32x4 vec_load_partial(const float *from, int count)
{
    float lanes[VEC_LANES] = {0};
    for (int i = 0; i < count; i++) lanes[i] = from[i];
    return vec_load(lanes);
}

VEC_RARE void vec_store_partial(float *to, f32x4 a, int count)
{
    float lanes[VEC_LANES];
    vec_store(lanes, a);
    for (int i = 0; i < count; i++) to[i] = lanes[i];
}

static inline float vec_sum(f32x4 a)
{
    float lanes[VEC_LANES];
    vec_store(lanes, a);
    return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

#endif
