// SPDX-License-Identifier: MIT
// A float v = m * 2^e stands for all decimals between its midpoints with its neighbours. Scaled by
// a power of ten so that 17 digits (9 for single precision) stand before the point, these bounds
// are integers of at most 128 bits over a power of two. So for 1e-5 <= |v| < 2^53 (2^24) the
// shortest decimal between them is found exactly: it is the multiple of the highest power of ten
// that lies there. Other magnitudes are rare and go through printf until the text reads back.
#include "encode/decimal.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

enum { POWERS = 20 };

static const uint64_t TEN[POWERS] = {
    UINT64_C(1),
    UINT64_C(10),
    UINT64_C(100),
    UINT64_C(1000),
    UINT64_C(10000),
    UINT64_C(100000),
    UINT64_C(1000000),
    UINT64_C(10000000),
    UINT64_C(100000000),
    UINT64_C(1000000000),
    UINT64_C(10000000000),
    UINT64_C(100000000000),
    UINT64_C(1000000000000),
    UINT64_C(10000000000000),
    UINT64_C(100000000000000),
    UINT64_C(1000000000000000),
    UINT64_C(10000000000000000),
    UINT64_C(100000000000000000),
    UINT64_C(1000000000000000000),
    UINT64_C(10000000000000000000),
};

static unsigned digits_of(uint64_t value)
{
    unsigned digits = 1;
    while (digits < POWERS && value >= TEN[digits])
        digits++;
    return digits;
}

// Writes exactly so many digits, leading zeros included.
static void put_digits(char *to, uint64_t value, unsigned digits)
{
    static const char PAIRS[] =
        "00010203040506070809101112131415161718192021222324252627282930313233"
        "34353637383940414243444546474849505152535455565758596061626364656667"
        "6869707172737475767778798081828384858687888990919293949596979899";
    while (digits >= 2) {
        digits -= 2;
        memcpy(to + digits, PAIRS + 2 * (value % 100), 2);
        value /= 100;
    }
    if (digits == 1)
        to[0] = (char)('0' + value % 10);
}

size_t decimal_uint(char *to, uint64_t value)
{
    if (value < 10) {
        *to = (char)('0' + value);
        return 1;
    }
    unsigned digits = digits_of(value);
    put_digits(to, value, digits);
    return digits;
}

size_t decimal_int(char *to, int64_t value)
{
    if (value >= 0)
        return decimal_uint(to, (uint64_t)value);
    *to = '-';
    return 1 + decimal_uint(to + 1, -(uint64_t)value);
}

// value / 10^places, with its point; places is at least 1.
static size_t put_fraction(char *to, uint64_t value, unsigned places)
{
    unsigned digits = digits_of(value);
    if (digits > places) {
        unsigned whole = digits - places;
        put_digits(to, value / TEN[places], whole);
        to[whole] = '.';
        put_digits(to + whole + 1, value % TEN[places], places);
        return digits + 1;
    }
    memcpy(to, "0.", 2);
    memset(to + 2, '0', places - digits);
    put_digits(to + 2 + places - digits, value, digits);
    return 2 + places;
}

// A positive number that is not whole, as m * 2^e.
struct binary {
    uint64_t m;
    int e;
    bool lowest;     // m is the lowest of its exponent: the neighbour below is half as far
    unsigned digits; // so many always tell it from its neighbours
};

// The shortest decimal, for `value` from 1e-5 to 2^53.
static size_t put_shortest(char *to, double value, struct binary v)
{
    static const double UNIT[] = {1, 1e-1, 1e-2, 1e-3, 1e-4};
    unsigned places = v.digits - 1;
    if (value >= 1)
        for (unsigned i = 1; value >= (double)TEN[i]; i++)
            places--;
    else
        for (unsigned i = 0; i < 5 && value < UNIT[i]; i++)
            places++;
    wide ten = TEN[places < 19 ? places : 19];
    if (places > 19)
        ten *= TEN[places - 19];

    // In units of 2^(e - 2): at most 2 + 53 + 70 bits.
    unsigned shift = (unsigned)(2 - v.e);
    wide mask = ((wide)1 << shift) - 1, middle = 4 * ten * v.m;
    wide from = middle - (v.lowest ? ten : 2 * ten), till = middle + 2 * ten;
    // A midpoint itself reads back as the neighbour whose m is even.
    uint64_t low = (uint64_t)((from + mask) >> shift) + ((from & mask) == 0 && v.m % 2 == 1);
    uint64_t high = (uint64_t)(till >> shift) - ((till & mask) == 0 && v.m % 2 == 1);

    unsigned drop = 0;
    while (high / TEN[drop + 1] * TEN[drop + 1] >= low)
        drop++;
    uint64_t unit = TEN[drop], best = (uint64_t)(middle >> shift) / unit * unit;
    wide over = middle - ((wide)best << shift);
    if (best < low || (2 * over > (wide)unit << shift && best + unit <= high))
        best += unit;
    return put_fraction(to, best / unit, places - drop);
}

// Whole numbers that a double holds exactly, with the ".0" that keeps them floats.
static size_t put_whole(char *to, double value)
{
    size_t size = decimal_uint(to, (uint64_t)value);
    memcpy(to + size, ".0", 2);
    return size + 2;
}

static size_t put_printed(char *to, double value, bool single)
{
    int size = 0;
    for (int digits = single ? 6 : 15; digits <= (single ? 9 : 17); digits++) {
        size = snprintf(to, DECIMAL_MAX, "%.*g", digits, value);
        if (single ? strtof(to, NULL) == (float)value : strtod(to, NULL) == value)
            break;
    }
    if (!strpbrk(to, ".e")) {
        memcpy(to + size, ".0", 2);
        size += 2;
    }
    return (size_t)size;
}

size_t decimal_double(char *to, double value)
{
    if (signbit(value)) {
        *to = '-';
        return 1 + decimal_double(to + 1, -value);
    }
    if (value < 0x1p53 && value == (double)(uint64_t)value)
        return put_whole(to, value);
    if (value < 1e-5 || value >= 0x1p53)
        return put_printed(to, value, false);
    // Few places, as in most tables: whole / 10^places is rounded once, as reading the text is.
    for (unsigned places = 1; places <= 4 && value < 1e9; places++) {
        uint64_t whole = (uint64_t)(value * (double)TEN[places] + 0.5);
        if ((double)whole / (double)TEN[places] == value)
            return put_fraction(to, whole, places);
    }
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
    return put_shortest(to, value,
                        (struct binary){.m = fraction | UINT64_C(1) << 52,
                                        .e = (int)(bits >> 52) - 1075,
                                        .lowest = fraction == 0,
                                        .digits = 17});
}

size_t decimal_float(char *to, float value)
{
    if (signbit(value)) {
        *to = '-';
        return 1 + decimal_float(to + 1, -value);
    }
    if (value < 0x1p24f && value == (float)(uint32_t)value)
        return put_whole(to, (double)value);
    if (value < 1e-5f || value >= 0x1p24f)
        return put_printed(to, (double)value, true);
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint32_t fraction = bits & 0x7fffff;
    return put_shortest(to, (double)value,
                        (struct binary){.m = fraction | 1u << 23,
                                        .e = (int)(bits >> 23) - 150,
                                        .lowest = fraction == 0,
                                        .digits = 9});
}

size_t decimal_plain(char *to, double value)
{
    char text[DECIMAL_MAX + 1], digits[DECIMAL_MAX];
    size_t size = decimal_double(text, value), count = 0;
    text[size] = '\0';
    const char *exponent = strchr(text, 'e');
    if (!exponent) {
        memcpy(to, text, size);
        return size;
    }
    char *at = to;
    if (*text == '-')
        *at++ = '-';
    for (const char *from = text; from < exponent; from++)
        if (*from >= '0' && *from <= '9')
            digits[count++] = *from;
    int places = atoi(exponent + 1); // behind the first digit
    size_t zeros = places < 0 ? (size_t)-places : (size_t)places + 1 - count;
    if (places >= 0) { // so large a number has more places than digits
        memcpy(at, digits, count);
        memset(at + count, '0', zeros);
        memcpy(at + count + zeros, ".0", 2);
        at += count + zeros + 2;
    } else {
        memset(at, '0', zeros + 1);
        at[1] = '.';
        memcpy(at + zeros + 1, digits, count);
        at += zeros + 1 + count;
    }
    return (size_t)(at - to);
}
