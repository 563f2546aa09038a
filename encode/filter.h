// SPDX-License-Identifier: MIT
// PNG's filters (ISO/IEC 15948, section 9), the two that are worth their time here: None and Paeth.
#ifndef SAMPLECASE_ENCODE_FILTER_H
#define SAMPLECASE_ENCODE_FILTER_H

#include <stddef.h>
#include <stdint.h>

enum { FILTER_NONE = 0, FILTER_PAETH = 4 };

// A row of pixels: size bytes, a pixel being `channels` of them, and the row above it, NULL for the
// first.
struct filter_row {
    const uint8_t *bytes, *above;
    size_t size;
    unsigned channels;
};

// Writes the Paeth residuals of bytes[from..to) to out. Returns how much they gain over the bytes
// themselves: the difference of the sums of their magnitudes as signed bytes, with a price on each
// that is not zero. Not positive when None is the better filter.
int64_t filter_paeth(uint8_t *out, const struct filter_row *row, size_t from, size_t to);

// What filtered bytes look like, as far as the choice of a code depends on it.
struct filter_sketch {
    uint64_t zeros; // bytes that are 0
    uint64_t sum;   // of the bytes, taken as signed, without their sign
};

struct filter_sketch filter_sketch(const uint8_t *bytes, size_t size);

#endif
