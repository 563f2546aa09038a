// SPDX-License-Identifier: MIT
// Checked arithmetic for every size that comes from a file or a query.
#ifndef SAMPLECASE_BASE_SIZE_H
#define SAMPLECASE_BASE_SIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// *out = a * b; false, with *out unspecified, when that passes 2^64 - 1.
static inline bool size_mul(uint64_t a, uint64_t b, uint64_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}

// *out = a + b; false, with *out unspecified, when that passes 2^64 - 1.
static inline bool size_add(uint64_t a, uint64_t b, uint64_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}

// *out = unit * product of shape[0..rank); false on overflow. A zero in the shape gives 0 only if
// no prefix of the product overflows: such a shape is as unbelievable as the overflow itself.
static inline bool size_of_shape(uint64_t unit, const uint64_t *shape, unsigned rank, uint64_t *out)
{
    uint64_t size = unit;
    for (unsigned i = 0; i < rank; i++)
        if (!size_mul(size, shape[i], &size))
            return false;
    *out = size;
    return true;
}

#endif
