// random.c - what parameters are before anything is learned: drawn from a seed.
#include "parts.h"
#include "table.h"

#define ROOT_3 1.7320508075688772
#define EMBEDDING_DEVIATION 0.2

// mulberry32 (Ettinger 2017): uniform in [0, 1), of a state of 32 bits.
static double draw(uint32_t *state)
{
    uint32_t x = *state += 0x6d2b79f5u;
    x = (x ^ x >> 15) * (x | 1);
    x ^= x + (x ^ x >> 7) * (x | 61);
    return (x ^ x >> 14) / 4294967296.0;
}

// How far from 0 the numbers of an entry are at most: √3 times their standard deviation, which for a matrix keeps
// the variance of what goes through it. 0: they aren't drawn.
static double reach(const table_entry *entry)
{
    if (entry->name <= TABLE_POSITION) return EMBEDDING_DEVIATION * ROOT_3;
    return table_is_matrix(entry->name) ? ROOT_3 / __builtin_sqrt(entry->rows) : 0;
}

static int is_gain(table_name name)
{
    return name == TABLE_ATTENTION_GAIN || name == TABLE_FEED_FORWARD_GAIN || name == TABLE_FINAL_GAIN;
}

void random_parameters(const transformer_config *config, float *parameters, uint32_t seed)
{
    for (int e = 0; e < table_count(config); e++) {
        table_entry entry = table_at(config, e);
        double most = reach(&entry), constant = is_gain(entry.name) ? 1 : 0;
        for (int i = 0; i < entry.rows * entry.columns; i++) {
            double number = most == 0 ? constant : (2 * draw(&seed) - 1) * most;
            parameters[entry.offset + (uint32_t)i] = (float)number;
        }
    }
}
