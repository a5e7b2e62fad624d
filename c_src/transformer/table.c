// table.c - where each parameter lies.
#include "table.h"

#define OF_LAYER (TABLE_CONTRACT_BIAS - TABLE_ATTENTION_GAIN + 1)

static table_name name_of(const transformer_config *config, int index)
{
    if (index < TABLE_ATTENTION_GAIN) return (table_name)index;
    int beyond = index - TABLE_ATTENTION_GAIN - OF_LAYER * config->layers;
    if (beyond >= 0) return (table_name)(TABLE_FINAL_GAIN + beyond);
    return (table_name)(TABLE_ATTENTION_GAIN + (index - TABLE_ATTENTION_GAIN) % OF_LAYER);
}

static int rows_of(const transformer_config *config, table_name name)
{
    if (name == TABLE_EMBEDDING) return config->vocabulary;
    if (name == TABLE_POSITION) return config->max_length;
    if (name == TABLE_CONTRACT) return config->hidden;
    return table_is_matrix(name) ? config->dim : 1;
}

int table_count(const transformer_config *config) { return TABLE_FINAL_BIAS + 1 + OF_LAYER * (config->layers - 1); }

table_entry table_at(const transformer_config *config, int index)
{
    table_entry entry = {.columns = 0};
    for (int i = 0; i <= index; i++) {
        entry.offset += (uint32_t)(entry.rows * entry.columns);
        entry.name = name_of(config, i);
        entry.rows = rows_of(config, entry.name);
        entry.columns = entry.name == TABLE_EXPAND || entry.name == TABLE_EXPAND_BIAS ? config->hidden : config->dim;
    }
    return entry;
}

float *table_find(const transformer_config *config, float *base, table_name name, int layer)
{
    int index = (int)name;
    if (name >= TABLE_FINAL_GAIN) index += OF_LAYER * (config->layers - 1);
    else if (name >= TABLE_ATTENTION_GAIN) index += OF_LAYER * layer;
    return base + table_at(config, index).offset;
}

uint32_t table_floats(const transformer_config *config)
{
    table_entry last = table_at(config, table_count(config) - 1);
    return last.offset + (uint32_t)last.columns;
}
