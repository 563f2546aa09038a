// SPDX-License-Identifier: MIT
// Numbers as decimal text, without a locale.
#ifndef SAMPLECASE_ENCODE_DECIMAL_H
#define SAMPLECASE_ENCODE_DECIMAL_H

#include <stddef.h>
#include <stdint.h>

enum {
    DECIMAL_MAX = 32,        // room for any of these texts but
    DECIMAL_PLAIN_MAX = 352, // one without an exponent
};

// Each writes the text without a NUL to `to`, which has room for DECIMAL_MAX bytes, and returns its
// length.
size_t decimal_uint(char *to, uint64_t value);
size_t decimal_int(char *to, int64_t value);

// The shortest decimal that reads back as the same number, always with a point or an exponent so
// that it stays a float. value is finite.
size_t decimal_double(char *to, double value);
size_t decimal_float(char *to, float value);

// What decimal_double writes, with zeros for an exponent; `to` has room for DECIMAL_PLAIN_MAX bytes.
size_t decimal_plain(char *to, double value);

#endif
