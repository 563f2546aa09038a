// SPDX-License-Identifier: MIT
// An array with a name, as the formats of batches announce it. Its bytes are the caller's.
#ifndef SAMPLECASE_ENCODE_TENSOR_H
#define SAMPLECASE_ENCODE_TENSOR_H

#include <stdint.h>

#include "base/dtype.h"

enum { TENSOR_MAX_RANK = 9 }; // the sample axis and eight more

struct tensor {
    const char *name; // UTF-8; borrowed
    enum dtype dtype;
    unsigned rank;
    uint64_t shape[TENSOR_MAX_RANK];
};

// Bytes of its elements; the product must fit, as that of every stored array does.
static inline uint64_t tensor_bytes(const struct tensor *tensor)
{
    uint64_t bytes = dtype_size(tensor->dtype);
    for (unsigned i = 0; i < tensor->rank; i++)
        bytes *= tensor->shape[i];
    return bytes;
}

#endif
