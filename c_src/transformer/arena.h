// arena.h - everything that the transformer keeps, and where.
#ifndef TRANSFORMER_ARENA_H
#define TRANSFORMER_ARENA_H

#include "transformer.h"

// Sentences of a call are padded to the longest of them: R = B · N rows. Room is for the most, batch · L.
// What a layer keeps for the backward pass.
typedef struct {
    float *x;              // [R, C]  what comes in
    float *statistics;     // [R, 2]  of the attention's norm
    float *h;              // [R, C]
    float *query;          // [B, H, N, D]
    float *key;            // [B, H, N, D]
    float *value;          // [B, H, N, D]
    float *attended;       // [B, H, N, D]
    float *log_sum_exp;    // [B, H, N]
    float *merged;         // [R, C]  `attended`, heads side by side
    float *middle;         // [R, C]  x after the attention
    float *middle_statistics;  // [R, 2]  of the feed-forward's norm
    float *u;              // [R, C]
    float *expanded;       // [R, F]
    float *activated;      // [R, F]
} arena_layer;

typedef struct {
    float *parameters, *gradients, *first, *second;  // tables
    arena_layer layers[TRANSFORMER_MOST_LAYERS];
    float *x;                  // [R, C]  what comes out of the last layer

    float *asked;              // [B, C]  rows of x that are asked; all of this for the token objective
    float *asked_statistics;   // [B, 2]
    float *answer;             // [B, C]  their norm
    float *logits;             // [B, arena_words]
    float *grad_asked;         // [B, C]
    float *grad_answer;        // [B, C]

    float *identity;           // [L, L]  this and what follows: of one head's row of weights
    float *row, *grad_row;     // [L]
    float *mean_row;           // [L]
    float *grad_identity;      // [L, L]

    float *grad_x;             // [R, C]
    float *grad_norm;          // [R, C]  of h, or u
    float *grad_wide;          // [R, F]
    float *grad_merged;        // [R, C]  of `merged`, then of queries, keys and values in turn
    float *grad_attended;      // [B, H, N, D], and so are the next
    float *grad_query, *grad_key, *grad_value;
    float *transposed;         // a matrix
    float *scores, *weights;   // [H, L, L]
    void *workspace;           // of the attention

    uint64_t bytes;
} arena;

// W, padded to a multiple of 8.
int arena_words(const transformer_config *config);

arena arena_of(const transformer_config *config);

#endif
