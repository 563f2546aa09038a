// SPDX-License-Identifier: MIT
// Numbers as they stand in tables: decimal, with a point, whatever the locale.
#ifndef SAMPLECASE_FORMATS_CSV_NUMBER_H
#define SAMPLECASE_FORMATS_CSV_NUMBER_H

#include <stddef.h>
#include <stdint.h>

enum csv_kind {
    CSV_MISSING, // empty, NA, N/A, NaN, null, ?
    CSV_WHOLE,   // digits, perhaps signed, that fit into 64 bits
    CSV_NUMBER,  // any other decimal number, and inf
    CSV_TEXT,
};

// What a cell holds; for CSV_WHOLE also its value. The text is followed by a NUL.
enum csv_kind csv_number_kind(const char *text, size_t size, int64_t *whole);

// The value of a cell that is CSV_WHOLE or CSV_NUMBER, correctly rounded; NaN for CSV_MISSING.
double csv_number_double(const char *text, size_t size);

#endif
