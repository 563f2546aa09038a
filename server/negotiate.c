// SPDX-License-Identifier: MIT
#include "server/negotiate.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *skip_space(const char *at)
{
    return at + strspn(at, " \t");
}

// Whether the parameters of one list element, up to `end`, hold a weight of zero.
static bool weight_is_zero(const char *at, const char *end)
{
    while (at < end) {
        at = skip_space(at + (*at == ';'));
        if (at + 1 < end && (*at == 'q' || *at == 'Q') && at[1] == '=') {
            const char *value = at + 2;
            size_t size = strspn(value, "0.");
            return size > 0 && value[0] == '0' && !(value[size] >= '1' && value[size] <= '9');
        }
        at += strcspn(at, ";,");
        if (*at != ';')
            break;
    }
    return false;
}

bool negotiate_gzip(const char *accept_encoding)
{
    bool gzip = false, gzip_named = false, any = false;
    for (const char *at = accept_encoding; at && *at;) {
        at = skip_space(at);
        size_t name = strcspn(at, " \t;,");
        const char *end = at + strcspn(at, ",");
        bool zero = weight_is_zero(at + name, end);
        if ((name == 4 && strncasecmp(at, "gzip", 4) == 0) ||
            (name == 6 && strncasecmp(at, "x-gzip", 6) == 0)) {
            gzip = !zero;
            gzip_named = true;
        } else if (name == 1 && *at == '*') {
            any = !zero;
        }
        at = *end ? end + 1 : end;
    }
    return gzip_named ? gzip : any;
}

// The next entity tag of a list at *at: its opaque part without quotes; false at the end or at
// something that is no tag.
static bool next_tag(const char **at, const char **tag, size_t *size, bool *weak)
{
    const char *s = *at + strspn(*at, " \t,");
    *weak = s[0] == 'W' && s[1] == '/';
    if (*weak)
        s += 2;
    if (*s != '"')
        return false;
    *tag = ++s;
    *size = strcspn(s, "\"");
    if (s[*size] != '"')
        return false;
    *at = s + *size + 1;
    return true;
}

static bool is_tag(const char *tag, size_t size, const char *etag)
{
    return strlen(etag) == size && memcmp(tag, etag, size) == 0;
}

bool negotiate_matches(const char *if_none_match, const char *etag)
{
    if (!if_none_match || !*etag)
        return false;
    const char *at = skip_space(if_none_match), *tag;
    if (*at == '*' && !*skip_space(at + 1))
        return true;
    size_t size;
    bool weak;
    while (next_tag(&at, &tag, &size, &weak))
        if (is_tag(tag, size, etag))
            return true;
    return false;
}

static bool range_number(const char **at, uint64_t *out)
{
    const char *s = *at;
    *out = 0;
    for (; *s >= '0' && *s <= '9'; s++)
        if (__builtin_mul_overflow(*out, 10u, out) ||
            __builtin_add_overflow(*out, (uint64_t)(*s - '0'), out))
            *out = UINT64_MAX; // past any body's end, which is all that matters
    bool any = s > *at;
    *at = s;
    return any;
}

enum range_answer negotiate_range(const char *range, const char *if_range, const char *etag,
                                  uint64_t size, uint64_t *first, uint64_t *last)
{
    if (!range || strncasecmp(range, "bytes", 5) != 0)
        return RANGE_WHOLE;
    if (if_range) {
        const char *at = if_range, *tag;
        size_t tag_size;
        bool weak;
        if (!next_tag(&at, &tag, &tag_size, &weak) || weak || !is_tag(tag, tag_size, etag))
            return RANGE_WHOLE;
    }
    const char *at = skip_space(range + 5);
    if (*at != '=')
        return RANGE_WHOLE;
    at = skip_space(at + 1);
    uint64_t from, to = UINT64_MAX;
    bool has_from = range_number(&at, &from);
    if (*at != '-')
        return RANGE_WHOLE;
    at++;
    bool has_to = range_number(&at, &to);
    if (*skip_space(at) || (!has_from && !has_to) || (has_from && has_to && to < from))
        return RANGE_WHOLE; // malformed, or several ranges: ignored
    if (!has_from) {        // the last `to` bytes
        if (to == 0 || size == 0)
            return RANGE_NONE;
        *first = to < size ? size - to : 0;
        *last = size - 1;
        return RANGE_PART;
    }
    if (from >= size)
        return RANGE_NONE;
    *first = from;
    *last = has_to && to < size ? to : size - 1;
    return RANGE_PART;
}
