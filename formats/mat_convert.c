// SPDX-License-Identifier: MIT
#include "formats/mat_convert.h"

#include <string.h>

bool mat_type_dtype(unsigned type, enum dtype *out)
{
    static const struct {
        unsigned type;
        enum dtype dtype;
    } TYPES[] = {
        {MAT_TYPE_INT8, DTYPE_INT8},      {MAT_TYPE_UINT8, DTYPE_UINT8},
        {MAT_TYPE_INT16, DTYPE_INT16},    {MAT_TYPE_UINT16, DTYPE_UINT16},
        {MAT_TYPE_INT32, DTYPE_INT32},    {MAT_TYPE_UINT32, DTYPE_UINT32},
        {MAT_TYPE_SINGLE, DTYPE_FLOAT32}, {MAT_TYPE_DOUBLE, DTYPE_FLOAT64},
        {MAT_TYPE_INT64, DTYPE_INT64},    {MAT_TYPE_UINT64, DTYPE_UINT64},
    };
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        if (TYPES[i].type == type) {
            *out = TYPES[i].dtype;
            return true;
        }
    return false;
}

void mat_swap(void *bytes, size_t count, size_t item)
{
    uint8_t *at = bytes;
    for (; item > 1 && count > 0; count--, at += item)
        for (size_t i = 0; i < item / 2; i++) {
            uint8_t byte = at[i];
            at[i] = at[item - 1 - i];
            at[item - 1 - i] = byte;
        }
}

// A number taken out of its type.
struct number {
    bool is_negative;
    uint64_t magnitude; // of a whole number
    bool is_whole;
    double value; // of any
};

static struct number take(enum dtype dtype, const void *bytes, size_t i)
{
    struct number number = {.is_whole = true};
    if (dtype == DTYPE_UINT64) {
        memcpy(&number.magnitude, (const uint8_t *)bytes + i * sizeof number.magnitude,
               sizeof number.magnitude);
        number.value = (double)number.magnitude;
        return number;
    }
    if (dtype_is_integer(dtype)) {
        long long whole = dtype_integer(dtype, bytes, i);
        number.is_negative = whole < 0;
        number.magnitude = whole < 0 ? 0 - (uint64_t)whole : (uint64_t)whole;
        number.value = (double)whole;
        return number;
    }
    number.value = dtype_double(dtype, bytes, i);
    double size = number.value < 0 ? -number.value : number.value;
    number.is_negative = number.value < 0;
    number.is_whole = size < 18446744073709551616.0 && size == (double)(uint64_t)size;
    number.magnitude = number.is_whole ? (uint64_t)size : 0;
    return number;
}

// Whether a whole number lies within the range of an integer dtype.
static bool fits(const struct number *number, enum dtype dtype)
{
    static const struct {
        uint64_t negative, positive; // the largest magnitudes
    } RANGES[DTYPE_COUNT] = {
        [DTYPE_UINT8] = {0, UINT8_MAX},   [DTYPE_INT8] = {UINT64_C(1) << 7, INT8_MAX},
        [DTYPE_UINT16] = {0, UINT16_MAX}, [DTYPE_INT16] = {UINT64_C(1) << 15, INT16_MAX},
        [DTYPE_UINT32] = {0, UINT32_MAX}, [DTYPE_INT32] = {UINT64_C(1) << 31, INT32_MAX},
        [DTYPE_UINT64] = {0, UINT64_MAX}, [DTYPE_INT64] = {UINT64_C(1) << 63, INT64_MAX},
    };
    return number->is_whole && number->magnitude <= (number->is_negative ? RANGES[dtype].negative
                                                                         : RANGES[dtype].positive);
}

static bool put(const struct number *number, enum dtype dtype, uint8_t *to)
{
    if (dtype == DTYPE_BOOL) {
        *to = number->value != 0;
    } else if (dtype == DTYPE_FLOAT64) {
        memcpy(to, &number->value, sizeof number->value);
    } else if (dtype == DTYPE_FLOAT32) {
        float value = (float)number->value;
        memcpy(to, &value, sizeof value);
    } else {
        if (!fits(number, dtype))
            return false;
        uint64_t whole = number->is_negative ? 0 - number->magnitude : number->magnitude;
        memcpy(to, &whole, dtype_size(dtype)); // little-endian, two's complement
    }
    return true;
}

size_t mat_convert(enum dtype from, const void *bytes, enum dtype to, void *out, size_t count)
{
    size_t item = dtype_size(to);
    if (from == to) {
        memcpy(out, bytes, count * item);
        return count;
    }
    for (size_t i = 0; i < count; i++) {
        struct number number = take(from, bytes, i);
        if (!put(&number, to, (uint8_t *)out + i * item))
            return i;
    }
    return count;
}
