// SPDX-License-Identifier: MIT
#include "formats/raster_reduce.h"

#include <stdlib.h>
#include <string.h>

enum { ALPHA = 3, RGBA = 4 };

static uint32_t cells(const struct raster_reduce *reduce)
{
    return (reduce->width + reduce->step - 1) / reduce->step;
}

bool raster_reduce_open(struct raster_reduce *reduce, uint32_t width, unsigned channels,
                        uint32_t step)
{
    *reduce = (struct raster_reduce){.width = width, .step = step, .channels = channels};
    reduce->sums = calloc((size_t)cells(reduce) * channels, sizeof *reduce->sums);
    return reduce->sums != NULL;
}

void raster_reduce_free(struct raster_reduce *reduce)
{
    free(reduce->sums);
    reduce->sums = NULL;
}

static inline void add_pixel(uint64_t *sum, const uint8_t *pixel, unsigned channels)
{
    uint32_t weight = channels == RGBA ? pixel[ALPHA] : 1;
    for (unsigned c = 0; c < channels; c++)
        sum[c] += c == ALPHA ? pixel[c] : pixel[c] * weight;
}

void raster_reduce_add(struct raster_reduce *reduce, const uint8_t *row)
{
    unsigned channels = reduce->channels;
    uint64_t *sum = reduce->sums;
    for (uint32_t x = 0; x < reduce->width; sum += channels) {
        uint32_t end = reduce->width - x < reduce->step ? reduce->width : x + reduce->step;
        for (; x < end; x++, row += channels)
            add_pixel(sum, row, channels);
    }
    reduce->rows++;
}

void raster_reduce_take(struct raster_reduce *reduce, uint8_t *out)
{
    unsigned channels = reduce->channels;
    uint64_t *sum = reduce->sums;
    uint32_t count = cells(reduce);
    for (uint32_t i = 0; i < count; i++, sum += channels, out += channels) {
        uint32_t left = reduce->width - i * reduce->step;
        uint64_t area = (uint64_t)(left < reduce->step ? left : reduce->step) * reduce->rows;
        for (unsigned c = 0; c < channels; c++) {
            uint64_t by = channels == RGBA && c != ALPHA ? sum[ALPHA] : area;
            out[c] = (uint8_t)(by ? (sum[c] + by / 2) / by : 0);
        }
    }
    memset(reduce->sums, 0, (size_t)count * channels * sizeof *reduce->sums);
    reduce->rows = 0;
}
