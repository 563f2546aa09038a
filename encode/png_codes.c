// SPDX-License-Identifier: MIT
// Residuals of pictures fall off about geometrically to both sides of zero. What differs is how
// fast, and how much is exactly zero: little in photographs, most in drawings on a plain ground. So
// the codes are a grid over these two, computed from the formula at first use (about 150
// microseconds). The figures were found by trying on MNIST, Fashion-MNIST, CIFAR, SVHN and digits;
// codes fitted to each single dataset would save 2 % more.
#include "encode/png_codes.h"

#include <pthread.h>

#include "encode/filter.h"

enum { SPREADS = 5, DENSITIES = 3, SPARSE = 16 };

// The columns: mean magnitude of the residuals that are not zero.
static const struct {
    double mean;  // what the code is made for
    double below; // it serves means below this
} SPREAD[SPREADS] = {{4, 6}, {7.5, 9.5}, {11, 14}, {18, 28}, {50, 129}};

// The rows: share of bytes that are zero.
static const struct {
    double below; // the code serves shares below this
    double zeros; // zeros among the literals; 0: as many as the fall of the others suggests
    double runs;  // runs to each literal
} DENSITY[DENSITIES] = {{0.17, 0, 0.0004}, {0.4, 0.32, 0.008}, {1.1, 0.75, 0.03}};

static struct deflate_code codes[SPREADS][DENSITIES];

static void make(struct deflate_code *code, double mean, double zeros, double runs)
{
    const double unit = 1 << 24, floor = 0.0001;
    uint32_t histogram[DEFLATE_SYMBOLS];
    double fall = 1 - 1 / mean;
    double share = (1 - fall) / 2 * (1 - zeros);
    histogram[0] = (uint32_t)(unit * (zeros > 0 ? zeros : 1.6 * share));
    for (unsigned residual = 1; residual <= 128; residual++) {
        histogram[residual] = histogram[256 - residual] = (uint32_t)(unit * (share + floor));
        share *= fall;
    }
    histogram[FILTER_PAETH] += (uint32_t)(unit * 0.013); // begins each row
    histogram[DEFLATE_END] = (uint32_t)(unit * 0.0007);
    for (unsigned symbol = DEFLATE_END + 1; symbol < DEFLATE_SYMBOLS; symbol++)
        histogram[symbol] = (uint32_t)(unit * runs / (DEFLATE_SYMBOLS - DEFLATE_END - 1));
    deflate_code_make(code, histogram);
}

static void make_all(void)
{
    for (unsigned s = 0; s < SPREADS; s++)
        for (unsigned d = 0; d < DENSITIES; d++)
            make(&codes[s][d], SPREAD[s].mean, DENSITY[d].zeros, DENSITY[d].runs);
}

const struct deflate_code *png_codes_choose(const uint8_t *filtered, size_t size)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct filter_sketch sketch = filter_sketch(filtered, size);
    uint64_t others = size - sketch.zeros;
    if (others < size / SPARSE)
        return NULL;
    pthread_once(&once, make_all);
    unsigned s = 0, d = 0;
    while (s + 1 < SPREADS && (double)sketch.sum >= SPREAD[s].below * (double)others)
        s++;
    while (d + 1 < DENSITIES && (double)sketch.zeros >= DENSITY[d].below * (double)size)
        d++;
    return &codes[s][d];
}
