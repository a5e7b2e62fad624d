// embedding.c - words and places to rows of x.
#include "parts.h"
#include "vec.h"

void embedding_forward(const transformer_batch *batch, int stride, int length, int dim, const float *embedding,
                       const float *position, float *x)
{
    for (int b = 0; b < batch->count; b++) {
        for (int n = 0; n < length; n++, x += dim) {
            int inside = n < batch->lengths[b];
            const float *word = embedding + (inside ? batch->tokens[b * stride + n] * dim : 0);
            for (int c = 0; c < dim; c += VEC_LANES) {
                f32x4 sum = vec_add(vec_load(word + c), vec_load(position + n * dim + c));
                vec_store(x + c, inside ? sum : vec_zero());
            }
        }
    }
}

static void add(const float *from, int dim, float *to)
{
    for (int c = 0; c < dim; c += VEC_LANES) vec_store(to + c, vec_add(vec_load(to + c), vec_load(from + c)));
}

void embedding_backward(const transformer_batch *batch, int stride, int length, int dim, const float *grad_x,
                        float *grad_embedding, float *grad_position)
{
    // forward:  x = embedding[token] + position[n]
    // backward: d embedding[token] = d position[n] = d x, summed over where they are used
    for (int b = 0; b < batch->count; b++, grad_x += length * dim) {
        for (int n = 0; n < batch->lengths[b]; n++) {
            add(grad_x + n * dim, dim, grad_embedding + batch->tokens[b * stride + n] * dim);
            add(grad_x + n * dim, dim, grad_position + n * dim);
        }
    }
}
