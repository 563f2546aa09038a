// SPDX-License-Identifier: MIT
// A large picture made smaller while its rows arrive: the mean of each square of step × step pixels
// (of what there is of it at the edges), so that no more than one row of squares is in memory.
#ifndef SAMPLECASE_FORMATS_RASTER_REDUCE_H
#define SAMPLECASE_FORMATS_RASTER_REDUCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct raster_reduce {
    uint32_t width, step;
    unsigned channels; // 1, 3 or 4; of 4 the last is alpha, by which the colours count
    uint32_t rows;     // added to the sums so far
    uint64_t *sums;    // owned
};

// For rows of that width. False when memory is short.
bool raster_reduce_open(struct raster_reduce *reduce, uint32_t width, unsigned channels,
                        uint32_t step);
void raster_reduce_free(struct raster_reduce *reduce);

// Adds a row of 8-bit samples.
void raster_reduce_add(struct raster_reduce *reduce, const uint8_t *row);

// Writes the means of what was added, (width + step - 1) / step pixels, and begins anew.
void raster_reduce_take(struct raster_reduce *reduce, uint8_t *out);

#endif
