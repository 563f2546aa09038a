// SPDX-License-Identifier: MIT
// Text that comes from outside: names, numbers, UTF-8.
#ifndef SAMPLECASE_BASE_TEXT_H
#define SAMPLECASE_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A whole number in plain decimal: digits alone, no sign, no space, at most 2^64 - 1.
bool text_uint64(const char *text, uint64_t *out);

// The length of the leading part of bytes that is valid UTF-8 (RFC 3629: no overlong forms, no
// surrogates, nothing past U+10FFFF); equal to size when all of it is.
size_t text_utf8_prefix(const char *bytes, size_t size);

// A dataset's name: [a-z0-9][a-z0-9_.-]{0,63}.
bool text_is_dataset_name(const char *text);

// A name that can be a file's name as it stands, for splits and features: 1 to 100 bytes of UTF-8
// without control characters and '/', not beginning with '.'.
bool text_is_file_name(const char *text);

#endif
