// SPDX-License-Identifier: MIT
// The element types of stored arrays. One list, several views: the enum, the item size in bytes,
// numpy's name, and the code in an .npy header (little-endian).
#ifndef SAMPLECASE_BASE_DTYPE_H
#define SAMPLECASE_BASE_DTYPE_H

#include <stdbool.h>
#include <stddef.h>

#define DTYPE_LIST(X)                     \
    X(DTYPE_BOOL, 1, "bool", "|b1")       \
    X(DTYPE_UINT8, 1, "uint8", "|u1")     \
    X(DTYPE_INT8, 1, "int8", "|i1")       \
    X(DTYPE_UINT16, 2, "uint16", "<u2")   \
    X(DTYPE_INT16, 2, "int16", "<i2")     \
    X(DTYPE_UINT32, 4, "uint32", "<u4")   \
    X(DTYPE_INT32, 4, "int32", "<i4")     \
    X(DTYPE_UINT64, 8, "uint64", "<u8")   \
    X(DTYPE_INT64, 8, "int64", "<i8")     \
    X(DTYPE_FLOAT32, 4, "float32", "<f4") \
    X(DTYPE_FLOAT64, 8, "float64", "<f8")

enum dtype {
#define X(id, size, name, code) id,
    DTYPE_LIST(X)
#undef X
    DTYPE_COUNT
};

// Bytes of one element.
size_t dtype_size(enum dtype dtype);

// numpy's name ("uint8"), static.
const char *dtype_name(enum dtype dtype);

// The code in an .npy header ("|u1"), static.
const char *dtype_npy(enum dtype dtype);

// The dtype of a numpy name; false when there is none.
bool dtype_from_name(const char *name, enum dtype *out);

// Whether the values are whole numbers (bool counts as one).
bool dtype_is_integer(enum dtype dtype);

// Element i of an array at data, which need not be aligned, as a double; 64-bit integers round.
double dtype_double(enum dtype dtype, const void *data, size_t i);

// Element i of an integer array as int64; a uint64 past INT64_MAX and a float give -1.
long long dtype_integer(enum dtype dtype, const void *data, size_t i);

#endif
