// A fuzzer for attention_backward, to be run under sanitizers:
//     clang -std=c11 -g -O1 -fsanitize=address,undefined -fno-sanitize-recover -Ic_src tests/native/backward.c \
//         c_src/{backward,gradients,pool}.c -lm -o /tmp/backward && /tmp/backward [cases] [seed]
// The gradients are compared with analytic ones in double; those, on small cases, with central differences.
// Every buffer is its own allocation of just the right size, so that the sanitizer sees each access outside.
#include "attention.h"
#include "rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state;
static uint32_t random_bits(void) { state = state * 6364136223846793005u + 1442695040888963407u; return (uint32_t)(state >> 33); }
static int below(int n) { return (int)(random_bits() % (uint32_t)n); }
static double uniform(void) { return (double)random_bits() / 2147483648.0 * 2 - 1; }
static int chosen(const int *from, int count) { return from[below(count)]; }
#define CHOSEN(...) chosen((const int[]){__VA_ARGS__}, sizeof (int[]){__VA_ARGS__} / sizeof(int))

// In double, what a case is about.
// `e…` is what each gradient may be off by, in units of 2^-24: the sum of the sizes of all that was added up.
typedef struct { double *q, *k, *v, *mask, *output, *lse, *gq, *gk, *gv, *gm, *eq, *ek, *ev, *em; } reference;

static const attention_problem *a;
static const float *grad_output;
static int dims[4];

static void *make(size_t bytes) { return calloc(bytes ? bytes : 1, 1); }
static size_t count_q(void) { return (size_t)a->batch * a->heads * a->query_length; }
static size_t count_k(void) { return (size_t)a->batch * a->key_heads * a->key_length; }
static size_t q_row(int b, int h, int m) { return ((size_t)b * a->heads + h) * a->query_length + m; }
static size_t k_row(int b, int h, int n) { return ((size_t)b * a->key_heads + h / (a->heads / a->key_heads)) * a->key_length + n; }
static size_t mask_at(int b, int h, int m, int n)
{
    return (size_t)b * a->mask_stride[0] + (size_t)h * a->mask_stride[1] + (size_t)m * a->mask_stride[2] + (size_t)n * a->mask_stride[3];
}

static int visible(const reference *r, int b, int h, int m, int n)
{
    long p = m + (a->query_offset ? a->query_offset[b] : 0);
    if (a->key_lengths && n >= a->key_lengths[b]) return 0;
    if (a->window_left >= 0 && n < p - a->window_left) return 0;
    if (a->window_right >= 0 && n > p + a->window_right) return 0;
    if (a->boolean_mask && !a->boolean_mask[mask_at(b, h, m, n)]) return 0;
    return !(a->additive_mask && r->mask[mask_at(b, h, m, n)] == -INFINITY);
}

// masked; tanh in *t; the size of what was added up in *size
static double score(const reference *r, int b, int h, int m, int n, double *t, double *size)
{
    double s = 0, sum = 0;
    long p = m + (a->query_offset ? a->query_offset[b] : 0);
    for (int d = 0; d < a->head_dim; d++) s += r->q[q_row(b, h, m) * a->head_dim + d] * r->k[k_row(b, h, n) * a->head_dim + d];
    for (int d = 0; d < a->head_dim; d++) sum += fabs(r->q[q_row(b, h, m) * a->head_dim + d] * r->k[k_row(b, h, n) * a->head_dim + d]);
    s *= a->scale;
    *size = sum * a->scale;
    *t = 0;
    if (a->softcap != 0) { *t = tanh(s / a->softcap); s = a->softcap * *t; }
    if (a->alibi_slopes) { s -= (double)a->alibi_slopes[h] * labs(p - n); *size += (double)a->alibi_slopes[h] * labs(p - n); }
    if (a->additive_mask) s += r->mask[mask_at(b, h, m, n)];
    return s;
}

static double loss_of(reference *r)
{
    double loss = 0;
    double *s = make(sizeof(double) * a->key_length), t, size;
    for (int b = 0; b < a->batch; b++) for (int h = 0; h < a->heads; h++) for (int m = 0; m < a->query_length; m++) {
        double most = a->sinks ? a->sinks[h] : -INFINITY, sum = 0, *o = r->output + q_row(b, h, m) * a->value_dim;
        for (int n = 0; n < a->key_length; n++) {
            s[n] = visible(r, b, h, m, n) ? score(r, b, h, m, n, &t, &size) : -INFINITY;
            if (!(s[n] <= most)) most = s[n];
        }
        if (a->sinks && most != -INFINITY) sum = exp(a->sinks[h] - most);
        for (int e = 0; e < a->value_dim; e++) o[e] = 0;
        for (int n = 0; n < a->key_length; n++) {
            if (s[n] == -INFINITY) continue;
            double w = exp(s[n] - most);
            sum += w;
            for (int e = 0; e < a->value_dim; e++) o[e] += w * r->v[k_row(b, h, n) * a->value_dim + e];
        }
        for (int e = 0; e < a->value_dim && sum != 0; e++) o[e] /= sum;
        r->lse[q_row(b, h, m)] = sum == 0 ? -INFINITY : most + log(sum);
        for (int e = 0; e < a->value_dim; e++) loss += o[e] * grad_output[q_row(b, h, m) * a->value_dim + e];
    }
    free(s);
    return loss;
}

static void backward(reference *r)
{
    int D = a->head_dim, E = a->value_dim;
    for (int b = 0; b < a->batch; b++) for (int h = 0; h < a->heads; h++) for (int m = 0; m < a->query_length; m++) {
        size_t q = q_row(b, h, m);
        const float *go = grad_output + q * E;
        double delta = 0, delta_size = 0, t, size;
        for (int e = 0; e < E; e++) { delta += go[e] * r->output[q * E + e]; delta_size += fabs(go[e] * r->output[q * E + e]); }
        for (int n = 0; n < a->key_length; n++) {
            if (!visible(r, b, h, m, n)) continue;
            size_t k = k_row(b, h, n);
            double w = exp(score(r, b, h, m, n, &t, &size) - r->lse[q]), dp = 0, dp_size = delta_size;
            if (w == 0 || r->lse[q] == -INFINITY) continue;  // the score of a key that is seen can be -infinity too
            for (int e = 0; e < E; e++) { r->gv[k * E + e] += w * go[e]; dp += go[e] * r->v[k * E + e]; dp_size += fabs(go[e] * r->v[k * E + e]); }
            size = w * (4 + size + fabs(r->lse[q]));
            for (int e = 0; e < E; e++) r->ev[k * E + e] += size * fabs(go[e]);
            double ds = w * (dp - delta);
            size = size * fabs(dp - delta) + w * dp_size;
            if (r->gm) { r->gm[mask_at(b, h, m, n)] += ds; r->em[mask_at(b, h, m, n)] += size; }
            size *= a->scale;
            ds *= (1 - t * t) * a->scale;
            for (int d = 0; d < D; d++) { r->gq[q * D + d] += ds * r->k[k * D + d]; r->gk[k * D + d] += ds * r->q[q * D + d]; }
            for (int d = 0; d < D; d++) { r->eq[q * D + d] += size * fabs(r->k[k * D + d]); r->ek[k * D + d] += size * fabs(r->q[q * D + d]); }
        }
    }
}

static double differences(reference *r, double *x, const double *grad, size_t count)
{
    double worst = 0;
    for (int i = 0; i < 5 && count; i++) {
        size_t at = random_bits() % count;
        double was = x[at], step = 1e-5;
        if (!isfinite(was)) continue;
        x[at] = was + step; double up = loss_of(r);
        x[at] = was - step; double down = loss_of(r);
        x[at] = was;
        double error = fabs((up - down) / (2 * step) - grad[at]) / (1 + fabs(grad[at]));
        if (!(error <= worst)) worst = error;
    }
    loss_of(r);
    return worst;
}

// The largest error as a share of the allowed. What isn't finite must be matched by what isn't.
static double compare(const float *x, const double *y, const double *error, size_t count)
{
    double worst = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(y[i]) && !isfinite(x[i])) continue;
        double share = fabs(x[i] - y[i]) / (4 * 0x1p-24 * error[i] + 1e-30);
        if (!(share <= worst)) worst = share;
    }
    return worst;
}

static uint16_t half_of(float x)  // of small numbers: truncates
{
    union { float f; uint32_t u; } n = {.f = x * 0x1p-112f};
    return (uint16_t)((n.u >> 13 & 0x7fff) | (x < 0 ? 0x8000 : 0));
}

static void *tensor(double *to, size_t rows, int dim, int type, double size)
{
    void *data = make(rows * dim * (type == ATTENTION_FLOAT16 ? 2 : 4));
    for (size_t i = 0; i < rows * dim; i++) {
        float x = (float)(uniform() * size);
        if (type == ATTENTION_FLOAT16) { ((uint16_t *)data)[i] = half_of(x); x = float_from_half(half_of(x)); }
        else ((float *)data)[i] = x;
        to[i] = x;
    }
    return data;
}

static void poison(void *data, double *to, size_t row, int dim, int type, int infinite)
{
    if (dim == 0) return;
    size_t at = row * dim + below(dim);
    // Infinite only in values and grad_output: a score of -infinity is a key's that is hidden, whatever its reason.
    float x = infinite && below(2) ? INFINITY : NAN;
    if (type == ATTENTION_FLOAT16) ((uint16_t *)data)[at] = isnan(x) ? 0x7e00 : 0x7c00;
    else ((float *)data)[at] = x;
    to[at] = x;
}

static int run_case(int number)
{
    int small = below(4) == 0, sizes[] = {0, 1, 2, 59, 60, 61, 63, 64, 65, 71, 72, 73, 129, 143, 144, 145, 150, 300};
    int group = 1 + below(3), heads = 1 + below(2);
    attention_problem problem = {
        .batch = 1 + below(2), .heads = heads * group, .key_heads = heads,
        .query_length = small ? below(8) : chosen(sizes, 18), .key_length = small ? below(8) : chosen(sizes, 18),
        .head_dim = CHOSEN(1, 3, 5, 8, 31, 64, 80), .value_dim = CHOSEN(1, 3, 5, 8, 31, 64, 80),
        .query_type = below(4) == 0, .key_type = below(4) == 0, .value_type = below(4) == 0,
        .window_left = -1, .window_right = -1,
    };
    a = &problem;
    int B = problem.batch, H = problem.heads, M = problem.query_length, N = problem.key_length, D = problem.head_dim, E = problem.value_dim;
    problem.key_capacity = N;
    problem.scale = (float)(1 / sqrt(D));
    // No option, one, two, or any.
    int options = below(4), which = options == 0 ? 0 : options == 1 ? 1 << below(8) : options == 2 ? 1 << below(8) | 1 << below(8) : below(256);
    int32_t *offset = make(4 * B), *lengths = make(4 * B);
    float *slopes = make(4 * H), *sinks = make(4 * H);
    for (int b = 0; b < B; b++) { offset[b] = below(2) ? N - M : below(21) - 10; lengths[b] = below(N + 1); }
    for (int h = 0; h < H; h++) { slopes[h] = (float)pow(2, -below(8)); sinks[h] = below(4) ? (float)(3 * uniform()) : -INFINITY; }
    if (which & 1) problem.window_right = 0;
    if (which & 2) problem.window_left = CHOSEN(0, 1, 5, 64, 100), problem.window_right = below(2) ? problem.window_right : CHOSEN(0, 3, 70);
    if (which & 4) problem.query_offset = offset;
    if (which & 8) problem.key_lengths = lengths;
    if (which & 16) problem.softcap = (float)(0.5 + below(20));
    if (which & 32) problem.alibi_slopes = slopes;
    if (which & 64) problem.sinks = sinks;
    int masked = which & 128 ? 1 + below(3) : 0, full[4] = {B, H, M, N};
    size_t mask_count = 1;
    for (int i = 3; i >= 0; i--) {
        dims[i] = below(3) ? full[i] : 1;
        problem.mask_stride[i] = dims[i] == 1 ? 0 : (int)mask_count;
        mask_count *= dims[i];
    }
    reference r = {0};
    float *mask = make(4 * mask_count);
    uint8_t *attend = make(mask_count);
    r.mask = make(8 * mask_count);
    for (size_t i = 0; i < mask_count; i++) {
        attend[i] = below(3) != 0;
        r.mask[i] = mask[i] = below(5) ? (float)uniform() : -INFINITY;
    }
    if (masked & 1) problem.additive_mask = mask;
    if (masked & 2) problem.boolean_mask = attend;

    r.q = make(8 * count_q() * D), r.k = make(8 * count_k() * D), r.v = make(8 * count_k() * E);
    r.output = make(8 * count_q() * E), r.lse = make(8 * count_q());
    r.gq = make(8 * count_q() * D), r.gk = make(8 * count_k() * D), r.gv = make(8 * count_k() * E);
    r.eq = make(8 * count_q() * D), r.ek = make(8 * count_k() * D), r.ev = make(8 * count_k() * E), r.em = make(8 * mask_count);
    if (masked & 1) r.gm = make(8 * mask_count);
    void *query = tensor(r.q, count_q(), D, problem.query_type, 2), *key = tensor(r.k, count_k(), D, problem.key_type, 2);
    void *value = tensor(r.v, count_k(), E, problem.value_type, 1);
    double *ignored = make(8 * count_q() * E);
    float *go = tensor(ignored, count_q(), E, ATTENTION_FLOAT32, 1);
    grad_output = go;
    problem.query = query, problem.key = key, problem.value = value;

    int poisoned = below(4) == 0;
    for (int i = 0; i < 3 && poisoned && M && N; i++) {
        int kind = below(4);
        if (kind == 0) poison(query, r.q, random_bits() % count_q(), D, problem.query_type, 0);
        if (kind == 1) poison(key, r.k, random_bits() % count_k(), D, problem.key_type, 0);
        if (kind == 2) poison(value, r.v, random_bits() % count_k(), E, problem.value_type, 1);
        if (kind == 3) poison(go, ignored, random_bits() % count_q(), E, ATTENTION_FLOAT32, 1);
    }
    loss_of(&r);
    backward(&r);
    double worst = 0;
    if (!poisoned && (double)count_q() * N * (D + E) < 3e5) {
        double errors[] = {differences(&r, r.q, r.gq, count_q() * D), differences(&r, r.k, r.gk, count_k() * D),
                           differences(&r, r.v, r.gv, count_k() * E), r.gm ? differences(&r, r.mask, r.gm, mask_count) : 0};
        for (int i = 0; i < 4; i++) {
            if (!(errors[i] <= 1e-6)) { printf("case %d: the reference differs from differences by %g in gradient %d\n", number, errors[i], i); return 1; }
        }
    }

    float *output = make(4 * count_q() * E), *lse = make(4 * count_q());
    for (size_t i = 0; i < count_q() * E; i++) output[i] = (float)r.output[i];
    for (size_t i = 0; i < count_q(); i++) lse[i] = (float)r.lse[i];
    attention_backward_args args = {
        .problem = problem, .grad_output = go, .output = output, .log_sum_exp = lse,
        .grad_query = make(4 * count_q() * D), .grad_key = make(4 * count_k() * D), .grad_value = make(4 * count_k() * E),
        .grad_mask = r.gm ? make(4 * mask_count) : NULL,
    };
    memcpy(args.mask_dims, dims, sizeof dims);
    memset(args.grad_query, 0xff, 4 * count_q() * D);
    memset(args.grad_key, 0xff, 4 * count_k() * D);
    memset(args.grad_value, 0xff, 4 * count_k() * E);
    if (r.gm) memset(args.grad_mask, 0xff, 4 * mask_count);
    uint32_t bytes = attention_backward_workspace_bytes(&args);
    args.workspace = aligned_alloc(16, (bytes + 15) / 16 * 16);
    memset(args.workspace, 0xff, bytes);
    if (attention_backward(&args) != ATTENTION_OK) { printf("case %d: refused\n", number); return 1; }

    double shares[] = {compare(args.grad_query, r.gq, r.eq, count_q() * D), compare(args.grad_key, r.gk, r.ek, count_k() * D),
                       compare(args.grad_value, r.gv, r.ev, count_k() * E), r.gm ? compare(args.grad_mask, r.gm, r.em, mask_count) : 0};
    for (int i = 0; i < 4; i++) if (!(shares[i] <= worst)) worst = shares[i];
    static double ever;
    if (worst > ever) printf("case %d: %.2f of the tolerance\n", number, ever = worst);
    int failed = !(worst <= 1);
    if (failed) {
        printf("case %d: off by %g %g %g %g (query, key, value, mask)\n  B %d H %d G %d M %d N %d D %d E %d options %x mask %d dims %d %d %d %d poisoned %d\n", number,
               shares[0], shares[1], shares[2], shares[3], B, H, problem.key_heads, M, N, D, E, which, masked, dims[0], dims[1], dims[2], dims[3], poisoned);
    }
    void *all[] = {offset, lengths, slopes, sinks, mask, attend, r.mask, r.q, r.k, r.v, r.output, r.lse, r.gq, r.gk, r.gv, r.gm, r.eq, r.ek, r.ev, r.em, query, key, value,
                   ignored, go, output, lse, args.grad_query, args.grad_key, args.grad_value, args.grad_mask, args.workspace};
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    return failed;
}

int main(int argc, char **argv)
{
    int cases = argc > 1 ? atoi(argv[1]) : 1000, failures = 0;
    uint64_t seed = argc > 2 ? (uint64_t)atoll(argv[2]) : 1;
    for (int i = 0; i < cases && failures < 5; i++) {
        state = (seed << 32) + (uint64_t)i * 0x9e3779b97f4a7c15u;
        random_bits();
        failures += run_case(i);
    }
    printf("%d failures\n", failures);
    return failures != 0;
}
