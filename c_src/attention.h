// attention.h - scaled dot-product attention: the public interface of the C core.
//
// Letters used in shapes. Every tensor is dense and row-major, the last dimension being contiguous.
//   B  batch                 M  query length          D  head dimension (of queries and keys)
//   H  query heads           N  key length            E  value dimension
//   G  key/value heads       C  embedding dimension (steps only)
//
// Common to all functions:
// - They never allocate, keep no state between calls and write only what their comment names as written.
//   What they need beyond the stack is a workspace of the caller's: `..._workspace_bytes` says how large.
// - What they write must not overlap what they read, nor each other. Inputs may overlap inputs.
// - Numbers inside tensors may be anything, NaN and infinities included. Sizes and pointers are trusted
//   except for what the status below covers: pointers must be valid for the shapes given, and each tensor
//   must be smaller than the address space. The JavaScript layer checks all of that before it calls.
// - A pointer may be NULL where its comment says so, and where its tensor has no elements.
// - float pointers need an alignment of 4 bytes, no more.
//
// Arguments travel in one struct a function, so that options can be added without breaking callers: zero
// the struct, set what you need. Fields of 64 bits come first, so there is no padding on wasm32;
// web/core/layout.js repeats the order, and a test compares the two.
#ifndef ATTENTION_H
#define ATTENTION_H

#include <stdint.h>

#define ATTENTION_API __attribute__((visibility("default")))

// Grows by one whenever a struct below changes, so that a stale binary is recognised and not misread.
#define ATTENTION_INTERFACE 3

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

// ------------------------------------------------------------------------------------------- a problem
// What queries, keys and values may be stored as. Everything is computed and returned in float32.
typedef enum {
    ATTENTION_FLOAT32 = 0,
    ATTENTION_FLOAT16 = 1,  // IEEE 754 half precision, in uint16_t
    ATTENTION_INT8 = 2,     // int8_t times a float a row: keys and values only
} attention_type;

// softmax(query . keyᵀ * scale + mask) . value, head by head. Query head h reads key/value head h / (H / G):
// G = H is multi-head, G = 1 multi-query attention.
//
// Query m stands at key position p = m + query_offset[b]. Its score for key n is
//     scores = scale * (query . key)
//     capped = softcap * tanh(scores / softcap)         the same as scores while softcap is 0
//     masked = capped - alibi_slopes[h] * |p - n| + additive_mask, or -infinity where key n is hidden
// A key is hidden when n >= key_lengths[b], when n < p - window_left or n > p + window_right, or when a mask
// says so. A hidden key takes no part in the arithmetic: NaN or infinity in it, or in its value, reaches no
// result. A sink is one more logit in a row's softmax, which takes weight and adds no value.
// A row with nothing to attend to gives zeros and a log_sum_exp of -infinity (of its sink, when it has one).
typedef struct {
    int32_t batch;                // B
    int32_t heads;                // H, a multiple of G
    int32_t key_heads;            // G
    int32_t query_length;         // M
    int32_t key_length;           // N
    int32_t head_dim;             // D
    int32_t value_dim;            // E
    int32_t key_capacity;         // rows from one head of key and value to the next, >= N: N when dense
    int32_t query_type;           // an attention_type
    int32_t key_type;
    int32_t value_type;
    int32_t halves_finite;        // 1: no float16 key or value is infinite or NaN, which saves looking at each
    int32_t window_left;          // keys before p that are seen; -1: all of them
    int32_t window_right;         // keys after p that are seen; -1: all of them, 0: causal
    int32_t mask_stride[4];       // in elements, for B, H, M, N; 0 along a broadcast dimension
    float scale;
    float softcap;                // 0: none

    const void *query;            // [B, H, M, D]
    const void *key;              // [B, G, N, D]
    const void *value;            // [B, G, N, E]
    const float *key_scales;      // [B, G, N] for int8, with key_capacity as stride as well
    const float *value_scales;
    const int32_t *query_offset;  // [B]; NULL: 0
    const int32_t *key_lengths;   // [B], each in [0, N]; NULL: N
    const uint8_t *boolean_mask;  // not 0 = attend; NULL: none
    const float *additive_mask;   // -infinity hides the key; NULL: none
    const float *alibi_slopes;    // [H]; NULL: none
    const float *sinks;           // [H]; NULL: none
} attention_problem;

// Threads that share a call's work: see pool.h. NULL wherever one is asked for: the caller works alone.
// Either way every number is computed by the same operations in the same order.
typedef struct attention_pool attention_pool;

// What the workspace functions below return when it doesn't fit the address space, or sizes are bad.
#define ATTENTION_TOO_LARGE UINT32_MAX

// -------------------------------------------------------------------------------------------- forward
// Which matrix of a row's computation to write out, named as in the ONNX `Attention` operator.
typedef enum {
    ATTENTION_STAGE_SCORES = 0,   // hidden keys included
    ATTENTION_STAGE_CAPPED = 1,   // hidden keys included
    ATTENTION_STAGE_MASKED = 2,   // -infinity where hidden
    ATTENTION_STAGE_SOFTMAX = 3,  // the weights; a row with nothing to attend to is all 0
} attention_stage;

// With an online softmax (Milakov & Gimelshein 2018; Rabe & Staats 2021; Dao et al. 2022), so that no [M, N]
// matrix exists unless asked for.
typedef struct {
    attention_problem problem;
    int32_t weights_stage;        // an attention_stage; read only when `weights` is given
    float *output;                // [B, H, M, E]
    float *log_sum_exp;           // [B, H, M]     log of the sum over n of e^masked, the sink included
    float *weights;               // [B, H, M, N]  NULL: not wanted
    void *workspace;              // attention_forward_workspace_bytes, aligned to 16
    attention_pool *pool;
} attention_forward_args;

// Reads only the sizes and types of the problem, `weights` against NULL, and how many threads the pool has.
ATTENTION_API uint32_t attention_forward_workspace_bytes(const attention_forward_args *args);

// Returns ATTENTION_BAD_SIZE for a negative size, a key_capacity below N, or when G doesn't divide H.
ATTENTION_API attention_status attention_forward(const attention_forward_args *args);

// ------------------------------------------------------------------------------------------- backward
// Gradients of a loss with respect to query, key, value and additive mask, from the gradient with respect to
// the output and what attention_forward returned. Nothing of size M * N is stored: weights are computed again.
typedef struct {
    attention_problem problem;    // float32 and float16 only
    const float *grad_output;     // [B, H, M, E]
    const float *output;          // [B, H, M, E]
    const float *log_sum_exp;     // [B, H, M]
    float *grad_query;            // [B, H, M, D]
    float *grad_key;              // [B, G, N, D]
    float *grad_value;            // [B, G, N, E]
    float *grad_mask;             // the shape of additive_mask, summed over what it broadcasts; NULL: not wanted
    int32_t mask_dims[4];         // that shape, 1 along broadcast dimensions
    void *workspace;              // attention_backward_workspace_bytes, aligned to 16
    attention_pool *pool;
} attention_backward_args;

ATTENTION_API uint32_t attention_backward_workspace_bytes(const attention_backward_args *args);
ATTENTION_API attention_status attention_backward(const attention_backward_args *args);

// ---------------------------------------------------------------------------------------------- merge
// Partial results over disjoint sets of keys, put together to the result over all of them (Flash-Decoding;
// FlashInfer's merge of states). A partial result whose log_sum_exp is -infinity counts for nothing.
typedef struct {
    int32_t states;                     // how many partial results
    int32_t rows;                       // B * H * M
    int32_t value_dim;                  // E
    const float *const *outputs;        // [states] of [rows, E]
    const float *const *log_sum_exps;   // [states] of [rows]
    float *output;                      // [rows, E]
    float *log_sum_exp;                 // [rows]
} attention_merge_args;

ATTENTION_API attention_status attention_merge(const attention_merge_args *args);

// ---------------------------------------------------------------------------------------------- cache
// Stores rows of keys or values in a cache [heads, capacity, dim] of any attention_type, from row `start` on.
// float16 rounds to the nearest, ties to even, beyond its range to infinity. int8 divides each row by
// scale = largest magnitude / 127; a row with a number that isn't finite gets the scale NaN.
typedef struct {
    int32_t heads;        // B * G
    int32_t count;        // rows to append to each head
    int32_t dim;          // D or E
    int32_t capacity;     // rows of the cache; start + count <= capacity
    int32_t start;
    int32_t from_type;    // float32 or float16
    int32_t type;         // of the cache
    const void *from;     // [heads, count, dim]
    void *rows;           // [heads, capacity, dim]
    float *scales;        // [heads, capacity], written for int8 only
    int32_t halves_finite;  // written for float16 only: 1 when no row stored holds infinity or NaN
} attention_append_args;

ATTENTION_API attention_status attention_append(attention_append_args *args);

#endif
