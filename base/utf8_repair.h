// SPDX-License-Identifier: MIT
// Texts that are not quite UTF-8, made so: nothing that people wrote is lost or refused for a wrong
// byte.
#ifndef SAMPLECASE_BASE_UTF8_REPAIR_H
#define SAMPLECASE_BASE_UTF8_REPAIR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

// Appends bytes to out with U+FFFD for what is not UTF-8, one for each maximal part of a sequence
// that could have become one (the Unicode Standard, chapter 3, "U+FFFD Substitution of Maximal
// Subparts"; what browsers and Python's errors="replace" do). Returns how many were put in. NULs
// stay.
size_t utf8_repair(const char *bytes, size_t size, struct buffer *out);

// The same for a text that mostly is UTF-8 already: leaves *text alone then, else points it to the
// repaired text in `scratch`, followed by a NUL. *is_repaired says which. False when memory is
// short.
bool utf8_mend(const char **text, size_t *size, struct buffer *scratch, bool *is_repaired);

// The length of the byte order mark that the text begins with: 3 or 0.
size_t utf8_mark(const char *bytes, size_t size);

#endif
