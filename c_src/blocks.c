// blocks.c - see blocks.h.
#include "blocks.h"
#include "attention.h"
#include "vec.h"

// Small rather than fast: what rows have to be copied for is the exception, or gemv.c's.
#pragma clang attribute push(__attribute__((minsize)), apply_to = function)

void blocks_clear(float *to, int count)
{
    for (int i = 0; i < count; i += VEC_LANES) vec_store(to + i, vec_zero());
}

void blocks_widen(row_view from, size_t row, int count, int rows, int columns, float *to)
{
    if (from.dim < columns || count < rows) blocks_clear(to, rows * columns);
    for (int i = 0; i < count; i++, to += columns) {
        size_t index = (row + (size_t)i) * (size_t)from.dim;
        int c = 0;
        for (; c + VEC_LANES <= from.dim; c += VEC_LANES) {
            vec_store(to + c, rows_load_four(from.type, from.data, index + (size_t)c));
        }
        for (; c < from.dim; c++) {
            to[c] = from.type == ATTENTION_INT8 ? (float)((const int8_t *)from.data)[index + (size_t)c]
                                                : rows_element(from, from.type, row + (size_t)i, c);
        }
    }
}

row_block blocks_at(row_view from, size_t row, int count, int columns, int how, float *scratch)
{
    static const uint8_t bytes[] = {[ATTENTION_FLOAT32] = 4, [ATTENTION_FLOAT16] = 2, [ATTENTION_INT8] = 1};
    const gemv_kernels *kernels = &gemv_of[from.type];
    const char *data = (const char *)from.data + row * (size_t)from.dim * bytes[from.type];
    if (from.dim == columns && count % GEMV_ROWS == 0 && !(how & BLOCK_EXACT)) {
        if (!(how & BLOCK_OFTEN) || from.type == ATTENTION_FLOAT32) {
            return (row_block){.data = data, .type = from.type, .factor = kernels->factor};
        }
        if (kernels->widen(data, count * columns, (how & BLOCK_FINITE) != 0, scratch)) {
            return (row_block){.data = scratch, .type = ATTENTION_FLOAT32, .factor = kernels->factor};
        }
    }
    blocks_widen(from, row, count, blocks_round_up(count, GEMV_ROWS), columns, scratch);
    return (row_block){.data = scratch, .type = ATTENTION_FLOAT32, .factor = 1.0f};
}

#pragma clang attribute pop
