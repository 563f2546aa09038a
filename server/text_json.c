// SPDX-License-Identifier: MIT
#include "server/text_json.h"

#include "encode/json.h"
#include "server/route.h"

enum { BLOCK = 64, MAX_CHAR_BYTES = 4 };

uint64_t text_json_max_chars(const struct request *request)
{
    const struct value *value = request_value(request, "max_chars");
    return value->text ? value->number : UINT64_MAX;
}

// UTF-8: every byte of a character but the first is 10xxxxxx.
static bool begins_character(char byte)
{
    return ((unsigned char)byte & 0xc0) != 0x80;
}

static unsigned characters_of_block(const char *bytes)
{
    unsigned count = 0;
    for (size_t i = 0; i < BLOCK; i++)
        count += begins_character(bytes[i]);
    return count;
}

// Bytes of the leading characters, at most *left of them, which are taken off *left. What is not
// UTF-8 (a damaged file) never yields more than four bytes a character.
static size_t leading_bytes(const char *bytes, size_t size, uint64_t *left)
{
    if (*left < SIZE_MAX / MAX_CHAR_BYTES && size > *left * MAX_CHAR_BYTES)
        size = (size_t)*left * MAX_CHAR_BYTES;
    size_t at = 0;
    while (size - at >= BLOCK && *left >= BLOCK) {
        *left -= characters_of_block(bytes + at);
        at += BLOCK;
    }
    for (; at < size; at++) {
        if (!begins_character(bytes[at]))
            continue;
        if (*left == 0)
            break;
        --*left;
    }
    return at;
}

void text_json_begin(struct text_json *text, struct buffer *out, uint64_t max_chars)
{
    *text = (struct text_json){.out = out, .left = max_chars, .truncated = false};
    buffer_byte(out, '"');
}

bool text_json_add(struct text_json *text, const char *bytes, size_t size)
{
    if (text->truncated)
        return false;
    size_t taken = text->left == UINT64_MAX ? size : leading_bytes(bytes, size, &text->left);
    json_write_escaped(text->out, bytes, taken);
    text->truncated = taken < size;
    return !text->truncated;
}

bool text_json_end(struct text_json *text)
{
    buffer_string(text->out, text->truncated ? "…\"" : "\"");
    return text->truncated;
}

bool text_json_write(struct buffer *out, const char *bytes, size_t size, uint64_t max_chars)
{
    struct text_json text;
    text_json_begin(&text, out, max_chars);
    text_json_add(&text, bytes, size);
    return text_json_end(&text);
}
