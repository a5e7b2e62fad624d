// gradients.h - what a block of queries by keys adds to the gradients: backward.c's item of work.
#ifndef ATTENTION_GRADIENTS_H
#define ATTENTION_GRADIENTS_H

#include "attention.h"

#include <stddef.h>

typedef struct {
    const attention_backward_args *args;
    int chunk;               // queries of a block, and keys: a multiple of GRADIENT_STEP
    size_t mask_stride[4];   // of grad_mask
} gradient_problem;

#define GRADIENT_STEP 72

// Of a thread's workspace, given the largest chunk. D and E must not be negative.
uint64_t gradient_workspace_floats(const attention_problem *problem, int chunk);

// Adds to grad_query what keys first_key ... + chunk - 1 of head g of batch b bring to queries first_query ... +
// chunk - 1 of all heads of its group, and to the other gradients what these queries bring to the keys.
void gradient_block(const gradient_problem *problem, float *workspace, int b, int g, int first_query, int first_key);

#endif
