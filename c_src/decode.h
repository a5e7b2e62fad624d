// decode.h - few queries against many keys: what dispatch.c calls instead of tiles, which would have to pack
// keys and values that are read only once.
#ifndef ATTENTION_DECODE_H
#define ATTENTION_DECODE_H

#include "attention.h"

// Are there few enough queries to a key/value head? Sizes must be valid here and below.
int decode_fits(const attention_problem *problem);

// UINT64_MAX when it doesn't fit that either.
uint64_t decode_workspace_bytes(const attention_forward_args *args);

void decode_run(const attention_forward_args *args);

#endif
