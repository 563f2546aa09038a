// SPDX-License-Identifier: MIT
// The header of an .npy file of version 1.0 (numpy/doc NEP 1), little-endian, C order.
#ifndef SAMPLECASE_ENCODE_NPY_H
#define SAMPLECASE_ENCODE_NPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dtype.h"

enum { NPY_HEADER = 128 }; // bytes of every header we write, padded: a multiple of 64

// Writes exactly NPY_HEADER bytes for an array of rows samples of that shape (rank 0 to 8 axes
// follow the sample axis). False when it does not fit, which takes a shape whose product passes
// 2^64.
bool npy_header(char out[NPY_HEADER], enum dtype dtype, uint64_t rows, unsigned rank,
                const uint64_t *shape);

#endif
