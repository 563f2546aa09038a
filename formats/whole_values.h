// SPDX-License-Identifier: MIT
// The whole numbers of a column: their range, and whether they are the ids of classes.
#ifndef SAMPLECASE_FORMATS_WHOLE_VALUES_H
#define SAMPLECASE_FORMATS_WHOLE_VALUES_H

#include <stddef.h>
#include <stdint.h>

enum { WHOLE_VALUES_SMALL = 1000 }; // whole numbers below this can be classes

struct whole_values {
    uint64_t count;
    int64_t min, max;                               // without a meaning while there are none
    uint64_t small[(WHOLE_VALUES_SMALL + 63) / 64]; // bits: which of the small ones occur
};

// Notes a number. A zeroed struct is empty.
void whole_values_add(struct whole_values *values, int64_t whole);

// The number of classes if the numbers are ids of classes: 0 to k - 1, each of them there, and each
// twice on average; else 0.
size_t whole_values_classes(const struct whole_values *values);

#endif
