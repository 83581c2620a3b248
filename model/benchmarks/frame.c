/* What surrounds the rules: chance, and one trial with its months. For processors and, as CUDA, for
   graphics processors. `c_kernel.py` puts structures and rules in the places marked. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __CUDACC__
/* Trials count into the same arrays at the same time; whole numbers add up in any order. */
#define RULE static __device__
#define MAKE(kind) kind
#define ADD(place, much) \
    atomicAdd((unsigned long long *)&(place), (unsigned long long)(int64_t)(much))
#define COUNT(place) atomicAdd(&(place), 1)
#else
#define RULE static
#define MAKE(kind) (kind)
#define ADD(place, much) ((place) += (much))
#define COUNT(place) ((place)++)
#endif

/* LAYOUT */

#define BINS 200
#define FIXED_POINT 0x1p36
#define PARAMETER_WORDS (-2)
#define NO_WORD (-1)

RULE inline double real_min(double a, double b) { return b < a ? b : a; }
RULE inline double real_max(double a, double b) { return b > a ? b : a; }
RULE inline int64_t whole_min(int64_t a, int64_t b) { return b < a ? b : a; }
RULE inline int64_t whole_max(int64_t a, int64_t b) { return b > a ? b : a; }

RULE inline uint64_t turn(uint64_t x, int left) { return (x << left) | (x >> (64 - left)); }

#define ROUND(left) x0 += x1; x1 = turn(x1, left) ^ x0;
#define FOUR(a, b, c, d) ROUND(a) ROUND(b) ROUND(c) ROUND(d)

/* Threefry-2x64-20 of an address under the key of a trial, as a uniform inside (0, 1). */
RULE inline double draw(Tape *u, int64_t purpose, int64_t actor, int64_t other) {
    uint64_t k0 = u->seed, k1 = u->trial, k2 = k0 ^ k1 ^ UINT64_C(0x1BD11BDAA9FC1A22);
    uint64_t x0 = ((u->month << 32) | (uint64_t)purpose) + k0;
    uint64_t x1 = (((uint64_t)actor << 32) | (uint64_t)other) + k1;
    FOUR(16, 42, 12, 31) x0 += k1; x1 += k2 + 1;
    FOUR(16, 32, 24, 21) x0 += k2; x1 += k0 + 2;
    FOUR(16, 42, 12, 31) x0 += k0; x1 += k1 + 3;
    FOUR(16, 32, 24, 21) x0 += k1; x1 += k2 + 4;
    FOUR(16, 42, 12, 31) x0 += k2;
    return ((double)(x0 >> 12) + 0.5) * 0x1p-52;
}

typedef struct {
    double at[6];
    int64_t count;
} Cuts;

/* The outcome at an address: how many cuts its uniform reaches. */
RULE inline int64_t choose(Tape *u, int64_t purpose, int64_t actor, int64_t other, Cuts cuts) {
    double uniform = draw(u, purpose, actor, other);
    int64_t outcome = 0;
    for (int64_t c = 0; c < cuts.count; c++) outcome += uniform >= cuts.at[c];
    return outcome;
}

/* RULES */

/* What trials have in common, and where they leave their results; every field is a word. */
typedef struct {
    const World *world;
    const Parameters *parameters;
    const double *paths;
    const double *values;
    const int64_t *places;
    double *ends;
    int32_t *histograms;
    int64_t *shares, *statuses, *requests;
    int64_t first, count, start_month, months, n_drivers, n_values, series, poles, n_threats;
    uint64_t seed;
} Job;

RULE void fill(int64_t *words, int64_t *own, const double *values, const int64_t *places,
               int64_t n_values) {
    for (int64_t q = 0; q < n_values; q++) {
        int64_t word = places[2 * q], twin = places[2 * q + 1];
        if (word <= PARAMETER_WORDS) {
            memcpy(&own[PARAMETER_WORDS - word], &values[q], 8);
        } else {
            memcpy(&words[word], &values[q], 8);
            if (twin != NO_WORD) memcpy(&words[twin], &values[q], 8);
        }
    }
}

RULE void count_requests(const Job *job, const World *w) {
    for (int64_t i = 0; i < w->n_members; i++) {
        const Member *me = &w->members[i];
        int64_t *own = job->requests + (i * job->n_threats + me->request_threat) * 3 * 6;
        if (me->turned == 1) ADD(own[2 * 6], 1);
        if (me->answer != -1) ADD(own[me->request_channel * 6 + me->answer], 1);
        else if (me->request_threat != -1) ADD(own[0], 1);
    }
}

RULE void count_month(const Job *job, const World *w, int64_t t) {
    double row[SERIES];
    WRITE_SERIES((World *)w, row);
    for (int64_t s = 0; s < job->series; s++) {
        int64_t bin = whole_min(BINS - 1, whole_max(0, (int64_t)(row[s] * BINS)));
        COUNT(job->histograms[(t * job->series + s) * BINS + bin]);
    }
    for (int64_t i = 0; i < w->n_members; i++) {
        const Member *me = &w->members[i];
        int64_t *own = job->shares + (t * w->n_members + i) * job->poles;
        ADD(job->statuses[(t * w->n_members + i) * 3 + me->status], 1);
        for (int64_t q = 0; q < w->n_partners; q++)
            ADD(own[q], (int64_t)(me->alignment[q] * FIXED_POINT));
        ADD(own[w->n_partners], (int64_t)(me->patron_alignment * FIXED_POINT));
        ADD(own[w->n_partners + 1], (int64_t)(me->autonomous_alignment * FIXED_POINT));
    }
}

/* One trial, from its first month to its last, in records of its own. */
RULE void play(const Job *job, int64_t n, World *w, Parameters *p) {
    int64_t trial = job->first + n, own_set = trial / 2 - job->first / 2;
    Tape u = {job->seed, (uint64_t)trial, 0};
    *w = *job->world;
    *p = *job->parameters;
    fill((int64_t *)w, (int64_t *)p, job->values + own_set * job->n_values, job->places,
         job->n_values);
    for (int64_t t = 0; t < job->months; t++) {
        w->month = t;
        w->month_of_year = (job->start_month - 1 + t) % 12 + 1;
        u.month = (uint64_t)t;
        for (int64_t d = 0; d < w->n_drivers; d++)
            w->drivers[d].path = job->paths[t * job->n_drivers + d];
        if (t == 0) {
            BEGIN(w, p);
        } else {
            ADVANCE(w, p, &u);
            count_requests(job, w);
        }
        count_month(job, w, t);
    }
    job->ends[n] = w->cohesion;
}

#ifndef __CUDACC__
void run_block(const Job *job, World *w, Parameters *p) {
    for (int64_t n = 0; n < job->count; n++) play(job, n, w, p);
}
#endif
