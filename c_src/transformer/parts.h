// parts.h - what the model is put together from. Forward functions write what their comment's left side names;
// backward functions write, or where it says += add to, gradients: d x is that of the loss with respect to x.
#ifndef TRANSFORMER_PARTS_H
#define TRANSFORMER_PARTS_H

#include "arena.h"

static inline int parts_min(int a, int b) { return a < b ? a : b; }

// ---------------------------------------------------------------------------------------------- linear.c
typedef struct {
    int rows, from, to;    // of x; columns of x, and of y: multiples of 8
    const float *x;        // [rows, from]
    const float *weight;   // [from, to]
} linear_map;

// y = x · weight + bias + add. `bias` [to] and `add` [rows, to] may be NULL, and `add` may be y.
void linear_forward(const linear_map *map, const float *bias, const float *add, float *y);

// d weight += xᵀ · d y, d bias += its rows' sum (unless NULL), d x = d y · weightᵀ, added to d x where `accumulate`.
// `transposed` has room for the weight.
void linear_backward(const linear_map *map, const float *grad_y, float *grad_weight, float *grad_bias, float *grad_x,
                     int accumulate, float *transposed);

// logits = x · wordsᵀ for [rows, dim] x and [words, dim] words: [rows, padded], zeros in the columns from `words` on.
void linear_tied_forward(const float *x, int rows, int dim, const float *table, int words, int padded,
                         float *transposed, float *logits);

// d x = d logits · words, d words += d logitsᵀ · x
void linear_tied_backward(const float *x, int rows, int dim, const float *table, int words, int padded,
                          const float *grad_logits, float *grad_x, float *grad_table);

// ------------------------------------------------------------------------------------------------ norm.c
// y = norm(x) · gain + bias, row by row (Ba, Kiros & Hinton 2016). statistics [rows, 2]: mean, 1 / deviation.
void norm_forward(const float *x, int rows, int dim, const float *gain, const float *bias, float *statistics,
                  float *y);

// d gain += …, d bias += …, d x += …
void norm_backward(const float *x, int rows, int dim, const float *gain, const float *statistics, const float *grad_y,
                   float *grad_gain, float *grad_bias, float *grad_x);

// ------------------------------------------------------------------------------------------------ gelu.c
// `count` is a multiple of 4. y = gelu(x), in the form with tanh (Hendrycks & Gimpel 2016).
void gelu_forward(const float *x, int count, float *y);

// d x = d y · gelu'(x), in place
void gelu_backward(const float *x, int count, float *grad);

// ------------------------------------------------------------------------------------------- embedding.c
// x[b, n] = embedding[token] + position[n], zeros from a sentence's end to `length`. Tokens are `stride` apart.
void embedding_forward(const transformer_batch *batch, int stride, int length, int dim, const float *embedding,
                       const float *position, float *x);

// d embedding[token] += d x[b, n], d position[n] += d x[b, n]
void embedding_backward(const transformer_batch *batch, int stride, int length, int dim, const float *grad_x,
                        float *grad_embedding, float *grad_position);

// ----------------------------------------------------------------------------------------------- heads.c
// [B, length, H · D] to [B, H, length, D], and back.
void heads_split(const float *from, int count, int length, int heads, int dim, float *to);
void heads_merge(const float *from, int count, int length, int heads, int dim, float *to);

// ------------------------------------------------------------------------------------------- attending.c
// What attention needs for any call with these sizes.
uint32_t attending_workspace_bytes(const transformer_config *config);

// Self-attention of a layer: from its query, key and value to `attended` and log_sum_exp.
void attending_forward(const transformer_config *config, const arena *a, const transformer_batch *batch, int length,
                       const arena_layer *layer);

// From grad_attended to grad_query, grad_key and grad_value.
void attending_backward(const transformer_config *config, const arena *a, const transformer_batch *batch, int length,
                        const arena_layer *layer);

// All weights of the only sentence, and the scores that they are the softmax of: both [H, length, length].
void attending_observe(const transformer_config *config, const arena *a, int length, const arena_layer *layer,
                       float *scores, float *weights);

// A place in a sentence: head h's row of the attention's weights from there.
typedef struct {
    const transformer_config *config;
    const arena *arena;
    const arena_layer *layer;
    int length;            // of the longest sentence
    int sentence, head;
    int tokens, query;     // of the sentence
    float log_sum_exp;     // written
} attending_row;

// The identity of the arena, for rows of `length`.
void attending_prepare_rows(const arena *a, int length);

// row [tokens] = weights, once rows of that length are prepared.
void attending_row_forward(attending_row *at);

// From grad_row, to what the row's query and the head's keys have of grad_query and grad_key.
void attending_row_backward(const attending_row *at);

// ------------------------------------------------------------------------------------ pointer.c, token.c
// Losses, answers and the weight on the right one, from the last layer; with `backward`, grad_query and grad_key.
void pointer_loss(const transformer_config *config, const arena *a, transformer_batch *batch, int length,
                  int backward);

// The weight on the right answer alone.
void pointer_weights(const transformer_config *config, const arena *a, transformer_batch *batch, int length);

// Losses and answers from x; with `backward`, grad_x, and what the final norm and the embedding have of gradients.
void token_loss(const transformer_config *config, const arena *a, transformer_batch *batch, int length, int backward);

// ------------------------------------------------------------------------------------- adamw.c, random.c
// Are all gradients finite, and their squares?
int adamw_is_finite(const transformer_config *config, const arena *a);

// One step, from the gradients.
void adamw_update(const transformer_config *config, const arena *a, double rate, double decay, int step);

// Parameters to begin with.
void random_parameters(const transformer_config *config, float *parameters, uint32_t seed);

#endif
