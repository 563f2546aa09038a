// SPDX-License-Identifier: MIT
#include "formats/npy_type.h"

#include <string.h>

// Letter and size of a type, as numpy writes them ("Array interface", typestr).
static const struct {
    const char *word;
    enum dtype dtype;
    bool is_half;
} TYPES[] = {
    {"b1", DTYPE_BOOL, false},   {"u1", DTYPE_UINT8, false},   {"i1", DTYPE_INT8, false},
    {"u2", DTYPE_UINT16, false}, {"i2", DTYPE_INT16, false},   {"u4", DTYPE_UINT32, false},
    {"i4", DTYPE_INT32, false},  {"u8", DTYPE_UINT64, false},  {"i8", DTYPE_INT64, false},
    {"f2", DTYPE_FLOAT32, true}, {"f4", DTYPE_FLOAT32, false}, {"f8", DTYPE_FLOAT64, false},
};

// What a letter stands for that cannot be read.
static const char *meaning(char letter)
{
    switch (letter) {
    case 'c':
        return "complex numbers";
    case 'f':
        return "floats of an odd size";
    case 'U':
    case 'S':
    case 'a':
        return "texts";
    case 'M':
    case 'm':
        return "dates and times";
    case 'V':
        return "raw bytes or records";
    default:
        return "values of an unknown kind";
    }
}

static bool refuse(const char *word, size_t size, const char *what, struct error *error)
{
    char shown[32];
    size_t length = 0;
    for (; length < size && length < sizeof shown - 1; length++)
        shown[length] = word[length] >= 0x20 && word[length] < 0x7f ? word[length] : '?';
    shown[length] = '\0';
    return error_set(error, ERROR_INPUT,
                     "the values are of type \"%s\", %s; what can be read: bool, whole numbers of "
                     "8 to 64 bits, floats of 16 to 64 bits",
                     shown, what);
}

bool npy_type_parse(struct npy_type *type, const char *word, size_t size, struct error *error)
{
    *type = (struct npy_type){.is_object = false};
    const char *at = word, *end = word + size;
    char order = '|';
    if (size > 0 && strchr("<>|=", *at) && *at != '\0')
        order = *at++;
    size_t left = (size_t)(end - at);
    if (left == 0)
        return refuse(word, size, meaning('?'), error);
    if (*at == 'O') {
        type->is_object = true;
        return true;
    }
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++) {
        if (left != 2 || memcmp(at, TYPES[i].word, 2) != 0)
            continue;
        type->dtype = TYPES[i].dtype;
        type->is_half = TYPES[i].is_half;
        type->item = (size_t)(at[1] - '0');
        type->is_swapped = order == '>' && type->item > 1;
        return true;
    }
    return refuse(word, size, meaning(*at), error);
}

// IEEE 754-2008, binary16 to binary32; every value has its equal.
static uint32_t widen(uint16_t half)
{
    uint32_t sign = (uint32_t)(half >> 15) << 31;
    uint32_t exponent = half >> 10 & 31, fraction = half & 1023;
    if (exponent == 31)
        return sign | UINT32_C(0x7f800000) | fraction << 13;
    if (exponent == 0) {
        if (fraction == 0)
            return sign;
        exponent = 1;
        for (; !(fraction & 1024); exponent--)
            fraction <<= 1;
        fraction &= 1023;
    }
    return sign | (exponent + 127 - 15) << 23 | fraction << 13;
}

static void widen_all(const struct npy_type *type, uint8_t *to, const uint8_t *from, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        uint16_t half;
        memcpy(&half, from + 2 * i, 2);
        uint32_t value = widen(type->is_swapped ? __builtin_bswap16(half) : half);
        memcpy(to + 4 * i, &value, 4);
    }
}

void npy_type_convert(const struct npy_type *type, void *to, const void *from, uint64_t count)
{
    uint8_t *out = to;
    const uint8_t *in = from;
    if (type->is_half) {
        widen_all(type, out, in, count);
        return;
    }
    if (out != in)
        memcpy(out, in, count * type->item);
    for (uint64_t i = 0; type->dtype == DTYPE_BOOL && i < count; i++)
        out[i] = out[i] != 0;
    for (uint64_t i = 0; type->is_swapped && type->item == 2 && i < count; i++) {
        uint16_t value;
        memcpy(&value, out + 2 * i, 2);
        value = __builtin_bswap16(value);
        memcpy(out + 2 * i, &value, 2);
    }
    for (uint64_t i = 0; type->is_swapped && type->item == 4 && i < count; i++) {
        uint32_t value;
        memcpy(&value, out + 4 * i, 4);
        value = __builtin_bswap32(value);
        memcpy(out + 4 * i, &value, 4);
    }
    for (uint64_t i = 0; type->is_swapped && type->item == 8 && i < count; i++) {
        uint64_t value;
        memcpy(&value, out + 8 * i, 8);
        value = __builtin_bswap64(value);
        memcpy(out + 8 * i, &value, 8);
    }
}
