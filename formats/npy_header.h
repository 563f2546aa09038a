// SPDX-License-Identifier: MIT
// The header of an .npy file (numpy.lib.format, versions 1.0 to 3.0): "\x93NUMPY", a version, a
// length, and the text of a Python dict with the keys descr, fortran_order and shape. The text is
// read as a literal; nothing in it is evaluated.
#ifndef SAMPLECASE_FORMATS_NPY_HEADER_H
#define SAMPLECASE_FORMATS_NPY_HEADER_H

#include "base/buffer.h"
#include "formats/npy_type.h"

enum {
    NPY_MAX_RANK = 9,     // axes of a sample and the one that counts samples
    NPY_MAX_TEXT = 10000, // bytes of the dict
    NPY_MAX_HEADER = 12 + NPY_MAX_TEXT,
};

struct npy_header {
    struct npy_type type;
    bool is_fortran; // the first axis varies fastest, and there is more than one
    unsigned rank;   // at least 1
    uint64_t shape[NPY_MAX_RANK];
    size_t size;         // bytes of the header
    uint64_t row_items;  // values of one sample
    uint64_t file_bytes; // of header and values; not for objects
};

// Whether bytes begin as an .npy file does.
bool npy_header_is(const uint8_t *bytes, size_t size);

// Bytes of the whole header, by its first bytes (12 are enough). 0 with the error.
size_t npy_header_size(const uint8_t *bytes, size_t size, struct error *error);

// Reads a header, of which `size` bytes are there, and checks it whole. False with the error.
bool npy_header_parse(struct npy_header *header, const uint8_t *bytes, size_t size,
                      struct error *error);

// Appends "60000 × 28 × 28 uint8".
void npy_header_print(const struct npy_header *header, struct buffer *out);

#endif
