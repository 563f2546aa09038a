// SPDX-License-Identifier: MIT
// JSON (RFC 8259) as text into a buffer, for pages that are made by the thousand. Commas and braces
#ifndef SAMPLECASE_ENCODE_JSON_H
#define SAMPLECASE_ENCODE_JSON_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/dtype.h"

// A quoted string. Bytes that are not UTF-8 become U+FFFD; '<', '>' and '&' stay as they are.
void json_write_string(struct buffer *out, const char *text);
void json_write_string_size(struct buffer *out, const char *text, size_t size);

// What stands between the quotes; of a string that is written in pieces, each of whole characters.
void json_write_escaped(struct buffer *out, const char *text, size_t size);

void json_write_uint(struct buffer *out, uint64_t value);
void json_write_int(struct buffer *out, int64_t value);

// The shortest decimal that reads back as the same number; NaN and infinities are null.
void json_write_double(struct buffer *out, double value);
void json_write_float(struct buffer *out, float value);

// Element i of an array, as its dtype wants it (bool: true and false).
void json_write_element(struct buffer *out, enum dtype dtype, const void *data, size_t i);

// A sample of any rank as nested lists; rank 0 is the element itself.
void json_write_array(struct buffer *out, enum dtype dtype, const void *data, unsigned rank,
                      const uint64_t *shape);

#endif
