// SPDX-License-Identifier: MIT
// The types of elements in numpy's files: the little words in .npy headers and pickles ("<f8",
// "|u1", "|O"), and their way to a type that is stored.
#ifndef SAMPLECASE_FORMATS_NPY_TYPE_H
#define SAMPLECASE_FORMATS_NPY_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dtype.h"
#include "base/error.h"

struct npy_type {
    bool is_object;   // Python objects, pickled; the fields below mean nothing then
    enum dtype dtype; // of the values as they are stored
    size_t item;      // bytes of one in the file
    bool is_half;     // float16, which is stored as float32
    bool is_swapped;  // big-endian
};

// Understands a word of that many bytes. False with an error that says what kind of values these
// are and which can be read.
bool npy_type_parse(struct npy_type *type, const char *word, size_t size, struct error *error);

// Turns count values of a file into stored ones: little-endian, bool to 0 and 1, float16 to
// float32. They may begin at the same place when both have the same size.
void npy_type_convert(const struct npy_type *type, void *to, const void *from, uint64_t count);

#endif
