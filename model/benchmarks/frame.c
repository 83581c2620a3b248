/* What surrounds the rules: chance, and the loop over trials and months.
   `c_kernel.py` puts structures and rules in the places marked. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* LAYOUT */

#define BINS 200
#define FIXED_POINT 0x1p36
#define PARAMETER_WORDS (-2)
#define NO_WORD (-1)

static inline double real_min(double a, double b) { return b < a ? b : a; }
static inline double real_max(double a, double b) { return b > a ? b : a; }
static inline int64_t whole_min(int64_t a, int64_t b) { return b < a ? b : a; }
static inline int64_t whole_max(int64_t a, int64_t b) { return b > a ? b : a; }

static inline uint64_t turn(uint64_t x, int left) { return (x << left) | (x >> (64 - left)); }

#define ROUND(left) x0 += x1; x1 = turn(x1, left) ^ x0;
#define FOUR(a, b, c, d) ROUND(a) ROUND(b) ROUND(c) ROUND(d)

/* Threefry-2x64-20 of an address under the key of a trial, as a uniform inside (0, 1). */
static inline double draw(Tape *u, int64_t purpose, int64_t actor, int64_t other) {
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
static inline int64_t choose(Tape *u, int64_t purpose, int64_t actor, int64_t other, Cuts cuts) {
    double uniform = draw(u, purpose, actor, other);
    int64_t outcome = 0;
    for (int64_t c = 0; c < cuts.count; c++) outcome += uniform >= cuts.at[c];
    return outcome;
}

/* RULES */

static void fill(int64_t *words, int64_t *own, const double *values, const int64_t *places,
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

void run_block(const World *template, World *w, const Parameters *usual, Parameters *p,
               const double *paths, const double *values, const int64_t *places, double *ends,
               int32_t *histograms, int64_t *shares, int64_t *statuses, int64_t *requests,
               int64_t first, int64_t count, int64_t start_month, int64_t months,
               int64_t n_drivers, int64_t n_values, int64_t series, int64_t poles,
               int64_t n_threats, uint64_t seed) {
    double row[series];
    Tape u = {.seed = seed};
    for (int64_t n = 0; n < count; n++) {
        *w = *template;
        *p = *usual;
        fill((int64_t *)w, (int64_t *)p, values + (( first + n) / 2 - first / 2) * n_values, places,
             n_values);
        u.trial = (uint64_t)(first + n);
        for (int64_t t = 0; t < months; t++) {
            w->month = t;
            w->month_of_year = (start_month - 1 + t) % 12 + 1;
            u.month = (uint64_t)t;
            for (int64_t d = 0; d < w->n_drivers; d++) w->drivers[d].path = paths[t * n_drivers + d];
            if (t == 0) {
                BEGIN(w, p);
            } else {
                ADVANCE(w, p, &u);
                for (int64_t i = 0; i < w->n_members; i++) {
                    Member *me = &w->members[i];
                    int64_t *own = requests + (i * n_threats + me->request_threat) * 3 * 6;
                    if (me->turned == 1) own[2 * 6]++;
                    if (me->answer != -1) own[me->request_channel * 6 + me->answer]++;
                    else if (me->request_threat != -1) own[0]++;
                }
            }
            WRITE_SERIES(w, row);
            for (int64_t s = 0; s < series; s++) {
                int64_t bin = whole_min(BINS - 1, whole_max(0, (int64_t)(row[s] * BINS)));
                histograms[(t * series + s) * BINS + bin]++;
            }
            for (int64_t i = 0; i < w->n_members; i++) {
                Member *me = &w->members[i];
                int64_t *own = shares + (t * w->n_members + i) * poles;
                statuses[(t * w->n_members + i) * 3 + me->status]++;
                for (int64_t q = 0; q < w->n_partners; q++)
                    own[q] += (int64_t)(me->alignment[q] * FIXED_POINT);
                own[w->n_partners] += (int64_t)(me->patron_alignment * FIXED_POINT);
                own[w->n_partners + 1] += (int64_t)(me->autonomous_alignment * FIXED_POINT);
            }
        }
        ends[n] = w->cohesion;
    }
}
