/* The dearest operations of a trial, each over many numbers that do not depend on each other.
   Compiled twice: one number after the other, and in lanes. Repeated here, for a call from Python
   costs more than the operations themselves. */

#include <math.h>
#include <stdint.h>

static void exps_once(const double *in, double *out, int64_t n) {
#pragma omp simd
    for (int64_t i = 0; i < n; i++) out[i] = exp(in[i]);
}

static void logs_once(const double *in, double *out, int64_t n) {
#pragma omp simd
    for (int64_t i = 0; i < n; i++) out[i] = log(in[i]);
}

static void square_roots_once(const double *in, double *out, int64_t n) {
#pragma omp simd
    for (int64_t i = 0; i < n; i++) out[i] = sqrt(in[i]);
}

/* DRAW */

/* One address under the keys of many trials, as lanes of trials would ask. */
static void draws_once(const double *in, double *out, int64_t n) {
    (void)in;
#pragma omp simd
    for (int64_t i = 0; i < n; i++) {
        Tape u = {.seed = 1, .trial = (uint64_t)i, .month = 7};
        out[i] = draw(&u, 3, 1234, 5678);
    }
}

#define REPEATED(name)                                                                    \
    void name(const double *in, double *out, int64_t n, int64_t times) {                  \
        for (int64_t t = 0; t < times; t++) {                                             \
            name##_once(in, out, n);                                                      \
            __asm__ volatile("" ::: "memory"); /* or all but one might be left out */     \
        }                                                                                 \
    }

REPEATED(exps)
REPEATED(logs)
REPEATED(square_roots)
REPEATED(draws)
