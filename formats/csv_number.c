// SPDX-License-Identifier: MIT
#include "formats/csv_number.h"

#include <float.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// A decimal number taken apart: (-1)^negative × mantissa × 10^exponent.
struct decimal {
    bool negative;
    bool is_whole; // digits only
    bool is_infinite;
    bool is_cut; // the mantissa has more digits than fit
    uint64_t mantissa;
    int exponent;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void add_digit(struct decimal *out, char digit, bool is_fraction)
{
    if (out->mantissa > (UINT64_MAX - 9) / 10) {
        out->is_cut = true;
        return;
    }
    out->mantissa = out->mantissa * 10 + (uint64_t)(digit - '0');
    out->exponent -= is_fraction;
}

// [+-] digits [. digits] [e [+-] digits], with at least one digit before the e; or inf, infinity.
static bool scan(const char *text, size_t size, struct decimal *out)
{
    const char *at = text, *end = text + size;
    *out = (struct decimal){.is_whole = true};
    if (at < end && (*at == '-' || *at == '+'))
        out->negative = *at++ == '-';
    size_t left = (size_t)(end - at);
    if ((left == 3 && strncasecmp(at, "inf", 3) == 0) ||
        (left == 8 && strncasecmp(at, "infinity", 8) == 0)) {
        out->is_infinite = true;
        out->is_whole = false;
        return true;
    }
    bool has_digits = false;
    for (; at < end && is_digit(*at); at++, has_digits = true)
        add_digit(out, *at, false);
    if (at < end && *at == '.') {
        out->is_whole = false;
        for (at++; at < end && is_digit(*at); at++, has_digits = true)
            add_digit(out, *at, true);
    }
    if (!has_digits)
        return false;
    if (at == end)
        return true;
    if (*at != 'e' && *at != 'E')
        return false;
    out->is_whole = false;
    at++;
    bool is_negative = false;
    if (at < end && (*at == '-' || *at == '+'))
        is_negative = *at++ == '-';
    int exponent = 0;
    if (at == end)
        return false;
    for (; at < end && is_digit(*at); at++)
        if (exponent < INT_MAX / 100)
            exponent = exponent * 10 + (*at - '0');
    out->exponent += is_negative ? -exponent : exponent;
    return at == end;
}

static bool is_missing(const char *text, size_t size)
{
    static const char *const WORDS[] = {"NA", "N/A", "NaN", "null", "?"};
    if (size == 0)
        return true;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strlen(WORDS[i]) == size && strncasecmp(WORDS[i], text, size) == 0)
            return true;
    return false;
}

enum csv_kind csv_number_kind(const char *text, size_t size, int64_t *whole)
{
    struct decimal decimal;
    if (!scan(text, size, &decimal))
        return is_missing(text, size) ? CSV_MISSING : CSV_TEXT;
    if (!decimal.is_whole || decimal.is_cut ||
        decimal.mantissa > (uint64_t)INT64_MAX + decimal.negative)
        return CSV_NUMBER;
    *whole = decimal.negative ? (int64_t)(0 - decimal.mantissa) : (int64_t)decimal.mantissa;
    return CSV_WHOLE;
}

// strtod with a point for a point, whatever setlocale was told.
static double slow_double(const char *text)
{
    static locale_t c_locale;
    if (!c_locale)
        c_locale = newlocale(LC_ALL_MASK, "C", NULL);
    return c_locale ? strtod_l(text, NULL, c_locale) : strtod(text, NULL);
}

// Powers of ten that a double holds exactly.
static const double EXACT[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                               1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                               1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum { MAX_EXACT = sizeof EXACT / sizeof *EXACT - 1 };

_Static_assert(FLT_EVAL_METHOD == 0, "double arithmetic rounds once");

double csv_number_double(const char *text, size_t size)
{
    struct decimal decimal;
    if (!scan(text, size, &decimal))
        return (double)NAN;
    if (decimal.is_infinite)
        return decimal.negative ? -HUGE_VAL : HUGE_VAL;
    // Clinger 1990: both operands are exact, so that one operation rounds once.
    int e = decimal.exponent;
    if (decimal.is_cut || decimal.mantissa > (UINT64_C(1) << 53) || e > MAX_EXACT || e < -MAX_EXACT)
        return slow_double(text);
    double value = (double)decimal.mantissa;
    value = e < 0 ? value / EXACT[-e] : value * EXACT[e];
    return decimal.negative ? -value : value;
}
