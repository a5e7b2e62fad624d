// version.c - what a binary says about itself, so that JavaScript can tell a stale or foreign one.
#include "attention.h"

int32_t attention_interface(void) { return ATTENTION_INTERFACE; }

int32_t attention_relaxed(void)
{
#if defined(__wasm_relaxed_simd__)
    return 1;
#else
    return 0;
#endif
}
