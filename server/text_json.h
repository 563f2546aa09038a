// SPDX-License-Identifier: MIT
// Texts of any length as JSON strings of at most so many characters (code points). A longer one is
// cut and ends in "…"; the object that it stands in then says "truncated":true.
#ifndef SAMPLECASE_SERVER_TEXT_JSON_H
#define SAMPLECASE_SERVER_TEXT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

struct request;

// The row of the route table; `standard` as text, or NULL for no limit.
#define TEXT_MAX_CHARS(standard)                                                                  \
    {"max_chars", PARAM_NUMBER, 1, 10000000, standard, NULL,                                      \
     "a text of more characters is cut there, ends in … and is marked as truncated"}

// What `max_chars` says; UINT64_MAX for no limit.
uint64_t text_json_max_chars(const struct request *request);

// Writes a whole text. Returns whether it was cut.
bool text_json_write(struct buffer *out, const char *bytes, size_t size, uint64_t max_chars);

// The same for a text that is made of pieces, each of whole characters.
struct text_json {
    struct buffer *out;
    uint64_t left; // characters that may still come
    bool truncated;
};
void text_json_begin(struct text_json *text, struct buffer *out, uint64_t max_chars);
bool text_json_add(struct text_json *text, const char *bytes, size_t size); // false: cut, stop
bool text_json_end(struct text_json *text); // whether it was cut

#endif
