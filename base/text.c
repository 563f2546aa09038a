// SPDX-License-Identifier: MIT
#include "base/text.h"

#include <string.h>

bool text_uint64(const char *text, uint64_t *out)
{
    uint64_t value = 0;
    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return false;
        if (__builtin_mul_overflow(value, 10u, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*text - '0'), &value))
            return false;
    }
    *out = value;
    return true;
}

// Bytes of the valid sequence at s (1 to 4), or 0. See RFC 3629, section 4.
static size_t sequence(const unsigned char *s, size_t left)
{
    if (s[0] < 0x80)
        return 1;
    size_t length = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4 || left < length)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
        (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return length;
}

size_t text_utf8_prefix(const char *bytes, size_t size)
{
    const unsigned char *s = (const unsigned char *)bytes;
    size_t at = 0;
    while (at < size) {
        size_t length = sequence(s + at, size - at);
        if (length == 0)
            break;
        at += length;
    }
    return at;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool text_is_dataset_name(const char *text)
{
    size_t size = strlen(text);
    if (size < 1 || size > 64 || !is_word(text[0]))
        return false;
    for (size_t i = 1; i < size; i++)
        if (!is_word(text[i]) && text[i] != '_' && text[i] != '.' && text[i] != '-')
            return false;
    return true;
}

bool text_is_file_name(const char *text)
{
    size_t size = strlen(text);
    if (size < 1 || size > 100 || text[0] == '.' || text_utf8_prefix(text, size) != size)
        return false;
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f || text[i] == '/')
            return false;
    return true;
}
