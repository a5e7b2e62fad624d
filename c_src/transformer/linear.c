// linear.c - matrix products: Y = X·W, dX = dY·Wᵀ, dW += Xᵀ·dY, all by one kernel that finds the left operand's
// elements by two strides. It packs nothing: these matrices are small, and read where they lie.
#include "parts.h"
#include "vec.h"

#define ROWS 4
#define COLUMNS 8

// to[r, c] = bias[c] + add[r, c] + the sum over d of left[r, d] · right[d, c]
typedef struct {
    const float *left;   // element [r, d] is at left[r * row + d * step]
    int row, step;
    const float *right;  // [depth, columns]
    int rows, columns, depth;
    const float *bias, *add;  // NULL: 0
    float *to;           // [rows, columns]
} product;

// Rows beyond the last are the last once more: computed and stored again, which saves a kernel for tails.
static __attribute__((noinline)) void multiply_block(const product *p, int r, int c)
{
    int offset[ROWS], most = p->rows - 1 - r, step = p->step, columns = p->columns;
    const float *left = p->left + r * p->row, *right = p->right + c;
    f32x4 sum[ROWS][2];
#pragma clang loop unroll(full)
    for (int i = 0; i < ROWS; i++) {
        offset[i] = parts_min(i, most);
        const float *add = p->add ? p->add + (r + offset[i]) * columns + c : 0;
        sum[i][0] = add ? vec_load(add) : vec_zero();
        sum[i][1] = add ? vec_load(add + VEC_LANES) : vec_zero();
        if (p->bias) {
            sum[i][0] = vec_add(sum[i][0], vec_load(p->bias + c));
            sum[i][1] = vec_add(sum[i][1], vec_load(p->bias + c + VEC_LANES));
        }
        offset[i] *= p->row;
    }
#pragma clang loop unroll(disable)
    for (int d = p->depth; d > 0; d--, left += step, right += columns) {
        f32x4 low = vec_load(right), high = vec_load(right + VEC_LANES);
#pragma clang loop unroll(full)
        for (int i = 0; i < ROWS; i++) {
            f32x4 element = vec_load_splat(left + offset[i]);
            sum[i][0] = vec_madd(element, low, sum[i][0]);
            sum[i][1] = vec_madd(element, high, sum[i][1]);
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < ROWS; i++) {
        float *to = p->to + (r + parts_min(i, most)) * columns + c;
        vec_store(to, sum[i][0]);
        vec_store(to + VEC_LANES, sum[i][1]);
    }
}

static void multiply(product p)
{
    for (int c = 0; c < p.columns; c += COLUMNS) {
        for (int r = 0; r < p.rows; r += ROWS) multiply_block(&p, r, c);
    }
}

// [rows, columns] to [columns, stride], zeros in the columns from `rows` on.
static void transpose(const float *from, int rows, int columns, int stride, float *to)
{
    for (int c = 0; c < columns; c++, to += stride) {
        for (int r = 0; r < stride; r++) to[r] = r < rows ? from[r * columns + c] : 0.0f;
    }
}

void linear_forward(const linear_map *map, const float *bias, const float *add, float *y)
{
    multiply((product){map->x, map->from, 1, map->weight, map->rows, map->to, map->from, bias, add, y});
}

void linear_backward(const linear_map *map, const float *grad_y, float *grad_weight, float *grad_bias, float *grad_x,
                     int accumulate, float *transposed)
{
    // forward:  y = x · weight + bias
    // backward: d weight = xᵀ · d y, d bias = the sum of the rows of d y, d x = d y · weightᵀ
    multiply((product){map->x, 1, map->from, grad_y, map->from, map->to, map->rows, 0, grad_weight, grad_weight});
    for (int r = 0; r < map->rows && grad_bias; r++) {
        for (int c = 0; c < map->to; c++) grad_bias[c] += grad_y[r * map->to + c];
    }
    transpose(map->weight, map->from, map->to, map->from, transposed);
    const float *add = accumulate ? grad_x : 0;
    multiply((product){grad_y, map->to, 1, transposed, map->rows, map->from, map->to, 0, add, grad_x});
}

void linear_tied_forward(const float *x, int rows, int dim, const float *table, int words, int padded,
                         float *transposed, float *logits)
{
    transpose(table, words, dim, padded, transposed);
    multiply((product){x, dim, 1, transposed, rows, padded, dim, 0, 0, logits});
}

void linear_tied_backward(const float *x, int rows, int dim, const float *table, int words, int padded,
                          const float *grad_logits, float *grad_x, float *grad_table)
{
    // forward:  logits = x · tableᵀ
    // backward: d x = d logits · table, d table = d logitsᵀ · x
    multiply((product){grad_logits, padded, 1, table, rows, dim, words, 0, 0, grad_x});
    multiply((product){grad_logits, 1, padded, x, words, dim, rows, 0, grad_table, grad_table});
}
