// SPDX-License-Identifier: MIT
// The values of the source's present .npy member, after its header, as stored types and in C order.
#ifndef SAMPLECASE_FORMATS_NPY_VALUES_H
#define SAMPLECASE_FORMATS_NPY_VALUES_H

#include "formats/npy_header.h"

struct source;

// Samples of a Fortran-order array are put together in memory, at most so many bytes at a time. A
// larger array is read several times.
enum { NPY_BLOCK_BYTES = 128 << 20, NPY_MAX_PASSES = 64 };

// Takes `count` units of values, the first of which is unit number `first`. False with the error.
typedef bool npy_sink(void *context, void *values, uint64_t first, uint64_t count,
                      struct error *error);

// Passes all values on as they lie in the file, in units of `unit` of them. False with the error,
// also when the member is not as long as its header says.
bool npy_values_each(struct source *source, const struct npy_header *header, uint64_t unit,
                     npy_sink *sink, void *context, struct error *error);

// How often a member must be read: 1, or more for a large array in Fortran order. 0 with the error
// when that is too often.
unsigned npy_values_passes(const struct npy_header *header, struct error *error);

// Passes the samples of that pass (from 0) on, in C order: all of them together are all.
bool npy_values_rows(struct source *source, const struct npy_header *header, unsigned pass,
                     npy_sink *sink, void *context, struct error *error);

#endif
