// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "formats/pickle_machine.h"

// The value of a hexadecimal digit, or -1.
static int hex(uint8_t c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

// `digits` hexadecimal digits at text; -1 when there are not as many.
static int64_t hex_number(const uint8_t *text, size_t size, size_t digits)
{
    int64_t value = 0;
    if (size < digits)
        return -1;
    for (size_t i = 0; i < digits; i++) {
        int digit = hex(text[i]);
        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

// Undoes one escape sequence of a bytes literal (Python's language reference, "Escape sequences");
// `text` begins after the backslash. Returns how much of it was used; *byte is -1 for nothing.
static size_t unescape(const uint8_t *text, size_t size, int *byte)
{
    static const char LETTERS[] = "abfnrtv\\'\"", BYTES[] = "\a\b\f\n\r\t\v\\'\"";
    const char *letter = size > 0 && text[0] ? strchr(LETTERS, text[0]) : NULL;
    if (letter) {
        *byte = (uint8_t)BYTES[letter - LETTERS];
        return 1;
    }
    if (size > 0 && text[0] == 'x') {
        *byte = (int)hex_number(text + 1, size - 1, 2);
        return *byte < 0 ? 0 : 3;
    }
    size_t used = 0;
    for (*byte = 0; used < 3 && used < size && text[used] >= '0' && text[used] <= '7'; used++)
        *byte = (*byte * 8 + text[used] - '0') & 255;
    return used;
}

bool pickle_push_repr(struct pickle *pickle, const uint8_t *text, size_t size)
{
    while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == '\r'))
        size--;
    if (size < 2 || (text[0] != '\'' && text[0] != '"') || text[size - 1] != text[0])
        return pickle_fail(pickle, "a text should follow in quotes");
    text++;
    size -= 2;
    struct pickle_value value = {.kind = PICKLE_BYTES, .size = (uint32_t)size, .bytes = text};
    if (!memchr(text, '\\', size))
        return pickle_push(pickle, value);
    uint8_t *out = pickle_work(pickle, size) ? pickle_alloc(pickle, size) : NULL;
    if (!out)
        return false;
    size_t count = 0;
    for (size_t i = 0; i < size;) {
        int byte = text[i++];
        if (byte == '\\') {
            size_t used = unescape(text + i, size - i, &byte);
            if (used == 0)
                return pickle_fail(pickle, "a text has a '\\' that means nothing");
            i += used;
        }
        out[count++] = (uint8_t)byte;
    }
    value.bytes = out;
    value.size = (uint32_t)count;
    return pickle_push(pickle, value);
}

// Writes a code point as UTF-8; returns the bytes, or 0 for none that can be.
static size_t put_utf8(uint8_t *out, int64_t code)
{
    if (code < 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return 0;
    if (code < 0x80) {
        out[0] = (uint8_t)code;
        return 1;
    }
    size_t size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const uint8_t FIRST[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = size; i-- > 1; code >>= 6)
        out[i] = (uint8_t)(0x80 | (code & 0x3f));
    out[0] = (uint8_t)(FIRST[size] | code);
    return size;
}

bool pickle_push_raw_unicode(struct pickle *pickle, const uint8_t *text, size_t size)
{
    struct pickle_value value = {.kind = PICKLE_STR, .size = (uint32_t)size, .bytes = text};
    size_t plain = 0;
    while (plain < size && text[plain] < 0x80 && text[plain] != '\\')
        plain++;
    if (plain == size)
        return pickle_push(pickle, value);
    // A byte of latin-1 becomes two, an escape is longer than what it stands for.
    uint8_t *out = pickle_work(pickle, 2 * size) ? pickle_alloc(pickle, 2 * size) : NULL;
    if (!out)
        return false;
    size_t count = 0;
    for (size_t i = 0; i < size;) {
        int64_t code = text[i++];
        if (code == '\\' && i < size && (text[i] == 'u' || text[i] == 'U')) {
            size_t digits = text[i] == 'u' ? 4 : 8;
            code = hex_number(text + i + 1, size - i - 1, digits);
            i += 1 + digits;
        }
        size_t put = put_utf8(out + count, code);
        if (put == 0)
            return pickle_fail(pickle, "a text has an escape that is no character");
        count += put;
    }
    value.bytes = out;
    value.size = (uint32_t)count;
    return pickle_push(pickle, value);
}

bool pickle_latin1(struct pickle *pickle, const struct pickle_value *text, struct pickle_value *out)
{
    *out = (struct pickle_value){.kind = PICKLE_BYTES, .size = text->size, .bytes = text->bytes};
    size_t plain = 0;
    while (plain < text->size && text->bytes[plain] < 0x80)
        plain++;
    if (!pickle_work(pickle, text->size))
        return false;
    if (plain == text->size)
        return true;
    uint8_t *bytes = pickle_alloc(pickle, text->size);
    if (!bytes)
        return false;
    uint32_t count = 0;
    for (uint32_t i = 0; i < text->size; i++) {
        uint8_t byte = text->bytes[i];
        if (byte >= 0xc4)
            return pickle_fail(pickle, "a text that stands for bytes has a character past U+00FF");
        if (byte >= 0x80) // c2 or c3 and one more: the text is valid UTF-8
            byte = (uint8_t)(byte << 6 | (text->bytes[++i] & 0x3f));
        bytes[count++] = byte;
    }
    out->bytes = bytes;
    out->size = count;
    return true;
}
