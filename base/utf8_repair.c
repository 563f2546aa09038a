// SPDX-License-Identifier: MIT
#include "base/utf8_repair.h"

#include "base/text.h"

// The length of the maximal part at s, where no valid sequence begins: the bytes up to the one that
// no valid sequence has there, at least one.
static size_t part(const unsigned char *s, size_t left)
{
    size_t length = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4)
        return 1;
    unsigned char low = s[0] == 0xe0 ? 0xa0 : s[0] == 0xf0 ? 0x90 : 0x80;
    unsigned char high = s[0] == 0xed ? 0x9f : s[0] == 0xf4 ? 0x8f : 0xbf;
    size_t i = 1;
    for (; i < length && i < left && s[i] >= low && s[i] <= high; i++) {
        low = 0x80;
        high = 0xbf;
    }
    return i;
}

size_t utf8_repair(const char *bytes, size_t size, struct buffer *out)
{
    size_t repairs = 0;
    for (size_t at = 0; at < size;) {
        size_t valid = text_utf8_prefix(bytes + at, size - at);
        buffer_append(out, bytes + at, valid);
        at += valid;
        if (at == size)
            break;
        buffer_append(out, "\xef\xbf\xbd", 3);
        at += part((const unsigned char *)bytes + at, size - at);
        repairs++;
    }
    return repairs;
}

bool utf8_mend(const char **text, size_t *size, struct buffer *scratch, bool *is_repaired)
{
    *is_repaired = text_utf8_prefix(*text, *size) != *size;
    if (!*is_repaired)
        return true;
    scratch->size = 0;
    utf8_repair(*text, *size, scratch);
    *text = buffer_text(scratch);
    *size = scratch->size;
    return *text;
}

size_t utf8_mark(const char *bytes, size_t size)
{
    return size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}
