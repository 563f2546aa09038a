// SPDX-License-Identifier: MIT
// Pictures for eyes: sample values to 8-bit pixels, enlarging, thumbnails, contact sheets.
#ifndef SAMPLECASE_ENCODE_PICTURE_H
#define SAMPLECASE_ENCODE_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/dtype.h"

// 8-bit pixels, rows packed, channels interleaved (1, 3 or 4). pixels is owned: picture_free.
struct picture {
    uint8_t *pixels;
    uint32_t width, height;
    unsigned channels;
};

// Zeroed pixels (black; transparent with 4 channels). False when memory is short or the product of
// the sizes passes 2^31.
bool picture_new(struct picture *picture, uint32_t width, uint32_t height, unsigned channels);
void picture_free(struct picture *picture);

// values[0..count) of that dtype to 8 bits. For uint8 with white 255 they are copied; else
// round(value * 255 / white), half up, clamped to 0..255; NaN is 0. bool: 0 and 255.
void picture_levels(uint8_t *out, const void *values, size_t count, enum dtype dtype, double white);

// Copies `from` into `to` at (x, y), each pixel enlarged to scale × scale (nearest neighbour). The
// channels must be equal and the enlarged tile must lie inside `to`.
void picture_place(struct picture *to, uint32_t x, uint32_t y, const struct picture *from,
                   unsigned scale);

// A copy whose longer side is at most size, as area_fit says: averaged over areas (base/area.h).
// False when memory is short.
bool picture_shrink(struct picture *to, const struct picture *from, uint32_t size);

// Makes it have more channels: grey becomes RGB, both get an alpha of 255. From 1 to 3 or 4, from 3
// to 4, or as many as it has. False, and it is as it was, when memory is short.
bool picture_widen(struct picture *picture, unsigned channels);

#endif
