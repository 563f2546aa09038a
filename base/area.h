// SPDX-License-Identifier: MIT
// Pictures made smaller, row by row: each pixel of the result is the mean of the area that it
// shows.
#ifndef SAMPLECASE_BASE_AREA_H
#define SAMPLECASE_BASE_AREA_H

#include <stdbool.h>
#include <stdint.h>

// What a picture of that size becomes when its longer side may be at most size: the same shape,
// rounded, sides at least 1; never more than it has.
void area_fit(uint32_t *width, uint32_t *height, uint32_t size);

// One axis. What comes in are `cells`, each of which shows `pitch` pixels of the whole but for the
// last, which may show fewer; the result has `to` of them, at most as many.
struct area_axis {
    uint32_t cells, pitch, length, to; // length: of the whole, in pixels
};

struct area;

// For rows of 8-bit samples with 1, 3 or 4 channels; of 4 the last is alpha, by which the colours
// count, so that what is behind transparent pixels does not show. NULL when memory is short.
struct area *area_new(const struct area_axis *across, const struct area_axis *down,
                      unsigned channels);
void area_free(struct area *area); // NULL is fine

// Takes the next row. Whether it completed one of the result, which is then in `out`.
bool area_add(struct area *area, const uint8_t *row, uint8_t *out);

#endif
