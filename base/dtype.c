// SPDX-License-Identifier: MIT
#include "base/dtype.h"

#include <stdint.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "stored arrays are little-endian and are read as they lie");

static const struct {
    size_t size;
    const char *name, *npy;
} TABLE[DTYPE_COUNT] = {
#define X(id, size, name, code) [id] = {size, name, code},
    DTYPE_LIST(X)
#undef X
};

size_t dtype_size(enum dtype dtype)
{
    return TABLE[dtype].size;
}

const char *dtype_name(enum dtype dtype)
{
    return TABLE[dtype].name;
}

const char *dtype_npy(enum dtype dtype)
{
    return TABLE[dtype].npy;
}

bool dtype_from_name(const char *name, enum dtype *out)
{
    for (int i = 0; i < DTYPE_COUNT; i++) {
        if (strcmp(TABLE[i].name, name) == 0) {
            *out = (enum dtype)i;
            return true;
        }
    }
    return false;
}

bool dtype_is_integer(enum dtype dtype)
{
    return dtype != DTYPE_FLOAT32 && dtype != DTYPE_FLOAT64;
}

#define LOAD(type)                                                                   \
    type value;                                                                      \
    memcpy(&value, (const unsigned char *)data + i * sizeof value, sizeof value)

double dtype_double(enum dtype dtype, const void *data, size_t i)
{
    switch (dtype) {
    case DTYPE_FLOAT32: {
        LOAD(float);
        return (double)value;
    }
    case DTYPE_FLOAT64: {
        LOAD(double);
        return value;
    }
    case DTYPE_UINT64: {
        LOAD(uint64_t);
        return (double)value;
    }
    default:
        return (double)dtype_integer(dtype, data, i);
    }
}

long long dtype_integer(enum dtype dtype, const void *data, size_t i)
{
    switch (dtype) {
    case DTYPE_BOOL:
    case DTYPE_UINT8:
        return ((const uint8_t *)data)[i];
    case DTYPE_INT8:
        return ((const int8_t *)data)[i];
    case DTYPE_UINT16: {
        LOAD(uint16_t);
        return value;
    }
    case DTYPE_INT16: {
        LOAD(int16_t);
        return value;
    }
    case DTYPE_UINT32: {
        LOAD(uint32_t);
        return value;
    }
    case DTYPE_INT32: {
        LOAD(int32_t);
        return value;
    }
    case DTYPE_UINT64: {
        LOAD(uint64_t);
        return value > INT64_MAX ? -1 : (long long)value;
    }
    case DTYPE_INT64: {
        LOAD(int64_t);
        return value;
    }
    default:
        return -1;
    }
}
