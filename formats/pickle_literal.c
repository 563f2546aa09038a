// SPDX-License-Identifier: MIT
// The opcodes that carry their value with them: numbers, texts, bytes.
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "formats/pickle_opcodes.h"

bool pickle_take_number(struct pickle *pickle, size_t size, uint64_t *number)
{
    const uint8_t *bytes = pickle_take(pickle, size);
    *number = 0;
    for (size_t i = 0; bytes && i < size; i++)
        *number |= (uint64_t)bytes[i] << (8 * i);
    return bytes;
}

bool pickle_take_decimal(struct pickle *pickle, char suffix, int64_t *number)
{
    char digits[32];
    size_t size;
    const uint8_t *line = pickle_take_line(pickle, &size);
    if (!line)
        return false;
    if (size > 0 && line[size - 1] == (uint8_t)suffix)
        size--;
    bool is_negative = size > 0 && line[0] == '-';
    size_t start = is_negative;
    uint64_t magnitude = 0;
    bool good = size - start < sizeof digits;
    if (good) {
        memcpy(digits, line + start, size - start);
        digits[size - start] = '\0';
        good = strlen(digits) == size - start && text_uint64(digits, &magnitude) &&
               magnitude <= (uint64_t)INT64_MAX + is_negative;
    }
    *number = is_negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return good || pickle_fail(pickle, "a whole number of at most 64 bits should follow");
}

// --- numbers

static bool push_int(struct pickle *pickle, int64_t number)
{
    return pickle_push(pickle, (struct pickle_value){.kind = PICKLE_INT, .integer = number});
}

static bool push_bool(struct pickle *pickle, bool value)
{
    return pickle_push(pickle, (struct pickle_value){.kind = PICKLE_BOOL, .integer = value});
}

bool pickle_op_none(struct pickle *pickle)
{
    return pickle_push(pickle, (struct pickle_value){.kind = PICKLE_NONE});
}

bool pickle_op_newtrue(struct pickle *pickle)
{
    return push_bool(pickle, true);
}

bool pickle_op_newfalse(struct pickle *pickle)
{
    return push_bool(pickle, false);
}

// "I01" and "I00" are how protocols 0 and 1 write True and False.
bool pickle_op_int(struct pickle *pickle)
{
    const uint8_t *line = pickle->bytes + pickle->at;
    size_t at = pickle->at;
    int64_t number;
    if (!pickle_take_decimal(pickle, 'L', &number))
        return false;
    if (pickle->at - at == 3 && line[0] == '0' && line[1] <= '1')
        return push_bool(pickle, number);
    return push_int(pickle, number);
}

bool pickle_op_long(struct pickle *pickle)
{
    int64_t number;
    return pickle_take_decimal(pickle, 'L', &number) && push_int(pickle, number);
}

bool pickle_op_binint(struct pickle *pickle)
{
    uint64_t number;
    return pickle_take_number(pickle, 4, &number) && push_int(pickle, (int32_t)number);
}

bool pickle_op_binint1(struct pickle *pickle)
{
    uint64_t number;
    return pickle_take_number(pickle, 1, &number) && push_int(pickle, (int64_t)number);
}

bool pickle_op_binint2(struct pickle *pickle)
{
    uint64_t number;
    return pickle_take_number(pickle, 2, &number) && push_int(pickle, (int64_t)number);
}

// Two's complement in as few bytes as it takes.
static bool push_long(struct pickle *pickle, uint64_t size)
{
    uint64_t number;
    if (size > 8)
        return pickle_fail(pickle, "a whole number has %llu bytes; at most 8 are read",
                           (unsigned long long)size);
    if (!pickle_take_number(pickle, size, &number))
        return false;
    if (size > 0 && size < 8 && number >> (8 * size - 1))
        number |= UINT64_MAX << (8 * size);
    return push_int(pickle, (int64_t)number);
}

bool pickle_op_long1(struct pickle *pickle)
{
    uint64_t size;
    return pickle_take_number(pickle, 1, &size) && push_long(pickle, size);
}

bool pickle_op_long4(struct pickle *pickle)
{
    uint64_t size;
    return pickle_take_number(pickle, 4, &size) && push_long(pickle, size);
}

bool pickle_op_float(struct pickle *pickle)
{
    char text[64];
    size_t size;
    const uint8_t *line = pickle_take_line(pickle, &size);
    if (!line)
        return false;
    char *end = text;
    if (size > 0 && size < sizeof text && !memchr(line, '\0', size) && line[0] != ' ') {
        memcpy(text, line, size);
        text[size] = '\0';
        if (!strpbrk(text, "xX"))
            end = NULL;
    }
    struct pickle_value value = {.kind = PICKLE_FLOAT};
    if (!end)
        value.real = strtod(text, &end);
    if (end == text || *end != '\0')
        return pickle_fail(pickle, "a number should follow");
    return pickle_push(pickle, value);
}

bool pickle_op_binfloat(struct pickle *pickle)
{
    uint64_t bits;
    if (!pickle_take_number(pickle, 8, &bits))
        return false;
    bits = __builtin_bswap64(bits);
    struct pickle_value value = {.kind = PICKLE_FLOAT};
    memcpy(&value.real, &bits, sizeof value.real);
    return pickle_push(pickle, value);
}

// --- texts and bytes

// Pushes bytes of the input whose length comes first, in so many bytes.
static bool push_run(struct pickle *pickle, size_t length_size, enum pickle_kind kind)
{
    uint64_t size;
    if (!pickle_take_number(pickle, length_size, &size))
        return false;
    const uint8_t *bytes = pickle_take(pickle, size);
    if (!bytes)
        return false;
    if (kind == PICKLE_STR && text_utf8_prefix((const char *)bytes, size) != size)
        return pickle_fail(pickle, "a text is not UTF-8");
    return pickle_push(pickle, (struct pickle_value){.kind = kind,
                                                     .size = (uint32_t)size, // of the input
                                                     .bytes = bytes});
}

bool pickle_op_short_bytes(struct pickle *pickle)
{
    return push_run(pickle, 1, PICKLE_BYTES);
}

bool pickle_op_bytes(struct pickle *pickle)
{
    return push_run(pickle, 4, PICKLE_BYTES);
}

bool pickle_op_bytes8(struct pickle *pickle)
{
    return push_run(pickle, 8, PICKLE_BYTES);
}

bool pickle_op_short_unicode(struct pickle *pickle)
{
    return push_run(pickle, 1, PICKLE_STR);
}

bool pickle_op_binunicode(struct pickle *pickle)
{
    return push_run(pickle, 4, PICKLE_STR);
}

bool pickle_op_binunicode8(struct pickle *pickle)
{
    return push_run(pickle, 8, PICKLE_STR);
}

bool pickle_op_string(struct pickle *pickle)
{
    size_t size;
    const uint8_t *line = pickle_take_line(pickle, &size);
    return line && pickle_push_repr(pickle, line, size);
}

bool pickle_op_unicode(struct pickle *pickle)
{
    size_t size;
    const uint8_t *line = pickle_take_line(pickle, &size);
    return line && pickle_push_raw_unicode(pickle, line, size);
}
