// SPDX-License-Identifier: MIT
#include "encode/json.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "encode/decimal.h"

enum { WORD = 8 };

#define EVERY(byte) (UINT64_C(0x0101010101010101) * (byte))

// Whether none of eight bytes is a control character, a quote, a backslash or beyond ASCII. Borrows
// spoil only what lies above a byte that is one of these.
static bool is_plain_word(const char *text)
{
    uint64_t word;
    memcpy(&word, text, sizeof word);
    uint64_t control = word - EVERY(0x20);
    uint64_t quote = (word ^ EVERY('"')) - EVERY(1);
    uint64_t backslash = (word ^ EVERY('\\')) - EVERY(1);
    return ((word | control | quote | backslash) & EVERY(0x80)) == 0;
}

static bool is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

// Bytes of the UTF-8 sequence, of two or more, that text begins with; 0 if there is none.
static size_t sequence(const char *text, size_t left)
{
    unsigned char first = (unsigned char)*text;
    size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    return first >= 0x80 && length <= left && text_utf8_prefix(text, length) == length ? length : 0;
}

static void escape(struct buffer *out, unsigned char byte)
{
    static const char SHORT[] = "\bb\tt\nn\ff\rr\"\"\\\\", HEX[] = "0123456789abcdef";
    if (byte >= 0x80) {
        buffer_append(out, "\xef\xbf\xbd", 3);
        return;
    }
    for (const char *pair = SHORT; *pair; pair += 2) {
        if ((unsigned char)*pair == byte) {
            buffer_append(out, (char[]){'\\', pair[1]}, 2);
            return;
        }
    }
    buffer_append(out, (char[]){'\\', 'u', '0', '0', HEX[byte >> 4], HEX[byte & 15]}, 6);
}

void json_write_string(struct buffer *out, const char *text)
{
    json_write_string_size(out, text, strlen(text));
}

void json_write_string_size(struct buffer *out, const char *text, size_t size)
{
    buffer_byte(out, '"');
    json_write_escaped(out, text, size);
    buffer_byte(out, '"');
}

void json_write_escaped(struct buffer *out, const char *text, size_t size)
{
    size_t from = 0, at = 0; // text[from..at) can be copied as it is
    while (at < size) {
        if (at + WORD <= size && is_plain_word(text + at)) {
            at += WORD;
            continue;
        }
        unsigned char byte = (unsigned char)text[at];
        size_t good = is_plain(byte) ? 1 : sequence(text + at, size - at);
        at += good;
        if (good > 0)
            continue;
        buffer_append(out, text + from, at - from);
        escape(out, byte);
        from = ++at;
    }
    buffer_append(out, text + from, size - from);
}

void json_write_uint(struct buffer *out, uint64_t value)
{
    char *to = buffer_reserve(out, DECIMAL_MAX);
    if (to)
        out->size += decimal_uint(to, value);
}

void json_write_int(struct buffer *out, int64_t value)
{
    char *to = buffer_reserve(out, DECIMAL_MAX);
    if (to)
        out->size += decimal_int(to, value);
}

void json_write_double(struct buffer *out, double value)
{
    char *to = buffer_reserve(out, DECIMAL_MAX);
    if (!to)
        return;
    if (isfinite(value))
        out->size += decimal_double(to, value);
    else
        buffer_append(out, "null", 4);
}

void json_write_float(struct buffer *out, float value)
{
    char *to = buffer_reserve(out, DECIMAL_MAX);
    if (!to)
        return;
    if (isfinite(value))
        out->size += decimal_float(to, value);
    else
        buffer_append(out, "null", 4);
}

void json_write_element(struct buffer *out, enum dtype dtype, const void *data, size_t i)
{
    switch (dtype) {
    case DTYPE_BOOL:
        buffer_string(out, dtype_integer(dtype, data, i) ? "true" : "false");
        break;
    case DTYPE_UINT64: {
        uint64_t value;
        memcpy(&value, (const unsigned char *)data + i * sizeof value, sizeof value);
        json_write_uint(out, value);
        break;
    }
    case DTYPE_FLOAT32:
        json_write_float(out, (float)dtype_double(dtype, data, i));
        break;
    case DTYPE_FLOAT64:
        json_write_double(out, dtype_double(dtype, data, i));
        break;
    default:
        json_write_int(out, dtype_integer(dtype, data, i));
        break;
    }
}

// The elements from *next on; *next moves past them.
static void list(struct buffer *out, enum dtype dtype, const void *data, size_t *next,
                 unsigned rank, const uint64_t *shape)
{
    if (rank == 0) {
        json_write_element(out, dtype, data, (*next)++);
        return;
    }
    buffer_byte(out, '[');
    for (uint64_t i = 0; i < shape[0] && !out->failed; i++) {
        if (i > 0)
            buffer_byte(out, ',');
        list(out, dtype, data, next, rank - 1, shape + 1);
    }
    buffer_byte(out, ']');
}

void json_write_array(struct buffer *out, enum dtype dtype, const void *data, unsigned rank,
                      const uint64_t *shape)
{
    size_t next = 0;
    list(out, dtype, data, &next, rank, shape);
}
