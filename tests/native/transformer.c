// transformer.c - the transformer: its gradients against differences of its loss, a step against AdamW in double, that
// learning lowers the loss, that runs repeat to the bit, and that what isn't finite changes nothing.
#include "fuzz.h"
#include "transformer/transformer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    transformer_config config;
    transformer_batch batch;
    uint32_t bytes, floats;  // of the arena, of a table
    float *parameters, *gradients, *moments;
} learner;

static const char *text_of(const learner *l)
{
    static char text[200];
    const transformer_config *c = &l->config;
    snprintf(text, sizeof text, "W %d L %d layers %d H %d C %d F %d objective %d causal %d B %d of %d", c->vocabulary,
             c->max_length, c->layers, c->heads, c->dim, c->hidden, c->objective, c->causal, l->batch.count, c->batch);
    return text;
}

static transformer_config random_config(void)
{
    transformer_config config = {
        .vocabulary = fuzz_once_in(4) ? 1 : 1 + fuzz_below(40),
        .max_length = fuzz_once_in(4) ? 2 : fuzz_once_in(20) ? 2 + fuzz_below(90) : 2 + fuzz_below(12),
        .layers = fuzz_once_in(10) ? 1 + fuzz_below(TRANSFORMER_MOST_LAYERS) : 1 + fuzz_below(3),
        .dim = 8 * (1 + fuzz_below(4)),
        .hidden = 8 * (1 + fuzz_below(5)),
        .objective = fuzz_below(2),
        .causal = fuzz_below(2),
        .batch = 1 + fuzz_below(9),
        .target = 0.8f,
    };
    do config.heads = FUZZ_ONE_OF(1, 2, 3, 4, 5, 6, 8, 16);
    while (config.dim % config.heads != 0);
    config.scale = 1 / sqrtf((float)config.dim / (float)config.heads);
    return config;
}

static int32_t *integers(int count) { return fuzz_allocate((size_t)count * 4, 4); }

// Tokens past a sentence's end stay -1: nothing may read them.
static void fill_batch(learner *l)
{
    transformer_batch *batch = &l->batch;
    int count = 1 + fuzz_below(l->config.batch), most = l->config.max_length;
    int32_t *tokens = integers(count * most), *lengths = integers(count), *queries = integers(count);
    int32_t *answers = integers(count);
    for (int b = 0; b < count; b++) {
        lengths[b] = fuzz_once_in(3) ? 1 : 1 + fuzz_below(most);
        queries[b] = fuzz_below(lengths[b]);
        answers[b] = fuzz_below(lengths[b]);
        for (int n = 0; n < lengths[b]; n++) tokens[b * most + n] = fuzz_below(l->config.vocabulary);
    }
    *batch = (transformer_batch){.count = count, .tokens = tokens, .lengths = lengths, .queries = queries,
                                 .answers = answers};
}

static void allocate_outputs(learner *l)
{
    size_t bytes = (size_t)l->batch.count * 4;
    l->batch.losses = fuzz_allocate(bytes, 4);
    l->batch.chosen = fuzz_allocate(bytes, 4);
    l->batch.probabilities = fuzz_allocate(bytes, 4);
    l->batch.weights = fuzz_allocate(bytes, 4);
}

// All but the tables becomes NaN: nothing may be read before it's written.
static void spoil(learner *l)
{
    memset(l->gradients, 0xff, (size_t)l->floats * 4);
    memset(l->parameters + 4 * (size_t)l->floats, 0xff, l->bytes - 16 * (size_t)l->floats);
}

static double loss_of(learner *l)
{
    spoil(l);
    transformer_evaluate(&l->config, &l->batch);
    return l->batch.loss;
}

// The loss along a direction, against the gradient's share of it.
static void check_slope(learner *l)
{
    float *direction = fuzz_allocate((size_t)l->floats * 4, 4), *start = fuzz_allocate((size_t)l->floats * 4, 4);
    double slope = 0, size = 0, step = 1.0 / 512;
    for (uint32_t i = 0; i < l->floats; i++) {
        start[i] = l->parameters[i];
        direction[i] = fuzz_once_in(2) ? 1 : -1;
        slope += (double)direction[i] * l->gradients[i];
        size += fabs(l->gradients[i]);
    }
    for (uint32_t i = 0; i < l->floats; i++) direction[i] *= (float)(step / sqrt(l->floats));
    for (uint32_t i = 0; i < l->floats; i++) l->parameters[i] = start[i] + direction[i];
    double up = loss_of(l);
    for (uint32_t i = 0; i < l->floats; i++) l->parameters[i] = start[i] - direction[i];
    double difference = (up - loss_of(l)) / (2 * step);
    slope /= sqrt(l->floats), size /= sqrt(l->floats);
    // float32 losses are apart by 1e-7 of their size; the rest is the loss's curvature.
    double allowed = 1e-4 * (1 + up) + 0.01 * size;
    if (!(fabs(difference - slope) <= allowed)) {
        fuzz_fail("slope %g, but by differences %g: %s", slope, difference, text_of(l));
    }
    memcpy(l->parameters, start, (size_t)l->floats * 4);
}

// Is it a matrix of a layer? What decays follows from what the header says of the table.
static int decays(const transformer_config *c, uint32_t i)
{
    uint32_t dim = (uint32_t)c->dim, square = dim * dim, wide = dim * (uint32_t)c->hidden;
    uint32_t head = (uint32_t)(c->vocabulary + c->max_length) * dim;
    uint32_t layer = 2 * dim + 4 * square + 2 * dim + 2 * wide + (uint32_t)c->hidden + dim;
    if (i < head || (i -= head) / layer >= (uint32_t)c->layers) return 0;
    i %= layer;
    if (i < 2 * dim) return 0;
    if (i < 2 * dim + 4 * square) return 1;
    i -= 4 * dim + 4 * square;
    return i < wide || (i >= wide + (uint32_t)c->hidden && i < 2 * wide + (uint32_t)c->hidden);
}

// The first step, when moments are 0: m̂ is the gradient and v̂ its square.
static void check_first_step(learner *l)
{
    const double rate = 0.01, decay = 0.1;
    float *before = fuzz_allocate((size_t)l->floats * 4, 4);
    memcpy(before, l->parameters, (size_t)l->floats * 4);
    spoil(l);
    if (transformer_train(&l->config, &l->batch, rate, decay, 1)) fuzz_fail("not finite: %s", text_of(l));
    for (uint32_t i = 0; i < l->floats; i++) {
        double gradient = l->gradients[i], change = gradient / (fabs(gradient) + 1e-8);
        double expected = before[i] - rate * (change + (decays(&l->config, i) ? decay * before[i] : 0));
        // The root of a square below the smallest float is another number than the gradient was.
        double allowed = fabs(gradient) > 1e-15 ? 1e-6 * (1 + fabs(before[i])) : 1e-6 + rate * 1e-6;
        if (!(fabs(l->parameters[i] - expected) <= allowed)) {
            fuzz_fail("parameter %u: %g instead of %g: %s", i, l->parameters[i], expected, text_of(l));
        }
    }
}

// Ten steps from the seed, which must be the same to the bit each time, and lower the loss. Returns the last loss.
static double learn(learner *l)
{
    transformer_init(&l->config, 7);
    for (int step = 1; step <= 10; step++) {
        spoil(l);
        if (transformer_train(&l->config, &l->batch, 0.002, 0.01, step)) fuzz_fail("not finite: %s", text_of(l));
    }
    return loss_of(l);
}

static void check_learning(learner *l)
{
    size_t bytes = (size_t)l->floats * 4;
    transformer_init(&l->config, 7);
    double before = loss_of(l), after = learn(l);
    float *parameters = fuzz_allocate(bytes, 4), *moments = fuzz_allocate(2 * bytes, 4);
    memcpy(parameters, l->parameters, bytes);
    memcpy(moments, l->moments, 2 * bytes);
    if (!(after <= before + 1e-3)) fuzz_fail("the loss went from %g to %g: %s", before, after, text_of(l));
    if (learn(l) != after || memcmp(parameters, l->parameters, bytes) || memcmp(moments, l->moments, 2 * bytes)) {
        fuzz_fail("the second run was another: %s", text_of(l));
    }
}

static void check_observed(learner *l)
{
    const transformer_config *c = &l->config;
    l->batch.count = 1;
    loss_of(l);
    for (int layer = 0; layer < c->layers; layer++) {
        transformer_view view;
        int tokens = l->batch.lengths[0];
        transformer_observe(c, &l->batch, layer, &view);
        for (int row = 0; row < c->heads * tokens; row++) {
            double sum = 0;
            for (int n = 0; n < tokens; n++) sum += view.weights[row * tokens + n];
            if (!(fabs(sum - 1) < 1e-5)) fuzz_fail("weights of layer %d add up to %g: %s", layer, sum, text_of(l));
        }
        for (int i = 0; i < c->dim * tokens; i++) {
            if (!isfinite(view.output[i] + view.inputs[i])) fuzz_fail("layer %d isn't finite: %s", layer, text_of(l));
        }
    }
}

// Whatever the parameters are: where the status isn't OK, all stays as it was.
static void check_hostile(learner *l)
{
    size_t bytes = (size_t)l->floats * 4;
    for (uint32_t i = 0; i < l->floats; i++) {
        if (fuzz_once_in(20)) l->parameters[i] = fuzz_float(2, FUZZ_HOSTILE);
    }
    float *parameters = fuzz_allocate(bytes, 4), *moments = fuzz_allocate(2 * bytes, 4);
    memcpy(parameters, l->parameters, bytes);
    memcpy(moments, l->moments, 2 * bytes);
    spoil(l);
    transformer_status status = transformer_train(&l->config, &l->batch, 0.01, 0.01, 3);
    int same = memcmp(parameters, l->parameters, bytes) == 0 && memcmp(moments, l->moments, 2 * bytes) == 0;
    if (status == TRANSFORMER_NOT_FINITE && !same) fuzz_fail("something changed: %s", text_of(l));
    for (uint32_t i = 0; i < 2 * l->floats && status == TRANSFORMER_OK; i++) {
        if (!isfinite(l->moments[i])) fuzz_fail("a moment isn't finite: %s", text_of(l));
    }
}

void fuzz_transformer(void)
{
    learner l = {.config = random_config()};
    fill_batch(&l);
    fuzz_freeze();
    allocate_outputs(&l);
    l.bytes = transformer_arena_bytes(&l.config);
    l.floats = transformer_table_floats(&l.config);
    l.config.arena = l.parameters = fuzz_workspace(l.bytes);
    l.gradients = l.parameters + l.floats;
    l.moments = l.gradients + l.floats;

    transformer_init(&l.config, fuzz_bits());
    for (uint32_t i = 0; i < l.floats; i++) l.parameters[i] += fuzz_float(0.1, FUZZ_TAME);
    spoil(&l);
    if (transformer_gradients(&l.config, &l.batch)) fuzz_fail("not finite: %s", text_of(&l));
    check_slope(&l);
    check_first_step(&l);
    check_learning(&l);
    check_observed(&l);
    check_hostile(&l);
    fuzz_unchanged();
}
