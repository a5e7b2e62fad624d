// forward.h - attention over a whole batch, tile by tile: what dispatch.c calls unless there are few queries.
#ifndef ATTENTION_FORWARD_H
#define ATTENTION_FORWARD_H

#include "attention.h"

// At least ATTENTION_TOO_LARGE when it doesn't fit the address space. Sizes must be valid, and there must be a query,
// here and below.
uint64_t forward_workspace_bytes(const attention_forward_args *args);

// However few the queries are.
void forward_run(const attention_forward_args *args);

#endif
