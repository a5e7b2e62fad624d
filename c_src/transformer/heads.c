// heads.c - heads from side by side to one after the other, and back.
#include "parts.h"

void heads_split(const float *from, int count, int length, int heads, int dim, float *to)
{
    for (int b = 0; b < count; b++, from += length * heads * dim) {
        for (int h = 0; h < heads; h++) {
            for (int n = 0; n < length; n++, to += dim) {
                const float *row = from + (n * heads + h) * dim;
                for (int d = 0; d < dim; d++) to[d] = row[d];
            }
        }
    }
}

void heads_merge(const float *from, int count, int length, int heads, int dim, float *to)
{
    for (int b = 0; b < count; b++, to += length * heads * dim) {
        for (int h = 0; h < heads; h++) {
            for (int n = 0; n < length; n++, from += dim) {
                float *row = to + (n * heads + h) * dim;
                for (int d = 0; d < dim; d++) row[d] = from[d];
            }
        }
    }
}
