// transformer.h - a small transformer that learns: forward, backward and AdamW, around the attention of this core.
//
// Letters used in shapes, dense and row-major as in attention.h:
//   B  sentences of a call       H  heads                    W  words of the vocabulary
//   L  longest sentence          C  embedding dimension      F  hidden dimension of the feed-forward part
//   N  tokens of a sentence      D  C / H
//
// Pre-norm, without biases in the projections, so that a head is the lesson of attention_steps:
//     x = embedding[token] + position[n]
//     each layer:  h = norm(x),  x += attention(h·query, h·key, h·value) · output
//                  u = norm(x),  x += gelu(u·expand + expandBias) · contract + contractBias
// Two things to learn, each from the place `query` of a sentence:
//   TRANSFORMER_POINTER  The attention weights of the last layer are the answer: each head's row of weights is
//                        compared with a target that lies on the place `answer`. What follows these weights in the
//                        last layer isn't computed, and learns nothing.
//   TRANSFORMER_TOKEN    The word at the place `answer` is to be told: logits = norm(x[query]) · embeddingᵀ.
//
// Common to all functions:
// - They never allocate and keep nothing between calls but what is in the arena. They write to that, and to what
//   their comment names.
// - Nothing is checked: sizes must be within the limits given, tokens in [0, W), lengths in [1, L], queries and
//   answers in [0, N). The JavaScript layer sees to that. Parameters may be any numbers.
// - In one build, the same calls give the same bits.
//
// Fields of 64 bits come first; web/transformer/layout.js repeats the order, and a test compares the two.
#ifndef TRANSFORMER_H
#define TRANSFORMER_H

#include <stdint.h>

#define TRANSFORMER_API __attribute__((visibility("default")))

// Grows by one whenever a struct below or the table of parameters changes.
#define TRANSFORMER_INTERFACE 1

#define TRANSFORMER_MOST_LAYERS 8

typedef enum { TRANSFORMER_POINTER = 0, TRANSFORMER_TOKEN = 1 } transformer_objective;

typedef enum {
    TRANSFORMER_OK = 0,
    TRANSFORMER_NOT_FINITE = 1,  // the loss, or a gradient (or its square, which AdamW needs), is infinite or NaN
} transformer_status;

typedef struct {
    int32_t vocabulary;    // W, 1 … 4096
    int32_t max_length;    // L, 2 … 256
    int32_t layers;        // 1 … 8
    int32_t heads;         // H, 1 … 16, dividing C
    int32_t dim;           // C, a multiple of 8 in 8 … 256
    int32_t hidden;        // F, a multiple of 8 in 8 … 1024
    int32_t objective;     // a transformer_objective
    int32_t causal;        // 1: a token sees itself and those before it
    int32_t batch;         // the most sentences of a call, 1 … 256
    float scale;           // of the scores, usually 1 / √D
    float target;          // pointer: how much weight the answer is to have; the rest is for the other keys alike
    void *arena;           // transformer_arena_bytes, aligned to 16
} transformer_config;

// What transformer_arena_bytes returns when it doesn't fit the address space.
#define TRANSFORMER_TOO_LARGE UINT32_MAX

// The arena begins with four tables one after the other: parameters, gradients, and the first and second moments of
// AdamW. Each has the tensors of all parameters, in this order, without gaps:
//     embedding [W, C], position [L, C]
//     each layer:  attention norm's gain [C] and bias [C], query, key, value and output [C, C],
//                  feed-forward norm's gain [C] and bias [C], expand [C, F] and its bias [F], contract [F, C] and its
//                  bias [C]
//     final norm's gain [C] and bias [C]
// Reads all fields but `arena`.
TRANSFORMER_API uint32_t transformer_arena_bytes(const transformer_config *config);

// How many floats one of these tables has.
TRANSFORMER_API uint32_t transformer_table_floats(const transformer_config *config);

TRANSFORMER_API int32_t transformer_interface(void);

// 1 in a build that uses relaxed SIMD (fused multiply-add), else 0.
TRANSFORMER_API int32_t transformer_relaxed(void);

// Draws parameters from `seed`, in the order of the table; moments become 0.
TRANSFORMER_API void transformer_init(const transformer_config *config, uint32_t seed);

// Sentences, and what came out for them. Tokens beyond a sentence's length are not read.
typedef struct {
    double loss;           // written: mean over the sentences
    int32_t count;         // B, 1 … batch
    const int32_t *tokens;   // [B, L]
    const int32_t *lengths;  // [B]
    const int32_t *queries;  // [B]
    const int32_t *answers;  // [B]
    float *losses;         // [B]  written
    int32_t *chosen;       // [B]  written: the place (pointer) or word (token) that is answered; the first among equals
    float *probabilities;  // [B]  written: how probable that is; pointer: its weight, the mean over heads
    float *weights;        // [B]  written, for the token objective by transformer_evaluate alone: the last layer's
                           //      weight from the place `query` to the place `answer`, the mean over heads
} transformer_batch;

// Writes the gradients of the mean loss to their table, and of the batch what isn't said to be otherwise.
TRANSFORMER_API transformer_status transformer_gradients(const transformer_config *config, transformer_batch *batch);

// The same, then one step of AdamW (Loshchilov & Hutter 2019) with β₁ = 0.9, β₂ = 0.99, ε = 1e-8: parameters and
// moments change, or, when the status isn't OK, don't. `step` counts from 1. `decay` is for matrices of the layers.
TRANSFORMER_API transformer_status transformer_train(const transformer_config *config, transformer_batch *batch,
                                                     double rate, double decay, int32_t step);

// Losses and answers alone. NOT_FINITE is for the loss.
TRANSFORMER_API transformer_status transformer_evaluate(const transformer_config *config, transformer_batch *batch);

// A layer's attention, where it lies in the arena until the next call.
typedef struct {
    const float *inputs;   // [N, C]     h, the norm of x
    const float *queries;  // [H, N, D]
    const float *keys;     // [H, N, D]
    const float *values;   // [H, N, D]
    const float *scores;   // [H, N, N]  scaled, -infinity where hidden
    const float *weights;  // [H, N, N]
    const float *output;   // [H, N, D]  weights · values
} transformer_view;

// What the layer `layer` did in the call of transformer_evaluate before, which must have been for one sentence.
TRANSFORMER_API void transformer_observe(const transformer_config *config, const transformer_batch *batch,
                                         int32_t layer, transformer_view *view);

#endif
