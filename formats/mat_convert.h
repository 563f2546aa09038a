// SPDX-License-Identifier: MIT
// The number types that MAT files store, and from them to those that arrays hold: MATLAB writes
// whole numbers into the smallest type that holds them, whatever the class of the variable.
#ifndef SAMPLECASE_FORMATS_MAT_CONVERT_H
#define SAMPLECASE_FORMATS_MAT_CONVERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dtype.h"

// "Data types" of the format's description.
enum mat_type {
    MAT_TYPE_INT8 = 1,
    MAT_TYPE_UINT8 = 2,
    MAT_TYPE_INT16 = 3,
    MAT_TYPE_UINT16 = 4,
    MAT_TYPE_INT32 = 5,
    MAT_TYPE_UINT32 = 6,
    MAT_TYPE_SINGLE = 7,
    MAT_TYPE_DOUBLE = 9,
    MAT_TYPE_INT64 = 12,
    MAT_TYPE_UINT64 = 13,
    MAT_TYPE_MATRIX = 14,
    MAT_TYPE_COMPRESSED = 15,
    MAT_TYPE_UTF8 = 16,
    MAT_TYPE_UTF16 = 17,
    MAT_TYPE_UTF32 = 18,
};

// The dtype of a number type; false when it is none.
bool mat_type_dtype(unsigned type, enum dtype *out);

// The order of the bytes of each item turned round.
void mat_swap(void *bytes, size_t count, size_t item);

// Converts count values of this machine's byte order. Returns how many could be: fewer when a value
// is none that `to` can hold. Any number but 0 is true for bool; a float64 is rounded to a float32.
size_t mat_convert(enum dtype from, const void *bytes, enum dtype to, void *out, size_t count);

#endif
