// SPDX-License-Identifier: MIT
// The header of an IDX file, as the page of MNIST describes it: two zero bytes, a type, the number
// of axes, the length of each axis (big-endian, 32 bits). The values follow, big-endian, C order.
#ifndef SAMPLECASE_FORMATS_IDX_HEADER_H
#define SAMPLECASE_FORMATS_IDX_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/dtype.h"
#include "base/error.h"

// Axes in the file: those that a sample can have, and the one that counts samples.
enum { IDX_MAX_RANK = 9, IDX_MAX_HEADER = 4 + 4 * IDX_MAX_RANK };

struct idx_header {
    enum dtype dtype;
    unsigned rank;
    uint64_t shape[IDX_MAX_RANK];
    size_t size;         // bytes of the header
    uint64_t row_bytes;  // of one sample
    uint64_t file_bytes; // of header and values
};

// Whether bytes begin as an IDX file does (two zeros, a type, a number of axes that is believable).
bool idx_header_is(const uint8_t *bytes, size_t size);

// Reads a header from a file's first bytes and checks it whole. False with the error.
bool idx_header_parse(struct idx_header *header, const uint8_t *bytes, size_t size,
                      struct error *error);

// Appends "60000 × 28 × 28 uint8".
void idx_header_print(const struct idx_header *header, struct buffer *out);

#endif
