// dispatch.c - attention_forward: tiles, or decode.c's way where queries are few. A file of its own, so that a binary
// that wants nothing but tiles can be linked without decode.c and all that it needs.
#include "attention.h"
#include "decode.h"
#include "forward.h"
#include "problem.h"

uint32_t attention_forward_workspace_bytes(const attention_forward_args *args)
{
    if (!problem_is_valid(&args->problem)) return ATTENTION_TOO_LARGE;
    if (problem_is_empty(&args->problem)) return 0;
    uint64_t bytes = decode_fits(&args->problem) ? decode_workspace_bytes(args) : forward_workspace_bytes(args);
    return bytes >= ATTENTION_TOO_LARGE ? ATTENTION_TOO_LARGE : (uint32_t)bytes;
}

attention_status attention_forward(const attention_forward_args *args)
{
    if (!problem_is_valid(&args->problem)) return ATTENTION_BAD_SIZE;
    if (problem_is_empty(&args->problem)) return ATTENTION_OK;
    if (decode_fits(&args->problem)) decode_run(args);
    else forward_run(args);
    return ATTENTION_OK;
}
