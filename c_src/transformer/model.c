// model.c - the transformer: the layers forward and backward, and what is public.
#include "attention.h"
#include "parts.h"
#include "table.h"

typedef struct {
    const transformer_config *config;
    arena a;
    transformer_batch *batch;
    int length, rows;      // N, B · N
} model;

static model model_of(const transformer_config *config, transformer_batch *batch)
{
    model m = {.config = config, .a = arena_of(config), .batch = batch};
    for (int b = 0; b < batch->count; b++) {
        if (m.length < batch->lengths[b]) m.length = batch->lengths[b];
    }
    m.rows = m.length * batch->count;
    batch->loss = 0;
    return m;
}

static const float *parameter(const model *m, table_name name, int layer)
{
    return table_find(m->config, m->a.parameters, name, layer);
}

static float *gradient(const model *m, table_name name, int layer)
{
    return table_find(m->config, m->a.gradients, name, layer);
}

// Where a layer's output goes: the next one's input.
static float *after(const model *m, int layer)
{
    return layer + 1 < m->config->layers ? m->a.layers[layer + 1].x : (float *)m->a.x;
}

// With pointers, the last layer ends with its weights.
static int ends_with_weights(const model *m, int layer)
{
    return m->config->objective == TRANSFORMER_POINTER && layer + 1 == m->config->layers;
}

// -------------------------------------------------------------------------------------------- attention part
static linear_map projection(const model *m, int layer, table_name name)
{
    const float *x = name == TABLE_OUTPUT ? m->a.layers[layer].merged : m->a.layers[layer].h;
    return (linear_map){m->rows, m->config->dim, m->config->dim, x, parameter(m, name, layer)};
}

static void split(const model *m, const float *from, float *to)
{
    heads_split(from, m->batch->count, m->length, m->config->heads, m->config->dim / m->config->heads, to);
}

static void merge(const model *m, const float *from, float *to)
{
    heads_merge(from, m->batch->count, m->length, m->config->heads, m->config->dim / m->config->heads, to);
}

static void project(const model *m, int layer, table_name name, float *to)
{
    linear_map map = projection(m, layer, name);
    linear_forward(&map, 0, 0, m->a.grad_merged);
    split(m, m->a.grad_merged, to);
}

static void attention_part(const model *m, int layer)
{
    const arena_layer *l = &m->a.layers[layer];
    norm_forward(l->x, m->rows, m->config->dim, parameter(m, TABLE_ATTENTION_GAIN, layer),
                 parameter(m, TABLE_ATTENTION_BIAS, layer), l->statistics, l->h);
    project(m, layer, TABLE_QUERY, l->query);
    project(m, layer, TABLE_KEY, l->key);
    project(m, layer, TABLE_VALUE, l->value);
    if (ends_with_weights(m, layer)) return;
    attending_forward(m->config, &m->a, m->batch, m->length, l);
    merge(m, l->attended, l->merged);
    linear_map map = projection(m, layer, TABLE_OUTPUT);
    linear_forward(&map, 0, l->x, l->middle);
}

// d h, from one of the three
static void project_backward(const model *m, int layer, table_name name, const float *grad, int accumulate)
{
    linear_map map = projection(m, layer, name);
    merge(m, grad, m->a.grad_merged);
    linear_backward(&map, m->a.grad_merged, gradient(m, name, layer), 0, m->a.grad_norm, accumulate, m->a.transposed);
}

// grad_x is d middle at first, and d x in the end. A layer that ends with its weights has grad_query and grad_key
// from the loss, and nothing else.
static void attention_part_backward(const model *m, int layer)
{
    const arena_layer *l = &m->a.layers[layer];
    const arena *a = &m->a;
    if (ends_with_weights(m, layer)) {
        for (int i = 0; i < m->rows * m->config->dim; i++) a->grad_x[i] = 0.0f;
    } else {
        // forward:  middle = x + merged · output
        // backward: d x = d middle, d merged = d middle · outputᵀ
        linear_map map = projection(m, layer, TABLE_OUTPUT);
        linear_backward(&map, a->grad_x, gradient(m, TABLE_OUTPUT, layer), 0, a->grad_merged, 0, a->transposed);
        split(m, a->grad_merged, a->grad_attended);
        attending_backward(m->config, a, m->batch, m->length, l);
    }
    // forward:  query = h · Query, key = h · Key, value = h · Value
    // backward: d h = d query · Queryᵀ + d key · Keyᵀ + d value · Valueᵀ
    project_backward(m, layer, TABLE_QUERY, a->grad_query, 0);
    project_backward(m, layer, TABLE_KEY, a->grad_key, 1);
    if (!ends_with_weights(m, layer)) project_backward(m, layer, TABLE_VALUE, a->grad_value, 1);
    norm_backward(l->x, m->rows, m->config->dim, parameter(m, TABLE_ATTENTION_GAIN, layer), l->statistics,
                  a->grad_norm, gradient(m, TABLE_ATTENTION_GAIN, layer), gradient(m, TABLE_ATTENTION_BIAS, layer),
                  a->grad_x);
}

// ----------------------------------------------------------------------------------------- feed-forward part
static linear_map expanding(const model *m, int layer)
{
    return (linear_map){m->rows, m->config->dim, m->config->hidden, m->a.layers[layer].u,
                        parameter(m, TABLE_EXPAND, layer)};
}

static linear_map contracting(const model *m, int layer)
{
    return (linear_map){m->rows, m->config->hidden, m->config->dim, m->a.layers[layer].activated,
                        parameter(m, TABLE_CONTRACT, layer)};
}

static void feed_forward_part(const model *m, int layer)
{
    const arena_layer *l = &m->a.layers[layer];
    linear_map expand = expanding(m, layer), contract = contracting(m, layer);
    norm_forward(l->middle, m->rows, m->config->dim, parameter(m, TABLE_FEED_FORWARD_GAIN, layer),
                 parameter(m, TABLE_FEED_FORWARD_BIAS, layer), l->middle_statistics, l->u);
    linear_forward(&expand, parameter(m, TABLE_EXPAND_BIAS, layer), 0, l->expanded);
    gelu_forward(l->expanded, m->rows * m->config->hidden, l->activated);
    linear_forward(&contract, parameter(m, TABLE_CONTRACT_BIAS, layer), l->middle, after(m, layer));
}

// grad_x is d x of the next layer at first, and d middle in the end.
static void feed_forward_part_backward(const model *m, int layer)
{
    const arena_layer *l = &m->a.layers[layer];
    const arena *a = &m->a;
    linear_map expand = expanding(m, layer), contract = contracting(m, layer);
    // forward:  x = middle + activated · contract + contractBias
    // backward: d middle = d x, d activated = d x · contractᵀ
    linear_backward(&contract, a->grad_x, gradient(m, TABLE_CONTRACT, layer), gradient(m, TABLE_CONTRACT_BIAS, layer),
                    a->grad_wide, 0, a->transposed);
    gelu_backward(l->expanded, m->rows * m->config->hidden, a->grad_wide);
    linear_backward(&expand, a->grad_wide, gradient(m, TABLE_EXPAND, layer), gradient(m, TABLE_EXPAND_BIAS, layer),
                    a->grad_norm, 0, a->transposed);
    norm_backward(l->middle, m->rows, m->config->dim, parameter(m, TABLE_FEED_FORWARD_GAIN, layer),
                  l->middle_statistics, a->grad_norm, gradient(m, TABLE_FEED_FORWARD_GAIN, layer),
                  gradient(m, TABLE_FEED_FORWARD_BIAS, layer), a->grad_x);
}

// ------------------------------------------------------------------------------------------------- the whole
static void forward(const model *m, int backward)
{
    const transformer_config *config = m->config;
    embedding_forward(m->batch, config->max_length, m->length, config->dim, parameter(m, TABLE_EMBEDDING, 0),
                      parameter(m, TABLE_POSITION, 0), m->a.layers[0].x);
    for (int layer = 0; layer < config->layers; layer++) {
        attention_part(m, layer);
        if (!ends_with_weights(m, layer)) feed_forward_part(m, layer);
    }
    if (config->objective == TRANSFORMER_POINTER) pointer_loss(config, &m->a, m->batch, m->length, backward);
    else token_loss(config, &m->a, m->batch, m->length, backward);
}

static void backward(const model *m)
{
    const transformer_config *config = m->config;
    for (int layer = config->layers - 1; layer >= 0; layer--) {
        if (!ends_with_weights(m, layer)) feed_forward_part_backward(m, layer);
        attention_part_backward(m, layer);
    }
    embedding_backward(m->batch, config->max_length, m->length, config->dim, m->a.grad_x,
                       gradient(m, TABLE_EMBEDDING, 0), gradient(m, TABLE_POSITION, 0));
}

static void clear(float *to, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) to[i] = 0.0f;
}

static int is_finite(double x) { return x - x == 0; }

// ---------------------------------------------------------------------------------------------------- public
transformer_status transformer_gradients(const transformer_config *config, transformer_batch *batch)
{
    model m = model_of(config, batch);
    clear(m.a.gradients, table_floats(config));
    forward(&m, 1);
    backward(&m);
    return is_finite(batch->loss) && adamw_is_finite(config, &m.a) ? TRANSFORMER_OK : TRANSFORMER_NOT_FINITE;
}

transformer_status transformer_train(const transformer_config *config, transformer_batch *batch, double rate,
                                     double decay, int32_t step)
{
    if (transformer_gradients(config, batch) != TRANSFORMER_OK) return TRANSFORMER_NOT_FINITE;
    arena a = arena_of(config);
    adamw_update(config, &a, rate, decay, step);
    return TRANSFORMER_OK;
}

transformer_status transformer_evaluate(const transformer_config *config, transformer_batch *batch)
{
    model m = model_of(config, batch);
    forward(&m, 0);
    if (config->objective == TRANSFORMER_TOKEN) pointer_weights(config, &m.a, batch, m.length);
    return is_finite(batch->loss) ? TRANSFORMER_OK : TRANSFORMER_NOT_FINITE;
}

void transformer_observe(const transformer_config *config, const transformer_batch *batch, int32_t layer,
                         transformer_view *view)
{
    arena a = arena_of(config);
    const arena_layer *l = &a.layers[layer];
    int length = batch->lengths[0];
    attending_forward(config, &a, batch, length, l); // which a last layer with pointers leaves out
    attending_observe(config, &a, length, l, a.scores, a.weights);
    *view = (transformer_view){l->h, l->query, l->key, l->value, a.scores, a.weights, l->attended};
}

void transformer_init(const transformer_config *config, uint32_t seed)
{
    arena a = arena_of(config);
    random_parameters(config, a.parameters, seed);
    clear(a.first, table_floats(config));
    clear(a.second, table_floats(config));
}

uint32_t transformer_table_floats(const transformer_config *config) { return table_floats(config); }

uint32_t transformer_arena_bytes(const transformer_config *config)
{
    arena a = arena_of(config);
    return a.bytes < TRANSFORMER_TOO_LARGE ? (uint32_t)a.bytes : TRANSFORMER_TOO_LARGE;
}

int32_t transformer_interface(void) { return TRANSFORMER_INTERFACE; }

int32_t transformer_relaxed(void)
{
#if defined(__wasm_relaxed_simd__)
    return 1;
#else
    return 0;
#endif
}
