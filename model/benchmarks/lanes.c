/* The dearest operations of a trial, each over many numbers that do not depend on each other.
   Compiled twice: one number after the other, and in lanes. */

#include <math.h>
#include <stdint.h>

void exps(const double *in, double *out, int64_t n) {
#pragma omp simd
    for (int64_t i = 0; i < n; i++) out[i] = exp(in[i]);
}

void logs(const double *in, double *out, int64_t n) {
#pragma omp simd
    for (int64_t i = 0; i < n; i++) out[i] = log(in[i]);
}

void square_roots(const double *in, double *out, int64_t n) {
#pragma omp simd
    for (int64_t i = 0; i < n; i++) out[i] = sqrt(in[i]);
}

/* DRAW */

/* One address under the keys of many trials, as lanes of trials would ask. */
void draws(const double *in, double *out, int64_t n) {
    (void)in;
#pragma omp simd
    for (int64_t i = 0; i < n; i++) {
        Tape u = {.seed = 1, .trial = (uint64_t)i, .month = 7};
        out[i] = draw(&u, 3, 1234, 5678);
    }
}
