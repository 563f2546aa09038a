// SPDX-License-Identifier: MIT
// From class values to class counts and class indices. The values are read from their finished file
// piece by piece, so that any number of samples takes little memory.
#ifndef SAMPLECASE_STORE_CLASS_SORT_H
#define SAMPLECASE_STORE_CLASS_SORT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "store/column.h"

// The first value that is no class, or the largest value of all.
struct class_extent {
    bool has_bad;
    uint64_t bad_sample;
    char bad_value[24];  // as text: it may be a uint64 or negative
    uint64_t num_needed; // largest value + 1, 0 without samples
};

// Looks at all values: those from num_classes on, or negative ones, are bad.
bool class_extent(int dir, const struct column *values, uint64_t num_classes,
                  struct class_extent *extent, struct error *error);

// Counts the samples of each class into counts[0 ... num_classes), all zero before, and writes
// their indices grouped by class, ascending within each, into by_class, which is not finished yet.
// The values have passed class_extent.
bool class_sort(int dir, const struct column *values, size_t num_classes, uint64_t *counts,
                struct column *by_class, struct error *error);

#endif
