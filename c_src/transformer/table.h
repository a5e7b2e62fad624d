// table.h - the parameters: what there is, in which order, and how each begins.
#ifndef TRANSFORMER_TABLE_H
#define TRANSFORMER_TABLE_H

#include "transformer.h"

typedef enum {
    TABLE_EMBEDDING,
    TABLE_POSITION,
    TABLE_ATTENTION_GAIN,
    TABLE_ATTENTION_BIAS,
    TABLE_QUERY,
    TABLE_KEY,
    TABLE_VALUE,
    TABLE_OUTPUT,
    TABLE_FEED_FORWARD_GAIN,
    TABLE_FEED_FORWARD_BIAS,
    TABLE_EXPAND,
    TABLE_EXPAND_BIAS,
    TABLE_CONTRACT,
    TABLE_CONTRACT_BIAS,
    TABLE_FINAL_GAIN,
    TABLE_FINAL_BIAS,
} table_name;

typedef struct {
    table_name name;
    int rows, columns;
    uint32_t offset;  // in floats, from the start of the table
} table_entry;

// Entries, counted over all layers.
int table_count(const transformer_config *config);
table_entry table_at(const transformer_config *config, int index);

// The tensor of that name, in a table that begins at `base`. `layer` is read for those that layers have.
float *table_find(const transformer_config *config, float *base, table_name name, int layer);

uint32_t table_floats(const transformer_config *config);

// The matrices inside the layers: what weight decay is for.
static inline int table_is_matrix(table_name name)
{
    return (name >= TABLE_QUERY && name <= TABLE_OUTPUT) || name == TABLE_EXPAND || name == TABLE_CONTRACT;
}

#endif
