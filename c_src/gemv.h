// gemv.h - products of a matrix, stored row by row, with one vector or two: bound by reading the matrix, which is
// read once.
#ifndef ATTENTION_GEMV_H
#define ATTENTION_GEMV_H

// Matrices have multiples of these.
#define GEMV_ROWS 8
#define GEMV_COLUMNS 16

// The products for an attention_type. They read its elements in the way that costs least, which leaves them off by
// a power of two: the other operand makes up for it by being `factor` as large as it should be. What they return is
// 0 when the matrix holds an infinity or NaN that can't be read like this; results are worthless then. `finite` says
// that there is none, so that nobody looks. int8 is read without its scales.
typedef struct {
    float factor;

    // y[rows] = scale * (row . x)
    int (*dot)(const void *matrix, int rows, int columns, int finite, const float *x, float scale, float *y);

    // y[columns] += sum of weights[row] * row
    int (*add)(const void *matrix, int rows, int columns, int finite, const float *weights, float *y);

    // Copies elements as floats, off by `factor` as well.
    int (*widen)(const void *matrix, int elements, int finite, float *to);
} gemv_kernels;

extern const gemv_kernels gemv_of[3];

// The same for a matrix of float32 and two vectors, `stride` floats apart.
void gemv_dot_two(const float *matrix, int rows, int columns, const float *x, float scale, float *y, int stride);
void gemv_add_two(const float *matrix, int rows, int columns, const float *weights, int stride, float *y);

#endif
