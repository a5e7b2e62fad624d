// attention.h - scaled dot-product attention: the public interface of the C core.
//
// Letters used in shapes. Every tensor is dense and row-major, the last dimension being contiguous.
//   B  batch                 M  query length          D  head dimension (of queries and keys)
//   H  query heads           N  key length            E  value dimension
//   G  key/value heads       C  embedding dimension (steps only)
//
// Common to all functions:
// - They never allocate, keep no state between calls and write only what their comment names as written.
// - What they write must not overlap what they read, nor each other. Inputs may overlap inputs.
// - Numbers inside tensors may be anything, NaN and infinities included. Sizes and pointers are trusted
//   except for what the status below covers: pointers must be valid for the shapes given, and each tensor
//   must be smaller than the address space. The JavaScript layer checks all of that before it calls.
// - A pointer may be NULL where its comment says so, and where its tensor has no elements.
// - float pointers need an alignment of 4 bytes, no more.
//
// Arguments travel in one struct a function, so that options can be added without breaking callers: zero
// the struct, set what you need. Fields appear in the order 64-bit, 32-bit, pointers, so there is no padding
// on wasm32; web/core/layout.js repeats the order, and a test compares the two.
#ifndef ATTENTION_H
#define ATTENTION_H

#include <stdint.h>

#define ATTENTION_API __attribute__((visibility("default")))

// Grows by one whenever a struct below changes, so that a stale binary is recognised and not misread.
#define ATTENTION_INTERFACE 1

ATTENTION_API int32_t attention_interface(void);

// 1 in a build that uses relaxed SIMD (fused multiply-add), else 0.
ATTENTION_API int32_t attention_relaxed(void);

typedef enum {
    ATTENTION_OK = 0,
    ATTENTION_BAD_SIZE = 1,  // a negative size, or one out of proportion to another; nothing was written
} attention_status;

// ---------------------------------------------------------------------------------------------- steps
// Attention for one query token, slowly and with every intermediate kept: the specification in code.
// Each number written is the correctly rounded float32 result of the numbers written before it.
typedef struct {
    double scale;                // scaled = scores * scale / temperature + shift
    double temperature;          // > 0
    double shift;                // changes `exponentials` and `sum`, but no weight

    int32_t tokens;              // N
    int32_t embedding_dim;       // C; may be 0 when no projection is given
    int32_t head_dim;            // D
    int32_t value_dim;           // E
    int32_t query_index;         // which token asks, in [0, N)

    const float *embeddings;     // [N, C]; NULL when no projection is given
    const float *query_weight;   // [C, D]; NULL: `queries` is read instead of written
    const float *key_weight;     // [C, D]; NULL: `keys` is read instead of written
    const float *value_weight;   // [C, E]; NULL: `values` is read instead of written
    const uint8_t *attend;       // [N], 0 hides a token from the query; NULL: all are seen

    float *queries;              // [N, D]  embeddings * query_weight
    float *keys;                 // [N, D]  embeddings * key_weight
    float *values;               // [N, E]  embeddings * value_weight
    float *products;             // [N, D]  the query's element d times key n's element d
    float *scores;               // [N]     their sum over d: query . key
    float *scaled;               // [N]
    float *exponentials;         // [N]     e^scaled, 0 where hidden; overflows to infinity above 88.7
    float *sum;                  // [1]     sum of `exponentials`
    float *weights;              // [N]     softmax of `scaled` over what is seen, right even when
                                 //         `exponentials` overflow; all 0 when nothing is seen
    float *contributions;        // [N, E]  weight times value, 0 where hidden
    float *output;               // [E]     sum of the contributions
} attention_steps_args;

// Returns ATTENTION_BAD_SIZE for a negative size or a query_index outside [0, N).
ATTENTION_API attention_status attention_steps(const attention_steps_args *args);

// -------------------------------------------------------------------------------------------- forward
// Which matrix of a row's computation to write out, named as in the ONNX `Attention` operator.
typedef enum {
    ATTENTION_STAGE_SCORES = 0,   // query . key * scale, masked keys included
    ATTENTION_STAGE_CAPPED = 1,   // after the soft cap; the same as scores while there is none
    ATTENTION_STAGE_MASKED = 2,   // after the mask: -infinity where hidden
    ATTENTION_STAGE_SOFTMAX = 3,  // the weights; a row with nothing to attend to is all 0
} attention_stage;

// output = softmax(query . keyᵀ * scale + mask) . value, head by head, with an online softmax
// (Milakov & Gimelshein 2018; Rabe & Staats 2021), so that no [M, N] matrix exists unless asked for.
//
// Query head h reads key/value head h / (H / G): G = H is multi-head, G = 1 multi-query attention.
// A hidden key takes no part in the arithmetic: NaN or infinity in it, or in its value, reaches neither
// `output` nor `log_sum_exp`. A row with nothing to attend to gives zeros, and -infinity in `log_sum_exp`.
typedef struct {
    int32_t batch;                // B
    int32_t heads;                // H, a multiple of G
    int32_t key_heads;            // G
    int32_t query_length;         // M
    int32_t key_length;           // N
    int32_t head_dim;             // D
    int32_t value_dim;            // E
    int32_t causal;               // not 0: query m sees only the keys n <= m + query_offset
    int32_t query_offset;         // 0 aligns the diagonal upper-left, N - M lower-right; may be negative
    int32_t mask_stride[4];       // in elements, for B, H, M, N; 0 along a broadcast dimension
    int32_t weights_stage;        // an attention_stage; read only when `weights` is given
    float scale;

    const float *query;           // [B, H, M, D]
    const float *key;             // [B, G, N, D]
    const float *value;           // [B, G, N, E]
    const uint8_t *boolean_mask;  // not 0 = attend; NULL: none
    const float *additive_mask;   // added to the scores, -infinity hides the key; NULL: none

    float *output;                // [B, H, M, E]
    float *log_sum_exp;           // [B, H, M]     log of the sum over n of e^score
    float *weights;               // [B, H, M, N]  NULL: not wanted
} attention_forward_args;

// Returns ATTENTION_BAD_SIZE for a negative size, or when G doesn't divide H.
ATTENTION_API attention_status attention_forward(const attention_forward_args *args);

#endif
